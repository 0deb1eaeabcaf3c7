use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use symbolon::{
    keyring::Keyring,
    model::Member,
    ports::{Members, PortResult},
    types::{MemberId, PhoneNumber, TenantId},
};

use super::item::{self, Item};
use crate::failure::{Throttled, unavailable};

/// Members in our own table. One read each.
pub struct MemberTable {
    client: Client,
    table: String,
    keyring: Arc<Keyring>,
}

impl MemberTable {
    /// Members in this table, their records sealed with this keyring.
    pub fn new(client: Client, table: String, keyring: Arc<Keyring>) -> Self {
        Self {
            client,
            table,
            keyring,
        }
    }

    async fn get(&self, step: &str, tenant: &TenantId, key: Item) -> PortResult<Option<Member>> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key));
        // A suspension must hold at once.
        let answer = call.consistent_read(true).send().await;
        let answer = answer.map_err(|error| unavailable(step, Throttled::Store, &error))?;
        let found = answer.item.map(|item| item::open(tenant, &item, &self.keyring));
        found.transpose()
    }
}

#[async_trait]
impl Members for MemberTable {
    async fn by_number(&self, tenant: &TenantId, number: &PhoneNumber) -> PortResult<Option<Member>> {
        let key = item::by_number(tenant, number, &self.keyring);
        let found = self.get("members: by number", tenant, key).await?;
        // The item's name is only a hash of the number; the record knows it.
        Ok(found.filter(|member| member.number == *number))
    }

    async fn by_id(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Option<Member>> {
        let found = self
            .get("members: by id", tenant, item::by_id(tenant, member))
            .await?;
        Ok(found.filter(|found| found.id == *member))
    }
}
