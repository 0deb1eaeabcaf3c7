//! Addresses in settings: https, or http that never leaves the machine.

use url::{Host, Url};

use super::setting::{ConfigError, Setting};
use crate::{
    model::Issuer,
    types::{has_port_of_its_own, is_this_machine},
};

/// Names that lead into somebody's own network.
const INSIDE: [&str; 4] = [".localhost", ".local", ".internal", ".home.arpa"];

/// An address people or programs are sent to.
pub(super) fn link(at: &Setting, text: &str) -> Result<(), ConfigError> {
    parse(at, text).map(drop)
}

/// The same, if it is there.
pub(super) fn optional_link(at: &Setting, text: Option<&String>) -> Result<(), ConfigError> {
    text.map_or(Ok(()), |text| link(at, text))
}

/// An address that the provider itself asks: the registration is refused what the connection would be.
///
/// An IP address has no name to check a certificate against; whose address a name stands for is known only when it is
/// connected to (docs/decisions/0023). A brand whose issuer is this machine is one in development: its partners may be
/// here too, and without TLS.
pub(super) fn server(at: &Setting, text: &str, issuer: &Issuer) -> Result<(), ConfigError> {
    let url = parse(at, text)?;
    at.require(url.fragment().is_none(), "has a fragment")?;
    let here = issuer.is_this_machine() && is_here(&url);
    at.require(here || url.scheme() == "https", "is not https")?;
    at.require(has_port_of_its_own(&url), "has another service's port")?;
    if here {
        return Ok(());
    }
    let Some(Host::Domain(name)) = url.host() else {
        return Err(at.refused("names its host by a number"));
    };
    // With the dot of the root it is the same name.
    let name = name.strip_suffix('.').unwrap_or(name);
    let public = name.contains('.') && !INSIDE.iter().any(|inside| name.ends_with(inside));
    at.require(public, "is of a private network")
}

/// Scheme, host and port and nothing else, as a browser writes `Origin`.
pub(super) fn origin(at: &Setting, text: &str) -> Result<(), ConfigError> {
    let url = parse(at, text)?;
    let exact = url.origin().ascii_serialization();
    at.require(
        exact == text,
        format!("is not an origin, which would be `{exact}`"),
    )
}

fn parse(at: &Setting, text: &str) -> Result<Url, ConfigError> {
    let plain = |b: u8| b.is_ascii_graphic() && !b"\\\"<>^`{|}*".contains(&b);
    at.require(
        text.len() <= 512 && text.bytes().all(plain),
        "has a character that does not belong into an address",
    )?;
    let url = Url::parse(text).map_err(|_| at.refused("is not an absolute URI"))?;
    at.require(
        url.username().is_empty() && url.password().is_none(),
        "has user information",
    )?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here(&url) => Ok(url),
        "http" => Err(at.refused("uses http for a host that is not this machine")),
        _ => Err(at.refused("is not https")),
    }
}

/// Whether its host is this machine.
pub(super) fn is_here(url: &Url) -> bool {
    url.host().is_some_and(|host| is_this_machine(&host))
}
