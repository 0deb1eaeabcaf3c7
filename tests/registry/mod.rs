//! Tenants and clients in the table: what the tool writes, functions read, and for how long they believe it.

mod reading;
mod writing;

use std::sync::Arc;

use serde_json::{Value, json};
use symbolon::{
    config::{Declaration, StoredTenant},
    keyring::Keyring,
    ports::Clock,
    types::Secret,
};
use symbolon_aws::{RegistryWriter, TableRegistry, Written};
use symbolon_local::random::OsRandom;

use crate::harness::aws::{Account, Moved};

/// Seconds a change may go unnoticed.
const CACHE: u64 = 60;

/// An account with one registry table, and a clock.
struct Bench {
    account: Account,
    keyring: Arc<Keyring>,
    clock: Arc<Moved>,
}

impl Bench {
    async fn new() -> Self {
        Self {
            account: Account::new().await,
            keyring: Arc::new(Keyring::new(
                Secret::new([1; 32]),
                Vec::new(),
                Secret::new([2; 32]),
                Arc::new(OsRandom),
            )),
            clock: Moved::new(),
        }
    }

    fn pass(&self, seconds: u64) {
        self.clock.pass(seconds);
    }

    fn registry(&self) -> TableRegistry {
        self.registry_with(Some(Arc::clone(&self.keyring)))
    }

    fn registry_with(&self, keyring: Option<Arc<Keyring>>) -> TableRegistry {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let table = self.account.tables.config.clone();
        TableRegistry::new(self.account.client.clone(), table, keyring, &clock, CACHE)
    }

    fn writer(&self) -> RegistryWriter {
        RegistryWriter::new(self.account.client.clone(), self.account.tables.config.clone())
    }

    fn stored(&self, configuration: Value) -> Vec<StoredTenant> {
        let declaration = Declaration::read(configuration).unwrap();
        declaration.store(&self.keyring).unwrap()
    }

    /// As the tool does; answers what was written of each tenant.
    async fn seed(&self, configuration: Value) -> Vec<Written> {
        let mut written = Vec::new();
        for stored in self.stored(configuration) {
            let seen = self.writer().contents().await.unwrap();
            written.push(self.writer().write(&stored, &seen).await.unwrap());
        }
        self.account.wire.take();
        written
    }

    /// What was sent since the last time, without the SDK's repeats of nothing.
    fn sent(&self) -> Vec<String> {
        self.account.wire.take().iter().map(ToString::to_string).collect()
    }
}

const AUTHORITY: &str = "auth.urbantrend.tld";

/// One brand and two clients.
fn brand() -> Value {
    json!({ "tenants": { "urbantrend": {
        "issuer": format!("https://{AUTHORITY}"),
        "sandbox": true,
        "countries": ["GB"],
        "brand": {
            "name": "Urban Trend", "monogram": "UT",
            "theme": { "primary": "#7a1f5c", "primary_dark": "#f0a6d6" }
        },
        "resources": { "loyalty": { "identifier": "https://loyalty.urbantrend.tld", "member_key": "A".repeat(43) } },
        "scopes": { "loyalty.tier.read": { "label": { "en": "See your status" }, "resource": "loyalty" } },
        "clients": {
            "shopease": {
                "name": "ShopEase", "client_secret": "shopease-secret-1",
                "redirect_uris": ["https://shopease.tld/cb"], "scopes": ["openid", "loyalty.tier.read"]
            },
            "fashionboard": {
                "name": "FashionBoard", "client_secret": "fashionboard-secret",
                "redirect_uris": ["https://fashionboard.tld/cb"], "scopes": ["openid"]
            }
        },
        "members": [{ "id": "ut-2", "number": "+447700900199", "fixed_code": "424242" }]
    } } })
}

/// The brand with one setting changed; null takes it away.
fn with(pointer: &str, value: Value) -> Value {
    let mut whole = brand();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let table = whole
        .pointer_mut(&format!("/tenants/urbantrend{parent}"))
        .unwrap();
    let table = table.as_object_mut().unwrap();
    match value {
        Value::Null => drop(table.remove(name).unwrap()),
        value => drop(table.insert(name.to_owned(), value)),
    }
    whole
}
