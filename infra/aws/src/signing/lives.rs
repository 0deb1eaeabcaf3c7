use std::sync::Arc;

use async_trait::async_trait;
use symbolon::{
    model::{KeyLife, KeyWish, Tenant},
    ports::{Advanced, Algorithm, PortResult, SigningKeys, Unavailable},
    types::Timestamp,
};

use super::{KeyMaker, KeySource, MakeError};
use crate::registry::TableRegistry;

/// The lives of the keys of every tenant of the table.
pub struct TenantKeyLives {
    registry: Arc<TableRegistry>,
    maker: KeyMaker,
}

impl TenantKeyLives {
    /// Of the tenants of this registry.
    pub fn new(registry: Arc<TableRegistry>, maker: KeyMaker) -> Self {
        Self { registry, maker }
    }
}

#[async_trait]
impl SigningKeys for TenantKeyLives {
    async fn tenants(&self) -> PortResult<Vec<Arc<Tenant>>> {
        let mut tenants = Vec::new();
        for name in self.registry.enlisted().await? {
            // One that cannot be read must not hold up all others.
            match self.registry.tenant(&name).await {
                Ok(found) => tenants.extend(found),
                Err(cause) => tracing::error!(tenant = %name, reason = cause.0, "tenant not read"),
            }
        }
        Ok(tenants)
    }

    async fn keys(&self, tenant: &Tenant, algorithm: Algorithm) -> PortResult<Vec<KeyLife>> {
        let keys = self.maker.list(&tenant.id).await.map_err(out_of_reach)?;
        let own = keys.into_iter().filter(|key| key.algorithm == algorithm);
        Ok(own
            .map(|key| KeyLife {
                kid: key.kid,
                state: key.state,
                since: key.since,
            })
            .collect())
    }

    async fn advance(
        &self,
        tenant: &Tenant,
        algorithm: Algorithm,
        wish: &KeyWish,
        now: Timestamp,
    ) -> PortResult<Advanced> {
        let unnamed = || Unavailable(format!("keys: signing_keys.{} is missing", algorithm.name()));
        let source = KeySource::of(tenant, algorithm).ok_or_else(unnamed)?;
        let advanced = self
            .maker
            .advance(&tenant.id, algorithm, &source, wish, now)
            .await;
        advanced.map_err(out_of_reach)
    }
}

fn out_of_reach(error: MakeError) -> Unavailable {
    match error {
        MakeError::Unavailable(cause) => cause,
        other => Unavailable(format!("keys: {other}")),
    }
}
