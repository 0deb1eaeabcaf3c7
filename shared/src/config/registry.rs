//! Tenants and clients as configured, held in memory.

use std::{collections::HashMap, sync::Arc};

use crate::{
    model::{Client, Tenant},
    ports::{PortResult, Registry},
    types::{ClientId, TenantId},
};
use async_trait::async_trait;

/// Every tenant by its host and every client by tenant and id. Changes with the next start.
#[derive(Debug, Default)]
pub struct ConfiguredRegistry {
    tenants: HashMap<String, Arc<Tenant>>,
    clients: HashMap<(TenantId, ClientId), Arc<Client>>,
}

impl ConfiguredRegistry {
    /// Takes what configuration has checked: no host and no client of a tenant is there twice.
    pub fn new(configured: &[(Arc<Tenant>, Vec<Arc<Client>>)]) -> Self {
        let mut registry = Self::default();
        for (tenant, clients) in configured {
            registry
                .tenants
                .insert(tenant.issuer.authority().to_owned(), Arc::clone(tenant));
            for client in clients {
                registry
                    .clients
                    .insert((tenant.id.clone(), client.id.clone()), Arc::clone(client));
            }
        }
        registry
    }
}

#[async_trait]
impl Registry for ConfiguredRegistry {
    async fn tenant_by_authority(&self, authority: &str) -> PortResult<Option<Arc<Tenant>>> {
        Ok(self.tenants.get(authority).cloned())
    }

    async fn client(&self, tenant: &TenantId, client: &ClientId) -> PortResult<Option<Arc<Client>>> {
        Ok(self.clients.get(&(tenant.clone(), client.clone())).cloned())
    }
}
