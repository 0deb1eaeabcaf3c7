//! Which hosts a client may ask, and at which addresses.

use std::net::IpAddr;

use symbolon::types::is_this_machine;
use url::Host;

use crate::is_public;

/// Which addresses may be connected to.
pub type Addresses = fn(IpAddr) -> bool;

/// How far a client reaches.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach {
    /// Every host whose addresses are such.
    Only(Addresses),
    /// What is public, and by the names that mean it this machine too, there without TLS if wanted.
    ThisMachineToo,
}

impl Reach {
    /// Whether the host is this machine and that is allowed.
    pub(crate) fn is_here(self, host: &Host<&str>) -> bool {
        match self {
            Self::Only(_) => false,
            Self::ThisMachineToo => is_this_machine(host),
        }
    }

    /// The addresses that the host may stand for.
    pub(crate) fn addresses(self, host: &Host<&str>) -> Addresses {
        match self {
            Self::Only(addresses) => addresses,
            Self::ThisMachineToo if self.is_here(host) => |address| address.is_loopback(),
            Self::ThisMachineToo => is_public,
        }
    }
}
