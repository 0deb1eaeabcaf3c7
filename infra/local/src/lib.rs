//! The whole provider on one machine: `SQLite` store, local keys, development inbox, all-in-one server.
//!
//! [`server::Server`] starts everything; [`provider`] is the composition root that names every adapter. The rest is
//! one adapter or one part of the development side each.

pub mod cli;
pub mod clock;
mod demo;
pub mod dev;
pub mod inbox;
pub mod keys;
pub mod members;
pub mod probe;
pub mod provider;
pub mod random;
pub mod routes;
pub mod server;
mod start_page;
pub mod store;
pub mod tls;
