//! Verification of tokens that come back to us and of client assertions.
//!
//! The key decides the algorithm, never the token: each key verifies exactly one `alg`, so `none`, HMAC with a
//! public key and RS/PS mix-ups have nothing to match. Times are the caller's business; there is no clock here.

use jsonwebtoken::{
    DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{NumericDate, public_key::is_sound};
use crate::{ports::Algorithm, types::Timestamp};

/// A public key with the one algorithm it is used with.
pub struct VerificationKey {
    pub(super) kid: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl VerificationKey {
    /// The one algorithm it is used with.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The ways a client's key may be used: its `alg`, or every algorithm that fits its type. None for a weak one.
    pub fn of_client(jwk: &Jwk) -> Vec<Self> {
        if !is_sound(jwk) {
            return Vec::new();
        }
        let fitting: &[Algorithm] = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => &[Algorithm::Rs256, Algorithm::Ps256],
            AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => &[Algorithm::Es256],
            _ => &[],
        };
        let named = jwk.common.key_algorithm.map(|a| a.to_string());
        fitting
            .iter()
            .filter(|a| named.as_deref().is_none_or(|n| n == a.name()))
            .filter_map(|algorithm| {
                let key = DecodingKey::from_jwk(jwk).ok()?;
                Some(Self {
                    kid: jwk.common.key_id.clone(),
                    algorithm: *algorithm,
                    key,
                })
            })
            .collect()
    }
}

/// Longest token that is looked at.
const MAX_LENGTH: usize = 8 * 1024;

/// Verifies a token this issuer signed. `typ` must be exactly ours: an ID token is not an access token.
pub fn verify_own<T: DeserializeOwned>(token: &str, typ: &str, keys: &[VerificationKey]) -> Option<T> {
    let header = header(token)?;
    let kid = header.kid.as_deref()?;
    if header.typ.as_deref() != Some(typ) {
        return None;
    }
    verify(token, keys.iter().find(|k| k.kid.as_deref() == Some(kid))?)
}

/// What an ID token says as a hint (Core s3.1.2.1, RP-Initiated Logout s2). Times are required though nobody compares
/// them: a signed userinfo answer has the same `typ` and none of them.
#[derive(Debug, Deserialize)]
#[expect(
    missing_docs,
    reason = "named and defined by OpenID Connect Core s2 and Front-Channel Logout s3 (`sid`)"
)]
pub struct HintClaims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub exp: Timestamp,
    pub iat: Timestamp,
    pub auth_time: Timestamp,
    pub sid: Option<String>,
}

/// Reads an ID token of this issuer as a hint. Its expiry does not matter.
pub fn read_id_token_hint(token: &str, issuer: &str, keys: &[VerificationKey]) -> Option<HintClaims> {
    verify_own::<HintClaims>(token, ID_TOKEN, keys).filter(|c| c.iss == issuer)
}

/// `typ` of an ID token.
pub const ID_TOKEN: &str = "JWT";
/// `typ` of a logout token (Back-Channel Logout s2.4).
pub const LOGOUT_TOKEN: &str = "logout+jwt";
/// `typ` of an access token (RFC 9068 s2.1).
pub const ACCESS_TOKEN: &str = "at+jwt";
/// `typ` of a signed userinfo answer. No other is registered, and libraries refuse one they do not know.
pub const USERINFO: &str = "JWT";
/// `typ` of a signed introspection answer (RFC 9701 s5).
pub const TOKEN_INTROSPECTION: &str = "token-introspection+jwt";

/// `typ` of a client assertion that says what it is (the update of RFC 7523 that is under way, s4).
const CLIENT_ASSERTION: &str = "client-authentication+jwt";
/// `typ` of a JWT that does not say what it is.
const UNSAID: &str = "JWT";

/// The claims of a client assertion (RFC 7523 s3). `aud` as sent; the caller compares.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named and defined by RFC 7523 s3")]
pub struct AssertionClaims {
    pub iss: String,
    pub sub: String,
    pub aud: serde_json::Value,
    pub jti: String,
    pub exp: NumericDate,
    #[serde(default)]
    pub nbf: Option<NumericDate>,
    #[serde(default)]
    pub iat: Option<NumericDate>,
}

/// Verifies a client assertion against the client's registered keys.
pub fn verify_assertion(token: &str, keys: &[VerificationKey]) -> Option<AssertionClaims> {
    let header = header(token).filter(|header| may_be(header, CLIENT_ASSERTION))?;
    keys.iter()
        .filter(|key| fits(key, &header))
        .find_map(|key| verify(token, key))
}

/// Whether a JWT of a client may be of this kind: it says so, or leaves it open. What says that it is something else
/// was signed for something else (RFC 8725 s3.11).
pub(super) fn may_be(header: &jsonwebtoken::Header, kind: &str) -> bool {
    // RFC 7515 s4.1.9: a media type, compared without regard to case, `application/` left out where that is clear.
    let short = |typ: &str| match typ.split_once('/') {
        Some((top, rest)) if top.eq_ignore_ascii_case("application") => rest.to_owned(),
        _ => typ.to_owned(),
    };
    let typ = header.typ.as_deref().map(short);
    typ.is_none_or(|typ| {
        [kind, UNSAID]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&typ))
    })
}

/// Whether a client's key may be the one a token names.
pub(super) fn fits(key: &VerificationKey, header: &jsonwebtoken::Header) -> bool {
    header.kid.is_none() || key.kid.is_none() || key.kid == header.kid
}

/// The `kid` a token names; proves nothing.
pub fn kid_of(token: &str) -> Option<String> {
    header(token)?.kid
}

/// Whether a token says that an elliptic key signed it; proves nothing.
pub fn is_elliptic(token: &str) -> bool {
    header(token).is_some_and(|header| header.alg == jsonwebtoken::Algorithm::ES256)
}

pub(super) fn header(token: &str) -> Option<jsonwebtoken::Header> {
    if token.len() > MAX_LENGTH {
        return None;
    }
    // An unknown `crit` must be refused (RFC 7515 s4.1.11); we know none.
    jsonwebtoken::decode_header(token)
        .ok()
        .filter(|h| h.crit.is_none())
}

pub(super) fn verify<T: DeserializeOwned>(token: &str, key: &VerificationKey) -> Option<T> {
    let mut validation = Validation::new(match key.algorithm {
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
    });
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    jsonwebtoken::decode(token, &key.key, &validation)
        .ok()
        .map(|data| data.claims)
}
