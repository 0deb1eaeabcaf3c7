//! The one way out of the provider to addresses that somebody configured: a brand's gateway and member directory, a
//! client's keys, a partner's logout endpoint.
//!
//! Whoever writes a configuration could otherwise make the provider ask what only it can reach (docs/decisions/0023,
//! 0037). So: https only, every address a name stands for is public, what is connected to is what was checked, no
//! redirects, a bound on time and on size.
//!
//! | module | what |
//! |---|---|
//! | `target`, `reach`, `address` | what may be asked |
//! | `connection`, `authorities` | from a target to a stream, and whom it trusts |
//! | `client` | one request, one answer |
//!
//! It knows nothing of OAuth, and nothing of a platform.

mod address;
mod authorities;
mod client;
mod connection;
mod error;
mod reach;
mod target;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_server;

pub use self::{
    address::is_public,
    client::{Answer, Outbound},
    error::{OutboundError, Refused},
    reach::Addresses,
    target::Target,
};
