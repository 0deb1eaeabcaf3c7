//! Configuration: from what an operator writes to types that are known to be safe.
//!
//! [`Configuration::read`] takes any serde format (TOML on one machine, JSON elsewhere). Whatever is unknown, unsafe or
//! contradictory is refused by one line that names the setting. This module reads no file and no environment.

mod arn;
mod brand;
mod catalogue;
mod client;
mod client_extensions;
mod connector;
mod credentials;
mod custody;
mod declaration;
mod fill;
mod hidden;
mod member;
mod messages;
mod named;
mod policy;
mod reading;
mod registry;
mod resources;
mod said;
mod sector;
mod security_profile;
mod setting;
mod standard_scopes;
mod stored;
mod tenant;
mod test_numbers;
#[cfg(test)]
mod tests;
mod uri;

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserializer;

use self::setting::Setting;
pub use self::{
    credentials::client_key,
    declaration::Declaration,
    fill::fill,
    reading::misread,
    registry::ConfiguredRegistry,
    setting::ConfigError,
    stored::{StoredTenant, stored_client, stored_tenant},
};
use crate::{
    model::{Client, Custody, Member, Tenant},
    types::TenantId,
};

/// Everything an operator decides, checked.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// The brands, each with its partner apps.
    pub tenants: Vec<(Arc<Tenant>, Vec<Arc<Client>>)>,
    /// Members written into the configuration, for development and sandboxes.
    pub members: Vec<(TenantId, Member)>,
}

impl Configuration {
    /// Reads and checks a configuration of any format.
    pub fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Self, ConfigError> {
        Declaration::read(source)?.validate()
    }
}

impl Declaration {
    /// Reads what was written, of any format. Nothing is checked but names and types.
    pub fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Self, ConfigError> {
        reading::parse(source)
    }

    /// Turns what was written into what is meant, or names the first setting that cannot stand.
    pub fn validate(self) -> Result<Configuration, ConfigError> {
        let at = Setting::root("tenants");
        if self.tenants.is_empty() {
            return Err(at.refused("there is none"));
        }
        let mut configuration = Configuration::default();
        // Cookies do not tell ports apart, so two brands on one host would share theirs.
        let mut hosts: BTreeMap<String, TenantId> = BTreeMap::new();
        // A token of one brand must never verify as another's.
        let mut keys: BTreeMap<String, TenantId> = BTreeMap::new();
        for (name, declared) in self.tenants {
            let at = at.key(&name);
            let (tenant, clients, members) = tenant::validate(&at, &name, declared)?;
            if let Some(other) = hosts.insert(tenant.issuer.host().to_owned(), tenant.id.clone()) {
                return Err(at
                    .key("issuer")
                    .refused(format!("has the host of tenant `{other}`")));
            }
            if let Custody::Kms(own) = &tenant.custody {
                for (algorithm, key) in own {
                    if let Some(other) = keys.insert(key.clone(), tenant.id.clone()) {
                        let at = at.key("signing_keys").key(algorithm.name());
                        return Err(at.refused(format!("is a key of tenant `{other}`")));
                    }
                }
            }
            configuration
                .members
                .extend(members.into_iter().map(|member| (tenant.id.clone(), member)));
            configuration
                .tenants
                .push((Arc::new(tenant), clients.into_iter().map(Arc::new).collect()));
        }
        Ok(configuration)
    }
}
