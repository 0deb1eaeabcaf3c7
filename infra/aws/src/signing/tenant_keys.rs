use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use symbolon::{
    model::KeyState,
    ports::{Clock, PortResult, PublicKey, PublicKeys},
    types::TenantId,
};

use super::key_set::{KeySet, StoredKey};
use crate::{cache::Cache, document::Documents};

/// Every tenant's keys as stored, read again when what was read is too old. It publishes and cannot sign: a function
/// that holds only this has nothing to sign with.
pub struct TenantKeys {
    documents: Documents,
    cache: Cache<TenantId, Arc<KeySet>>,
}

impl TenantKeys {
    /// Keys in this table, kept for `cache_seconds`.
    pub fn new(client: Client, table: String, clock: Arc<dyn Clock>, cache_seconds: u64) -> Self {
        Self {
            documents: Documents::new(client, table, "signer"),
            cache: Cache::new(clock, cache_seconds),
        }
    }

    /// The keys of a tenant; one without the item has none.
    pub(super) async fn of(&self, tenant: &TenantId) -> PortResult<Arc<KeySet>> {
        if let Some(found) = self.cache.get(tenant) {
            return Ok(found);
        }
        let read = self.documents.read(&KeySet::item(tenant)).await?;
        let set = Arc::new(read.map_or_else(KeySet::default, |read| read.value));
        self.cache.put(tenant.clone(), Arc::clone(&set));
        Ok(set)
    }

    async fn public(&self, tenant: &TenantId, wanted: fn(KeyState) -> bool) -> PortResult<Vec<PublicKey>> {
        let set = self.of(tenant).await?;
        let keys = set.keys.iter().filter(|key| wanted(key.state));
        let public: Option<_> = keys.map(StoredKey::public).collect();
        public.ok_or_else(|| self.documents.unavailable("a key of another algorithm"))
    }
}

#[async_trait]
impl PublicKeys for TenantKeys {
    async fn public_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>> {
        self.public(tenant, KeyState::is_published).await
    }

    async fn hint_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>> {
        self.public(tenant, |_| true).await
    }
}
