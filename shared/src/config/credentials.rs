//! How a client proves who it is: exactly one way, with exactly what that way needs.

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde_json::Value;

use super::{
    declaration::{AuthMethod, ClientDeclaration},
    setting::{ConfigError, Setting},
    uri,
};
use crate::{
    jwt::VerificationKey,
    model::{ClientAuthentication, ClientJwks, Issuer, SecretHash},
    types::Digest,
};

/// Shorter ones can be guessed offline by whoever sees the digest.
const SHORTEST_SECRET: usize = 16;
/// 256 bits in base64url.
const GENERATED_SECRET: usize = 43;
/// Members of a JWK that only its owner may have (RFC 7518 s6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

pub(super) fn validate(
    at: &Setting,
    declared: &ClientDeclaration,
    secrets: Vec<SecretHash>,
    issuer: &Issuer,
) -> Result<(ClientAuthentication, Option<ClientJwks>), ConfigError> {
    let jwks = jwks(at, declared, issuer)?;
    // Registration s2: client_secret_basic where nothing is said.
    let method = declared
        .token_endpoint_auth_method
        .unwrap_or(AuthMethod::ClientSecretBasic);
    let name = method.name();
    if matches!(method, AuthMethod::None | AuthMethod::PrivateKeyJwt) {
        let setting = if declared.client_secret.is_some() {
            "client_secret"
        } else {
            "client_secret_digest"
        };
        at.key(setting)
            .require(secrets.is_empty(), format!("is of no use with {name}"))?;
    }
    // Its keys also verify its signed requests (RFC 9101).
    if method != AuthMethod::PrivateKeyJwt && declared.request_object_signing_alg.is_none() {
        at.key("jwks")
            .require(declared.jwks.is_none(), format!("is of no use with {name}"))?;
        at.key("jwks_uri")
            .require(declared.jwks_uri.is_none(), format!("is of no use with {name}"))?;
    }
    let needed = |setting: &str| at.key(setting).refused(format!("is missing; {name} needs it"));
    let authentication = match method {
        AuthMethod::None => ClientAuthentication::None,
        AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost if secrets.is_empty() => {
            return Err(needed("client_secret"));
        }
        AuthMethod::ClientSecretBasic => ClientAuthentication::SecretBasic(secrets),
        AuthMethod::ClientSecretPost => ClientAuthentication::SecretPost(secrets),
        AuthMethod::PrivateKeyJwt if jwks.is_none() => return Err(needed("jwks")),
        AuthMethod::PrivateKeyJwt => ClientAuthentication::PrivateKeyJwt,
    };
    Ok((authentication, jwks))
}

/// Registration s2: `jwks` or `jwks_uri`, never both.
fn jwks(
    at: &Setting,
    declared: &ClientDeclaration,
    issuer: &Issuer,
) -> Result<Option<ClientJwks>, ConfigError> {
    match (&declared.jwks, &declared.jwks_uri) {
        (None, None) => Ok(None),
        (Some(listed), None) => keys(&at.key("jwks"), listed).map(|keys| Some(ClientJwks::Registered(keys))),
        (None, Some(address)) => {
            uri::server(&at.key("jwks_uri"), address, issuer)?;
            Ok(Some(ClientJwks::PublishedAt(address.clone())))
        }
        (Some(_), Some(_)) => Err(at
            .key("jwks_uri")
            .refused("is there beside `jwks`; one of them is enough")),
    }
}

