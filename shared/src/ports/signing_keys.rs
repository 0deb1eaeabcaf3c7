use std::sync::Arc;

use async_trait::async_trait;

use super::{Algorithm, PortResult};
use crate::{
    model::{KeyLife, KeyStep, KeyWish, Tenant},
    types::{KeyId, Timestamp},
};

/// What came of a wish for a tenant's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advanced {
    /// This call took the step, with this key.
    Now(KeyStep, KeyId),
    /// It would be early: not before this.
    NotBefore(Timestamp),
    /// There is nothing of the kind to do.
    Nothing,
    /// Somebody else changed the keys in between. Whatever is due still is.
    Raced,
}

/// The lives of signing keys: who holds this makes, publishes and retires them, and signs with none.
#[async_trait]
pub trait SigningKeys: Send + Sync {
    /// Every tenant that has keys here, as it is configured at this moment.
    async fn tenants(&self) -> PortResult<Vec<Arc<Tenant>>>;

    /// The keys of one algorithm as they are at this moment, in the order they were made.
    async fn keys(&self, tenant: &Tenant, algorithm: Algorithm) -> PortResult<Vec<KeyLife>>;

    /// Takes the step that [`verdict`](crate::model::key_schedule::verdict) finds due: one conditional write. Where a
    /// new key comes from is the tenant's custody; a key that its settings name only now is due at once, and one that
    /// an operator has to name is not due by age.
    async fn advance(
        &self,
        tenant: &Tenant,
        algorithm: Algorithm,
        wish: &KeyWish,
        now: Timestamp,
    ) -> PortResult<Advanced>;
}
