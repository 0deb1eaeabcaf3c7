use async_trait::async_trait;
use symbolon::{
    model::PushedRequest,
    ports::{PortResult, PushedRequests},
    types::{Digest, TenantId, Timestamp},
};

use super::{
    DynamoStore,
    attributes::{Read, bytes, json, time},
    call::{TRIES, Written, contended, get, put, update},
    key::{NO_RANGE, partition},
};

// PAR#tenant#digest: `d` the request, `u` nonce of the flow that ended it.

#[async_trait]
impl PushedRequests for DynamoStore {
    async fn put(&self, tenant: &TenantId, digest: &Digest, request: &PushedRequest) -> PortResult<()> {
        let call = self
            .put(&self.tables.ephemeral, &key(tenant, digest), NO_RANGE)
            .item("d", json(request)?)
            .item("exp", time(request.forget_at()))
            // A repeat, because the first answer was lost, must not bring a consumed one back to life.
            .condition_expression("attribute_not_exists(pk)");
        put("pushed_requests.put", call).await.map(drop)
    }

    async fn get(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<PushedRequest>> {
        let call = self.get(&self.tables.ephemeral, &key(tenant, digest), NO_RANGE);
        let Some(found) = get("pushed_requests.get", call).await? else {
            return Ok(None);
        };
        let request: PushedRequest = found.json("d")?;
        Ok(request.begin(found.nonce_if_any("u")?, now))
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<bool> {
        const STEP: &str = "pushed_requests.consume";
        for _ in 0..TRIES {
            let call = self
                .update(&self.tables.ephemeral, &key(tenant, digest), NO_RANGE)
                .update_expression("SET u = :nonce")
                .condition_expression("exp > :now AND (u = :nonce OR attribute_not_exists(u))")
                .expression_attribute_values(":nonce", bytes(*nonce))
                .expression_attribute_values(":now", time(now));
            let found = match update(STEP, call).await? {
                Written::Done(_) => return Ok(true),
                Written::Refused(None) => return Ok(false),
                Written::Refused(Some(found)) => found,
            };
            let request: PushedRequest = found.json("d")?;
            if !request.consume(found.nonce_if_any("u")?, nonce, now) {
                return Ok(false);
            }
            // Not what the condition said: once more.
        }
        Err(contended(STEP))
    }
}

fn key(tenant: &TenantId, digest: &Digest) -> String {
    partition("PAR", &[tenant.as_str(), &digest.to_string()])
}
