use async_trait::async_trait;

use super::{PortResult, PublicKey};
use crate::types::TenantId;

/// What a tenant's tokens are verified with. Apart from [`Signer`](super::Signer), as nobody who only verifies may sign.
#[async_trait]
pub trait PublicKeys: Send + Sync {
    /// Every key a verifier may still need: pending, active and retired. Adapters may cache it.
    async fn public_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>>;

    /// These, and those that no token alive was signed with: an `id_token_hint` may be as old as a session.
    async fn hint_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>>;
}
