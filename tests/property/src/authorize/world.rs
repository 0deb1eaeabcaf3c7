//! An authorization endpoint of one brand and one app, at which nobody is signed in.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use serde_json::json;
use symbolon::{
    config::{Configuration, ConfiguredRegistry},
    endpoints::Authorize,
    keyring::Keyring,
    model::{AuthorizationCode, Grant, Session},
    ports::{
        Bindings, Clock, Codes, Grants, PortResult, PublicKey, PublicKeys, Put, Redeemed, Sessions, Taint,
        Unavailable,
    },
    types::{ClientId, Digest, MemberId, SessionId, TenantId, Timestamp},
};

use crate::sealed::Derived;

/// Where the app's answers go.
pub(super) const CALLBACK: &str = "https://app.tld/cb";

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
        Timestamp(1_800_000_000)
    }
}

#[async_trait]
impl PublicKeys for Nobody {
    async fn public_keys(&self, _: &TenantId) -> PortResult<Vec<PublicKey>> {
        Ok(Vec::new())
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
