use async_trait::async_trait;

use super::PortResult;
use crate::{
    model::{DeviceApproval, DeviceRequest},
    types::{ClientId, Digest, TenantId, Timestamp},
};

/// Outcome of [`DeviceRequests::poll`] (RFC 8628 s3.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polled {
    /// Nobody has decided yet.
    Pending,
    /// Asked too soon; the interval is longer by five seconds now.
    TooSoon,
    /// Allowed, and redeemed by this call.
    Now(DeviceApproval),
    /// Allowed, and redeemed by an earlier one.
    Already(DeviceApproval),
    /// She said no.
    Denied,
    /// Expired or never there.
    Absent,
    /// Another client's, or another device code. It is left as it was.
    Mismatch,
}

/// Requests of devices, by a keyed hash of their user code.
#[async_trait]
pub trait DeviceRequests: Send + Sync {
    /// Stores a new request; answers `false` if the user code is in use. A repeat with the same device code is the
    /// same call.
    async fn create(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        request: &DeviceRequest,
        now: Timestamp,
    ) -> PortResult<bool>;

    /// The request that waits for a decision under this user code.
    async fn pending(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<DeviceRequest>>;

    /// Writes down what the member decided, once; `None`: she said no. Answers whether that is what stands: a repeat
    /// with the same approval is the same call.
    async fn decide(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        approval: Option<&DeviceApproval>,
        now: Timestamp,
    ) -> PortResult<bool>;

    /// The device asks. A repeat with the same `nonce` is the same call where it redeems.
    async fn poll(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        client: &ClientId,
        device_code: &Digest,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Polled>;

    /// Takes back a redemption of this `nonce` from which no token was issued, because signing failed.
    async fn release(&self, tenant: &TenantId, user_code: &Digest, nonce: &[u8; 16]) -> PortResult<()>;
}
