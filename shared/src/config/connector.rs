//! Where the provider calls out to: a server of the brand's own, on the open internet.

use url::{Host, Url};

use super::{
    hidden::{Hidden, Secrecy},
    setting::{ConfigError, Setting},
    uri,
};
use crate::model::Connector;

/// Half of an HMAC-SHA-256 key in hexadecimal.
const SHORTEST_SECRET: usize = 32;
/// Names that lead into somebody's own network.
const INSIDE: [&str; 4] = [".localhost", ".local", ".internal", ".home.arpa"];

pub(super) fn validate(
    at: &Setting,
    url: &str,
    secret: &Hidden,
    secrecy: Secrecy<'_>,
) -> Result<Connector, ConfigError> {
    address(&at.key("url"), url)?;
    let at = at.key("secret");
    let secret = secret.read(&at, secrecy)?;
    if let Ok(secret) = secret.open() {
        let printable = secret.expose().bytes().all(|b| b.is_ascii_graphic());
        at.require(printable, "has a character outside printable ASCII")?;
        let long = secret.expose().len() >= SHORTEST_SECRET;
        at.require(long, format!("is shorter than {SHORTEST_SECRET} characters"))?;
    }
    Ok(Connector {
        url: url.to_owned(),
        secret,
    })
}

/// A name is looked up again for each call, and what it leads to checked then; this refuses what can never be right.
fn address(at: &Setting, text: &str) -> Result<(), ConfigError> {
    uri::link(at, text)?;
    let url = Url::parse(text).map_err(|_| at.refused("is not an absolute URI"))?;
    at.require(url.scheme() == "https", "is not https")?;
    at.require(url.fragment().is_none(), "has a fragment")?;
    // The ports below belong to other protocols.
    let port = url.port().unwrap_or(443);
    at.require(port == 443 || port >= 1024, "has another service's port")?;
    let Some(Host::Domain(name)) = url.host() else {
        return Err(at.refused("names its host by a number"));
    };
    let public = name.contains('.') && !INSIDE.iter().any(|inside| name.ends_with(inside));
    at.require(public, "is of a private network")
}
