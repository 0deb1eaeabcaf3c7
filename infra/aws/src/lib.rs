//! The Lambda side: turns an event of API Gateway's HTTP API (payload 2.0) into the request an endpoint takes, and
//! names the adapters that the functions are given.
//!
//! Tenants and clients come from `SYMBOLON_CONFIG`. DynamoDB, KMS and SMS have no adapter yet: their ports are
//! [`Unbound`], which answers every call with "unavailable", so a function says `temporarily_unavailable` rather
//! than pretend. There is no development adapter to fall back to here.

mod cache;
mod client;
mod document;
mod events;
mod failure;
mod keyring;
mod known_tenants;
mod members;
mod outbound;
mod request_signature;
mod signing;
mod store;
mod tables;
#[cfg(test)]
mod tls_server;
mod unbound;
mod world;
mod wrapping;

pub use client::{Aws, MissingSetting};
pub use events::{respond, serve};
pub use keyring::{KeyringError, KeyringMaker, MadeKeyring, StoredKeyring};
pub use known_tenants::KnownTenants;
pub use members::{ImportError, MemberConnector, MemberDirectory, MemberImport, MemberTable};
pub use outbound::{Addresses, Answer, Outbound, OutboundError, Refused, Target, is_public};
pub use signing::{KeyMaker, KeySource, KeyState, KmsSigner, Made, MakeError, TenantKeys};
pub use store::DynamoStore;
pub use tables::Tables;
pub use unbound::Unbound;
pub use world::{SetupError, World};
