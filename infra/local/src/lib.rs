//! The whole provider on one machine: `SQLite` store, local keys, development inbox, all-in-one server.
//!
//! For development and for trying a configuration, on loopback addresses only: whoever reaches it reads every message and
//! moves time. The binary is `symbolon`.
//!
//! | module | what |
//! |---|---|
//! | [`cli`], [`ask`] | the command line, and what it asks of a server that runs |
//! | [`server`] | sockets, limits, hosts; [`server::Server`] starts everything |
//! | [`routes`] | which endpoint a path of an issuer belongs to |
//! | [`provider`] | gives every endpoint its ports |
//! | [`backend`] | the composition root: names the adapter of every port |
//! | [`store`] | the storage ports, in one file |
//! | [`keys`] | the signer and the master keys, in files |
//! | [`members`], [`clock`], [`random`], [`inbox`] | one adapter each |
//! | [`probe`] | wrappers around the ports that count calls and break them on request |
//! | [`dev`] | the development side: inbox, clock, counts, faults |
//! | [`tls`] | the certificate of `--tls` |
//!
//! A request comes in at [`server`], which finds the site by `Host`: an issuer goes to [`provider::Provider::handle`], a
//! partner app of the demo to its router, `localhost` to [`dev::Development::handle`].

pub mod ask;
pub mod backend;
pub mod cli;
pub mod client_secret;
pub mod clock;
mod demo;
pub mod dev;
pub mod inbox;
pub mod keys;
pub mod members;
pub mod outbox;
pub mod probe;
pub mod provider;
pub mod random;
pub mod routes;
pub mod sender;
pub mod server;
mod start_page;
pub mod store;
pub mod tls;
