use async_trait::async_trait;
use symbolon::{
    model::AuthorizationCode,
    ports::{Bindings, Codes, PortResult, Redeemed},
    types::{Digest, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{change, json, row, seconds},
};

type Nonce = [u8; 16];

#[async_trait]
impl Codes for SqliteStore {
    async fn put(&self, tenant: &TenantId, digest: &Digest, code: &AuthorizationCode) -> PortResult<()> {
        let (tenant, digest, code) = (tenant.clone(), *digest, code.clone());
        self.run(move |db| {
            // A repeat, because the first answer was lost, must not bring a redeemed code back to life.
            let sql = "INSERT INTO codes (tenant, digest, item, forget_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT DO NOTHING";
            let forget_at = seconds(code.forget_at());
            change(
                db,
                sql,
                (tenant.as_str(), digest.as_bytes(), json(&code)?, forget_at),
            )?;
            Ok(())
        })
        .await
    }

    async fn redeem(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        bindings: &Bindings,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Redeemed> {
        let (tenant, digest, bindings, nonce) = (tenant.clone(), *digest, bindings.clone(), *nonce);
        self.run(move |db| {
            let sql = "SELECT item, redeemed_by FROM codes WHERE tenant = ?1 AND digest = ?2";
            let found = row(db, sql, (tenant.as_str(), digest.as_bytes()), |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Option<Nonce>>(1)?))
            })?;
            let Some((item, redeemed_by)) = found else {
                return Ok(Redeemed::Absent);
            };
            let code: AuthorizationCode = serde_json::from_str(&item)?;
            let outcome = code.redeem(redeemed_by, &bindings, &nonce, now);
            if matches!(outcome, Redeemed::Now(_)) {
                let sql = "UPDATE codes SET redeemed_by = ?3 WHERE tenant = ?1 AND digest = ?2";
                change(db, sql, (tenant.as_str(), digest.as_bytes(), nonce))?;
            }
            Ok(outcome)
        })
        .await
    }

    async fn release(&self, tenant: &TenantId, digest: &Digest, nonce: &[u8; 16]) -> PortResult<()> {
        let (tenant, digest, nonce) = (tenant.clone(), *digest, *nonce);
        self.run(move |db| {
            let sql =
                "UPDATE codes SET redeemed_by = NULL WHERE tenant = ?1 AND digest = ?2 AND redeemed_by = ?3";
            change(db, sql, (tenant.as_str(), digest.as_bytes(), nonce))?;
            Ok(())
        })
        .await
    }
}
