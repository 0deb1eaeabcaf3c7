//! Pushed authorization requests (RFC 9126): a client says what it will ask before a browser is sent anywhere.

use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode};
use serde::Serialize;

use super::{
    Endpoint,
    authorize::{Came, Reader, Untaken, pushed},
    client_call::{ClientGate, Refused, read_form, refusal},
    cross_origin,
    dpop::Proofs,
    lost_answer::once_more,
    visit::admit,
};
use crate::{
    keyring::Keyring,
    model::{Client, PushedRequest, Tenant},
    ports::{Assertions, ClientKeys, Clock, PublicKeys, PushedRequests, Random, Registry},
    types::JwkThumbprint,
    wire::{
        Request, Response,
        error::Fault,
        metadata::path,
        params::Params,
        respond::{self, Caching},
    },
};

/// `/oauth2/par`: `POST` of an authorization request as a form.
pub struct Par {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Where requests are kept.
    pub pushed: Arc<dyn PushedRequests>,
    /// `jti` of client assertions and of proofs.
    pub assertions: Arc<dyn Assertions>,
    /// What clients publish at their `jwks_uri`.
    pub client_keys: Arc<dyn ClientKeys>,
    /// Public keys, to read an `id_token_hint`.
    pub public_keys: Arc<dyn PublicKeys>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// `request_uri`s.
    pub random: Arc<dyn Random>,
    /// Seals what is kept; client secrets are compared under it.
    pub keyring: Arc<Keyring>,
}

const METHODS: &[Method] = &[Method::POST, Method::OPTIONS];

/// Longest request that is kept, in bytes of its wire form: what an address could carry.
const MAX_KEPT: usize = 8 * 1024;

/// RFC 9126 s2.2.
#[derive(Serialize)]
struct Kept {
    request_uri: String,
    expires_in: u64,
}

#[async_trait]
impl Endpoint for Par {
    /// Answers with a `request_uri` or with an error as JSON, never with a page.
    async fn handle(&self, request: Request) -> Response {
        let tenant = match admit(&*self.registry, &request, METHODS).await {
            Ok(tenant) => tenant,
            Err(ended) => return ended,
        };
        if let Some(preflight) = cross_origin::preflight(&request, &tenant) {
            return cross_origin::for_clients(&request, &tenant, preflight);
        }
        let response = match self.answer(&request, &tenant).await {
            Ok(kept) => respond::json(StatusCode::CREATED, &kept, Caching::NoStore),
            Err(refused) => refusal(&*self.random, &tenant, request.headers(), &refused),
        };
        let response = self.proofs().with_nonce(&tenant, &request, response);
        cross_origin::for_clients(&request, &tenant, response)
    }
}

impl Par {
    async fn answer(&self, request: &Request, tenant: &Tenant) -> Result<Kept, Refused> {
        let form = read_form(request)?;
        // First: who is told to take a nonce may send the same client assertion again.
        let proof = self.proofs().read(tenant, request, path::PAR, None)?;
        let gate = ClientGate {
            registry: &*self.registry,
            assertions: &*self.assertions,
            client_keys: &*self.client_keys,
            keyring: &self.keyring,
            clock: &*self.clock,
        };
        let client = gate.authenticate(tenant, request.headers(), &form).await?;
        let key = match proof {
            Some(proof) => Some(self.proofs().use_up(tenant, &proof).await?),
            None => None,
        };
        Ok(self.push(tenant, &client, key, &form).await?)
    }

    fn proofs(&self) -> Proofs<'_> {
        Proofs {
            assertions: &*self.assertions,
            clock: &*self.clock,
            keyring: &self.keyring,
        }
    }

    async fn push(
        &self,
        tenant: &Tenant,
        client: &Client,
        key: Option<JwkThumbprint>,
        form: &Params,
    ) -> Result<Kept, Fault> {
        if form.get("request_uri").is_some() {
            return Err(Fault::request("request_uri cannot be pushed"));
        }
        let now = self.clock.now();
        let reader = Reader {
            tenant,
            client,
            came: Came::Pushing,
            public_keys: &*self.public_keys,
            client_keys: &*self.client_keys,
            now,
        };
        let taken = reader.read(form).await.map_err(Untaken::fault)?;
        // RFC 9449 s10.1: a proof says which key the code is for, and nothing else may say otherwise.
        let named = taken.request.dpop_jkt;
        if key.is_some() && named.is_some() && key != named {
            return Err(Fault::request("dpop_jkt is not the key of the proof"));
        }
        if taken.params.encode().len() > MAX_KEPT {
            return Err(Fault::request("the request is too large"));
        }
        let request_uri = pushed::new_uri(&*self.random);
        let parameters = pushed::seal(&self.keyring, tenant, &taken.params)
            .ok_or_else(|| Fault::server("parameters do not seal"))?;
        let expires_in = tenant.policy.pushed_request;
        let kept = PushedRequest {
            client: client.id.clone(),
            parameters,
            dpop_jkt: key,
            expires_at: now + expires_in,
        };
        let digest = pushed::digest_of(request_uri.expose());
        once_more(|| self.pushed.put(&tenant.id, &digest, &kept)).await?;
        Ok(Kept {
            request_uri: request_uri.expose().clone(),
            expires_in,
        })
    }
}
