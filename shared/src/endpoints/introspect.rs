//! Introspection (RFC 7662): what a token stands for at this very moment.

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, StatusCode, header};

use super::{
    Endpoint,
    access_token::{AccessTokens, Genuine, invalid},
    client_call::{AuthenticatedClient, Call, ClientGate},
    client_token, resource,
    sign::sign,
    token::RefreshToken,
};
use crate::{
    jwt,
    keyring::{Keyring, Purpose},
    model::{Authentication, Client, Member, Tenant},
    ports::{
        Algorithm, Assertions, ClientKeys, Clock, Grants, Members, PublicKeys, Random, RefreshFamilies,
        Registry, Signer,
    },
    types::{ClientId, ScopeSet},
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        introspection::{ActiveToken, Introspection, SignedIntrospection},
        respond::{self, Caching},
    },
};

/// `/oauth2/introspect`: `POST` of a form with `token`, by a client that can prove who it is.
pub struct Introspect {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Refresh tokens.
    pub families: Arc<dyn RefreshFamilies>,
    /// The consent behind a token.
    pub grants: Arc<dyn Grants>,
    /// Whom it is about.
    pub members: Arc<dyn Members>,
    /// `jti` of client assertions, and of dead tokens without a consent.
    pub assertions: Arc<dyn Assertions>,
    /// What clients publish at their `jwks_uri`.
    pub client_keys: Arc<dyn ClientKeys>,
    /// What tokens are verified with.
    pub public_keys: Arc<dyn PublicKeys>,
    /// Signatures, where one is asked for.
    pub signer: Arc<dyn Signer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids of refusals.
    pub random: Arc<dyn Random>,
    /// Sealed contents of refresh and access tokens; what secrets are compared under.
    pub keyring: Arc<Keyring>,
}

/// RFC 9701 s4.
const SIGNED: &str = "application/token-introspection+jwt";

#[async_trait]
impl Endpoint for Introspect {
    /// Answers what is true now. Whatever is wrong with a token, the answer is the same.
    async fn handle(&self, request: Request) -> Response {
        let gate = self.gate();
        let call = match gate.open(&request).await {
            Ok(call) => call,
            Err(ended) => return ended,
        };
        let said = self.answer(&call).await;
        gate.close(&call, said)
    }
}

impl Introspect {
    async fn answer(&self, call: &Call<'_>) -> Result<Response, Fault> {
        let (tenant, caller) = (&*call.tenant, &call.client);
        if caller.is_public() {
            return Err(Fault::client(format!("{} cannot prove who it is", caller.id)));
        }
        let token = call.form.get("token").ok_or(Fault::request("token is missing"))?;
        let active = self.look(tenant, caller, token).await?;
        let said = Introspection::of(active.as_ref());
        Ok(if wants_signature(call.request.headers()) {
            respond::jwt(SIGNED, self.signed(tenant, caller, said).await?)
        } else {
            respond::json(StatusCode::OK, &said, Caching::NoStore)
        })
    }

