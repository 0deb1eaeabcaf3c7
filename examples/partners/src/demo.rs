//! The partner apps of the demo, each as its own engineers would have configured it.
//!
//! They are strangers to the provider: what they know of it is its public address and what they were registered with.
//! Where their own addresses come from and who serves them, their host decides.

use std::{fmt, path::PathBuf, sync::Arc};

use axum::Router;
use reqwest::Client;

use crate::{Clock, SettingsError, fashionboard, http_client, loyalty_api, shopease, trailmix};

/// The public half is registered with the brand.
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

/// Every host of the demo's apps.
pub const HOSTS: [&str; 4] = [FASHIONBOARD, SHOPEASE, TRAILMIX, LOYALTY];

/// What the apps are run with.
pub struct Demo {
    /// `http` or `https`, of their own addresses.
    pub scheme: &'static str,
    /// The port in their own addresses.
    pub port: u16,
    /// Issuer of the brand of FashionBoard, ShopEase and the loyalty API, exactly as in its metadata.
    pub urbantrend: String,
    /// Issuer of the brand of TrailMix.
    pub northpeak: String,
    /// The key to which Urban Trend's provider encrypts `member_ref` for the loyalty API.
    pub member_key: [u8; 32],
    /// Where the loyalty programme keeps its redemptions; in memory when absent.
    pub journal: Option<PathBuf>,
    /// Seconds since the Unix epoch.
    pub clock: Clock,
}

/// One app, ready to be served.
pub struct Site {
    /// Its name in counts and logs.
    pub name: &'static str,
    /// Its name for people, and what it is; nothing for an API.
    pub shown: Option<(&'static str, &'static str)>,
    /// Its `Host`.
    pub authority: String,
    /// Where it lives.
    pub home: String,
    /// What answers there.
    pub router: Router,
}

/// An app that cannot start, and why.
#[derive(Debug)]
pub struct DemoError {
    app: &'static str,
    cause: SettingsError,
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.app, self.cause)
    }
}

impl std::error::Error for DemoError {}

/// Origin of the loyalty API: the resource that access tokens must be for.
pub fn loyalty_origin(scheme: &str, port: u16) -> String {
    origin(scheme, LOYALTY, port)
}

impl Demo {
    /// Every app. `trusted` is the certificate their calls to the provider accept.
    pub fn sites(&self, trusted: Option<&[u8]>) -> Result<Vec<Site>, DemoError> {
        let http = http_client(trusted).map_err(|cause| DemoError { app: "calls", cause })?;
        Ok(vec![
            self.fashionboard(http.clone())?,
            self.shopease(http.clone())?,
            self.trailmix(http.clone())?,
            self.loyalty(http)?,
        ])
    }

    fn fashionboard(&self, http: Client) -> Result<Site, DemoError> {
        let home = self.origin(FASHIONBOARD);
        let settings = fashionboard::Settings {
            issuer: self.urbantrend.clone(),
            client_id: "fashionboard".to_owned(),
            client_secret: "fashionboard-demo-secret".to_owned(),
            redirect_uri: format!("{home}/callback"),
            home: home.clone(),
            loyalty_api: self.origin(LOYALTY),
            clock: Arc::clone(&self.clock),
        };
        let shown = Some((
            "FashionBoard",
            "a style community that shows her Trendy Rewards status",
        ));
        ready("fashionboard", shown, home, fashionboard::router(settings, http))
    }

    fn shopease(&self, http: Client) -> Result<Site, DemoError> {
        let home = self.origin(SHOPEASE);
        let settings = shopease::Settings {
            issuer: self.urbantrend.clone(),
            client_id: "shopease".to_owned(),
            signing_key_pem: SHOPEASE_KEY.to_owned(),
            signing_key_id: SHOPEASE_KEY_ID.to_owned(),
            redirect_uri: format!("{home}/callback"),
            home: home.clone(),
            loyalty_api: self.origin(LOYALTY),
            clock: Arc::clone(&self.clock),
        };
        let shown = Some(("ShopEase", "a shop where she sees and redeems her points"));
        ready("shopease", shown, home, shopease::router(settings, http))
    }

    fn trailmix(&self, http: Client) -> Result<Site, DemoError> {
        let home = self.origin(TRAILMIX);
        let settings = trailmix::Settings {
            issuer: self.northpeak.clone(),
            client_id: "trailmix".to_owned(),
            client_secret: "trailmix-demo-secret".to_owned(),
            redirect_uri: format!("{home}/callback"),
            home: home.clone(),
            clock: Arc::clone(&self.clock),
        };
        let shown = Some(("TrailMix", "a trail club of the other brand"));
        ready("trailmix", shown, home, trailmix::router(settings, http))
    }

    fn loyalty(&self, http: Client) -> Result<Site, DemoError> {
        let home = self.origin(LOYALTY);
        let account = |(member, tier, points): (&str, &str, u64)| loyalty_api::Account {
            member: member.to_owned(),
            tier: tier.to_owned(),
            points,
        };
        let settings = loyalty_api::Settings {
            issuer: self.urbantrend.clone(),
            audience: home.clone(),
            jwks_uri: None,
            member_key: self.member_key,
            ledger: LEDGER.map(account).to_vec(),
            ledger_file: self.journal.clone(),
            clock: Arc::clone(&self.clock),
        };
        ready("loyalty", None, home, loyalty_api::router(settings, http))
    }

    fn origin(&self, host: &str) -> String {
        origin(self.scheme, host, self.port)
    }
}

/// As browsers write it: a scheme's own port is left out.
fn origin(scheme: &str, host: &str, port: u16) -> String {
    match (scheme, port) {
        ("http", 80) | ("https", 443) => format!("{scheme}://{host}"),
        _ => format!("{scheme}://{host}:{port}"),
    }
}

fn ready(
    name: &'static str,
    shown: Option<(&'static str, &'static str)>,
    home: String,
    router: Result<Router, SettingsError>,
) -> Result<Site, DemoError> {
    let router = router.map_err(|cause| DemoError { app: name, cause })?;
    let authority = home
        .split_once("://")
        .map_or("", |(_, authority)| authority)
        .to_owned();
    Ok(Site {
        name,
        shown,
        authority,
        home,
        router,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_apps_live_at_the_port_that_visitors_use() {
        let mut demo = Demo {
            scheme: "http",
            port: 4444,
            urbantrend: "http://auth.urbantrend.localhost:4444".to_owned(),
            northpeak: "http://auth.northpeak.localhost:4444".to_owned(),
            member_key: [7; 32],
            journal: None,
            clock: Arc::new(|| 0),
        };
        let authorities = |demo: &Demo| -> Vec<String> {
            let sites = demo.sites(None).unwrap();
            sites.into_iter().map(|site| site.authority).collect()
        };
        assert_eq!(authorities(&demo), HOSTS.map(|host| format!("{host}:4444")));
        demo.port = 80;
        assert_eq!(authorities(&demo), HOSTS);
    }

    #[test]
    fn an_issuer_that_is_none_is_said_with_the_app() {
        let demo = Demo {
            scheme: "http",
            port: 4444,
            urbantrend: "urbantrend".to_owned(),
            northpeak: String::new(),
            member_key: [7; 32],
            journal: None,
            clock: Arc::new(|| 0),
        };
        let error = demo.sites(None).err().unwrap().to_string();
        assert!(error.starts_with("fashionboard: issuer: "), "{error}");
    }
}
