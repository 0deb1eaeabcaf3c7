use std::sync::Arc;

use async_trait::async_trait;
use symbolon::{
    model::{Directory, Member},
    ports::{Members, PortResult},
    types::{MemberId, PhoneNumber, TenantId},
};

use super::{MemberConnector, MemberTable};
use crate::KnownTenants;

/// Each tenant's members where its settings say they are.
pub struct MemberDirectory {
    tenants: Arc<KnownTenants>,
    table: MemberTable,
    connector: MemberConnector,
}

impl MemberDirectory {
    /// Both ways, and the registry that says which.
    pub fn new(tenants: Arc<KnownTenants>, table: MemberTable, connector: MemberConnector) -> Self {
        Self {
            tenants,
            table,
            connector,
        }
    }
}

#[async_trait]
impl Members for MemberDirectory {
    async fn by_number(&self, tenant: &TenantId, number: &PhoneNumber) -> PortResult<Option<Member>> {
        match &self.tenants.tenant(tenant)?.directory {
            Directory::Table => self.table.by_number(tenant, number).await,
            Directory::Connector(connector) => self.connector.by_number(tenant, connector, number).await,
        }
    }

    async fn by_id(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Option<Member>> {
        match &self.tenants.tenant(tenant)?.directory {
            Directory::Table => self.table.by_id(tenant, member).await,
            Directory::Connector(connector) => self.connector.by_id(tenant, connector, member).await,
        }
    }
}
