//! Claims about the member (Core s5.3), for whoever holds an access token with `openid`.

use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::{
    Endpoint,
    access_token::{AccessTokens, Claims, Standing, invalid},
    claims, cross_origin,
    dpop::{self, Proofs},
    sign::sign,
    token_call::{Presented, Scheme, presented, refusal, unauthenticated},
    visit::admit,
};
use crate::{
    jwt::{self, Confirmation},
    keyring::Keyring,
    model::{ClaimsRequest, Client, Tenant},
    ports::{Assertions, Clock, Grants, Members, PublicKeys, Random, Registry, Signer},
    types::{ClientId, Scope},
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        metadata::path,
        respond::{self, Caching},
    },
};

/// `/userinfo`: `GET` or `POST` with a bearer token (RFC 6750 s2), or with one that is bound to a key and
/// a proof (RFC 9449 s7).
pub struct Userinfo {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// The consent behind the token.
    pub grants: Arc<dyn Grants>,
    /// Her claims.
    pub members: Arc<dyn Members>,
    /// `jti` of proofs.
    pub assertions: Arc<dyn Assertions>,
    /// What tokens are verified with.
    pub public_keys: Arc<dyn PublicKeys>,
    /// Signatures, for clients that registered an algorithm.
    pub signer: Arc<dyn Signer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids of refusals.
    pub random: Arc<dyn Random>,
    /// The sealed context of an access token, nonces.
    pub keyring: Arc<Keyring>,
}

const METHODS: &[Method] = &[Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];

#[async_trait]
impl Endpoint for Userinfo {
    /// Answers with claims, or with an error by RFC 6750 s3.
    async fn handle(&self, request: Request) -> Response {
        let tenant = match admit(&*self.registry, &request, METHODS).await {
            Ok(tenant) => tenant,
            Err(ended) => return ended,
        };
        if let Some(preflight) = cross_origin::preflight(&request, &tenant) {
            return preflight;
        }
        let (response, client) = match presented(&request) {
            Ok(Presented::Absent) => (unauthenticated(), None),
            Ok(Presented::Token(scheme, token)) => self.answer(&request, &tenant, scheme, &token).await,
            Err(fault) => (refusal(&*self.random, &tenant, Scheme::Bearer, &fault), None),
        };
        let response = self.proofs().with_nonce(&tenant, &request, response);
        cross_origin::for_client(&request, &tenant, client.as_deref(), response)
    }
}

impl Userinfo {
    /// The answer, and whose token it is, be it expired or revoked; none if it is no token of ours.
    async fn answer(
        &self,
        request: &Request,
        tenant: &Tenant,
        scheme: Scheme,
        token: &str,
    ) -> (Response, Option<Arc<Client>>) {
        let refused = |fault| refusal(&*self.random, tenant, scheme, &fault);
        let (issued, client) = match self.issued(tenant, token).await {
            Ok(issued) => issued,
            Err(fault) => return (refused(fault), None),
        };
        let answer = self
            .claims(request, tenant, (scheme, token), issued, &client)
            .await;
        (answer.unwrap_or_else(refused), Some(client))
    }

    async fn issued(&self, tenant: &Tenant, token: &str) -> Result<(Claims, Arc<Client>), Fault> {
        let issued = self.tokens().verifier().issued(tenant, token).await?;
        let client = ClientId::new(issued.client_id.as_str());
        let client = self.registry.client(&tenant.id, &client).await?;
        Ok((issued, client.ok_or_else(invalid)?))
    }

    /// Her claims as JSON, or signed where the client registered `userinfo_signed_response_alg` (Core s5.3.2).
    async fn claims(
        &self,
        request: &Request,
        tenant: &Tenant,
        presented: (Scheme, &str),
        issued: Claims,
        client: &Client,
    ) -> Result<Response, Fault> {
        let standing = self.standing(request, tenant, presented, issued, client).await?;
        let mut claims = told(standing);
        let Some(algorithm) = client.userinfo_algorithm else {
            return Ok(respond::json(StatusCode::OK, &claims, Caching::NoStore));
        };
        claims.insert("iss".to_owned(), tenant.issuer.as_str().into());
        claims.insert("aud".to_owned(), client.id.as_str().into());
        let signed = sign(&*self.signer, tenant, algorithm, jwt::USERINFO, &claims).await?;
        Ok(respond::jwt("application/jwt", signed))
    }

    async fn standing(
        &self,
        request: &Request,
        tenant: &Tenant,
        presented: (Scheme, &str),
        claims: Claims,
        client: &Client,
    ) -> Result<Standing, Fault> {
        let tokens = self.tokens();
        let token = tokens.verifier().alive(tenant, claims)?;
        if !token.scope.contains(Scope::OPENID) {
            return Err(Fault::new(
                ErrorCode::InsufficientScope,
                "userinfo needs the scope openid",
            ));
        }
        let issuer = tenant.issuer.as_str();
        if !token.claims.aud.iter().any(|a| a == issuer) {
            return Err(invalid());
        }
        self.sender_holds(request, tenant, presented, token.claims.cnf, client)
            .await?;
        tokens.standing(tenant, token).await
    }

    /// A bound token is worth nothing without a proof of its key, and no other token may pass for one (RFC 9449 s7).
    async fn sender_holds(
        &self,
        request: &Request,
        tenant: &Tenant,
        (scheme, text): (Scheme, &str),
        bound: Option<Confirmation>,
        client: &Client,
    ) -> Result<(), Fault> {
        match (scheme, bound) {
            (Scheme::Bearer, None) => Ok(()),
            (Scheme::Dpop, Some(bound)) => {
                let proof = self.proofs().read(tenant, request, path::USERINFO, Some(text))?;
                let proof = proof.ok_or(dpop::invalid("no proof came with the token"))?;
                if proof.key != bound.jkt {
                    return Err(invalid());
                }
                self.proofs().use_up(tenant, client, &proof).await.map(drop)
            }
            (Scheme::Bearer, Some(_)) | (Scheme::Dpop, None) => Err(invalid()),
        }
    }

    fn proofs(&self) -> Proofs<'_> {
        Proofs {
            assertions: &*self.assertions,
            clock: &*self.clock,
            keyring: &self.keyring,
        }
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

/// The claims of the scopes (Core s5.4), and the single ones asked for as far as she allows them (s5.5).
fn told(standing: Standing) -> Map<String, Value> {
    let single = ClaimsRequest {
        userinfo: standing
            .token
            .consent()
            .map(|consent| consent.claims.clone())
            .unwrap_or_default(),
        ..ClaimsRequest::default()
    };
    let single = single.within(&standing.allowed).userinfo;
    let mut names: Vec<&str> = claims::of_scopes(&standing.scope).collect();
    names.extend(single.iter().map(String::as_str));
    let mut told = claims::about(&standing.member, names.into_iter());
    told.insert("sub".to_owned(), standing.token.claims.sub.into());
    told
}
