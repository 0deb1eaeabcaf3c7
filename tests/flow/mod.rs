//! Whole journeys, as members and partners make them.

mod budgets;
mod faults;
mod journey;
mod partners;
mod relying_party;
mod restart;
mod secrets;
mod tenants;
