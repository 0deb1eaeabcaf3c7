//! What a client calls itself, without a browser in between: token, pushed requests, revocation, introspection.
//!
//! Each takes the form of a POST from a client that has proven who it is, and answers in JSON.

mod authentication;
mod keys;

use http::{HeaderMap, header};

pub(super) use self::{authentication::AuthenticatedClient, keys::keys_of};
use super::{
    audit::{self, AuditEvent},
    refusal::refuse_under,
    screen::incident,
    visit,
};
use crate::{
    keyring::Keyring,
    model::Tenant,
    ports::{Assertions, ClientKeys, Clock, Random, Registry},
    types::ClientId,
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        params::Params,
        respond,
    },
};

/// What client authentication needs of an endpoint.
pub(super) struct ClientGate<'a> {
    /// Who is registered.
    pub(super) registry: &'a dyn Registry,
    /// `jti` of client assertions.
    pub(super) assertions: &'a dyn Assertions,
    /// What clients publish at their `jwks_uri`.
    pub(super) client_keys: &'a dyn ClientKeys,
    /// What secrets are compared under.
    pub(super) keyring: &'a Keyring,
    /// Time.
    pub(super) clock: &'a dyn Clock,
}

/// A call that is refused.
pub(super) struct Refused {
    pub(super) fault: Fault,
    /// Whom it claims to be from, where that is a registered client.
    pub(super) client: Option<ClientId>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { fault, client: None }
    }
}

/// The answer to a refused call, and what the log and the audit trail say of it.
pub(super) fn refusal(
    random: &dyn Random,
    tenant: &Tenant,
    headers: &HeaderMap,
    refused: &Refused,
) -> Response {
    let id = incident(random);
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

/// The form, once. Credentials in the address are refused, because addresses are logged (RFC 6749 s2.3.1).
pub(super) fn read_form(request: &Request) -> Result<Params, Fault> {
    if !visit::is_form(request) {
        return Err(Fault::request(
            "the body must be application/x-www-form-urlencoded",
        ));
    }
    let query = visit::query(request).map_err(|_| Fault::request("the query is malformed"))?;
    if IN_THE_BODY.iter().any(|name| query.get(name).is_some()) {
        return Err(Fault::request("parameters belong into the body"));
    }
    let form = Params::parse(request.body()).map_err(|_| Fault::request("the body is malformed"))?;
    if form.has_repetition() {
        Err(Fault::request("a parameter is sent more than once"))
    } else {
        Ok(form)
    }
}

const IN_THE_BODY: [&str; 6] = [
    "client_id",
    "client_secret",
    "client_assertion",
    "code",
    "refresh_token",
    "token",
];
