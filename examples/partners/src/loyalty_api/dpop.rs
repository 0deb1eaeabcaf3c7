//! Verifies that the sender of a request holds the key its access token is bound to (RFC 9449 s4.3, s7).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::http::{HeaderMap, Method};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{Jwk, ThumbprintHash},
};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Clock;

/// For how many seconds a proof is good, and by how many the sender's clock may be ahead.
const OLD: u64 = 60;
const AHEAD: u64 = 10;
/// 2048 bits in base64url.
const SHORTEST_MODULUS: usize = 342;
/// What only the owner of a key may have (RFC 7518 s6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What a proof has to be for.
pub(super) struct Bound<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) token: &'a str,
    /// Thumbprint of the key the token is bound to.
    pub(super) key: &'a str,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: u64,
    ath: String,
}

/// Takes proofs, each once.
pub(super) struct Proofs {
    origin: String,
    clock: Clock,
    /// When a proof seen before may be forgotten. In memory: one process, as the whole example is.
    seen: Mutex<HashMap<String, u64>>,
}

impl Proofs {
    pub(super) fn new(origin: String, clock: Clock) -> Self {
        Self {
            origin,
            clock,
            seen: Mutex::default(),
        }
    }

    /// An error is for our log; callers learn `invalid_dpop_proof`.
    pub(super) fn check(&self, headers: &HeaderMap, bound: &Bound<'_>) -> Result<(), &'static str> {
        let mut proofs = headers.get_all("dpop").into_iter();
        let (Some(proof), None) = (proofs.next(), proofs.next()) else {
            return Err("not exactly one proof");
        };
        let proof = proof.to_str().map_err(|_| "unreadable proof")?;
        let (algorithm, jwk) = parse_header(proof)?;
        if jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|_| "unusable key")?
            != bound.key
        {
            return Err("another key");
        }
        let claims = verified(proof, algorithm, &jwk)?;
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(bound.token));
        if claims.htm != bound.method.as_str() || claims.ath != hash {
            return Err("another method or token");
        }
        if !self.is_here(&claims.htu, bound.path) {
            return Err("another address");
        }
        self.use_up(format!("{} {}", bound.key, claims.jti), claims.iat)
    }

    fn is_here(&self, claimed: &str, path: &str) -> bool {
        let Ok(mut claimed) = url::Url::parse(claimed) else {
            return false;
        };
        claimed.set_query(None);
        claimed.set_fragment(None);
        url::Url::parse(&format!("{}{path}", self.origin)).is_ok_and(|here| here == claimed)
    }

    fn use_up(&self, name: String, made: u64) -> Result<(), &'static str> {
        let now = (self.clock)();
        if made > now.saturating_add(AHEAD) || made.saturating_add(OLD) < now {
            return Err("old, or from the future");
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, until| *until >= now);
        match seen.insert(name, made.saturating_add(OLD)) {
            None => Ok(()),
            Some(_) => Err("used before"),
        }
    }
}

/// The algorithm and the key of a header we are willing to look at. The key comes with the proof, so what else the
/// header points to is of no interest.
fn parse_header(proof: &str) -> Result<(Algorithm, Jwk), &'static str> {
    #[derive(Deserialize)]
    struct Raw {
        jwk: Value,
    }
    let header = jsonwebtoken::decode_header(proof).map_err(|_| "unreadable header")?;
    if header.typ.as_deref() != Some("dpop+jwt") || header.crit.is_some() {
        return Err("not a proof");
    }
    if !matches!(header.alg, Algorithm::ES256 | Algorithm::RS256 | Algorithm::PS256) {
        return Err("algorithm");
    }
    let (raw, _) = proof.split_once('.').ok_or("no parts")?;
    let raw = URL_SAFE_NO_PAD.decode(raw).map_err(|_| "unreadable header")?;
    let Raw { jwk } = serde_json::from_slice(&raw).map_err(|_| "no key")?;
    if PRIVATE.iter().any(|name| jwk.get(name).is_some()) {
        return Err("a private key");
    }
    let modulus = jwk.get("n").and_then(Value::as_str);
    if modulus.is_some_and(|n| n.len() < SHORTEST_MODULUS) {
        return Err("a short key");
    }
    let jwk = serde_json::from_value(jwk).map_err(|_| "unusable key")?;
    Ok((header.alg, jwk))
}

fn verified(proof: &str, algorithm: Algorithm, jwk: &Jwk) -> Result<Claims, &'static str> {
    let key = DecodingKey::from_jwk(jwk).map_err(|_| "unusable key")?;
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Claims>(proof, &key, &validation)
        .map(|proof| proof.claims)
        .map_err(|_| "signature or form")
}

#[cfg(test)]
#[path = "dpop_tests.rs"]
mod tests;
