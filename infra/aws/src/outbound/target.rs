//! An address somebody configured, checked before anything connects.

use std::net::IpAddr;

use url::{Host, Url};

use super::{Addresses, Refused};

/// Ports below this one belong to other protocols; 443 is the exception.
const FIRST_FREE_PORT: u16 = 1024;

/// An https address that may be asked. Holds the exact form that is sent, so that nothing reads it differently later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// Reads and checks the address.
    pub fn parse(text: &str, allowed: Addresses) -> Result<Self, Refused> {
        let url = Url::parse(text).map_err(|_| Refused::Url("is not a URL"))?;
        let require = |holds: bool, cause| if holds { Ok(()) } else { Err(Refused::Url(cause)) };
        require(url.scheme() == "https", "is not https")?;
        require(
            url.username().is_empty() && url.password().is_none(),
            "has credentials in it",
        )?;
        let port = url.port().unwrap_or(443);
        require(
            port == 443 || port >= FIRST_FREE_PORT,
            "has another service's port",
        )?;
        // Name resolution never sees a literal, so the check there would not either. `Url` has read decimal, octal
        // and hexadecimal forms as the addresses they are.
        let literal: Option<IpAddr> = match url.host() {
            Some(Host::Ipv4(v4)) => Some(v4.into()),
            Some(Host::Ipv6(v6)) => Some(v6.into()),
            Some(Host::Domain(_)) | None => None,
        };
        match literal {
            Some(address) if !allowed(address) => Err(Refused::Address(address)),
            _ => Ok(Self(url)),
        }
    }

    /// The address as it is sent.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::is_public, *};

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
            assert_eq!(Target::parse(text, is_public), Err(Refused::Url(cause)), "{text}");
        }
        for text in [
            "https://gateway.brand.tld",
            "https://gateway.brand.tld:8443/x?y=z",
            "https://1.1.1.1/",
        ] {
            assert!(Target::parse(text, is_public).is_ok(), "{text}");
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
            let refused = Target::parse(&format!("https://{host}/"), is_public);
            assert!(matches!(refused, Err(Refused::Address(_))), "{host}: {refused:?}");
        }
    }
}
