//! One suite a storage port, each test run against every backend. See `backend.rs` for how another one joins.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test"
)]

mod assertions;
mod backend;
mod challenge_limits;
mod challenges;
mod codes;
mod device_requests;
#[cfg(feature = "aws")]
mod dynamodb;
mod family_model;
mod grants;
mod life;
mod odd_names;
mod outbox;
mod pushed_requests;
mod refresh_families;
mod refresh_keys;
mod sessions;
mod sqlite;
