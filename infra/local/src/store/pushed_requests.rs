use async_trait::async_trait;
use symbolon::{
    model::{PushedOrigin, PushedRequest},
    ports::{PortResult, PushedRequests},
    types::{Digest, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{change, item, json, row, seconds},
};

type Nonce = [u8; 16];

#[async_trait]
impl PushedRequests for SqliteStore {
    async fn put(&self, tenant: &TenantId, digest: &Digest, request: &PushedRequest) -> PortResult<()> {
        let (tenant, digest, request) = (tenant.clone(), *digest, request.clone());
        self.run(move |db| {
            // A repeat, because the first answer was lost, must not bring a consumed one back to life.
            let sql = "INSERT INTO pushed_requests (tenant, digest, item, forget_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT DO NOTHING";
            let forget_at = seconds(request.expires_at);
            let params = (tenant.as_str(), digest.as_bytes(), json(&request)?, forget_at);
            change(db, sql, params)?;
            Ok(())
        })
        .await
    }

    async fn get(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<PushedRequest>> {
        let (tenant, digest) = (tenant.clone(), *digest);
        self.run(move |db| {
            let sql =
                "SELECT item FROM pushed_requests WHERE tenant = ?1 AND digest = ?2 AND consumed_by IS NULL";
            let found: Option<PushedRequest> = item(db, sql, (tenant.as_str(), digest.as_bytes()))?;
            Ok(found.and_then(|request| request.begin(now)))
        })
        .await
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        origin: &PushedOrigin,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<bool> {
        let (tenant, origin, nonce) = (tenant.clone(), *origin, *nonce);
        self.run(move |db| {
            let key = (tenant.as_str(), origin.digest.as_bytes());
            let sql = "SELECT consumed_by FROM pushed_requests WHERE tenant = ?1 AND digest = ?2";
            let consumed_by = row(db, sql, key, |row| row.get::<_, Option<Nonce>>(0))?.flatten();
            let ends = origin.ends(consumed_by, &nonce, now);
            if ends {
                // What it asked for is of no use any more.
                let sql = "INSERT INTO pushed_requests (tenant, digest, item, consumed_by, forget_at)
                    VALUES (?1, ?2, '', ?3, ?4)
                    ON CONFLICT (tenant, digest) DO UPDATE SET item = '', consumed_by = ?3, forget_at = ?4";
                change(db, sql, (key.0, key.1, nonce, seconds(origin.until)))?;
            }
            Ok(ends)
        })
        .await
    }
}
