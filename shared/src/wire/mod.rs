//! HTTP and OAuth as bytes on a wire: parameters, errors, cookies, headers, metadata.
//!
//! Nothing here awaits a port or knows what is stored.

pub mod basic;
pub mod cookies;
pub mod error;
pub mod introspection;
pub mod metadata;
pub mod params;
pub mod respond;
pub mod token_response;

use std::net::IpAddr;

/// Request extension set by the server: the address the connection comes from, headers of the client ignored.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Request and response types of every endpoint.
pub type Request = http::Request<bytes::Bytes>;
/// See [`Request`].
pub type Response = http::Response<bytes::Bytes>;
