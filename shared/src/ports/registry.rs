use std::sync::Arc;

use async_trait::async_trait;

use super::PortResult;
use crate::{
    model::{Client, Tenant},
    types::{ClientId, TenantId},
};

/// Tenants and their clients, as configured. Adapters may cache an answer for up to 60 s.
#[async_trait]
pub trait Registry: Send + Sync {
    /// The tenant whose issuer is served under this authority (`host` or `host:port`, lower case).
    async fn tenant_by_authority(&self, authority: &str) -> PortResult<Option<Arc<Tenant>>>;

    /// A client of this tenant. Equal ids at two tenants are two clients.
    async fn client(&self, tenant: &TenantId, client: &ClientId) -> PortResult<Option<Arc<Client>>>;
}
