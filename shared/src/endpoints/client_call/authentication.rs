//! Who the client is (RFC 6749 s2.3). Only the registered method works, whatever the caller sends or leaves out.
//!
//! An [`AuthenticatedClient`] comes from here alone. Every failure has the same body, so that nobody learns
//! whether a client exists.

use std::{ops::Deref, sync::Arc};

use http::HeaderMap;
use serde_json::Value;

use super::{ClientGate, decoy, keys_of};
use crate::{
    endpoints::audit::{self, AuditEvent},
    jwt::{self, AssertionClaims, NumericDate, VerificationKey},
    model::{AssertionAudience, Client, ClientAuthentication, SecretHash, SecurityProfile, Tenant},
    ports::FirstUse,
    types::{ClientId, Digest, JwkThumbprint, Secret, Timestamp},
    wire::{
        basic::{self, Basic},
        error::Fault,
        metadata::path,
        params::Params,
    },
};

/// RFC 7523 s2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest life of an assertion that is taken, in seconds, and how far clocks may differ.
const LONGEST: u64 = 3_600;
const SKEW: u64 = 10;

/// A client that has proven who it is (or is registered as one that cannot).
pub(in crate::endpoints) struct AuthenticatedClient {
    client: Arc<Client>,
    key: Option<JwkThumbprint>,
}

impl AuthenticatedClient {
    /// The same, which also holds this key.
    pub(in crate::endpoints) fn holding(self, key: JwkThumbprint) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    /// The key it has proven to hold with this request (RFC 9449): what is issued now is bound to it.
    pub(in crate::endpoints) const fn key(&self) -> Option<JwkThumbprint> {
        self.key
    }

    /// As it is registered.
    pub(super) const fn registered(&self) -> &Arc<Client> {
        &self.client
    }

    /// How access tokens issued now are to be presented (RFC 6749 s7.1, RFC 9449 s5).
    pub(in crate::endpoints) const fn token_type(&self) -> &'static str {
        match self.key {
            Some(_) => "DPoP",
            None => "Bearer",
        }
    }
}

impl Deref for AuthenticatedClient {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Which registered client a request claims to be from, and what it presents to prove it.
pub(super) struct Claim {
    pub(super) client: Arc<Client>,
    credentials: Credentials,
}

/// What the request presents.
enum Credentials {
    None,
    Basic(Secret<String>),
    Post(Secret<String>),
    Assertion(String),
}

impl ClientGate<'_> {
    /// Who the client claims to be; proves nothing yet.
    pub(super) async fn claimed(
        &self,
        tenant: &Tenant,
        headers: &HeaderMap,
        form: &Params,
    ) -> Result<Claim, Fault> {
        let (id, credentials) = presented(headers, form)?;
        let known = self.registry.client(&tenant.id, &id).await?;
        let Some(client) = known else {
            self.check_in_vain(tenant, &id, &credentials);
            return Err(Fault::client("unknown client"));
        };
        Ok(Claim { client, credentials })
    }

    /// Who the client is, proven by its registered method.
    pub(super) async fn authenticate(
        &self,
        tenant: &Tenant,
        claim: Claim,
    ) -> Result<AuthenticatedClient, Fault> {
        let Claim { client, credentials } = claim;
        self.check(tenant, &client, credentials).await?;
        Ok(AuthenticatedClient { client, key: None })
    }

    async fn check(&self, tenant: &Tenant, client: &Client, credentials: Credentials) -> Result<(), Fault> {
        match (&client.authentication, credentials) {
            (ClientAuthentication::None, Credentials::None) => Ok(()),
            (ClientAuthentication::SecretBasic(hashes), Credentials::Basic(secret))
            | (ClientAuthentication::SecretPost(hashes), Credentials::Post(secret)) => {
                self.check_secret(tenant, &client.id, hashes, &secret)
            }
            (ClientAuthentication::PrivateKeyJwt, Credentials::Assertion(assertion)) => {
                let keys = keys_of(self.client_keys, client, &assertion).await?;
                self.check_assertion(tenant, client, &assertion, &keys).await
            }
            (registered, credentials) => {
                self.check_in_vain(tenant, &client.id, &credentials);
                let (client, method) = (&client.id, registered.method());
                Err(Fault::client(format!("{client} must use {method}")))
            }
        }
    }

    /// Takes as long as to find a credential wrong. Who publishes keys is asked for them, which nobody can pretend.
    fn check_in_vain(&self, tenant: &Tenant, client: &ClientId, credentials: &Credentials) {
        match credentials {
            Credentials::None => {}
            Credentials::Basic(secret) | Credentials::Post(secret) => {
                drop(self.check_secret(tenant, client, &[decoy::secret()], secret));
            }
            Credentials::Assertion(assertion) => {
                drop(jwt::verify_assertion(assertion, &decoy::keys_for(assertion)));
            }
        }
    }

