use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

use aws_sdk_dynamodb::types::AttributeValue;
use symbolon::{
    config::StoredTenant,
    model::Tenant,
    types::{ClientId, TenantId},
};

use super::items::{self, AUTHORITY, CLIENT, DOCUMENT, FORMER, NAMES, TENANT};

/// Every tenant and client of the table as it was read.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// Documents of tenants by the authority they are served under.
    pub tenants: BTreeMap<String, TenantItem>,
    /// Where each tenant's document is said to be.
    pub places: BTreeMap<TenantId, String>,
    /// Documents of clients.
    pub clients: BTreeMap<(TenantId, ClientId), String>,
    /// The names in the list of all.
    pub enlisted: BTreeSet<TenantId>,
    /// Keys of items that this release does not write.
    pub unreadable: Vec<String>,
}

/// The document of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantItem {
    /// Whose.
    pub tenant: TenantId,
    /// JSON.
    pub document: String,
    /// Whether the tenant has moved to another authority since.
    pub former: bool,
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

impl Contents {
    /// What of these tenants is there beyond what they say.
    pub fn leftovers(&self, configured: &[StoredTenant]) -> Vec<Leftover> {
        let of = |name: &TenantId| configured.iter().find(|stored| stored.tenant.id == *name);
        let clients = self.clients.keys().filter_map(|(tenant, client)| {
            let gone = !of(tenant)?.clients.iter().any(|(own, _)| own == client);
            gone.then(|| Leftover::Client(tenant.clone(), client.clone()))
        });
        let tenants = self.tenants.iter().filter_map(|(authority, item)| {
            let gone = of(&item.tenant)?.tenant.issuer.authority() != authority;
            gone.then(|| Leftover::Former(item.tenant.clone(), authority.clone()))
        });
        clients.chain(tenants).collect()
    }

    /// Whose the host of this tenant is, if it is another's: cookies do not tell ports apart, so a host is one tenant's.
    pub fn host_taken(&self, tenant: &Tenant) -> Option<TenantId> {
        let host = |authority: &str| authority.split(':').next().unwrap_or_default().to_owned();
        let own = tenant.issuer.host();
        let other = self
            .tenants
            .iter()
            .find(|(authority, item)| host(authority) == own && item.tenant != tenant.id);
        other.map(|(_, item)| item.tenant.clone())
    }

    /// Where documents of a tenant are that are not marked as left.
    pub(super) fn authorities_of(&self, tenant: &TenantId) -> impl Iterator<Item = &str> {
        let own = move |item: &TenantItem| item.tenant == *tenant && !item.former;
        self.tenants
            .iter()
            .filter(move |(_, item)| own(item))
            .map(|(authority, _)| authority.as_str())
    }

    /// Takes one item in.
    pub(super) fn take(&mut self, item: &HashMap<String, AttributeValue>) {
        if self.understand(item).is_none() {
            let key = item.get("pk").and_then(|key| key.as_s().ok());
            self.unreadable.extend(key.cloned());
        }
    }

    fn understand(&mut self, item: &HashMap<String, AttributeValue>) -> Option<()> {
        let text = |name: &str| item.get(name)?.as_s().ok().cloned();
        if text("pk")? == items::tenants().partition {
            let names = item.get(NAMES)?.as_ss().ok()?;
            self.enlisted.extend(names.iter().map(TenantId::new));
            return Some(());
        }
        let tenant = TenantId::new(text(TENANT)?);
        if let Some(authority) = text(AUTHORITY) {
            self.places.insert(tenant, authority);
        } else if let Some(client) = text(CLIENT) {
            self.clients
                .insert((tenant, ClientId::new(client)), text(DOCUMENT)?);
        } else {
            let authority = items::authority(&text("pk")?)?;
            let item = TenantItem {
                tenant,
                document: text(DOCUMENT)?,
                former: item.contains_key(FORMER),
            };
            self.tenants.insert(authority, item);
        }
        Some(())
    }
}
