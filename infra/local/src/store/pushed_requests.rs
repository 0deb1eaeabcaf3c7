use async_trait::async_trait;
use rusqlite::Connection;
use symbolon::{
    model::PushedRequest,
    ports::{PortResult, PushedRequests},
    types::{Digest, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{Failure, change, json, row, seconds},
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
            let forget_at = seconds(request.forget_at());
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
            let found = find(db, &tenant, &digest)?;
            Ok(found.and_then(|(request, consumed_by)| request.begin(consumed_by, now)))
        })
        .await
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<bool> {
        let (tenant, digest, nonce) = (tenant.clone(), *digest, *nonce);
        self.run(move |db| {
            let found = find(db, &tenant, &digest)?;
            let ends = found.is_some_and(|(request, consumed_by)| request.consume(consumed_by, &nonce, now));
            if ends {
                let sql = "UPDATE pushed_requests SET consumed_by = ?3 WHERE tenant = ?1 AND digest = ?2";
                change(db, sql, (tenant.as_str(), digest.as_bytes(), nonce))?;
            }
            Ok(ends)
        })
        .await
    }
}

fn find(
    db: &Connection,
    tenant: &TenantId,
    digest: &Digest,
) -> Result<Option<(PushedRequest, Option<Nonce>)>, Failure> {
    let sql = "SELECT item, consumed_by FROM pushed_requests WHERE tenant = ?1 AND digest = ?2";
    let found = row(db, sql, (tenant.as_str(), digest.as_bytes()), |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<Nonce>>(1)?))
    })?;
    found
        .map(|(item, consumed_by)| Ok((serde_json::from_str(&item)?, consumed_by)))
        .transpose()
}
