use async_trait::async_trait;

use super::PortResult;
use crate::types::{Digest, TenantId, Timestamp};

/// Whether something that may be used once was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstUse {
    /// It had not been seen; from now on it has.
    Yes,
    /// It was seen before.
    No,
}

/// Remembers what may be used once: the `jti` of client assertions (RFC 7523 s3 rule 7) and of proofs (RFC 9449 s11.1),
/// and of clients' own tokens that were revoked, which have no consent to be marked on.
#[async_trait]
pub trait Assertions: Send + Sync {
    /// Insert-if-absent, kept at least until `expires_at`. `key` is a digest of whose it is and `jti`.
    async fn use_once(
        &self,
        tenant: &TenantId,
        key: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> PortResult<FirstUse>;

    /// Whether it was used and is remembered. Strongly consistent; changes nothing.
    async fn was_used(&self, tenant: &TenantId, key: &Digest, now: Timestamp) -> PortResult<bool>;
}
