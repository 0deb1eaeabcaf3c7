//! The apps against a small provider of the test's own, over loopback: what a partner's engineer would test.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed; the lint's own exception misses helpers of test binaries"
)]

mod browser;
mod loyalty_api;
mod provider;
mod shopease;
mod signing_in;
