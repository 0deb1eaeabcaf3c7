//! Whole journeys, as members and partners make them.

mod audit;
mod audit_in_trouble;
mod audit_keys;
mod audit_logout;
mod audit_replay;
mod audit_transfer;
mod bound_tokens;
mod budgets;
mod faults;
mod handed_on;
mod journey;
mod keys;
mod partners;
mod partners_logout;
mod relying_party;
mod restart;
mod secrets;
mod suspended;
mod tenants;
