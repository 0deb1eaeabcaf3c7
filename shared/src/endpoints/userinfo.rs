//! Claims about the member (Core s5.3), for whoever holds an access token with `openid`.

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Map, Value};

use super::{
    Endpoint,
    access_token::{AccessTokens, Standing, invalid},
    claims, cross_origin,
    refusal::refuse,
    sign::sign,
    visit::{self, admit},
};
use crate::{
    jwt,
    keyring::Keyring,
    model::{ClaimsRequest, Client, Tenant},
    ports::{Clock, Grants, Members, PublicKeys, Random, Registry, Signer},
    types::Scope,
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        params::Params,
        respond::{self, Caching},
    },
};

/// `/userinfo`: `GET` or `POST` with a bearer token (RFC 6750 s2).
pub struct Userinfo {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// The consent behind the token.
    pub grants: Arc<dyn Grants>,
    /// Her claims.
    pub members: Arc<dyn Members>,
    /// What tokens are verified with.
    pub public_keys: Arc<dyn PublicKeys>,
    /// Signatures, for clients that registered an algorithm.
    pub signer: Arc<dyn Signer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids of refusals.
    pub random: Arc<dyn Random>,
    /// The sealed context of an access token.
    pub keyring: Arc<Keyring>,
}

/// What the request presents.
enum Bearer {
    Absent,
    Token(String),
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
            return cross_origin::for_clients(&request, &tenant, preflight);
        }
        let response = match bearer(&request) {
            Ok(Bearer::Absent) => unauthenticated(),
            Ok(Bearer::Token(token)) => match self.answer(&tenant, &token).await {
                Ok(claims) => claims,
                Err(fault) => refusal(&*self.random, &tenant, &fault),
            },
            Err(fault) => refusal(&*self.random, &tenant, &fault),
        };
        cross_origin::for_clients(&request, &tenant, response)
    }
}

impl Userinfo {
    /// Her claims as JSON, or signed where the client registered `userinfo_signed_response_alg` (Core s5.3.2).
    async fn answer(&self, tenant: &Tenant, token: &str) -> Result<Response, Fault> {
        let (client, mut claims) = self.claims(tenant, token).await?;
        let Some(algorithm) = client.userinfo_algorithm else {
            return Ok(respond::json(StatusCode::OK, &claims, Caching::NoStore));
        };
        claims.insert("iss".to_owned(), tenant.issuer.as_str().into());
        claims.insert("aud".to_owned(), client.id.as_str().into());
        let signed = sign(&*self.signer, tenant, algorithm, jwt::USERINFO, &claims).await?;
        Ok(respond::jwt("application/jwt", signed))
    }

    async fn claims(&self, tenant: &Tenant, token: &str) -> Result<(Arc<Client>, Map<String, Value>), Fault> {
        let tokens = self.tokens();
        let token = tokens.genuine(tenant, token).await?;
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
        let standing = tokens.standing(tenant, token).await?;
        Ok((Arc::clone(&standing.client), told(standing)))
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

/// The one place the token is in (RFC 6750 s2). The address is not one of them.
fn bearer(request: &Request) -> Result<Bearer, Fault> {
    let in_query = visit::query(request).map_err(|_| Fault::request("the query is malformed"))?;
    if in_query.get("access_token").is_some() {
        return Err(Fault::request(
            "the access token belongs into the Authorization header",
        ));
    }
    let in_body = if request.method() == Method::POST && visit::is_form(request) {
        let form = Params::parse(request.body()).map_err(|_| Fault::request("the body is malformed"))?;
        if form.is_repeated("access_token") {
            return Err(Fault::request("more than one access token"));
        }
        form.get("access_token").map(str::to_owned)
    } else {
        None
    };
    match (in_header(request.headers())?, in_body) {
        (Some(_), Some(_)) => Err(Fault::request("more than one access token")),
        (token, other) => Ok(token.or(other).map_or(Bearer::Absent, Bearer::Token)),
    }
}

fn in_header(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Fault::request("more than one Authorization header"));
    }
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|v| v.split_once(' '))
        .unwrap_or_default();
    let token = scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned());
    Ok(token.filter(|t| !t.is_empty()))
}

/// RFC 6750 s3: without a token there is no error to name.
fn unauthenticated() -> Response {
    let mut response = respond::empty(StatusCode::UNAUTHORIZED);
    respond::put(&mut response, header::WWW_AUTHENTICATE, "Bearer");
    response
}

fn refusal(random: &dyn Random, tenant: &Tenant, fault: &Fault) -> Response {
    let mut response = refuse(random, tenant, fault);
    if !fault.code.status().is_server_error() {
        let challenge = format!(
            "Bearer error=\"{}\", error_description=\"{}\"",
            fault.code.name(),
            fault.description
        );
        respond::put(&mut response, header::WWW_AUTHENTICATE, &challenge);
    }
    response
}
