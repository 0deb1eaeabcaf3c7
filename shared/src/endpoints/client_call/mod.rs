//! What a client calls itself, without a browser in between: token, pushed requests, revocation, introspection.
//!
//! Each takes the form of a POST from a client that has proven who it is, and answers in JSON. What they share is here,
//! in the order it must happen; what one of them does for the client is all that is left to it.

mod authentication;
mod decoy;
mod form;
mod keys;

use std::sync::Arc;

use http::{Method, header};

pub(super) use self::{authentication::AuthenticatedClient, keys::keys_of};
use self::{authentication::Claim, form::read_form};
use super::{
    audit::{self, AuditEvent},
    cross_origin,
    dpop::Proofs,
    refusal::refuse_under,
    screen::incident,
    visit::admit,
};
use crate::{
    keyring::Keyring,
    model::{Client, Tenant},
    ports::{Assertions, ClientKeys, Clock, Random, Registry},
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        params::Params,
        respond,
    },
};

/// What taking such calls needs of an endpoint.
pub(super) struct ClientGate<'a> {
    /// Who is registered.
    pub(super) registry: &'a dyn Registry,
    /// `jti` of client assertions and of proofs.
    pub(super) assertions: &'a dyn Assertions,
    /// What clients publish at their `jwks_uri`.
    pub(super) client_keys: &'a dyn ClientKeys,
    /// What secrets are compared under; nonces.
    pub(super) keyring: &'a Keyring,
    /// Time.
    pub(super) clock: &'a dyn Clock,
    /// Ids of refusals.
    pub(super) random: &'a dyn Random,
    /// Whether scripts of the client's origins may call, or servers and devices alone.
    pub(super) takes_scripts: bool,
    /// The endpoint's path, if it takes proofs of a key (RFC 9449 s5, s10.1).
    pub(super) takes_proofs_at: Option<&'static str>,
}

/// A call from a client that has proven who it is, and which key it holds if it sent a proof.
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) tenant: Arc<Tenant>,
    pub(super) client: AuthenticatedClient,
    pub(super) form: Params,
}

/// A call that is refused.
struct Refused {
    fault: Fault,
    /// Whom it claims to be from, where that is a registered client.
    client: Option<Arc<Client>>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { fault, client: None }
    }
}

impl ClientGate<'_> {
    /// Lets the call in, or answers it.
    pub(super) async fn open<'r>(&self, request: &'r Request) -> Result<Call<'r>, Response> {
        let methods: &[Method] = if self.takes_scripts {
            &[Method::POST, Method::OPTIONS]
        } else {
            &[Method::POST]
        };
        let tenant = admit(self.registry, request, methods).await?;
        if let Some(preflight) = cross_origin::preflight(request, &tenant) {
            return Err(preflight);
        }
        match self.read(request, &tenant).await {
            Ok((client, form)) => Ok(Call {
                request,
                tenant,
                client,
                form,
            }),
            Err(refused) => Err(self.refusal(request, &tenant, &refused)),
        }
    }

    /// The answer as it leaves the endpoint.
    pub(super) fn close(&self, call: &Call<'_>, answer: Result<Response, Fault>) -> Response {
        let client = call.client.registered();
        match answer {
            Ok(response) => self.sent(call.request, &call.tenant, Some(client), response),
            Err(fault) => {
                let client = Some(Arc::clone(client));
                self.refusal(call.request, &call.tenant, &Refused { fault, client })
            }
        }
    }

    async fn read(
        &self,
        request: &Request,
        tenant: &Tenant,
    ) -> Result<(AuthenticatedClient, Params), Refused> {
        let form = read_form(request)?;
        let claim = self.claimed(tenant, request.headers(), &form).await?;
        let client = Some(Arc::clone(&claim.client));
        match self.proven(request, tenant, claim).await {
            Ok(client) => Ok((client, form)),
            Err(fault) => Err(Refused { fault, client }),
        }
    }

    /// Reads the proof first: who is told to take a nonce may send the same client assertion again. Uses it up last:
    /// only a client makes us write.
    async fn proven(
        &self,
        request: &Request,
        tenant: &Tenant,
        claim: Claim,
    ) -> Result<AuthenticatedClient, Fault> {
        let proof = match self.takes_proofs_at {
            Some(path) => self.proofs().read(tenant, request, path, None)?,
            None => None,
        };
        let client = self.authenticate(tenant, claim).await?;
        match proof {
            Some(proof) => {
                let key = self.proofs().use_up(tenant, &client, &proof).await?;
                Ok(client.holding(key))
            }
            None => Ok(client),
        }
    }

    /// The answer to a refused call, and what the log and the audit trail say of it.
    fn refusal(&self, request: &Request, tenant: &Tenant, refused: &Refused) -> Response {
        let id = incident(self.random);
        let client = refused.client.as_ref();
        let mut response = refuse_under(&id, tenant, &refused.fault);
        if refused.fault.code == ErrorCode::InvalidClient {
            audit::line(AuditEvent::ClientRejected, tenant)
                .client(client.map(|client| &client.id))
                .error(&id)
                .write();
            if request.headers().contains_key(header::AUTHORIZATION) {
                // RFC 6749 s5.2: the scheme the client tried.
                respond::put(&mut response, header::WWW_AUTHENTICATE, "Basic realm=\"token\"");
            }
        }
        self.sent(request, tenant, client, response)
    }

    /// What every answer carries, be it a refusal.
    fn sent(
        &self,
        request: &Request,
        tenant: &Tenant,
        client: Option<&Arc<Client>>,
        mut response: Response,
    ) -> Response {
        if self.takes_proofs_at.is_some() {
            response = self.proofs().with_nonce(tenant, request, response);
        }
        if self.takes_scripts {
            response = cross_origin::for_client(request, tenant, client.map(|client| &**client), response);
        }
        response
    }

    fn proofs(&self) -> Proofs<'_> {
        Proofs {
            assertions: self.assertions,
            clock: self.clock,
            keyring: self.keyring,
        }
    }
}
