//! The items: what they are called, and what is in them.

use symbolon::types::{ClientId, TenantId};

use crate::store::key::{NO_RANGE, partition};

/// The document, JSON.
pub(super) const DOCUMENT: &str = "d";
/// Whose document it is.
pub(super) const TENANT: &str = "t";
/// Set on the document of an authority that the tenant has left: it is served there still, until it is removed, and
/// speaks for the tenant nowhere else.
pub(super) const FORMER: &str = "f";
/// Which client's, if it is a client's.
pub(super) const CLIENT: &str = "c";
/// The names of tenants, a set.
pub(super) const NAMES: &str = "n";
/// Under which authority a tenant's document is.
pub(super) const AUTHORITY: &str = "a";

/// Key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) partition: String,
    pub(super) range: &'static str,
}

/// A tenant's document, by the authority of its issuer.
pub(super) fn tenant(authority: &str) -> Key {
    Key {
        partition: partition("TENANT", &[authority]),
        range: NO_RANGE,
    }
}

/// The authority in the partition key of a tenant's document. A host has neither of the characters that are escaped.
pub(super) fn authority(partition: &str) -> Option<String> {
    partition.strip_prefix("TENANT#").map(str::to_owned)
}

/// Where a tenant's document is, by its name. No document has this range, so no authority is mistaken for a name.
pub(super) fn place(tenant: &TenantId) -> Key {
    Key {
        partition: partition("TENANT", &[tenant.as_str()]),
        range: "place",
    }
}

/// The names of all tenants, for whoever must look after each: nobody else may list a table.
pub(super) fn tenants() -> Key {
    Key {
        partition: "TENANTS".to_owned(),
        range: NO_RANGE,
    }
}

/// A client's document.
pub(super) fn client(tenant: &TenantId, client: &ClientId) -> Key {
    Key {
        partition: partition("CLIENT", &[tenant.as_str(), client.as_str()]),
        range: NO_RANGE,
    }
}
