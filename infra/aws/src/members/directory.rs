use std::sync::Arc;

use async_trait::async_trait;
use symbolon::{
    model::{Directory, Member},
    ports::{Members, PortResult, Unavailable},
    types::{MemberId, PhoneNumber, TenantId},
};

use super::{MemberConnector, MemberTable};
use crate::registry::TableRegistry;

/// Each tenant's members where its settings say they are.
pub struct MemberDirectory {
    tenants: Arc<TableRegistry>,
    table: MemberTable,
    connector: MemberConnector,
}

impl MemberDirectory {
    /// Both ways, and the registry that says which.
    pub fn new(tenants: Arc<TableRegistry>, table: MemberTable, connector: MemberConnector) -> Self {
        Self {
            tenants,
            table,
            connector,
        }
    }

    async fn of(&self, tenant: &TenantId) -> PortResult<Directory> {
        let found = self.tenants.tenant(tenant).await?;
        let gone = || Unavailable(format!("members: tenant {tenant} is gone"));
        Ok(found.ok_or_else(gone)?.directory.clone())
    }
}

#[async_trait]
impl Members for MemberDirectory {
    async fn by_number(&self, tenant: &TenantId, number: &PhoneNumber) -> PortResult<Option<Member>> {
        match self.of(tenant).await? {
            Directory::Table => self.table.by_number(tenant, number).await,
            Directory::Connector(connector) => self.connector.by_number(tenant, &connector, number).await,
        }
    }

    async fn by_id(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Option<Member>> {
        match self.of(tenant).await? {
            Directory::Table => self.table.by_id(tenant, member).await,
            Directory::Connector(connector) => self.connector.by_id(tenant, &connector, member).await,
        }
    }
}
