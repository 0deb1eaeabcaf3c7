//! Symbolon: a multi-tenant OAuth 2.0 / OpenID Connect identity provider.

pub mod config;
pub mod endpoints;
pub mod jwt;
pub mod keyring;
pub mod model;
pub mod pages;
pub mod ports;
pub mod types;
pub mod wire;
