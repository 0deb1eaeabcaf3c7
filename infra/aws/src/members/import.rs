//! Filling the table, for the operator's tool.

use std::{fmt, sync::Arc};

use aws_sdk_dynamodb::{
    Client,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, Delete, Put, TransactWriteItem,
        builders::{DeleteBuilder, PutBuilder},
    },
};
use symbolon::{
    keyring::Keyring,
    model::Member,
    ports::Unavailable,
    types::{MemberId, PhoneNumber, TenantId},
};

use super::item;
use crate::failure::{Throttled, unavailable};

/// Why a member was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportError {
    /// The table did not answer, or refused.
    Unavailable(Unavailable),
    /// Her number is another member's, or somebody changed her at the same time.
    Conflict(MemberId),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(Unavailable(what)) => f.write_str(what),
            Self::Conflict(member) => write!(
                f,
                "member {member}: her number is another member's, or somebody changed her at the same time"
            ),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<Unavailable> for ImportError {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

/// Writes members into the table, both items in one transaction.
pub struct MemberImport {
    client: Client,
    table: String,
    keyring: Arc<Keyring>,
}

/// A member as she was, with the version of her item.
struct Before {
    version: u64,
    number: PhoneNumber,
}

impl MemberImport {
    /// Members in this table, their records sealed with this keyring.
    pub fn new(client: Client, table: String, keyring: Arc<Keyring>) -> Self {
        Self {
            client,
            table,
            keyring,
        }
    }

    /// Writes a member as she is now, new or not. A number she gave up is free afterwards.
    pub async fn import(&self, tenant: &TenantId, member: &Member) -> Result<(), ImportError> {
        let before = self.before(tenant, &member.id).await?;
        let record = item::record(tenant, member, &self.keyring)?;
        let mut hers = item::by_id(tenant, &member.id);
        hers.extend(record.clone());
        let next = before.as_ref().map_or(0, |before| before.version) + 1;
        hers.insert("v".to_owned(), number(next));
        let hers = Put::builder().table_name(&self.table).set_item(Some(hers));
        let hers = match &before {
            None => hers.condition_expression(NOBODY),
            Some(before) => hers
                .condition_expression(AS_SEEN)
                .expression_attribute_values(":seen", number(before.version)),
        };
        let mut of_number = item::by_number(tenant, &member.number, &self.keyring);
        of_number.extend(record);
        let of_number = Put::builder()
            .table_name(&self.table)
            .set_item(Some(of_number))
            .condition_expression(HERS_OR_NOBODYS)
            .expression_attribute_values(":id", item::text(member.id.as_str()));
        let mut writes = vec![put(hers)?, put(of_number)?];
        if let Some(before) = before.filter(|before| before.number != member.number) {
            writes.push(self.free(tenant, &before.number, &member.id)?);
        }
        self.write(&member.id, writes).await
    }

    /// Removes a member and her number. Nothing happens if she is not there.
    pub async fn remove(&self, tenant: &TenantId, member: &MemberId) -> Result<(), ImportError> {
        let Some(before) = self.before(tenant, member).await? else {
            return Ok(());
        };
        let hers = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(item::by_id(tenant, member)))
            .condition_expression(AS_SEEN)
            .expression_attribute_values(":seen", number(before.version));
        let writes = vec![delete(hers)?, self.free(tenant, &before.number, member)?];
        self.write(member, writes).await
    }

    async fn before(&self, tenant: &TenantId, member: &MemberId) -> Result<Option<Before>, ImportError> {
        let call = self.client.get_item().table_name(&self.table);
        let call = call.set_key(Some(item::by_id(tenant, member)));
        let answer = call.consistent_read(true).send().await;
        let answer = answer.map_err(|error| unavailable("members: read", Throttled::Store, &error))?;
        let Some(found) = answer.item else {
            return Ok(None);
        };
        let version = found.get("v").and_then(|v| v.as_n().ok()?.parse().ok());
        Ok(Some(Before {
            version: version.ok_or_else(|| Unavailable("members: unreadable record".to_owned()))?,
            number: item::open(tenant, &found, &self.keyring)?.number,
        }))
    }

    /// Takes a number away from her, and from nobody else who may have it by now.
    fn free(
        &self,
        tenant: &TenantId,
        given_up: &PhoneNumber,
        member: &MemberId,
    ) -> Result<TransactWriteItem, Unavailable> {
        let key = item::by_number(tenant, given_up, &self.keyring);
        let item = Delete::builder().table_name(&self.table).set_key(Some(key));
        let item = item.condition_expression(HERS_OR_NOBODYS);
        delete(item.expression_attribute_values(":id", item::text(member.as_str())))
    }

    async fn write(&self, member: &MemberId, writes: Vec<TransactWriteItem>) -> Result<(), ImportError> {
        let sent = self
            .client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .send()
            .await;
        let Err(error) = sent else {
            return Ok(());
        };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(_)) => {
                Err(ImportError::Conflict(member.clone()))
            }
            _ => Err(unavailable("members: write", Throttled::Store, &error).into()),
        }
    }
}

const NOBODY: &str = "attribute_not_exists(pk)";
const AS_SEEN: &str = "v = :seen";
const HERS_OR_NOBODYS: &str = "attribute_not_exists(pk) OR m = :id";

fn put(item: PutBuilder) -> Result<TransactWriteItem, Unavailable> {
    let item = item.build().map_err(|_| unwritable())?;
    Ok(TransactWriteItem::builder().put(item).build())
}

fn delete(item: DeleteBuilder) -> Result<TransactWriteItem, Unavailable> {
    let item = item.build().map_err(|_| unwritable())?;
    Ok(TransactWriteItem::builder().delete(item).build())
}

fn unwritable() -> Unavailable {
    Unavailable("members: unwritable record".to_owned())
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
