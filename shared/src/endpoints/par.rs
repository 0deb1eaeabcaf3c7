//! Pushed authorization requests (RFC 9126): a client says what it will ask before a browser is sent anywhere.

use std::sync::Arc;

use async_trait::async_trait;
use http::StatusCode;
use serde::Serialize;

use super::{
    Endpoint,
    authorize::{Came, Reader, Untaken, pushed},
    client_call::{Call, ClientGate},
    lost_answer::once_more,
};
use crate::{
    keyring::Keyring,
    model::PushedRequest,
    ports::{Assertions, ClientKeys, Clock, PublicKeys, PushedRequests, Random, Registry},
    wire::{
        Request, Response,
        error::Fault,
        metadata::path,
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
        let gate = self.gate();
        let call = match gate.open(&request).await {
            Ok(call) => call,
            Err(ended) => return ended,
        };
        let kept = self.push(&call).await;
        gate.close(
            &call,
            kept.map(|kept| respond::json(StatusCode::CREATED, &kept, Caching::NoStore)),
        )
    }
}

impl Par {
    fn gate(&self) -> ClientGate<'_> {
        ClientGate {
            registry: &*self.registry,
            assertions: &*self.assertions,
            client_keys: &*self.client_keys,
            keyring: &self.keyring,
            clock: &*self.clock,
            random: &*self.random,
            takes_scripts: true,
            takes_proofs_at: Some(path::PAR),
        }
    }

    async fn push(&self, call: &Call<'_>) -> Result<Kept, Fault> {
        let (tenant, client, form) = (&*call.tenant, &call.client, &call.form);
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
        let (key, named) = (client.key(), taken.request.dpop_jkt);
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
