//! Which servers may be asked: one rule for who registers an address and for who connects to it.

use url::{Host, Url};

/// Ports below this one belong to other protocols; a scheme's own is the exception.
const FIRST_FREE_PORT: u16 = 1024;

/// Whether the port of an address is free for a partner's server, or the scheme's own, which `Url` leaves out.
pub fn has_port_of_its_own(url: &Url) -> bool {
    url.port().is_none_or(|named| named >= FIRST_FREE_PORT)
}

/// Loopback addresses and names under `localhost`.
pub fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_localhost(name),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// Names that never mean another machine (RFC 6761 s6.3).
pub(crate) fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}
