//! Who may use the development side: programs on this machine, and its own pages.

use std::net::IpAddr;

use http::{HeaderMap, header};

/// Refuses other machines, and pages of other sites that make a browser on this machine ask for them.
pub(super) fn check(peer: IpAddr, headers: &HeaderMap, links_allowed: bool) -> Result<(), &'static str> {
    if !peer.to_canonical().is_loopback() {
        return Err("only for this machine");
    }
    if links_allowed {
        return Ok(());
    }
    let value = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if value("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err("not for pages of other sites");
    }
    let host = value(header::HOST.as_str()).unwrap_or_default();
    // Older browsers send no Sec-Fetch-Site, but all send Origin with what could do harm.
    let own = |origin: &str| {
        origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
    };
    if value(header::ORIGIN.as_str()).is_some_and(|origin| !own(origin)) {
        return Err("not for pages of other sites");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(peer: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        map.insert("host", "localhost:4444".parse().unwrap());
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        check(peer.parse().unwrap(), &map, false).is_ok()
    }

    #[test]
    fn programs_of_this_machine_and_own_pages_only() {
        assert!(checked("127.0.0.1", &[]));
        assert!(checked("::1", &[]));
        assert!(checked("::ffff:127.0.0.1", &[]));
        assert!(!checked("192.0.2.1", &[]));
        assert!(checked(
            "127.0.0.1",
            &[
                ("origin", "http://localhost:4444"),
                ("sec-fetch-site", "same-origin")
            ]
        ));
        for headers in [
            [("sec-fetch-site", "cross-site")],
            [("sec-fetch-site", "same-site")],
            [("origin", "https://evil.tld")],
            [("origin", "null")],
            [("origin", "http://fashionboard.localhost:4444")],
        ] {
            assert!(!checked("127.0.0.1", &headers), "{headers:?}");
        }
    }
}
