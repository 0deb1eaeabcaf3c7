use async_trait::async_trait;

use super::PortResult;
use crate::{
    model::Member,
    types::{MemberId, PhoneNumber, TenantId},
};

/// The brand's loyalty system: who its members are. It owns the records; the provider only asks.
#[async_trait]
pub trait Members: Send + Sync {
    /// The member of a mobile number, suspended or not.
    async fn by_number(&self, tenant: &TenantId, number: &PhoneNumber) -> PortResult<Option<Member>>;

    /// The member of an id. `None` once she is deleted.
    async fn by_id(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Option<Member>>;
}
