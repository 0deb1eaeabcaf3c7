//! The suites are in `main.rs`.
