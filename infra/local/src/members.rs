//! Members as the configuration lists them, in place of a brand's loyalty system.

use std::collections::HashMap;

use async_trait::async_trait;
use symbolon::{
    model::Member,
    ports::{Members, PortResult},
    types::{MemberId, PhoneNumber, TenantId},
};

/// A fixed list of members for each tenant.
#[derive(Debug, Default)]
pub struct ConfiguredMembers {
    by_tenant: HashMap<TenantId, Vec<Member>>,
}

impl ConfiguredMembers {
    /// Takes the members; configuration has checked that no tenant lists an id or a number twice.
    pub fn new(members: Vec<(TenantId, Member)>) -> Self {
        let mut by_tenant: HashMap<TenantId, Vec<Member>> = HashMap::new();
        for (tenant, member) in members {
            by_tenant.entry(tenant).or_default().push(member);
        }
        Self { by_tenant }
    }

    fn find(&self, tenant: &TenantId, wanted: impl Fn(&Member) -> bool) -> Option<Member> {
        self.by_tenant
            .get(tenant)?
            .iter()
            .find(|member| wanted(member))
            .cloned()
    }
}

#[async_trait]
impl Members for ConfiguredMembers {
    async fn by_number(&self, tenant: &TenantId, number: &PhoneNumber) -> PortResult<Option<Member>> {
        Ok(self.find(tenant, |member| member.number == *number))
    }

    async fn by_id(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Option<Member>> {
        Ok(self.find(tenant, |own| own.id == *member))
    }
}
