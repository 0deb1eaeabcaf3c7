use std::sync::Arc;

use async_trait::async_trait;
use symbolon::{
    model::{KeyLife, KeyWish, Tenant},
    ports::{Advanced, Algorithm, PortResult, SigningKeys, Unavailable},
    types::Timestamp,
};

use super::LocalKeys;

/// The lives of the keys of configured tenants. Their custody is not asked: keys are this machine's own.
pub struct LocalKeyLives {
    keys: Arc<LocalKeys>,
    tenants: Vec<Arc<Tenant>>,
}

impl LocalKeyLives {
    /// Of these tenants.
    pub fn new(keys: Arc<LocalKeys>, tenants: Vec<Arc<Tenant>>) -> Self {
        Self { keys, tenants }
    }
}

#[async_trait]
impl SigningKeys for LocalKeyLives {
    async fn tenants(&self) -> PortResult<Vec<Arc<Tenant>>> {
        Ok(self.tenants.clone())
    }

    async fn keys(&self, tenant: &Tenant, algorithm: Algorithm) -> PortResult<Vec<KeyLife>> {
        Ok(self.keys.lives(&tenant.id, algorithm))
    }

    async fn advance(
        &self,
        tenant: &Tenant,
        algorithm: Algorithm,
        wish: &KeyWish,
        now: Timestamp,
    ) -> PortResult<Advanced> {
        let (keys, tenant, wish) = (Arc::clone(&self.keys), tenant.id.clone(), *wish);
        let step = tokio::task::spawn_blocking(move || keys.advance(&tenant, algorithm, &wish, now));
        let step = step
            .await
            .map_err(|_| Unavailable("keys: the step did not end".to_owned()))?;
        step.map_err(|error| Unavailable(format!("keys: {error}")))
    }
}
