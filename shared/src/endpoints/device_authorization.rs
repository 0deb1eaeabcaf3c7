//! Where a device without a keyboard begins (RFC 8628 s3.1): a code for itself, a code for its owner to type elsewhere.

use std::sync::Arc;

use async_trait::async_trait;
use http::{StatusCode, header};
use serde::Serialize;

use super::{
    Endpoint,
    audit::{self, AuditEvent},
    authorize::requested_scope,
    client_call::{Call, ClientGate},
    device_code::DeviceCode,
    lost_answer::once_more,
    refusal::refuse,
    resource, visit,
};
use crate::{
    keyring::Keyring,
    model::{DeviceDecision, DeviceRequest, GrantType},
    ports::{Assertions, Challenges, ClientKeys, Clock, DeviceRequests, Random, Registry},
    types::{Digest, ScopeSet, Secret, UserCode},
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        metadata::path,
        respond::{self, Caching},
    },
};

/// `/oauth2/device/auth`: `POST` of a form.
pub struct DeviceAuthorization {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// The requests of devices.
    pub devices: Arc<dyn DeviceRequests>,
    /// How often an address may ask.
    pub challenges: Arc<dyn Challenges>,
    /// `jti` of client assertions.
    pub assertions: Arc<dyn Assertions>,
    /// What clients publish at their `jwks_uri`.
    pub client_keys: Arc<dyn ClientKeys>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Both codes.
    pub random: Arc<dyn Random>,
    /// Sealed device codes, hashed user codes.
    pub keyring: Arc<Keyring>,
}

/// RFC 8628 s3.2.
#[derive(Serialize)]
struct Answer<'a> {
    device_code: &'a str,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: u64,
    interval: u64,
}

/// Seconds between two questions of a device (RFC 8628 s3.5).
const INTERVAL: u64 = 5;

/// How often a user code is drawn. Of 20^8, the first is as good as never in use.
const DRAWS: u32 = 4;

#[async_trait]
impl Endpoint for DeviceAuthorization {
    /// Answers with two codes or with an error as JSON, never with a page.
    async fn handle(&self, request: Request) -> Response {
        let gate = self.gate();
        let call = match gate.open(&request).await {
            Ok(call) => call,
            Err(ended) => return ended,
        };
        let answer = self.answer(&call).await;
        gate.close(&call, answer)
    }
}

impl DeviceAuthorization {
    async fn answer(&self, call: &Call<'_>) -> Result<Response, Fault> {
        let tenant = &call.tenant;
        let asked = asked(call)?;
        if self.is_too_often(call).await? {
            return Ok(self.too_often(call));
        }
        let (code, user_code) = self.begin(call, asked).await?;
        let verification_uri = tenant.issuer.at(path::DEVICE);
        let answer = Answer {
            device_code: code.expose(),
            user_code: user_code.to_string(),
            verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
            verification_uri,
            expires_in: tenant.policy.device.lifetime,
            interval: INTERVAL,
        };
        Ok(respond::json(StatusCode::OK, &answer, Caching::NoStore))
    }

    fn gate(&self) -> ClientGate<'_> {
        ClientGate {
            registry: &*self.registry,
            assertions: &*self.assertions,
            client_keys: &*self.client_keys,
            keyring: &self.keyring,
            clock: &*self.clock,
            random: &*self.random,
            takes_scripts: true,
            takes_proofs_at: None,
        }
    }

    /// Counts what would be stored and nothing else: whoever is refused makes us write nothing.
    async fn is_too_often(&self, call: &Call<'_>) -> Result<bool, Fault> {
        let (tenant, limit) = (&call.tenant, call.tenant.policy.device.authorization);
        let address = visit::address(call.request);
        let address = self.keyring.device_request_index(&tenant.id, address);
        let counted = self
            .challenges
            .count_address(&tenant.id, &address, limit.window, self.clock.now());
        Ok(counted.await? > limit.requests)
    }

    fn too_often(&self, call: &Call<'_>) -> Response {
        let tenant = &call.tenant;
        audit::line(AuditEvent::DeviceLimited, tenant)
            .client(&call.client.id)
            .write();
        let often = Fault::new(ErrorCode::SlowDown, "too many codes were asked for from here");
        let mut response = refuse(&*self.random, tenant, &often);
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        let window = tenant.policy.device.authorization.window;
        respond::put(&mut response, header::RETRY_AFTER, &window.to_string());
        response
    }

    /// Both codes of a new request.
    async fn begin(
        &self,
        call: &Call<'_>,
        (scope, resources): Asked,
    ) -> Result<(Secret<String>, UserCode), Fault> {
        let (tenant, client) = (&call.tenant, &call.client);
        let now = self.clock.now();
        for _ in 0..DRAWS {
            let user_code = UserCode::from_bytes(self.random.bytes());
            let index = self.keyring.user_code_index(&tenant.id, &user_code);
            let code = DeviceCode::new(index, &client.id, &*self.random)
                .seal(&self.keyring, &tenant.id)
                .ok_or_else(|| Fault::server("the device code could not be sealed"))?;
            let request = DeviceRequest {
                client: client.id.clone(),
                device_code: Digest::of(code.expose().as_bytes()),
                scope: scope.clone(),
                resources: resources.clone(),
                decision: DeviceDecision::Pending,
                interval: INTERVAL,
                may_ask_at: now,
                expires_at: now + tenant.policy.device.lifetime,
            };
            // The device code tells a repeat from another's, so a lost answer draws no second pair.
            if once_more(|| self.devices.create(&tenant.id, &index, &request, now)).await? {
                return Ok((code, user_code));
            }
        }
        Err(Fault::server("every user code drawn is in use"))
    }
}

/// Scope and resources of a request.
type Asked = (ScopeSet, Vec<String>);

/// What a client of the device grant asks for.
fn asked(call: &Call<'_>) -> Result<Asked, Fault> {
    let (tenant, client, form) = (&call.tenant, &call.client, &call.form);
    if !client.may(GrantType::DeviceCode) {
        return Err(Fault::new(
            ErrorCode::UnauthorizedClient,
            "this client may not use the device grant",
        ));
    }
    let scope = requested_scope(form, tenant, client)?;
    let resources = resource::requested(form, tenant, &scope)?;
    Ok((scope, resources))
}
