//! Verification of logout tokens (OpenID Connect Back-Channel Logout 1.0 s2.6).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::Jwk};
use openidconnect::core::{CoreIdToken, CoreJsonWebKeySet};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What our clock and the provider's may differ by.
const LEEWAY: u64 = 5;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What we make of a logout token's claims. Which session it names is all we act on: our sessions know their `sid`.
#[derive(Deserialize)]
struct Claims {
    iat: u64,
    exp: u64,
    sid: Option<String>,
    events: Map<String, Value>,
    nonce: Option<Value>,
}

/// Whose word it must be, and for whom.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) keys: &'a CoreJsonWebKeySet,
    pub(crate) now: u64,
}

/// The session that has ended, or the reason for our log why the token is not believed.
///
/// `jti` is not remembered: a token that is sent again within its two minutes ends a session that is gone already.
pub(crate) fn verify(token: &str, expected: &Expected<'_>) -> Result<String, &'static str> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| "unreadable header")?;
    // Nothing else that this issuer signs for us, such as an ID token, signs anybody out.
    let typ = header.typ.ok_or("no typ")?.to_ascii_lowercase();
    if typ != "logout+jwt" && typ != "application/logout+jwt" {
        return Err("not a logout token");
    }
    let family = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256];
    if !family.contains(&header.alg) || header.crit.is_some() {
        return Err("algorithm or critical extension");
    }
    let key = key(expected.keys, &header.kid.ok_or("no kid")?).ok_or("unknown key")?;
    let key = DecodingKey::from_jwk(&key).map_err(|_| "unusable key")?;
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    // The library's clock is the machine's, so time is checked below.
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
        .map_err(|_| "signature, issuer, audience or form")?
        .claims;
    if claims.exp.saturating_add(LEEWAY) <= expected.now {
        return Err("expired");
    }
    if claims.iat > expected.now.saturating_add(LEEWAY) {
        return Err("from the future");
    }
    if !claims.events.get(EVENT).is_some_and(Value::is_object) {
        return Err("not the event");
    }
    if claims.nonce.is_some() {
        return Err("has a nonce");
    }
    claims.sid.ok_or("names no session")
}

/// The key of this id. By way of JSON: two libraries, one document.
fn key(keys: &CoreJsonWebKeySet, kid: &str) -> Option<Jwk> {
    let keys = serde_json::to_value(keys).ok()?;
    let of_kid = |key: &&Value| key.get("kid").and_then(Value::as_str) == Some(kid);
    let found = keys.get("keys")?.as_array()?.iter().find(of_kid)?;
    serde_json::from_value(found.clone()).ok()
}

/// The `sid` of an ID token that was verified.
pub(crate) fn session_of(id_token: &CoreIdToken) -> Option<String> {
    #[derive(Deserialize)]
    struct Session {
        sid: Option<String>,
    }
    let payload = id_token.to_string().split('.').nth(1).map(str::to_owned)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice::<Session>(&payload).ok()?.sid
}

#[cfg(test)]
#[path = "logout_token_tests.rs"]
mod tests;
