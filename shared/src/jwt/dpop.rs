//! Proofs of possession (RFC 9449 s4): that whoever sends a request holds a private key.
//!
//! The key comes with the proof, so only what is signed about the request counts; `kid`, `jku`, `x5u` and `x5c` are
//! never looked at. Whether a proof is fresh and new is the caller's business.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::{EncodedPoint, FieldBytes, ecdsa::VerifyingKey};
use rsa::{BigUint, RsaPublicKey};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use super::{
    NumericDate,
    jwks::verification_keys,
    public_key::{is_long_enough, of_p256, of_rsa},
    verify::{header, verify},
};
use crate::{
    ports::{Algorithm, PublicKey},
    types::{Digest, JwkThumbprint},
};

/// `typ` of a proof.
const PROOF: &str = "dpop+jwt";
/// Members of a JWK that only its owner may have (RFC 7518 s6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The request a proof has to be for.
#[derive(Debug, Clone, Copy)]
pub struct ProvenRequest<'a> {
    /// Its method, as sent.
    pub method: &'a str,
    /// Where it was sent.
    pub url: &'a str,
    /// The access token it carries, if it carries one.
    pub access_token: Option<&'a str>,
}

/// What a proof says that only its receiver can judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Whose key it is (s6.1).
    pub key: JwkThumbprint,
    /// What it is signed with.
    pub algorithm: Algorithm,
    /// Its own name.
    pub jti: String,
    /// When it was made, by the sender's clock.
    pub iat: u64,
    /// The server's nonce in it.
    pub nonce: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: NumericDate,
    ath: Option<String>,
    nonce: Option<String>,
}

/// Checks a proof by RFC 9449 s4.3, time, nonce and repetition apart. An error is a sentence for the sender.
pub fn read_proof(proof: &str, of: ProvenRequest<'_>) -> Result<Proof, &'static str> {
    let header = header(proof).ok_or("the proof is not a JWS that is understood here")?;
    if header.typ.as_deref() != Some(PROOF) {
        return Err("typ of the proof must be dpop+jwt");
    }
    let algorithm = match header.alg {
        jsonwebtoken::Algorithm::ES256 => Algorithm::Es256,
        jsonwebtoken::Algorithm::RS256 => Algorithm::Rs256,
        jsonwebtoken::Algorithm::PS256 => Algorithm::Ps256,
        _ => return Err("alg of the proof must be ES256, RS256 or PS256"),
    };
    let jwk = jwk_of(proof).ok_or("the proof carries no jwk")?;
    if PRIVATE.iter().any(|name| jwk.contains_key(*name)) {
        return Err("jwk of the proof holds a private key");
    }
    let public = public_key(&jwk, algorithm)
        .ok_or("jwk of the proof must be P-256 or RSA of at least 2048 bits, fitting alg")?;
    let claims: Claims = verification_keys(std::slice::from_ref(&public))
        .first()
        .and_then(|key| verify(proof, key))
        .ok_or("the signature or a claim of the proof does not hold")?;
    if claims.jti.is_empty() {
        return Err("jti of the proof is empty");
    }
    if claims.htm != of.method {
        return Err("htm of the proof is another method");
    }
    if !same_target(&claims.htu, of.url) {
        return Err("htu of the proof is another address");
    }
    let hash = |token: &str| Digest::of(token.as_bytes()).to_string();
    if of.access_token.is_some() && claims.ath != of.access_token.map(hash) {
        return Err("ath of the proof is not the hash of the access token");
    }
    let kid = match &public {
        PublicKey::Rsa { kid, .. } | PublicKey::P256 { kid, .. } => kid.as_str(),
    };
    Ok(Proof {
        key: JwkThumbprint::parse(kid).ok_or("jwk of the proof has no thumbprint")?,
        algorithm,
        jti: claims.jti,
        iat: claims.iat.0,
        nonce: claims.nonce,
    })
}

/// Read as it was sent: a typed key would not show what must not be in it.
fn jwk_of(proof: &str) -> Option<Map<String, Value>> {
    #[derive(Deserialize)]
    struct Header {
        jwk: Map<String, Value>,
    }
    let (header, _) = proof.split_once('.')?;
    let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    Some(header.jwk)
}

/// The key, named by its thumbprint; the members are encoded anew, so a key has one name however it was spelt.
fn public_key(jwk: &Map<String, Value>, algorithm: Algorithm) -> Option<PublicKey> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    match (text("kty")?, algorithm) {
        ("EC", Algorithm::Es256) if text("crv") == Some("P-256") => {
            let coordinate = |name| <[u8; 32]>::try_from(bytes(name)?).ok().map(FieldBytes::from);
            let point = EncodedPoint::from_affine_coordinates(&coordinate("x")?, &coordinate("y")?, false);
            VerifyingKey::from_encoded_point(&point)
                .ok()
                .map(|key| of_p256(&key))
        }
        ("RSA", Algorithm::Rs256 | Algorithm::Ps256) => {
            let number = |name| bytes(name).map(|bytes| BigUint::from_bytes_be(&bytes));
            RsaPublicKey::new(number("n")?, number("e")?)
                .ok()
                .filter(is_long_enough)
                .map(|key| of_rsa(&key, algorithm))
        }
        _ => None,
    }
}

/// RFC 9449 s4.3 rule 9: without query and fragment, after the normalisation of RFC 3986 s6.2.2 and s6.2.3.
fn same_target(claimed: &str, asked: &str) -> bool {
    let normal = |text: &str| {
        let mut url = Url::parse(text).ok().filter(|url| is_uri(text, url))?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    normal(claimed).is_some_and(|claimed| normal(asked) == Some(claimed))
}

/// Whether what was read as `url` is a URI by RFC 3986 that says so itself, without a user. Browsers' rules, by which
/// it was read, repair what is none: other readers of the proof would see another address.
fn is_uri(text: &str, url: &Url) -> bool {
    let in_hex = |escaped: &str| {
        escaped
            .get(..2)
            .is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let written = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b))
        && text.split('%').skip(1).all(in_hex);
    let Some((_, rest)) = text.split_once("://").filter(|_| written) else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    };
    // A host that was rewritten is another spelling of an address: 0x7f.1, %61.
    url.host_str().is_some_and(|read| read.eq_ignore_ascii_case(host)) && !port.starts_with('0')
}

#[cfg(test)]
#[path = "dpop_tests.rs"]
mod tests;
