//! An authorization endpoint of one brand and one app, at which nobody is signed in.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use serde_json::json;
use symbolon::{
    config::{Configuration, ConfiguredRegistry},
    endpoints::Authorize,
    keyring::Keyring,
    model::{AuthorizationCode, DeviceApproval, DeviceRequest, Grant, PushedOrigin, PushedRequest, Session},
    ports::{
        Bindings, ClientKeys, Clock, Codes, DeviceRequests, Grants, Jwk, Polled, PortResult, PublicKey,
        PublicKeys, PushedRequests, Put, Redeemed, Sessions, Taint, Unavailable,
    },
    types::{ClientId, Digest, MemberId, SessionId, TenantId, Timestamp},
};

use crate::{jwt::Own, sealed::Derived};

/// What the endpoint's clock says.
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000);

/// Where the app's answers go.
pub(crate) const CALLBACK: &str = "https://app.tld/cb";

/// The app's key.
pub(crate) static APP: LazyLock<Own> = LazyLock::new(|| Own::of("app").unwrap());

static REGISTRY: LazyLock<Arc<ConfiguredRegistry>> = LazyLock::new(|| {
    let configuration = Configuration::read(json!({ "tenants": { "a": {
        "issuer": "https://a.tld",
        "countries": ["GB"],
        "brand": { "name": "A", "monogram": "A", "theme": { "primary": "#7a1f5c", "primary_dark": "#f0a6d6" } },
        "resources": { "loyalty": { "identifier": "https://loyalty.a.tld" } },
        "scopes": { "tier": { "label": { "en": "Tier" }, "resource": "loyalty" } },
        "clients": { "app": {
            "name": "App",
            "client_secret": "a".repeat(43),
            "jwks": { "keys": [APP.jwk()] },
            "request_object_signing_alg": "ES256",
            "redirect_uris": [CALLBACK],
            "scopes": ["openid", "profile", "email", "offline_access", "tier"],
        } },
    } } }))
    .unwrap();
    Arc::new(ConfiguredRegistry::new(&configuration.tenants))
});

/// The endpoint, over the keyring that opens its cookies.
pub(super) fn authorize(keyring: Arc<Keyring>, random: Derived) -> Authorize {
    let nobody = Arc::new(Nobody);
    Authorize {
        registry: REGISTRY.clone(),
        sessions: nobody.clone(),
        grants: nobody.clone(),
        codes: nobody.clone(),
        pushed: nobody.clone(),
        devices: nobody.clone(),
        client_keys: nobody.clone(),
        public_keys: nobody.clone(),
        clock: nobody,
        random: Arc::new(random),
        keyring,
    }
}

/// Nobody is signed in and nothing is stored; who would write something is told so.
struct Nobody;

fn nothing<T>() -> PortResult<T> {
    Err(Unavailable("nobody is here".to_owned()))
}

impl Clock for Nobody {
    fn now(&self) -> Timestamp {
        NOW
    }
}

#[async_trait]
impl PublicKeys for Nobody {
    async fn public_keys(&self, _: &TenantId) -> PortResult<Vec<PublicKey>> {
        Ok(Vec::new())
    }

    async fn hint_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>> {
        self.public_keys(tenant).await
    }
}

#[async_trait]
impl ClientKeys for Nobody {
    async fn published_at(&self, _: &str, _: Option<&str>) -> PortResult<Vec<Jwk>> {
        nothing()
    }
}

#[async_trait]
impl DeviceRequests for Nobody {
    async fn create(&self, _: &TenantId, _: &Digest, _: &DeviceRequest, _: Timestamp) -> PortResult<bool> {
        nothing()
    }

    async fn pending(&self, _: &TenantId, _: &Digest, _: Timestamp) -> PortResult<Option<DeviceRequest>> {
        Ok(None)
    }

    async fn decide(
        &self,
        _: &TenantId,
        _: &Digest,
        _: Option<&DeviceApproval>,
        _: Timestamp,
    ) -> PortResult<bool> {
        nothing()
    }

    async fn poll(
        &self,
        _: &TenantId,
        _: &Digest,
        _: &ClientId,
        _: &Digest,
        _: &[u8; 16],
        _: Timestamp,
    ) -> PortResult<Polled> {
        nothing()
    }

    async fn release(&self, _: &TenantId, _: &Digest, _: &[u8; 16]) -> PortResult<()> {
        nothing()
    }
}

#[async_trait]
impl PushedRequests for Nobody {
    async fn put(&self, _: &TenantId, _: &Digest, _: &PushedRequest) -> PortResult<()> {
        nothing()
    }

    async fn get(&self, _: &TenantId, _: &Digest, _: Timestamp) -> PortResult<Option<PushedRequest>> {
        Ok(None)
    }

    async fn consume(&self, _: &TenantId, _: &PushedOrigin, _: &[u8; 16], _: Timestamp) -> PortResult<bool> {
        nothing()
    }
}

#[async_trait]
impl Sessions for Nobody {
    async fn create(&self, _: &TenantId, _: &Session) -> PortResult<()> {
        nothing()
    }

    async fn get(&self, _: &TenantId, _: &MemberId, _: &Digest, _: Timestamp) -> PortResult<Option<Session>> {
        nothing()
    }

    async fn touch(
        &self,
        _: &TenantId,
        _: &MemberId,
        _: &Digest,
        _: Timestamp,
        _: Timestamp,
    ) -> PortResult<()> {
        nothing()
    }

    async fn of_member(&self, _: &TenantId, _: &MemberId, _: Timestamp) -> PortResult<Vec<Session>> {
        nothing()
    }

    async fn end(&self, _: &TenantId, _: &MemberId, _: &SessionId) -> PortResult<()> {
        nothing()
    }
}

#[async_trait]
impl Grants for Nobody {
    async fn get(&self, _: &TenantId, _: &MemberId, _: &ClientId) -> PortResult<Option<Grant>> {
        nothing()
    }

    async fn of_member(&self, _: &TenantId, _: &MemberId) -> PortResult<Vec<Grant>> {
        nothing()
    }

    async fn put(&self, _: &TenantId, _: &Grant, _: Option<u64>) -> PortResult<Put> {
        nothing()
    }

    async fn taint(
        &self,
        _: &TenantId,
        _: &MemberId,
        _: &ClientId,
        _: Taint,
        _: Timestamp,
        _: Timestamp,
    ) -> PortResult<()> {
        nothing()
    }
}

#[async_trait]
impl Codes for Nobody {
    async fn put(&self, _: &TenantId, _: &Digest, _: &AuthorizationCode) -> PortResult<()> {
        nothing()
    }

    async fn redeem(
        &self,
        _: &TenantId,
        _: &Digest,
        _: &Bindings,
        _: &[u8; 16],
        _: Timestamp,
    ) -> PortResult<Redeemed> {
        nothing()
    }

    async fn release(&self, _: &TenantId, _: &Digest, _: &[u8; 16]) -> PortResult<()> {
        nothing()
    }
}
