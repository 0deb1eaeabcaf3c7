//! The Lambda side: turns an event of API Gateway's HTTP API (payload 2.0) into the request an endpoint takes, and
//! names the adapters that the functions are given.
//!
//! Tenants and clients come from `SYMBOLON_CONFIG`. DynamoDB, KMS and SMS have no adapter yet: their ports are
//! [`Unbound`], which answers every call with "unavailable", so a function says `temporarily_unavailable` rather
//! than pretend. There is no development adapter to fall back to here.

mod events;
pub mod log;
mod unbound;
mod world;

pub use events::{respond, serve};
pub use unbound::Unbound;
pub use world::{SetupError, World};
