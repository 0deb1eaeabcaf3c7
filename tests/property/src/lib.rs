//! What must hold of every parser of something from outside, for any bytes.
//!
//! Each module has one `holds`, which panics where a property does not. Two drive it: proptest, beside it, with inputs
//! that are nearly right, in every run of the tests; and libFuzzer, from `tests/fuzz`, with whatever reaches new code.
//! Several inputs of one parser are the lines of one text, so that a seed can be read and written by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a property fails by panicking"
)]

pub mod authorize;
pub mod basic;
pub mod configuration;
pub mod cookies;
pub mod dpop;
pub mod jwk;
pub mod jwt;
pub mod locale;
pub mod params;
pub mod phone_number;
pub mod pkce;
pub mod redirect_uri;
pub mod request_object;
pub mod scope;
pub mod sealed;
#[cfg(test)]
mod seeds;
pub mod user_code;

use serde_json::{Map, Value};

/// A parser's name, which is its fuzz target's and its seeds', and what must hold of it.
pub type Target = (&'static str, fn(&[u8]));

/// Every one of them.
pub const TARGETS: [Target; 16] = [
    ("authorize", authorize::holds),
    ("basic", basic::holds),
    ("configuration", configuration::holds),
    ("cookies", cookies::holds),
    ("dpop", dpop::holds),
    ("jwk", jwk::holds),
    ("jwt", jwt::holds),
    ("locale", locale::holds),
    ("params", params::holds),
    ("phone_number", phone_number::holds),
    ("pkce", pkce::holds),
    ("redirect_uri", redirect_uri::holds),
    ("request_object", request_object::holds),
    ("scope", scope::holds),
    ("sealed", sealed::holds),
    ("user_code", user_code::holds),
];

/// A time of somebody else (RFC 7519 s2), whose fraction counts for nothing; `-0` is 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates"
)]
fn seconds(time: &Value) -> u64 {
    time.as_u64().unwrap_or_else(|| time.as_f64().unwrap() as u64)
}

/// The first lines of an input, as many as asked for, absent ones empty; the last has all the rest.
fn lines<const N: usize>(text: &str) -> [&str; N] {
    let mut parts = text.splitn(N, '\n');
    [(); N].map(|()| parts.next().unwrap_or_default())
}

/// Members of a JSON object, with some as an input has them instead; `null` is none.
fn changed(mut good: Value, changes: &str) -> Option<Map<String, Value>> {
    let members = good.as_object_mut()?;
    if !changes.is_empty() {
        members.extend(serde_json::from_str::<Map<String, Value>>(changes).ok()?);
    }
    members.retain(|_, value| !value.is_null());
    Some(std::mem::take(members))
}

/// Proptest's settings: nothing is written beside the source.
#[cfg(test)]
fn quick(cases: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        cases,
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}
