use async_trait::async_trait;
use symbolon::{
    model::{PushedOrigin, PushedRequest},
    ports::{PortResult, PushedRequests},
    types::{Digest, TenantId, Timestamp},
};

use super::{
    DynamoStore,
    attributes::{Read, bytes, json, time},
    call::{Written, get, put, update},
    key::{NO_RANGE, partition},
};

// PAR#tenant#digest: `d` the request, until it ended; `u` nonce of the flow that ended it.

#[async_trait]
impl PushedRequests for DynamoStore {
    async fn put(&self, tenant: &TenantId, digest: &Digest, request: &PushedRequest) -> PortResult<()> {
        let call = self
            .put(&self.tables.ephemeral, &key(tenant, digest), NO_RANGE)
            .item("d", json(request)?)
            .item("exp", time(request.expires_at))
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
        if found.nonce_if_any("u")?.is_some() {
            return Ok(None);
        }
        let request: PushedRequest = found.json("d")?;
        Ok(request.begin(now))
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        origin: &PushedOrigin,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<bool> {
        if !origin.ends(None, nonce, now) {
            return Ok(false);
        }
        let call = self
            .update(&self.tables.ephemeral, &key(tenant, &origin.digest), NO_RANGE)
            // What it asked for is of no use any more. If it is forgotten already, the mark stands alone.
            .update_expression("SET u = :nonce, exp = :until REMOVE d")
            .condition_expression("attribute_not_exists(u) OR u = :nonce")
            .expression_attribute_values(":nonce", bytes(*nonce))
            .expression_attribute_values(":until", time(origin.until));
        let written = update("pushed_requests.consume", call).await?;
        Ok(matches!(written, Written::Done(_)))
    }
}

fn key(tenant: &TenantId, digest: &Digest) -> String {
    partition("PAR", &[tenant.as_str(), &digest.to_string()])
}
