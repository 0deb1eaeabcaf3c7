//! Naming a key by what it is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Digest;

/// SHA-256 thumbprint of a JWK (RFC 7638 s3), as in `jkt` (RFC 9449 s6.1) and `dpop_jkt` (s10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JwkThumbprint(Digest);

impl JwkThumbprint {
    /// Takes a digest that is one.
    pub const fn new(digest: Digest) -> Self {
        Self(digest)
    }

    /// Reads the 43 characters of its wire form; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        Digest::try_from(text.to_owned()).ok().map(Self)
    }
}

impl fmt::Display for JwkThumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
