use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use symbolon::{
    model::{Client, Tenant},
    ports::{PortResult, Registry, Unavailable},
    types::{ClientId, TenantId},
};

/// A registry that remembers which tenants it has answered with. The ports for members and messages are given a
/// tenant's name only, and what they need of its settings was read for the same request already, by its host.
pub struct KnownTenants {
    registry: Arc<dyn Registry>,
    known: Mutex<HashMap<TenantId, Arc<Tenant>>>,
}

impl KnownTenants {
    /// Asks this registry.
    pub fn new(registry: Arc<dyn Registry>) -> Self {
        Self {
            registry,
            known: Mutex::default(),
        }
    }

    /// The tenant as it was last answered.
    pub(crate) fn tenant(&self, id: &TenantId) -> PortResult<Arc<Tenant>> {
        let known = self.known().get(id).map(Arc::clone);
        known.ok_or_else(|| Unavailable(format!("registry: tenant {id} was not asked for")))
    }

    fn known(&self) -> MutexGuard<'_, HashMap<TenantId, Arc<Tenant>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Registry for KnownTenants {
    async fn tenant_by_authority(&self, authority: &str) -> PortResult<Option<Arc<Tenant>>> {
        let found = self.registry.tenant_by_authority(authority).await?;
        if let Some(tenant) = &found {
            self.known().insert(tenant.id.clone(), Arc::clone(tenant));
        }
        Ok(found)
    }

    async fn client(&self, tenant: &TenantId, client: &ClientId) -> PortResult<Option<Arc<Client>>> {
        self.registry.client(tenant, client).await
    }
}
