use async_trait::async_trait;
use symbolon::{
    model::{Challenge, NumberItem},
    ports::{Attempt, Challenges, Consumed, Opened, PortResult, Resent, SendLimits},
    types::{ChallengeId, Digest, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{change, item, json, row, seconds},
};

#[async_trait]
impl Challenges for SqliteStore {
    async fn count_address(
        &self,
        tenant: &TenantId,
        address: &Digest,
        window: u64,
        now: Timestamp,
    ) -> PortResult<u32> {
        let (tenant, address) = (tenant.clone(), *address);
        self.run(move |db| {
            // One statement: it adds to a window that is open and begins a new one otherwise.
            let sql = "INSERT INTO addresses (tenant, address, requests, forget_at) VALUES (?1, ?2, 1, ?3)
                ON CONFLICT DO UPDATE SET
                    requests = iif(forget_at > ?4, requests + 1, 1),
                    forget_at = iif(forget_at > ?4, forget_at, excluded.forget_at)
                RETURNING requests";
            let params = (
                tenant.as_str(),
                address.as_bytes(),
                seconds(now + window),
                seconds(now),
            );
            Ok(row(db, sql, params, |row| row.get(0))?.unwrap_or(u32::MAX))
        })
        .await
    }

    async fn open(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &Challenge,
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Opened> {
        let (challenge, limits) = (challenge.clone(), limits.clone());
        self.on_number(tenant, number, move |item| item.open(&challenge, &limits, now))
            .await
    }

    async fn resend(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &ChallengeId,
        waits: &[u64],
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Resent> {
        let (id, waits, limits) = (*challenge, waits.to_vec(), limits.clone());
        self.on_number(tenant, number, move |item| item.resend(&id, &waits, &limits, now))
            .await
    }

    async fn count_attempt(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &ChallengeId,
        max: u32,
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Attempt> {
        let (id, limits) = (*challenge, limits.clone());
        self.on_number(tenant, number, move |item| {
            item.count_attempt(&id, max, &limits, now)
        })
        .await
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &ChallengeId,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Consumed> {
        let (id, nonce) = (*challenge, *nonce);
        self.on_number(tenant, number, move |item| item.consume(&id, &nonce, now))
            .await
    }
}

impl SqliteStore {
    /// Loads the number's item, lets `step` change it and stores it, as one step.
    async fn on_number<T, S>(&self, tenant: &TenantId, number: &Digest, step: S) -> PortResult<T>
    where
        T: Send + 'static,
        S: FnOnce(&mut NumberItem) -> T + Send + 'static,
    {
        let (tenant, number) = (tenant.clone(), *number);
        self.run(move |db| {
            let sql = "SELECT item FROM numbers WHERE tenant = ?1 AND number = ?2";
            let found: Option<NumberItem> = item(db, sql, (tenant.as_str(), number.as_bytes()))?;
            let known = found.is_some();
            let mut item = found.unwrap_or_default();
            let before = json(&item)?;
            let outcome = step(&mut item);
            let after = json(&item)?;
            // A call that found nothing to change stores nothing, and a guess at an unknown number leaves no trace.
            if before != after {
                let sql = if known {
                    "UPDATE numbers SET item = ?3, forget_at = ?4 WHERE tenant = ?1 AND number = ?2"
                } else {
                    "INSERT INTO numbers (tenant, number, item, forget_at) VALUES (?1, ?2, ?3, ?4)"
                };
                change(
                    db,
                    sql,
                    (
                        tenant.as_str(),
                        number.as_bytes(),
                        after,
                        seconds(item.forget_at()),
                    ),
                )?;
            }
            Ok(outcome)
        })
        .await
    }
}
