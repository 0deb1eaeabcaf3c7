//! The token endpoint (RFC 6749 s3.2). What one grant type needs alone is in a file named after it; what all
//! share (who the client is, how tokens are made) is in one place each.

mod authorization_code;
mod client_authentication;
mod issue;
mod refresh_token;

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, Method, StatusCode, header};

use self::client_authentication::AuthenticatedClient;
use super::{
    Endpoint,
    audit::{self, AuditEvent},
    cross_origin,
    refusal::refuse_under,
    screen::incident,
    visit::{self, admit},
};
use crate::{
    keyring::Keyring,
    model::{GrantType, Tenant},
    ports::{Assertions, Clock, Codes, Grants, Members, Random, RefreshFamilies, Registry, Signer},
    types::ClientId,
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        params::Params,
        respond::{self, Caching},
        token_response::TokenResponse,
    },
};

/// `/oauth2/token`: `POST` of a form.
pub struct Token {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Authorization codes.
    pub codes: Arc<dyn Codes>,
    /// Refresh tokens.
    pub families: Arc<dyn RefreshFamilies>,
    /// The consent every token rests on.
    pub grants: Arc<dyn Grants>,
    /// Whether the member may still be signed in.
    pub members: Arc<dyn Members>,
    /// `jti` of client assertions.
    pub assertions: Arc<dyn Assertions>,
    /// Signatures. The only endpoint that signs.
    pub signer: Arc<dyn Signer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Token ids.
    pub random: Arc<dyn Random>,
    /// Sealed contents of refresh and access tokens, `sub`.
    pub keyring: Arc<Keyring>,
}

const METHODS: &[Method] = &[Method::POST, Method::OPTIONS];

/// A request that gets no tokens.
struct Refused {
    fault: Fault,
    /// Whom it claims to be from, where that is a registered client.
    client: Option<ClientId>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { fault, client: None }
    }
}

#[async_trait]
impl Endpoint for Token {
    /// Answers with tokens or with an error as JSON, never with a page.
    async fn handle(&self, request: Request) -> Response {
        let tenant = match admit(&*self.registry, &request, METHODS).await {
            Ok(tenant) => tenant,
            Err(ended) => return ended,
        };
        if let Some(preflight) = cross_origin::preflight(&request, &tenant) {
            return cross_origin::for_clients(&request, &tenant, preflight);
        }
        let response = match self.answer(&request, &tenant).await {
            Ok(tokens) => respond::json(StatusCode::OK, &tokens, Caching::NoStore),
            Err(refused) => self.refusal(&tenant, request.headers(), &refused),
        };
        cross_origin::for_clients(&request, &tenant, response)
    }
}

impl Token {
    async fn answer(&self, request: &Request, tenant: &Tenant) -> Result<TokenResponse, Refused> {
        let form = read_form(request)?;
        let client = self.authenticate(tenant, request.headers(), &form).await?;
        Ok(self.tokens(tenant, &client, &form).await?)
    }

    async fn tokens(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        form: &Params,
    ) -> Result<TokenResponse, Fault> {
        let grant_type = match form.get("grant_type") {
            Some("authorization_code") => GrantType::AuthorizationCode,
            Some("refresh_token") => GrantType::RefreshToken,
            Some(_) => {
                return Err(Fault::new(
                    ErrorCode::UnsupportedGrantType,
                    "grant_type is not supported",
                ));
            }
            None => return Err(Fault::request("grant_type is missing")),
        };
        if !client.may(grant_type) {
            return Err(Fault::new(
                ErrorCode::UnauthorizedClient,
                "this client may not use this grant_type",
            ));
        }
        match grant_type {
            GrantType::AuthorizationCode => self.authorization_code(tenant, client, form).await,
            GrantType::RefreshToken => self.refresh_token(tenant, client, form).await,
        }
    }

    fn refusal(&self, tenant: &Tenant, headers: &HeaderMap, refused: &Refused) -> Response {
        let id = incident(&*self.random);
        let mut response = refuse_under(&id, tenant, &refused.fault);
        if refused.fault.code == ErrorCode::InvalidClient {
            audit::line(AuditEvent::ClientRejected, tenant)
                .client(refused.client.as_ref())
                .error(&id)
                .write();
            if headers.contains_key(header::AUTHORIZATION) {
                // RFC 6749 s5.2: the scheme the client tried.
                respond::put(&mut response, header::WWW_AUTHENTICATE, "Basic realm=\"token\"");
            }
        }
        response
    }
}

/// The form, once. Credentials in the address are refused, because addresses are logged (RFC 6749 s2.3.1).
fn read_form(request: &Request) -> Result<Params, Fault> {
    if !visit::is_form(request) {
        return Err(Fault::request(
            "the body must be application/x-www-form-urlencoded",
        ));
    }
    let query = visit::query(request).map_err(|_| Fault::request("the query is malformed"))?;
    if [
        "client_id",
        "client_secret",
        "client_assertion",
        "code",
        "refresh_token",
    ]
    .iter()
    .any(|n| query.get(n).is_some())
    {
        return Err(Fault::request("parameters belong into the body"));
    }
    let form = Params::parse(request.body()).map_err(|_| Fault::request("the body is malformed"))?;
    if form.has_repetition() {
        Err(Fault::request("a parameter is sent more than once"))
    } else {
        Ok(form)
    }
}
