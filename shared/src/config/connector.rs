//! Where the provider calls out to: a server of the brand's own, on the open internet.

use super::{
    hidden::{Hidden, Secrecy},
    setting::{ConfigError, Setting},
    uri,
};
use crate::model::{Connector, Issuer};

/// Half of an HMAC-SHA-256 key in hexadecimal.
const SHORTEST_SECRET: usize = 32;

pub(super) fn validate(
    at: &Setting,
    url: &str,
    secret: &Hidden,
    secrecy: Secrecy<'_>,
    issuer: &Issuer,
) -> Result<Connector, ConfigError> {
    uri::server(&at.key("url"), url, issuer)?;
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
