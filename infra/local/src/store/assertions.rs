use async_trait::async_trait;
use symbolon::{
    ports::{Assertions, FirstUse, PortResult},
    types::{Digest, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{change, row, seconds},
};

#[async_trait]
impl Assertions for SqliteStore {
    async fn use_once(
        &self,
        tenant: &TenantId,
        key: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> PortResult<FirstUse> {
        let (tenant, key) = (tenant.clone(), *key);
        self.run(move |db| {
            // One statement: a live row makes it change nothing.
            let sql = "INSERT INTO assertions (tenant, key, forget_at) VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET forget_at = excluded.forget_at WHERE forget_at <= ?4";
            let params = (tenant.as_str(), key.as_bytes(), seconds(expires_at), seconds(now));
            Ok(if change(db, sql, params)? == 1 {
                FirstUse::Yes
            } else {
                FirstUse::No
            })
        })
        .await
    }

    async fn was_used(&self, tenant: &TenantId, key: &Digest, now: Timestamp) -> PortResult<bool> {
        let (tenant, key) = (tenant.clone(), *key);
        self.run(move |db| {
            let sql = "SELECT 1 FROM assertions WHERE tenant = ?1 AND key = ?2 AND forget_at > ?3";
            let params = (tenant.as_str(), key.as_bytes(), seconds(now));
            Ok(row(db, sql, params, |_| Ok(()))?.is_some())
        })
        .await
    }
}
