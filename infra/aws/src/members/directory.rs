use std::sync::Arc;

use async_trait::async_trait;
use symbolon::{
    model::{Directory, Member, Tenant},
    ports::{Members, PortResult, Unavailable},
    types::{MemberId, PhoneNumber, TenantId},
};

use super::{MemberConnector, MemberTable};
use crate::registry::TableRegistry;

/// Each tenant's members where its settings say they are.
pub struct MemberDirectory {
    registry: Arc<TableRegistry>,
    table: MemberTable,
    connector: MemberConnector,
}

impl MemberDirectory {
    /// Both ways, and the registry that says which.
    pub fn new(registry: Arc<TableRegistry>, table: MemberTable, connector: MemberConnector) -> Self {
        Self {
            registry,
            table,
            connector,
        }
    }

    /// In the registry's cache, as a rule: the request was admitted under its host.
    async fn tenant(&self, id: &TenantId) -> PortResult<Arc<Tenant>> {
        let found = self.registry.tenant(id).await?;
        found.ok_or_else(|| Unavailable(format!("members: tenant {id} is gone")))
    }
}

#[async_trait]
impl Members for MemberDirectory {
    async fn by_number(&self, tenant: &TenantId, number: &PhoneNumber) -> PortResult<Option<Member>> {
        match &self.tenant(tenant).await?.directory {
            Directory::Table => self.table.by_number(tenant, number).await,
            Directory::Connector(connector) => self.connector.by_number(tenant, connector, number).await,
        }
    }

    async fn by_id(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Option<Member>> {
        match &self.tenant(tenant).await?.directory {
            Directory::Table => self.table.by_id(tenant, member).await,
            Directory::Connector(connector) => self.connector.by_id(tenant, connector, member).await,
        }
    }
}
