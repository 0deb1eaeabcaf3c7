//! Verifies JWT access tokens by RFC 9068 s4, offline.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::Jwk};
use serde::Deserialize;

use super::{
    jwks::{Jwks, Unavailable},
    member_ref::MemberRefs,
};
use crate::Clock;

/// What our clock and the provider's may differ by.
const LEEWAY: u64 = 5;

/// What a verified token allows, and for whom.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) member: String,
    pub(super) client_id: String,
    /// Thumbprint of the key whoever uses the token must prove; none: it is a bearer token.
    pub(super) key: Option<String>,
    scope: String,
}

impl Caller {
    pub(super) fn may(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|granted| granted == scope)
    }
}

/// Why a token is refused. The reason is for our log; callers learn `invalid_token`.
#[derive(Debug)]
pub(super) enum Refused {
    Invalid(&'static str),
    Unavailable,
}

impl From<Unavailable> for Refused {
    fn from(Unavailable: Unavailable) -> Self {
        Self::Unavailable
    }
}

#[derive(Deserialize)]
struct Claims {
    exp: u64,
    iat: u64,
    nbf: Option<u64>,
    client_id: String,
    #[serde(default)]
    scope: String,
    member_ref: String,
    cnf: Option<Confirmation>,
}

/// Any other kind of binding is one we could not check, so it does not parse.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    jkt: String,
}

pub(super) struct Verifier {
    issuer: String,
    audience: String,
    jwks: Jwks,
    members: MemberRefs,
    clock: Clock,
}

impl Verifier {
    pub(super) fn new(
        issuer: String,
        audience: String,
        jwks: Jwks,
        members: MemberRefs,
        clock: Clock,
    ) -> Self {
        Self {
            issuer,
            audience,
            jwks,
            members,
            clock,
        }
    }

    pub(super) async fn verify(&self, token: &str) -> Result<Caller, Refused> {
        let (algorithm, kid) = parse_header(token).map_err(Refused::Invalid)?;
        let key = self
            .jwks
            .key(&kid)
            .await?
            .ok_or(Refused::Invalid("unknown key"))?;
        self.check(token, algorithm, &key).map_err(Refused::Invalid)
    }

    fn check(&self, token: &str, algorithm: Algorithm, key: &Jwk) -> Result<Caller, &'static str> {
        // A key that names its algorithm serves no other.
        if key
            .common
            .key_algorithm
            .is_some_and(|named| named.to_string() != format!("{algorithm:?}"))
        {
            return Err("key is for another algorithm");
        }
        let decoding = DecodingKey::from_jwk(key).map_err(|_| "unusable key")?;
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        // Presence is what makes the two above count; the library's clock is the machine's, so time is checked below.
        validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        validation.validate_exp = false;
        let token = jsonwebtoken::decode::<Claims>(token, &decoding, &validation)
            .map_err(|_| "signature, issuer, audience or form")?;
        let Claims {
            exp,
            iat,
            nbf,
            client_id,
            scope,
            member_ref,
            cnf,
        } = token.claims;
        let now = (self.clock)();
        if exp.saturating_add(LEEWAY) <= now {
            return Err("expired");
        }
        if iat.max(nbf.unwrap_or(0)) > now.saturating_add(LEEWAY) {
            return Err("from the future");
        }
        let member = self.members.open(&member_ref).ok_or("member reference")?;
        Ok(Caller {
            member,
            client_id,
            key: cnf.map(|cnf| cnf.jkt),
            scope,
        })
    }
}

/// The algorithm and key id of a header we are willing to look at. `none` and the HMAC family end here.
fn parse_header(token: &str) -> Result<(Algorithm, String), &'static str> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| "unreadable header")?;
    // An ID token has another `typ`, and must not open an API (RFC 9068 s2.1, s5).
    let typ = header.typ.ok_or("no typ")?.to_ascii_lowercase();
    if typ != "at+jwt" && typ != "application/at+jwt" {
        return Err("not an access token");
    }
    if header.crit.is_some() {
        return Err("critical extension");
    }
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256) {
        return Err("algorithm");
    }
    Ok((header.alg, header.kid.ok_or("no kid")?))
}

#[cfg(test)]
#[path = "access_token_tests.rs"]
mod tests;
