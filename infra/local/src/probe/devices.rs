use async_trait::async_trait;
use symbolon::{
    model::{DeviceApproval, DeviceRequest},
    ports::{DeviceRequests, Polled, PortResult},
    types::{ClientId, Digest, TenantId, Timestamp},
};

use super::{Probed, counts::Call};

#[async_trait]
impl<T: DeviceRequests + ?Sized> DeviceRequests for Probed<T> {
    async fn create(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        request: &DeviceRequest,
        now: Timestamp,
    ) -> PortResult<bool> {
        self.probe
            .around(Call::Write, self.inner.create(tenant, user_code, request, now))
            .await
    }

    async fn pending(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<DeviceRequest>> {
        self.probe
            .around(Call::Read, self.inner.pending(tenant, user_code, now))
            .await
    }

    async fn decide(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        approval: Option<&DeviceApproval>,
        now: Timestamp,
    ) -> PortResult<bool> {
        self.probe
            .around(Call::Write, self.inner.decide(tenant, user_code, approval, now))
            .await
    }

    async fn poll(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        client: &ClientId,
        device_code: &Digest,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Polled> {
        let call = self
            .inner
            .poll(tenant, user_code, client, device_code, nonce, now);
        self.probe.around(Call::Write, call).await
    }

    async fn release(&self, tenant: &TenantId, user_code: &Digest, nonce: &[u8; 16]) -> PortResult<()> {
        self.probe
            .around(Call::Write, self.inner.release(tenant, user_code, nonce))
            .await
    }
}