    /// Who asks is a server, so no script of another origin is let in.
    fn gate(&self) -> ClientGate<'_> {
        ClientGate {
            registry: &*self.registry,
            assertions: &*self.assertions,
            client_keys: &*self.client_keys,
            keyring: &self.keyring,
            clock: &*self.clock,
            random: &*self.random,
            takes_scripts: false,
            takes_proofs_at: None,
        }
    }

    async fn signed(
        &self,
        tenant: &Tenant,
        caller: &AuthenticatedClient,
        said: Introspection<'_>,
    ) -> Result<String, Fault> {
        let claims = SignedIntrospection {
            iss: tenant.issuer.as_str(),
            aud: caller.id.as_str(),
            iat: self.clock.now(),
            token_introspection: said,
        };
        let algorithm = caller.introspection_algorithm.unwrap_or(Algorithm::Rs256);
        sign(
            &*self.signer,
            tenant,
            algorithm,
            jwt::TOKEN_INTROSPECTION,
            &claims,
        )
        .await
    }

    /// The token, if it is active and the caller's to ask about. What kind it is, it says itself.
    async fn look(
        &self,
        tenant: &Tenant,
        caller: &AuthenticatedClient,
        token: &str,
    ) -> Result<Option<ActiveToken>, Fault> {
        let open = || self.keyring.open(&tenant.id, Purpose::RefreshToken, token);
        let found = match open() {
            Some(refresh) => self.refresh_token(tenant, caller, refresh).await,
            None => self.access_token(tenant, caller, token).await,
        };
        match found {
            Ok(active) => Ok(Some(active)),
            Err(fault) if fault.code == ErrorCode::InvalidToken => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// For its own client, and for the API it is meant for.
    async fn access_token(
        &self,
        tenant: &Tenant,
        caller: &AuthenticatedClient,
        token: &str,
    ) -> Result<ActiveToken, Fault> {
        let tokens = self.tokens();
        let token = tokens.verifier().genuine(tenant, token).await?;
        if !is_meant_for(&token.client, &token.claims.aud, caller) {
            return Err(invalid());
        }
        let (token, scope) = if token.consent().is_some() {
            let standing = tokens.standing(tenant, token).await?;
            (standing.token, standing.scope)
        } else {
            let scope = self.own_scope(tenant, &token).await?;
            (token, scope)
        };
        // What is left of its scope may lead to fewer APIs than it once did.
        let mut audience = token.claims.aud;
        let left = resource::audience(tenant, &scope, &[]);
        audience.retain(|at| left.contains(&at.as_str()));
        if scope.is_empty() || audience.is_empty() || !is_meant_for(&token.client, &audience, caller) {
            return Err(invalid());
        }
        let bound = token.claims.cnf.is_some();
        Ok(ActiveToken {
            iss: token.claims.iss,
            sub: token.claims.sub,
            client_id: token.claims.client_id,
            scope: scope.to_string(),
            exp: token.claims.exp,
            iat: Some(token.claims.iat),
            aud: Some(audience),
            jti: Some(token.claims.jti),
            token_type: Some(if bound { "DPoP" } else { "Bearer" }),
            auth_time: token.claims.auth_time,
            acr: token.claims.acr,
            cnf: token.claims.cnf.and_then(|cnf| serde_json::to_value(cnf).ok()),
            member_ref: token.claims.member_ref,
        })
    }

    /// What is left of the scope of a client's own token.
    async fn own_scope(&self, tenant: &Tenant, token: &Genuine) -> Result<ScopeSet, Fault> {
        let client = self.registry.client(&tenant.id, &token.client).await?;
        let client = client.ok_or_else(invalid)?;
        let (jti, now) = (token.claims.jti, self.clock.now());
        if client_token::is_revoked(&*self.assertions, tenant, jti, now).await? {
            return Err(invalid());
        }
        Ok(token.scope.intersection(&client_token::scopes(tenant, &client)))
    }

    /// For its own client only, as nobody else is to have it in hand.
    async fn refresh_token(
        &self,
        tenant: &Tenant,
        caller: &AuthenticatedClient,
        token: RefreshToken,
    ) -> Result<ActiveToken, Fault> {
        if token.client != caller.id {
            return Err(invalid());
        }
        let now = self.clock.now();
        let (line, grant, member) = futures_util::try_join!(
            self.families.get(&tenant.id, &token.family, now),
            self.grants.get(&tenant.id, &token.member, &token.client),
            self.members.by_id(&tenant.id, &token.member),
        )?;
        let window = tenant.policy.refresh.retry_window;
        let line = line.filter(|l| l.family.client == token.client && l.takes(token.generation, window, now));
        let line = line.ok_or_else(invalid)?;
        let grant = grant.filter(|g| g.honours(token.grant, token.issue, None, now));
        let grant = grant.ok_or_else(invalid)?;
        member.filter(Member::is_active).ok_or_else(invalid)?;
        let allowed = grant.current_scopes(&tenant.scopes).intersection(&caller.scopes);
        let scope = token.scope.intersection(&allowed);
        if scope.is_empty() {
            return Err(invalid());
        }
        Ok(ActiveToken {
            iss: tenant.issuer.as_str().to_owned(),
            sub: self
                .keyring
                .subject(&tenant.id, caller.subject_sector(), &token.member),
            client_id: token.client.as_str().to_owned(),
            scope: scope.to_string(),
            exp: line.forget_at(),
            iat: None,
            aud: None,
            jti: None,
            token_type: None,
            auth_time: Some(token.authentication.auth_time),
            acr: Some(Authentication::ACR.to_owned()),
            cnf: None,
            member_ref: None,
        })
    }

    fn tokens(&self) -> AccessTokens<'_> {
        AccessTokens {
            registry: &*self.registry,
            grants: &*self.grants,
            members: &*self.members,
            public_keys: &*self.public_keys,
            clock: &*self.clock,
            keyring: &self.keyring,
        }
    }
}

/// Whether a token of this client and audience is the caller's to ask about.
fn is_meant_for(client: &ClientId, audience: &[String], caller: &Client) -> bool {
    let api = caller.resource.as_ref();
    *client == caller.id || api.is_some_and(|api| audience.contains(api))
}

/// Whether the signed form is named among what the caller takes.
fn wants_signature(headers: &HeaderMap) -> bool {
    let mut types = headers
        .get_all(header::ACCEPT)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','));
    types.any(|named| {
        let mut parts = named.split(';').map(str::trim);
        let refused = |p: &str| p.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        parts.next().is_some_and(|t| t.eq_ignore_ascii_case(SIGNED)) && !parts.any(refused)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_for_who_names_it() {
        let asks = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            wants_signature(&headers)
        };
        for signed in [
            SIGNED,
            "Application/Token-Introspection+JWT",
            "text/html, application/token-introspection+jwt;q=0.5",
        ] {
            assert!(asks(signed), "{signed}");
        }
        for plain in [
            "application/json",
            "*/*",
            "application/jwt",
            "application/token-introspection+jwt;q=0",
            "application/token-introspection+jwt; q=0.0",
        ] {
            assert!(!asks(plain), "{plain}");
        }
        assert!(!wants_signature(&HeaderMap::new()));
    }
}
