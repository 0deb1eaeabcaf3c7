use async_trait::async_trait;
use symbolon::{
    ports::{Assertions, FirstUse, PortResult},
    types::{Digest, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{change, seconds},
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
}
