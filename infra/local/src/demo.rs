//! The partner apps of the demo, on this server: which of its tenants they were registered with.

use std::{path::Path, sync::Arc};

use partners::demo::{Demo, HOSTS, Site, loyalty_origin};
use serde::Deserialize;
use symbolon::{config::Configuration, model::Tenant, ports::Clock as _};

use crate::{clock::MovableClock, server::StartError};

/// The `[demo]` section of a configuration file.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DemoSettings {
    /// Whether to run the partner apps too. They fit the tenants of the demo only.
    pub(crate) partners: bool,
}

impl DemoSettings {
    /// The hosts that the partner apps add.
    pub(crate) fn hosts(self) -> Vec<String> {
        let hosts = HOSTS.map(str::to_owned);
        if self.partners { hosts.to_vec() } else { Vec::new() }
    }
}

/// What the partner apps are run with.
pub(crate) struct Partners<'a> {
    pub(crate) scheme: &'static str,
    pub(crate) port: u16,
    /// Where the loyalty programme keeps its journal.
    pub(crate) data: &'a Path,
    pub(crate) clock: Arc<MovableClock>,
}

impl Partners<'_> {
    /// Every partner app. `trusted` is the certificate their calls to the provider accept.
    pub(crate) fn sites(
        &self,
        configuration: &Configuration,
        trusted: Option<&[u8]>,
    ) -> Result<Vec<Site>, StartError> {
        let urbantrend = tenant(configuration, "urbantrend")?;
        let northpeak = tenant(configuration, "northpeak")?;
        let clock = Arc::clone(&self.clock);
        let demo = Demo {
            scheme: self.scheme,
            port: self.port,
            urbantrend: urbantrend.issuer.as_str().to_owned(),
            northpeak: northpeak.issuer.as_str().to_owned(),
            member_key: self.member_key(urbantrend)?,
            journal: Some(self.data.join("loyalty.json")),
            clock: Arc::new(move || clock.now().0),
        };
        demo.sites(trusted)
            .map_err(|error| StartError::Partner(error.to_string()))
    }

    fn member_key(&self, brand: &Tenant) -> Result<[u8; 32], StartError> {
        let home = loyalty_origin(self.scheme, self.port);
        let resource = brand
            .resources
            .iter()
            .find(|resource| resource.identifier == home);
        let key = resource.and_then(|resource| resource.member_key.as_ref()?.open().ok());
        key.map(|key| *key.expose())
            .ok_or_else(|| StartError::Partner(format!("no resource `{home}` with a member_key")))
    }
}

fn tenant<'a>(configuration: &'a Configuration, id: &str) -> Result<&'a Tenant, StartError> {
    let found = configuration
        .tenants
        .iter()
        .map(|(tenant, _)| tenant)
        .find(|tenant| tenant.id.as_str() == id);
    found
        .map(AsRef::as_ref)
        .ok_or_else(|| StartError::Partner(format!("no tenant `{id}`")))
}
