use async_trait::async_trait;

use super::PortResult;
use crate::{
    model::{PushedOrigin, PushedRequest},
    types::{Digest, TenantId, Timestamp},
};

/// Pushed authorization requests, by the digest of their `request_uri` (RFC 9126).
#[async_trait]
pub trait PushedRequests: Send + Sync {
    /// Stores a new one; one that is there already stays as it is.
    async fn put(&self, tenant: &TenantId, digest: &Digest, request: &PushedRequest) -> PortResult<()>;

    /// The request, unless expired or consumed. Asking changes nothing: a page may be loaded again.
    async fn get(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<PushedRequest>>;

    /// Marks it as consumed by `nonce`, once; answers whether this call or an earlier one of the same `nonce` did it.
    /// A flow may end after its request expired and was forgotten: that it was there, `origin` says, and the mark takes
    /// its place.
    async fn consume(
        &self,
        tenant: &TenantId,
        origin: &PushedOrigin,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<bool>;
}