    /// Every secret alive is looked at, in whichever form it is known.
    fn check_secret(
        &self,
        tenant: &Tenant,
        client: &ClientId,
        hashes: &[SecretHash],
        secret: &Secret<String>,
    ) -> Result<(), Fault> {
        let plain = Digest::of(secret.expose().as_bytes());
        let keyed = self.keyring.client_secret(&tenant.id, client, &plain);
        let is_right = |hash: &SecretHash| match hash {
            SecretHash::Plain(digest) => digest.matches(&plain),
            SecretHash::Keyed(digest) => digest.matches(&keyed),
        };
        if hashes.iter().any(is_right) {
            Ok(())
        } else {
            Err(Fault::client("wrong secret"))
        }
    }

    /// RFC 7523 s3.
    async fn check_assertion(
        &self,
        tenant: &Tenant,
        client: &Client,
        assertion: &str,
        keys: &[VerificationKey],
    ) -> Result<(), Fault> {
        let now = self.clock.now();
        let claims =
            jwt::verify_assertion(assertion, keys).ok_or_else(|| Fault::client(unverified(client)))?;
        is_for_us(&claims, client, tenant, now).map_err(Fault::client)?;
        let key = Digest::of(format!("{}\0{}", client.id, claims.jti).as_bytes());
        let until = Timestamp(claims.exp.0) + SKEW;
        match self.assertions.use_once(&tenant.id, &key, until, now).await? {
            FirstUse::Yes => Ok(()),
            FirstUse::No => {
                audit::line(AuditEvent::ReplayRefused, tenant)
                    .client(&client.id)
                    .because("assertion")
                    .write();
                Err(Fault::client("the assertion was used before"))
            }
        }
    }
}

/// Why no key of the client verifies its assertion, for the log.
fn unverified(client: &Client) -> &'static str {
    match client.security_profile {
        None => "the assertion's signature does not hold",
        Some(SecurityProfile::Fapi2) => "the assertion's signature does not hold in ES256 or PS256 (fapi2)",
    }
}

/// Client id and credentials of a request. Two methods at once are an error, not a choice (RFC 6749 s2.3).
fn presented(headers: &HeaderMap, form: &Params) -> Result<(ClientId, Credentials), Fault> {
    let in_body = form.get("client_id").map(ClientId::new);
    let secret = form.get("client_secret").map(|s| Secret::new(s.to_owned()));
    let assertion = form.get("client_assertion");
    let (id, credentials) = match (basic::read(headers), secret, assertion) {
        (Basic::Absent, None, None) => (in_body.clone(), Credentials::None),
        (Basic::Absent, Some(secret), None) => (in_body.clone(), Credentials::Post(secret)),
        (Basic::Absent, None, Some(assertion)) => {
            if form.get("client_assertion_type") != Some(JWT_BEARER) {
                return Err(Fault::request("client_assertion_type must be jwt-bearer"));
            }
            let id = in_body.clone().or_else(|| subject_of(assertion));
            (id, Credentials::Assertion(assertion.to_owned()))
        }
        (Basic::Credentials(id, secret), None, None) => (Some(id), Credentials::Basic(secret)),
        (Basic::Malformed, None, None) => return Err(Fault::client("malformed Authorization header")),
        _ => return Err(Fault::request("more than one way of client authentication")),
    };
    let id = id.ok_or_else(|| Fault::client("no client_id"))?;
    if in_body.is_some_and(|b| b != id) {
        return Err(Fault::request("client_id differs from the authenticated client"));
    }
    Ok((id, credentials))
}

/// Whose keys to verify with; proves nothing yet.
fn subject_of(assertion: &str) -> Option<ClientId> {
    let claims = jsonwebtoken::dangerous::insecure_decode::<AssertionClaims>(assertion)
        .ok()?
        .claims;
    Some(ClientId::new(claims.sub))
}

fn is_for_us(
    claims: &AssertionClaims,
    client: &Client,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<(), &'static str> {
    if claims.iss != client.id.as_str() || claims.sub != client.id.as_str() {
        return Err("iss and sub of the assertion must be the client_id");
    }
    if !is_our_audience(&claims.aud, client.assertion_audience, tenant) {
        return Err("aud of the assertion is not what this client may name");
    }
    let NumericDate(exp) = claims.exp;
    let mut begun = claims.iat.into_iter().chain(claims.nbf);
    if (Timestamp(exp) + SKEW).is_past(now) || begun.any(|NumericDate(t)| t > now.0 + SKEW) {
        return Err("the assertion is expired or from the future");
    }
    if exp > now.0 + LONGEST {
        return Err("the assertion lives longer than an hour");
    }
    if claims.jti.is_empty() {
        Err("the assertion has no jti")
    } else {
        Ok(())
    }
}

/// The issuer as the one string: nobody else can have been meant (RFC 9700 s4.4, and the update on audience injection).
/// A client registered so may name the token endpoint too, or put either into a list of one (Core s9).
fn is_our_audience(aud: &Value, allowed: AssertionAudience, tenant: &Tenant) -> bool {
    let issuer = tenant.issuer.as_str();
    let aud = match (allowed, aud) {
        (AssertionAudience::Issuer, aud) => return aud.as_str() == Some(issuer),
        (AssertionAudience::TokenEndpoint, Value::Array(list)) => match list.as_slice() {
            [one] => one,
            _ => return false,
        },
        (AssertionAudience::TokenEndpoint, aud) => aud,
    };
    aud.as_str()
        .is_some_and(|aud| aud == issuer || aud == tenant.issuer.at(path::TOKEN))
}
