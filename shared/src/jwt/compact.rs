//! JWS Compact Serialization (RFC 7515 s7.1), cut in two around the signature, because a key may be far away.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::ports::SigningKey;

/// A token that waits for its signature.
pub struct Unsigned {
    signing_input: String,
}

impl Unsigned {
    /// Header and payload. `typ` is the media type without `application/` (RFC 7515 s4.1.9).
    pub fn new(key: &SigningKey, typ: &str, claims: &impl Serialize) -> Option<Self> {
        #[derive(Serialize)]
        struct Header<'a> {
            alg: &'a str,
            typ: &'a str,
            kid: &'a str,
        }
        let header = Header {
            alg: key.algorithm.name(),
            typ,
            kid: key.kid.as_str(),
        };
        let encode = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
        let header = encode(serde_json::to_vec(&header).ok()?);
        let payload = encode(serde_json::to_vec(claims).ok()?);
        Some(Self {
            signing_input: format!("{header}.{payload}"),
        })
    }

    /// SHA-256 of the signing input: what all three algorithms sign.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.signing_input).into()
    }

    /// The finished token.
    pub fn with_signature(self, signature: &[u8]) -> String {
        format!("{}.{}", self.signing_input, URL_SAFE_NO_PAD.encode(signature))
    }
}
