//! Every suite that drives the provider from outside, in one binary.
//!
//! `http/<endpoint>.rs` mirrors `endpoints/<endpoint>.rs`; `flow/` walks whole journeys; `store/` and `signer/` hold
//! each adapter to its port; `tidy.rs` reads the source.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; outside `#[test]` functions clippy does not see that they are tests"
)]
#![allow(unreachable_pub, reason = "the harness is written like the library it is")]

#[cfg(feature = "aws")]
mod connector;
mod flow;
mod harness;
mod http;
#[cfg(feature = "aws")]
mod keyring;
#[cfg(feature = "aws")]
mod members;
#[cfg(feature = "aws")]
mod messages;
#[cfg(feature = "aws")]
mod notices;
#[cfg(feature = "aws")]
mod registry;
mod signer;
mod store;
mod tidy;
#[cfg(feature = "aws")]
mod tool;
#[cfg(feature = "stack")]
mod wire;
