use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use aws_sdk_dynamodb::{Client as DynamoDb, types::AttributeValue};
use symbolon::{
    config::{stored_client, stored_tenant},
    keyring::Keyring,
    model::{Client, Tenant},
    ports::{Clock, PortResult, Registry, Unavailable},
    types::{ClientId, TenantId},
};

use super::items::{self, AUTHORITY, DOCUMENT, FORMER, Key, NAMES};
use crate::{
    cache::Cache,
    failure::{Throttled, unavailable},
};

/// How long nothing is believed to be there, in seconds. A new brand or client is not kept waiting.
const ABSENT: u64 = 5;
/// How many names that are nobody's are remembered: strangers choose them.
const ABSENT_AT_MOST: usize = 1_000;
/// Longest authority: a host name (RFC 1035 s2.3.4) and a port.
const LONGEST_AUTHORITY: usize = 253 + 6;
/// Longest client id that configuration accepts.
const LONGEST_CLIENT: usize = 128;

/// Tenants and clients as the table has them, kept for a while.
///
/// A tenant is found by the authority of its issuer or by its name, a client by both names. Without the keyring
/// (discovery and jwks have none) everything is read but secrets, which stay sealed.
pub struct TableRegistry {
    client: DynamoDb,
    table: String,
    keyring: Option<Arc<Keyring>>,
    by_authority: Cache<String, Arc<Tenant>>,
    by_name: Cache<TenantId, Arc<Tenant>>,
    clients: Cache<(TenantId, ClientId), Arc<Client>>,
    absent: Cache<Key, ()>,
}

type Item = HashMap<String, AttributeValue>;

/// How old an answer of the table may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Read {
    /// Some milliseconds: half the price, and a cache lies before it anyway.
    Eventual,
    /// As it is at this moment.
    Consistent,
}

/// A client's item.
enum Found {
    Client(Arc<Client>),
    Nothing,
    Unreadable,
}

impl TableRegistry {
    /// A registry on this table. `cache_seconds` is how long a change may go unnoticed.
    pub fn new(
        client: DynamoDb,
        table: String,
        keyring: Option<Arc<Keyring>>,
        clock: &Arc<dyn Clock>,
        cache_seconds: u64,
    ) -> Self {
        Self {
            client,
            table,
            keyring,
            by_authority: Cache::new(Arc::clone(clock), cache_seconds),
            by_name: Cache::new(Arc::clone(clock), cache_seconds),
            clients: Cache::new(Arc::clone(clock), cache_seconds),
            absent: Cache::new(Arc::clone(clock), cache_seconds.min(ABSENT)).of_at_most(ABSENT_AT_MOST),
        }
    }

    /// A tenant by its name, for adapters that are told no host: who sends its messages, who knows its members.
    pub async fn tenant(&self, name: &TenantId) -> PortResult<Option<Arc<Tenant>>> {
        if let Some(tenant) = self.by_name.get(name) {
            return Ok(Some(tenant));
        }
        self.read_by_name(name, Read::Eventual).await
    }

    /// The names of all tenants.
    pub async fn enlisted(&self) -> PortResult<Vec<TenantId>> {
        let Some(item) = self.item(&items::tenants(), Read::Consistent).await? else {
            return Ok(Vec::new());
        };
        let names = item.get(NAMES).and_then(|names| names.as_ss().ok());
        let names = names.ok_or_else(|| unreadable("TENANTS"))?;
        Ok(names.iter().map(TenantId::new).collect())
    }

    async fn read_by_name(&self, name: &TenantId, read: Read) -> PortResult<Option<Arc<Tenant>>> {
        let place = items::place(name);
        let Some(item) = self.item(&place, read).await? else {
            return Ok(None);
        };
        let authority = text(&item, AUTHORITY).ok_or_else(|| unreadable("TENANT"))?;
        let tenant = self.read_tenant(authority, read).await?;
        Ok(tenant.filter(|tenant| tenant.id == *name))
    }

    async fn read_tenant(&self, authority: &str, read: Read) -> PortResult<Option<Arc<Tenant>>> {
        let Some(item) = self.item(&items::tenant(authority), read).await? else {
            return Ok(None);
        };
        let document = text(&item, DOCUMENT).ok_or_else(|| unreadable("TENANT"))?;
        let tenant = stored_tenant(document, self.keyring.as_deref())
            .ok()
            // A document under another's key would be served under another's host.
            .filter(|tenant| tenant.issuer.authority() == authority)
            .map(Arc::new)
            .ok_or_else(|| unreadable("TENANT"))?;
        self.by_authority.put(authority.to_owned(), Arc::clone(&tenant));
        if !item.contains_key(FORMER) {
            self.by_name.put(tenant.id.clone(), Arc::clone(&tenant));
        }
        Ok(Some(tenant))
    }

    /// The client's document, and what it says at this tenant.
    async fn read_client(&self, tenant: &Tenant, id: &ClientId, read: Read) -> PortResult<Found> {
        let Some(item) = self.item(&items::client(&tenant.id, id), read).await? else {
            return Ok(Found::Nothing);
        };
        let client = text(&item, DOCUMENT)
            .and_then(|document| stored_client(document, tenant).ok())
            .filter(|client| client.id == *id);
        Ok(client.map_or(Found::Unreadable, |client| Found::Client(Arc::new(client))))
    }

    async fn item(&self, key: &Key, read: Read) -> PortResult<Option<Item>> {
        if self.absent.get(key).is_some() {
            return Ok(None);
        }
        let call = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(key.partition.clone()))
            .key("sk", AttributeValue::S(key.range.to_owned()))
            .consistent_read(read == Read::Consistent);
        let answer = call.send().await;
        let answer = answer.map_err(|error| unavailable("registry: read", Throttled::Store, &error))?;
        if answer.item.is_none() {
            self.absent.put(key.clone(), ());
        }
        Ok(answer.item)
    }
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

#[async_trait]
impl Registry for TableRegistry {
    async fn tenant_by_authority(&self, authority: &str) -> PortResult<Option<Arc<Tenant>>> {
        if let Some(tenant) = self.by_authority.get(&authority.to_owned()) {
            return Ok(Some(tenant));
        }
        if authority.is_empty() || authority.len() > LONGEST_AUTHORITY {
            return Ok(None);
        }
        self.read_tenant(authority, Read::Eventual).await
    }

    async fn client(&self, tenant: &TenantId, client: &ClientId) -> PortResult<Option<Arc<Client>>> {
        if let Some(client) = self.clients.get(&(tenant.clone(), client.clone())) {
            return Ok(Some(client));
        }
        if client.as_str().is_empty() || client.as_str().len() > LONGEST_CLIENT {
            return Ok(None);
        }
        let Some(of) = self.tenant(tenant).await? else {
            return Ok(None);
        };
        let mut found = self.read_client(&of, client, Read::Eventual).await?;
        if matches!(found, Found::Unreadable) {
            // The tenant may be from before a change that this client came with: both again, as they are now.
            let Some(of) = self.read_by_name(tenant, Read::Consistent).await? else {
                return Ok(None);
            };
            found = self.read_client(&of, client, Read::Consistent).await?;
        }
        match found {
            Found::Client(found) => {
                self.clients
                    .put((tenant.clone(), client.clone()), Arc::clone(&found));
                Ok(Some(found))
            }
            Found::Nothing => Ok(None),
            Found::Unreadable => Err(unreadable("CLIENT")),
        }
    }
}

/// The parser's own words would quote the document; `symbolon-aws check` says them to an operator.
fn unreadable(kind: &str) -> Unavailable {
    Unavailable(format!("registry: unreadable {kind} item"))
}
