//! Published keys (RFC 7517) and their reading.

use jsonwebtoken::DecodingKey;
use serde::Serialize;

use super::verify::VerificationKey;
use crate::ports::{Algorithm, PublicKey};

/// A JWK Set with public members only.
#[derive(Serialize)]
pub struct JwksDocument {
    keys: Vec<serde_json::Value>,
}

/// The document of a tenant's keys.
pub fn document(keys: &[PublicKey]) -> JwksDocument {
    let keys = keys
        .iter()
        .map(|key| match key {
            PublicKey::Rsa { kid, algorithm, n, e } => {
                serde_json::json!({"kty": "RSA", "use": "sig", "alg": algorithm.name(), "kid": kid, "n": n, "e": e})
            }
            PublicKey::P256 { kid, x, y } => {
                serde_json::json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y})
            }
        })
        .collect();
    JwksDocument { keys }
}

/// The same keys, ready to verify with.
pub fn verification_keys(keys: &[PublicKey]) -> Vec<VerificationKey> {
    keys.iter()
        .filter_map(|key| {
            let (kid, algorithm, decoding) = match key {
                PublicKey::Rsa { kid, algorithm, n, e } => {
                    (kid, *algorithm, DecodingKey::from_rsa_components(n, e))
                }
                PublicKey::P256 { kid, x, y } => {
                    (kid, Algorithm::Es256, DecodingKey::from_ec_components(x, y))
                }
            };
            Some(VerificationKey {
                kid: Some(kid.as_str().to_owned()),
                algorithm,
                key: decoding.ok()?,
            })
        })
        .collect()
}
