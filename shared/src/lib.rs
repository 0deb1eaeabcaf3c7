//! Symbolon: a multi-tenant OAuth 2.0 / OpenID Connect identity provider.
//!
//! This crate is the provider and nothing else: protocol, pages and ports. It has no clock, no randomness, no files, no
//! environment and no runtime of its own; whoever mounts it brings them. Nothing here may stand in the way of a
//! platform without threads.
//!
//! # Map
//!
//! | module | owns |
//! |---|---|
//! | [`types`] | the protocol's nouns, each as a type that can only be built right |
//! | [`model`] | what is configured and what is stored |
//! | [`ports`] | what the provider needs from the world: one trait a file, each method one atomic step |
//! | [`jwt`] | tokens: bytes in, bytes out |
//! | [`keyring`] | sealed values, one-time codes, pairwise names of members |
//! | [`wire`] | parameters, errors, cookies, headers, metadata |
//! | [`pages`] | what a member sees: pure functions to HTML |
//! | [`config`] | from what an operator writes to types that are known to be safe |
//! | [`endpoints`] | one public struct a file; its fields are exactly the ports it needs |
//!
//! Arrows: `endpoints -> {ports, model, wire, jwt, pages, keyring} -> types`, never back. `tests/tidy/arrows.rs` is the
//! exact table and fails on anything else.
//!
//! # The life of one request
//!
//! `parse -> load -> decide -> commit -> render`. `parse`, `decide` and `render` are plain functions; only `load` and
//! `commit` await a port. Errors are rendered inside `handle`: nothing escapes it.
//!
//! A browser on its way to a code, with the file that answers:
//!
//! 1. `GET /oauth2/auth`: [`Authorize`](endpoints::Authorize) finds the tenant by `Host`, checks client and redirect
//!    URI, then everything else (`authorize/checks.rs`), looks who is signed in (`authorize/errand.rs`) and decides what
//!    comes next (`authorize/decide.rs`). The request travels on as a [`Transaction`](model::Transaction), sealed in a
//!    cookie; nothing is stored.
//! 2. `/login`: [`Login`](endpoints::Login) sends a code and takes it, begins a session, and goes back to authorize.
//! 3. `/consent`: [`Consent`](endpoints::Consent) asks, writes the answer on the [`Grant`](model::Grant), and goes back.
//! 4. Authorize stores an [`AuthorizationCode`](model::AuthorizationCode) under its digest and redirects to the partner.
//! 5. `POST /oauth2/token`: [`Token`](endpoints::Token) authenticates the client, redeems the code once, checks that grant
//!    and member stand, and signs. It is the only endpoint that does.
//!
//! `docs/ARCHITECTURE.md` walks the same way with the adapters, and states what must always hold.

pub mod config;
pub mod endpoints;
pub mod jwt;
pub mod keyring;
pub mod model;
pub mod pages;
pub mod ports;
pub mod types;
pub mod wire;
