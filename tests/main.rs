//! Every suite that drives the provider from outside, in one binary.
//!
//! `http/<endpoint>.rs` mirrors `endpoints/<endpoint>.rs`; `flow/` walks whole journeys; `store/` and `signer/` hold
//! each adapter to its port; `tidy.rs` reads the source.

mod flow;
mod harness;
mod http;
mod signer;
mod store;
mod tidy;
