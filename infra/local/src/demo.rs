//! The partner apps of the demo, each as its own engineers would have configured it.
//!
//! They are strangers to the provider: what they know of it is its public address and what they were registered with.

use std::{path::Path, sync::Arc};

use axum::Router;
use partners::{Clock, fashionboard, loyalty_api, shopease, trailmix};
use reqwest::Client;
use serde::Deserialize;
use symbolon::{
    config::{Configuration, fill},
    model::Tenant,
    ports::Clock as _,
};

use crate::{clock::MovableClock, server::StartError};

/// The public half is in `demo.toml`.
const SHOPEASE_KEY: &str = include_str!("../demo-keys/shopease.pem");
const SHOPEASE_KEY_ID: &str = "shopease-demo";
/// What the loyalty programme gave its members before the demo began.
const LEDGER: [(&str, &str, u64); 4] = [
    ("ut-1001", "VIP", 1_240),
    ("ut-1002", "Silver", 85),
    ("ut-1003", "Silver", 310),
    ("ut-1099", "Gold", 600),
];

const FASHIONBOARD: &str = "fashionboard.localhost";
const SHOPEASE: &str = "shopease.localhost";
const TRAILMIX: &str = "trailmix.localhost";
const LOYALTY: &str = "loyalty.urbantrend.localhost";

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
        let hosts = [FASHIONBOARD, SHOPEASE, TRAILMIX, LOYALTY].map(str::to_owned);
        if self.partners { hosts.to_vec() } else { Vec::new() }
    }
}

/// One partner app, ready to be served.
pub(crate) struct Partner {
    /// Its name in counts and logs.
    pub(crate) name: &'static str,
    /// Its name for people, and what it is; nothing for an API.
    pub(crate) shown: Option<(&'static str, &'static str)>,
    /// Its `Host`.
    pub(crate) authority: String,
    /// Where it lives.
    pub(crate) home: String,
    pub(crate) router: Router,
}

/// What the partner apps are run with.
pub(crate) struct Demo<'a> {
    pub(crate) scheme: &'static str,
    pub(crate) port: u16,
    /// Where the loyalty programme keeps its journal.
    pub(crate) data: &'a Path,
    pub(crate) clock: Arc<MovableClock>,
}

impl Demo<'_> {
    /// Every partner app. `trusted` is the certificate their calls to the provider accept.
    pub(crate) fn partners(
        &self,
        configuration: &Configuration,
        trusted: Option<&[u8]>,
    ) -> Result<Vec<Partner>, StartError> {
        let urbantrend = tenant(configuration, "urbantrend")?;
        let northpeak = tenant(configuration, "northpeak")?;
        let http = partners::http_client(trusted).map_err(|error| StartError::Partner(error.to_string()))?;
        Ok(vec![
            self.fashionboard(urbantrend, http.clone())?,
            self.shopease(urbantrend, http.clone())?,
            self.trailmix(northpeak, http.clone())?,
            self.loyalty(urbantrend, http)?,
        ])
    }

    fn fashionboard(&self, brand: &Tenant, http: Client) -> Result<Partner, StartError> {
        let home = self.origin(FASHIONBOARD);
        let settings = fashionboard::Settings {
            issuer: brand.issuer.as_str().to_owned(),
            client_id: "fashionboard".to_owned(),
            client_secret: "fashionboard-demo-secret".to_owned(),
            redirect_uri: format!("{home}/callback"),
            home: home.clone(),
            loyalty_api: self.origin(LOYALTY),
            clock: self.clock(),
        };
        let shown = Some((
            "FashionBoard",
            "a style community that shows her Trendy Rewards status",
        ));
        ready("fashionboard", shown, home, fashionboard::router(settings, http))
    }

    fn shopease(&self, brand: &Tenant, http: Client) -> Result<Partner, StartError> {
        let home = self.origin(SHOPEASE);
        let settings = shopease::Settings {
            issuer: brand.issuer.as_str().to_owned(),
            client_id: "shopease".to_owned(),
            signing_key_pem: SHOPEASE_KEY.to_owned(),
            signing_key_id: SHOPEASE_KEY_ID.to_owned(),
            redirect_uri: format!("{home}/callback"),
            home: home.clone(),
            loyalty_api: self.origin(LOYALTY),
            clock: self.clock(),
        };
        let shown = Some(("ShopEase", "a shop where she sees and redeems her points"));
        ready("shopease", shown, home, shopease::router(settings, http))
    }

    fn trailmix(&self, brand: &Tenant, http: Client) -> Result<Partner, StartError> {
        let home = self.origin(TRAILMIX);
        let settings = trailmix::Settings {
            issuer: brand.issuer.as_str().to_owned(),
            client_id: "trailmix".to_owned(),
            client_secret: "trailmix-demo-secret".to_owned(),
            redirect_uri: format!("{home}/callback"),
            home: home.clone(),
            clock: self.clock(),
        };
        ready(
            "trailmix",
            Some(("TrailMix", "a trail club of the other brand")),
            home,
            trailmix::router(settings, http),
        )
    }

    fn loyalty(&self, brand: &Tenant, http: Client) -> Result<Partner, StartError> {
        let home = self.origin(LOYALTY);
        let resource = brand
            .resources
            .iter()
            .find(|resource| resource.identifier == home);
        let key = resource.and_then(|resource| resource.member_key.as_ref()?.open().ok());
        let key =
            key.ok_or_else(|| StartError::Partner(format!("no resource `{home}` with a member_key")))?;
        let account = |(member, tier, points): (&str, &str, u64)| loyalty_api::Account {
            member: member.to_owned(),
            tier: tier.to_owned(),
            points,
        };
        let settings = loyalty_api::Settings {
            issuer: brand.issuer.as_str().to_owned(),
            audience: home.clone(),
            jwks_uri: None,
            member_key: *key.expose(),
            ledger: LEDGER.map(account).to_vec(),
            ledger_file: Some(self.data.join("loyalty.json")),
            clock: self.clock(),
        };
        ready("loyalty", None, home, loyalty_api::router(settings, http))
    }

    fn origin(&self, host: &str) -> String {
        fill(&format!("{{scheme}}://{host}:{{port}}"), self.scheme, self.port)
    }

    fn clock(&self) -> Clock {
        let clock = Arc::clone(&self.clock);
        Arc::new(move || clock.now().0)
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

fn ready(
    name: &'static str,
    shown: Option<(&'static str, &'static str)>,
    home: String,
    router: Result<Router, partners::SettingsError>,
) -> Result<Partner, StartError> {
    let router = router.map_err(|error| StartError::Partner(format!("{name}: {error}")))?;
    let authority = home
        .split_once("://")
        .map_or("", |(_, authority)| authority)
        .to_owned();
    Ok(Partner {
        name,
        shown,
        authority,
        home,
        router,
    })
}
