//! An address somebody configured, checked before anything connects.

use std::net::IpAddr;

use symbolon::types::has_port_of_its_own;
use url::{Host, Position, Url};

use crate::{Refused, reach::Reach};

/// An address that may be asked. Holds the exact form that is sent, so that nothing reads it differently later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    host: Host,
    port: u16,
}

impl Target {
    /// Reads and checks the address.
    pub(crate) fn parse(text: &str, reach: Reach) -> Result<Self, Refused> {
        let url = Url::parse(text).map_err(|_| Refused::Url("is not a URL"))?;
        let require = |holds: bool, cause| if holds { Ok(()) } else { Err(Refused::Url(cause)) };
        let host = url.host().ok_or(Refused::Url("is not https"))?;
        let clear = url.scheme() == "http" && reach.is_here(&host);
        require(url.scheme() == "https" || clear, "is not https")?;
        require(
            url.username().is_empty() && url.password().is_none(),
            "has credentials in it",
        )?;
        let port = url.port_or_known_default().unwrap_or_default();
        require(has_port_of_its_own(&url), "has another service's port")?;
        // Refused before anything is sent to it. `Url` has read decimal, octal and hexadecimal forms as the addresses
        // they are.
        let literal: Option<IpAddr> = match host {
            Host::Ipv4(v4) => Some(v4.into()),
            Host::Ipv6(v6) => Some(v6.into()),
            Host::Domain(_) => None,
        };
        match literal {
            Some(address) if !reach.addresses(&host)(address) => Err(Refused::Address(address)),
            _ => Ok(Self {
                host: host.to_owned(),
                port,
                url,
            }),
        }
    }

    /// The address as it is sent.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Whether it is asked without TLS.
    pub(crate) fn is_clear(&self) -> bool {
        self.url.scheme() == "http"
    }

    pub(crate) fn host(&self) -> Host<&str> {
        match &self.host {
            Host::Domain(name) => Host::Domain(name),
            Host::Ipv4(v4) => Host::Ipv4(*v4),
            Host::Ipv6(v6) => Host::Ipv6(*v6),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Host, and port unless it is the scheme's own (RFC 9110 s7.2).
    pub(crate) fn authority(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }

    /// Path and query (RFC 9112 s3.2.1).
    pub(crate) fn path(&self) -> &str {
        &self.url[Position::BeforePath..Position::AfterQuery]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::is_public;

    const PUBLIC: Reach = Reach::Only(is_public);

    #[test]
    fn ss2_an_address_is_https_without_credentials_on_a_port_of_its_own() {
        for (text, cause) in [
            ("http://gateway.brand.tld/", "is not https"),
            ("ftp://gateway.brand.tld/", "is not https"),
            ("file:///etc/passwd", "is not https"),
            ("gateway.brand.tld", "is not a URL"),
            ("https://", "is not a URL"),
            ("https://user@gateway.brand.tld/", "has credentials in it"),
            ("https://:secret@gateway.brand.tld/", "has credentials in it"),
            ("https://gateway.brand.tld:22/", "has another service's port"),
            ("https://gateway.brand.tld:1023/", "has another service's port"),
            ("https://gateway.brand.tld:0/", "has another service's port"),
        ] {
            assert_eq!(Target::parse(text, PUBLIC), Err(Refused::Url(cause)), "{text}");
        }
        for text in [
            "https://gateway.brand.tld",
            "https://gateway.brand.tld:8443/x?y=z",
            "https://1.1.1.1/",
        ] {
            assert!(Target::parse(text, PUBLIC).is_ok(), "{text}");
        }
    }

    #[test]
    fn ss2_an_address_in_digits_is_read_in_every_form() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "0x7f000001",
            "169.254.169.254",
            "2852039166",
            "10.0.0.1",
            "0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "１２７.0.0.1",
            "127。0。0。1",
        ] {
            let refused = Target::parse(&format!("https://{host}/"), PUBLIC);
            assert!(matches!(refused, Err(Refused::Address(_))), "{host}: {refused:?}");
        }
    }
}
