//! Whole journeys, as members and partners make them.

mod journey;
