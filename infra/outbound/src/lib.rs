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
//! | `client_keys`, `partners` | the ports that stand on it |
//!
//! It knows nothing of a platform, and but for the ports nothing of OAuth.

mod address;
mod authorities;
mod client;
mod client_keys;
mod connection;
mod error;
mod partners;
mod reach;
mod target;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_server;

pub use self::{
    address::is_public,
    client::{Answer, Outbound},
    client_keys::FetchedClientKeys,
    error::{OutboundError, Refused},
    partners::HttpPartners,
    reach::Addresses,
    target::Target,
};