impl AuthMethod {
    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

/// The digests of the secrets alive: of the one in clear, or those listed.
pub(super) fn digests(
    at: &Setting,
    declared: &ClientDeclaration,
    sandbox: bool,
) -> Result<Vec<Digest>, ConfigError> {
    match (&declared.client_secret, &declared.client_secret_digest) {
        (None, None) => Ok(Vec::new()),
        (Some(secret), None) => digest_of(&at.key("client_secret"), secret, sandbox).map(|one| vec![one]),
        (None, Some(listed)) => read_digests(&at.key("client_secret_digest"), listed),
        (Some(_), Some(_)) => Err(at
            .key("client_secret_digest")
            .refused("is there beside `client_secret`; one of them is enough")),
    }
}

fn digest_of(at: &Setting, secret: &str, sandbox: bool) -> Result<Digest, ConfigError> {
    at.require(
        secret.len() >= SHORTEST_SECRET,
        format!("is shorter than {SHORTEST_SECRET} characters"),
    )?;
    // 256 random bits in base64url are 43 characters. Nothing shorter can be them.
    at.require(
        sandbox || secret.len() >= GENERATED_SECRET,
        "is not a generated one, which `symbolon client-secret` makes; one that somebody thought of is for a sandbox",
    )?;
    // RFC 6749 appendix A.2.
    at.require(
        secret.bytes().all(|b| (0x20..=0x7e).contains(&b)),
        "has a character outside printable ASCII",
    )?;
    Ok(Digest::of(secret.as_bytes()))
}

fn read_digests(at: &Setting, listed: &[String]) -> Result<Vec<Digest>, ConfigError> {
    at.require(!listed.is_empty(), "lists none")?;
    // The one that goes and the one that comes.
    at.require(listed.len() <= 2, "lists more than two")?;
    at.distinct(listed)?;
    let one = |(index, text): (usize, &String)| {
        Digest::try_from(text.clone()).map_err(|_| {
            at.at(index)
                .refused("is not a SHA-256 digest in unpadded base64url")
        })
    };
    listed.iter().enumerate().map(one).collect()
}

/// A JWK set, as a table or as its JSON text.
fn keys(at: &Setting, jwks: &Value) -> Result<Vec<Jwk>, ConfigError> {
    let parsed: Value = match jwks {
        Value::String(text) => {
            serde_json::from_str(text).map_err(|error| at.refused(format!("is not JSON: {error}")))?
        }
        table => table.clone(),
    };
    let at = at.key("keys");
    let list = parsed
        .get("keys")
        .and_then(Value::as_array)
        .ok_or_else(|| at.refused("is not a list"))?;
    at.require(!list.is_empty(), "is empty")?;
    let keys: Vec<Jwk> = list
        .iter()
        .enumerate()
        .map(|(index, jwk)| key(&at.at(index), jwk))
        .collect::<Result<_, _>>()?;
    let kid = |key: &Jwk| key.common.key_id.clone();
    let ids: Vec<String> = keys.iter().filter_map(kid).collect();
    at.require(
        keys.len() == 1 || ids.len() == keys.len(),
        "has several keys, not all with a `kid`",
    )?;
    at.require(
        !ids.iter()
            .enumerate()
            .any(|(i, id)| ids.iter().take(i).any(|e| e == id)),
        "has a `kid` twice",
    )?;
    Ok(keys)
}

fn key(at: &Setting, jwk: &Value) -> Result<Jwk, ConfigError> {
    client_key(jwk).map_err(|cause| at.refused(cause))
}

/// A public key that a client may sign with, registered or published: P-256, or RSA of 2048 to 4096 bits. The
/// error continues a sentence that begins with the key.
pub fn client_key(jwk: &Value) -> Result<Jwk, String> {
    if let Some(name) = PRIVATE.iter().find(|name| jwk.get(**name).is_some()) {
        return Err(format!("holds a private key (`{name}`); register the public one"));
    }
    let key: Jwk = serde_json::from_value(jwk.clone()).map_err(|error| error.to_string())?;
    if !matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return Err("is not for signatures (`use`)".to_owned());
    }
    // One that verifies nothing would be refused at every request instead of here.
    if VerificationKey::of_client(&key).is_empty() {
        return Err("is no key for ES256 (P-256), RS256 or PS256 (RSA of 2048 to 4096 bits)".to_owned());
    }
    Ok(key)
}
