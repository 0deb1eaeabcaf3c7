//! Claims about the member (Core s5.3), for whoever holds an access token with `openid`.

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Endpoint, cross_origin,
    refusal::refuse,
    visit::{self, admit},
};
use crate::{
    jwt::{self, AccessTokenContext},
    keyring::{Keyring, Purpose},
    model::{Grant, Member, Profile, Tenant},
    ports::{Clock, Grants, Members, PublicKeys, Random, Registry},
    types::{ClientId, Scope, ScopeSet, Timestamp},
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
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids of refusals.
    pub random: Arc<dyn Random>,
    /// The sealed context of an access token.
    pub keyring: Arc<Keyring>,
}

/// The claims of our own access token that matter here.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Vec<String>,
    client_id: String,
    exp: Timestamp,
    scope: String,
    ctx: String,
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
            Ok(Bearer::Token(token)) => match self.claims(&tenant, &token).await {
                Ok(claims) => respond::json(StatusCode::OK, &claims, Caching::NoStore),
                Err(fault) => refusal(&*self.random, &tenant, &fault),
            },
            Err(fault) => refusal(&*self.random, &tenant, &fault),
        };
        cross_origin::for_clients(&request, &tenant, response)
    }
}

impl Userinfo {
    async fn claims(&self, tenant: &Tenant, token: &str) -> Result<Map<String, Value>, Fault> {
        let invalid = || Fault::new(ErrorCode::InvalidToken, "the access token is not valid here");
        let now = self.clock.now();
        let keys = jwt::verification_keys(&self.public_keys.public_keys(&tenant.id).await?);
        let issuer = tenant.issuer.as_str();
        let claims = jwt::verify_own::<Claims>(token, jwt::ACCESS_TOKEN, &keys)
            .filter(|c| c.iss == issuer && c.aud.iter().any(|a| a == issuer) && !c.exp.is_past(now))
            .ok_or_else(invalid)?;
        let scope = ScopeSet::parse(&claims.scope).ok_or_else(invalid)?;
        if !scope.contains(Scope::OPENID) {
            return Err(Fault::new(
                ErrorCode::InsufficientScope,
                "userinfo needs the scope openid",
            ));
        }
        let context: AccessTokenContext = self
            .keyring
            .open(&tenant.id, Purpose::AccessToken, &claims.ctx)
            .ok_or_else(invalid)?;
        let client = ClientId::new(claims.client_id);
        let (grant, member, client) = futures_util::try_join!(
            self.grants.get(&tenant.id, &context.member, &client),
            self.members.by_id(&tenant.id, &context.member),
            self.registry.client(&tenant.id, &client),
        )?;
        // A valid signature is not enough: client, consent, session and member must stand at this moment.
        let client = client.ok_or_else(invalid)?;
        let honours = |g: &Grant| g.honours(context.grant, context.issue, context.session, now);
        let grant = grant.filter(honours).ok_or_else(invalid)?;
        let member = member.filter(Member::is_active).ok_or_else(invalid)?;
        let scope = scope
            .intersection(&grant.current_scopes(&tenant.scopes))
            .intersection(&client.scopes);
        Ok(told(&member, claims.sub, &scope))
    }
}

/// The claims the scopes stand for (Core s5.4). What a member does not have is left out.
fn told(member: &Member, sub: String, scope: &ScopeSet) -> Map<String, Value> {
    let mut all = match serde_json::to_value(&member.profile) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    all.insert("phone_number".to_owned(), member.number.as_str().into());
    // The brand knows the number is hers: she signs in with it.
    all.insert("phone_number_verified".to_owned(), true.into());
    let names = Profile::CLAIMS
        .iter()
        .filter(|(s, _)| scope.contains(s))
        .flat_map(|(_, claims)| claims.iter());
    let mut told: Map<String, Value> = names.filter_map(|name| all.remove_entry(*name)).collect();
    told.insert("sub".to_owned(), sub.into());
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
