use async_trait::async_trait;
use symbolon::{
    model::{PushedOrigin, PushedRequest},
    ports::{PortResult, PushedRequests},
    types::{Digest, TenantId, Timestamp},
};

use super::{Probed, counts::Call};

#[async_trait]
impl<T: PushedRequests + ?Sized> PushedRequests for Probed<T> {
    async fn put(&self, tenant: &TenantId, digest: &Digest, request: &PushedRequest) -> PortResult<()> {
        self.probe
            .around(Call::Write, self.inner.put(tenant, digest, request))
            .await
    }

    async fn get(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<PushedRequest>> {
        self.probe
            .around(Call::Read, self.inner.get(tenant, digest, now))
            .await
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        origin: &PushedOrigin,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<bool> {
        self.probe
            .around(Call::Write, self.inner.consume(tenant, origin, nonce, now))
            .await
    }
}
