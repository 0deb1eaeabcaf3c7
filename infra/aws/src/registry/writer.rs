use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use aws_sdk_dynamodb::{
    Client as DynamoDb,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, Delete, Put, TransactWriteItem},
};
use symbolon::{
    config::StoredTenant,
    ports::{PortResult, Unavailable},
    types::{ClientId, TenantId},
};

use super::items::{self, AUTHORITY, CLIENT, DOCUMENT, Key, TENANT};
use crate::failure::{Throttled, code, unavailable};

/// As many items as one transaction takes.
const TRANSACTION: usize = 100;

/// Writes tenants and clients: the operator's tool, never a function.
pub struct RegistryWriter {
    client: DynamoDb,
    table: String,
}

/// Every tenant and client of the table as it was read.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// Documents of tenants by the authority they are served under.
    pub tenants: BTreeMap<String, (TenantId, String)>,
    /// Where each tenant's document is said to be.
    pub places: BTreeMap<TenantId, String>,
    /// Documents of clients.
    pub clients: BTreeMap<(TenantId, ClientId), String>,
}

/// What a configuration no longer has and the table still does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leftover {
    /// A client that is not in the configuration of its tenant.
    Client(TenantId, ClientId),
    /// A tenant under the authority its issuer had before.
    Former(TenantId, String),
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(tenant, client) => write!(f, "client {client} of {tenant}"),
            Self::Former(tenant, authority) => write!(f, "{tenant} under {authority}"),
        }
    }
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

impl Contents {
    /// What of these tenants is there beyond what they say.
    pub fn leftovers(&self, configured: &[StoredTenant]) -> Vec<Leftover> {
        let of = |name: &TenantId| configured.iter().find(|stored| stored.tenant.id == *name);
        let clients = self.clients.keys().filter_map(|(tenant, client)| {
            let gone = !of(tenant)?.clients.iter().any(|(own, _)| own == client);
            gone.then(|| Leftover::Client(tenant.clone(), client.clone()))
        });
        let tenants = self.tenants.iter().filter_map(|(authority, (tenant, _))| {
            let gone = of(tenant)?.tenant.issuer.authority() != authority;
            gone.then(|| Leftover::Former(tenant.clone(), authority.clone()))
        });
        clients.chain(tenants).collect()
    }

    /// Cookies do not tell ports apart, so a host is one tenant's.
    fn host_is_free(&self, stored: &StoredTenant) -> Result<(), WriteError> {
        let host = |authority: &str| authority.split(':').next().unwrap_or_default().to_owned();
        let own = stored.tenant.issuer.host();
        let other = self
            .tenants
            .iter()
            .find(|(authority, (tenant, _))| host(authority) == own && *tenant != stored.tenant.id);
        other.map_or(Ok(()), |(_, (tenant, _))| {
            Err(WriteError::HostTaken(tenant.clone()))
        })
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
            .filter_expression("begins_with(pk, :tenant) OR begins_with(pk, :client)")
            .expression_attribute_values(":tenant", text("TENANT#"))
            .expression_attribute_values(":client", text("CLIENT#"))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut contents = Contents::default();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| unavailable("registry: scan", Throttled::Store, &error))?;
            contents
                .take(&item)
                .ok_or_else(|| Unavailable("registry: unreadable item".to_owned()))?;
        }
        Ok(contents)
    }

    /// Brings the items of one tenant to what its configuration says; `seen` is the table as it is.
    ///
    /// What belongs together takes effect together: a scope and the client that asks for it are one transaction, of up
    /// to a hundred items. A larger tenant takes several, its own document in the first.
    pub async fn write(&self, stored: &StoredTenant, seen: &Contents) -> Result<Written, WriteError> {
        seen.host_is_free(stored)?;
        let (tenant, authority) = (&stored.tenant.id, stored.tenant.issuer.authority());
        let mut puts = Vec::new();
        if seen.tenants.get(authority) != Some(&(tenant.clone(), stored.document.clone())) {
            let put = self.item(&items::tenant(authority), tenant)?;
            puts.push(put.item(DOCUMENT, text(&stored.document)));
        }
        if seen.places.get(tenant).map(String::as_str) != Some(authority) {
            let put = self.item(&items::place(tenant), tenant)?;
            puts.push(put.item(AUTHORITY, text(authority)));
        }
        for (client, document) in &stored.clients {
            if seen.clients.get(&(tenant.clone(), client.clone())) != Some(document) {
                let put = self.item(&items::client(tenant, client), tenant)?;
                puts.push(
                    put.item(CLIENT, text(client.as_str()))
                        .item(DOCUMENT, text(document)),
                );
            }
        }
    }
}
