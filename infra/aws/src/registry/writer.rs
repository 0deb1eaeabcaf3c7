use std::fmt;

use aws_sdk_dynamodb::{
    Client as DynamoDb,
    types::{AttributeValue, Put, TransactWriteItem, Update},
};
use symbolon::{
    config::StoredTenant,
    ports::{PortResult, Unavailable},
    types::TenantId,
};

use super::{
    contents::{Contents, Leftover, TenantItem},
    items::{self, AUTHORITY, CLIENT, DOCUMENT, FORMER, Key, NAMES, TENANT},
};
use crate::failure::{Throttled, code, unavailable};

/// As many items as one transaction takes.
const TRANSACTION: usize = 100;

/// Writes tenants and clients: the operator's tool, never a function.
pub struct RegistryWriter {
    client: DynamoDb,
    table: String,
}

/// How many items of a tenant were written, and how many were so already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Written now.
    pub changed: usize,
    /// Left alone.
    pub unchanged: usize,
}

/// Why a tenant was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// The table did not answer, or refused.
    Unavailable(Unavailable),
    /// Another tenant of the table is served under this host.
    HostTaken(TenantId),
    /// Somebody else wrote at the same time.
    Conflict,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(Unavailable(what)) => f.write_str(what),
            Self::HostTaken(other) => write!(f, "has the host of tenant `{other}`, which is in the table"),
            Self::Conflict => f.write_str("somebody else wrote the table at the same time; try again"),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<Unavailable> for WriteError {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

impl RegistryWriter {
    /// A writer of this table.
    pub fn new(client: DynamoDb, table: String) -> Self {
        Self { client, table }
    }

    /// Everything there is, as it is at this moment.
    pub async fn contents(&self) -> PortResult<Contents> {
        let mut items = self
            .client
            .scan()
            .table_name(&self.table)
            .filter_expression("pk = :tenants OR begins_with(pk, :tenant) OR begins_with(pk, :client)")
            .expression_attribute_values(":tenants", text(&items::tenants().partition))
            .expression_attribute_values(":tenant", text("TENANT#"))
            .expression_attribute_values(":client", text("CLIENT#"))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut contents = Contents::default();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| unavailable("registry: scan", Throttled::Store, &error))?;
            contents.take(&item);
        }
        Ok(contents)
    }

    /// Brings the items of one tenant to what its configuration says; `seen` is the table as it is.
    ///
    /// What belongs together takes effect together: a scope and the client that asks for it are one transaction of up
    /// to a hundred items. A larger tenant takes several, its own document in the first.
    pub async fn write(&self, stored: &StoredTenant, seen: &Contents) -> Result<Written, WriteError> {
        if let Some(other) = seen.host_taken(&stored.tenant) {
            return Err(WriteError::HostTaken(other));
        }
        let (tenant, authority) = (&stored.tenant.id, stored.tenant.issuer.authority());
        let mut writes = Vec::new();
        let item = TenantItem {
            tenant: tenant.clone(),
            document: stored.document.clone(),
            former: false,
        };
        if seen.tenants.get(authority) != Some(&item) {
            writes.push(self.put(&items::tenant(authority), tenant, &[(DOCUMENT, &stored.document)])?);
        }
        if seen.places.get(tenant).map(String::as_str) != Some(authority) {
            writes.push(self.put(&items::place(tenant), tenant, &[(AUTHORITY, authority)])?);
        }
        let mut written = Written {
            changed: writes.len(),
            unchanged: 2 - writes.len(),
        };
        if !seen.enlisted.contains(tenant) {
            writes.push(self.enlist(tenant)?);
        }
        for left in seen.authorities_of(tenant).filter(|left| *left != authority) {
            writes.push(self.mark_former(&items::tenant(left), tenant)?);
        }
        for (client, document) in &stored.clients {
            if seen.clients.get(&(tenant.clone(), client.clone())) == Some(document) {
                written.unchanged += 1;
            } else {
                let attributes = [(CLIENT, client.as_str()), (DOCUMENT, document)];
                writes.push(self.put(&items::client(tenant, client), tenant, &attributes)?);
                written.changed += 1;
            }
        }
        for transaction in writes.chunks(TRANSACTION) {
            self.transact(transaction.to_vec()).await?;
        }
        Ok(written)
    }

    /// Removes what a configuration no longer has.
    pub async fn remove(&self, leftover: &Leftover) -> PortResult<()> {
        let (key, tenant) = match leftover {
            Leftover::Client(tenant, client) => (items::client(tenant, client), tenant),
            Leftover::Former(tenant, authority) => (items::tenant(authority), tenant),
        };
        let call = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("pk", text(&key.partition))
            .key("sk", text(key.range))
            // Somebody else may have taken the authority since it was read.
            .condition_expression("attribute_not_exists(pk) OR t = :t")
            .expression_attribute_values(":t", text(tenant.as_str()));
        let sent = call.send().await;
        sent.map(drop)
            .map_err(|error| unavailable("registry: remove", Throttled::Store, &error))
    }

    /// Adds a name to the list of all.
    fn enlist(&self, tenant: &TenantId) -> PortResult<TransactWriteItem> {
        let key = items::tenants();
        let update = Update::builder()
            .table_name(&self.table)
            .key("pk", text(&key.partition))
            .key("sk", text(key.range))
            .update_expression(format!("ADD {NAMES} :n"))
            .expression_attribute_values(":n", AttributeValue::Ss(vec![tenant.as_str().to_owned()]));
        let update = update
            .build()
            .map_err(|_| Unavailable("registry: write: not built".to_owned()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn put(
        &self,
        key: &Key,
        tenant: &TenantId,
        attributes: &[(&str, &str)],
    ) -> PortResult<TransactWriteItem> {
        let put = Put::builder()
            .table_name(&self.table)
            .item("pk", text(&key.partition))
            .item("sk", text(key.range))
            .item(TENANT, text(tenant.as_str()))
            // Two tools at once: neither takes the other's host.
            .condition_expression("attribute_not_exists(pk) OR t = :t")
            .expression_attribute_values(":t", text(tenant.as_str()));
        let put = attributes
            .iter()
            .fold(put, |put, (name, value)| put.item(*name, text(value)));
        let put = put
            .build()
            .map_err(|_| Unavailable("registry: write: not built".to_owned()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn mark_former(&self, key: &Key, tenant: &TenantId) -> PortResult<TransactWriteItem> {
        let update = Update::builder()
            .table_name(&self.table)
            .key("pk", text(&key.partition))
            .key("sk", text(key.range))
            .update_expression(format!("SET {FORMER} = :f"))
            .condition_expression("t = :t")
            .expression_attribute_values(":f", AttributeValue::Bool(true))
            .expression_attribute_values(":t", text(tenant.as_str()));
        let update = update
            .build()
            .map_err(|_| Unavailable("registry: write: not built".to_owned()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    async fn transact(&self, items: Vec<TransactWriteItem>) -> Result<(), WriteError> {
        let call = self.client.transact_write_items();
        let Err(error) = call.set_transact_items(Some(items)).send().await else {
            return Ok(());
        };
        match code(&error) {
            "TransactionCanceledException" | "TransactionInProgressException" => Err(WriteError::Conflict),
            _ => Err(unavailable("registry: write", Throttled::Store, &error).into()),
        }
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}
