//! `redirect_uri`: from what a request claims to what a browser may be sent to.
//!
//! A [`RedirectTarget`] can only be made by a [`RegisteredRedirectUri`] that matches the request, so an
//! unproven URI cannot end up in a `Location` header.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::is_localhost;

/// How a client is installed (OpenID Connect Registration s2 `application_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    /// Runs on a server or in a browser; its redirect URIs are https.
    Web,
    /// Installed on a device; may use loopback addresses and private schemes (RFC 8252).
    Native,
}

/// A redirect URI as it was registered. Compared byte for byte (RFC 9700 s2.1).
#[derive(Clone, PartialEq, Eq)]
pub struct RegisteredRedirectUri {
    exact: String,
    /// For a native client's loopback URI: the parts around the port, which alone may vary (RFC 8252 s7.3).
    loopback: Option<Loopback>,
}

#[derive(Clone, PartialEq, Eq)]
struct Loopback {
    /// `http://127.0.0.1` or `http://[::1]`.
    origin: String,
    /// Path and query, from the first `/`.
    rest: String,
}

/// Why a URI may not be registered. The text names the cause for whoever registers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UriRefused(pub &'static str);

impl RegisteredRedirectUri {
    /// Checks a URI for registration: https, loopback http, or (native) a private scheme with a dot in it.
    pub fn register(text: &str, kind: ApplicationType) -> Result<Self, UriRefused> {
        let plain = |b: u8| (0x21..=0x7e).contains(&b) && !b"\\*\"<>^`{|}".contains(&b);
        if text.len() > 512 || !text.bytes().all(plain) {
            return Err(UriRefused(
                "has a character that is not allowed (`*`, `\\`, spaces, control characters)",
            ));
        }
        let url = Url::parse(text).map_err(|_| UriRefused("is not an absolute URI"))?;
        if text.contains('#') {
            return Err(UriRefused("has a fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
            return Err(UriRefused("has user information"));
        }
        // Browsers look up more names than there are, and a `;` in one would end a directive of the page's policy.
        let name = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
        if matches!(url.host(), Some(Host::Domain(host)) if !host.bytes().all(name)) {
            return Err(UriRefused("has a host that is not a name"));
        }
        let loopback_ip = match url.host() {
            Some(Host::Ipv4(ip)) => ip.octets() == [127, 0, 0, 1],
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            _ => false,
        };
        let loopback = match (url.scheme(), kind) {
            ("https", _) if url.has_host() => None,
            ("http", ApplicationType::Native) if loopback_ip => Some(Loopback::of(text)?),
            // `*.localhost` never leaves the machine (RFC 6761 s6.3): development partner apps.
            ("http", _) if loopback_ip || url.host_str().is_some_and(is_localhost) => None,
            ("http", _) => return Err(UriRefused("uses http for a host that is not this machine")),
            (scheme, ApplicationType::Native) if scheme.contains('.') => None,
            _ => {
                return Err(UriRefused(
                    "uses a scheme that is neither https nor a private one with a dot in it",
                ));
            }
        };
        // What a URL parser would rewrite is a way for two parsers to disagree later.
        if url.as_str() != text && format!("{text}/") != url.as_str() {
            return Err(UriRefused(
                "is not written in its normal form (case, dot segments, default port, escapes)",
            ));
        }
        Ok(Self {
            exact: text.to_owned(),
            loopback,
        })
    }

    /// The target, if the requested URI is this one: equal bytes, or another port of a native loopback URI.
    pub fn matches(&self, requested: &str) -> Option<RedirectTarget> {
        let equal = self.exact == requested || self.loopback.as_ref().is_some_and(|l| l.matches(requested));
        equal.then(|| RedirectTarget(requested.to_owned()))
    }

    /// The URI as registered.
    pub fn as_str(&self) -> &str {
        &self.exact
    }
}

impl Loopback {
    fn of(text: &str) -> Result<Self, UriRefused> {
        let authority = authority(text);
        let host_end = if authority.starts_with('[') {
            authority.find(']').map(|i| i + 1)
        } else {
            authority.find(':')
        };
        let host = authority
            .get(..host_end.unwrap_or(authority.len()))
            .unwrap_or_default();
        let rest = text.split_once(authority).map_or("", |(_, rest)| rest);
        if host != "127.0.0.1" && host != "[::1]" {
            return Err(UriRefused("writes the loopback address in an unusual way"));
        }
        Ok(Self {
            origin: format!("http://{host}"),
            rest: rest.to_owned(),
        })
    }

    fn matches(&self, requested: &str) -> bool {
        let Some(after) = requested.strip_prefix(&self.origin) else {
            return false;
        };
        let (port, rest) = match after.strip_prefix(':') {
            Some(tail) => tail.split_at(tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len())),
            None => ("80", after),
        };
        port.parse::<u16>().is_ok_and(|p| p > 0) && rest == self.rest
    }
}

/// The bytes between `//` and the next `/`, `?` or `#`.
fn authority(text: &str) -> &str {
    let after = text.split_once("//").map_or("", |(_, after)| after);
    after.split(['/', '?', '#']).next().unwrap_or_default()
}

impl fmt::Debug for RegisteredRedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.exact)
    }
}

/// A redirect URI proven to belong to the client. The only thing a browser is ever sent back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectTarget(String);

impl RedirectTarget {
    /// The URI exactly as requested.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI with response parameters added; a registered query is kept (RFC 6749 s3.1.2).
    pub fn with_params(&self, params: &[(&str, &str)]) -> String {
        with_query(&self.0, params)
    }

    /// What CSP `form-action` must allow for the redirect to be followed.
    ///
    /// Chromium holds it against the whole chain after a form, and a partner's callback may redirect on to another
    /// of its hosts: any https address may follow. An IPv6 address is no source (CSP3 s2.3.1), so its scheme is named.
    pub fn form_action(&self) -> String {
        let Ok(url) = Url::parse(&self.0) else {
            return String::new();
        };
        match (url.scheme(), url.host()) {
            ("http", Some(Host::Ipv6(_))) => "http: https:".to_owned(),
            ("http" | "https", _) => format!("{} https:", url.origin().ascii_serialization()),
            (scheme, _) => format!("{scheme}: https:"),
        }
    }

    /// Whether it is an address of the web and no private scheme.
    pub fn is_web(&self) -> bool {
        self.0.starts_with("https://") || self.0.starts_with("http://")
    }

    /// The host (or private scheme) to show a person who asks where she is sent.
    pub fn display_host(&self) -> String {
        match Url::parse(&self.0) {
            Ok(url) => url
                .host_str()
                .map_or_else(|| url.scheme().to_owned(), str::to_owned),
            Err(_) => String::new(),
        }
    }
}

/// A URI with parameters added to whatever query it has.
fn with_query(uri: &str, params: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params)
        .finish();
    let glue = match uri.find('?') {
        None => "?",
        Some(at) if at + 1 == uri.len() => "",
        Some(_) => "&",
    };
    format!("{uri}{glue}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(text: &str, kind: ApplicationType) -> Result<RegisteredRedirectUri, UriRefused> {
        RegisteredRedirectUri::register(text, kind)
    }

    #[test]
    fn ru9_only_safe_schemes_are_registered() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "java\tscript:x",
            " JavaScript:x",
            "myapp:/cb",
            "http://app.tld/cb",
        ] {
            assert!(register(bad, ApplicationType::Native).is_err(), "{bad}");
            assert!(register(bad, ApplicationType::Web).is_err(), "{bad}");
        }
        assert!(register("com.brand.app:/cb", ApplicationType::Native).is_ok());
        assert!(register("com.brand.app:/cb", ApplicationType::Web).is_err());
        assert!(register("https://app.tld/cb", ApplicationType::Web).is_ok());
    }

    #[test]
    fn ru3_ru4_ru11_wildcards_userinfo_and_odd_spellings_are_not_registered() {
        for bad in [
            "https://app.tld/*",
            "https://app.tld/cb/../x",
            "https://app.tld/cb/.",
            "https://u@app.tld/cb",
            "https://u:p@app.tld/cb",
            "https://@app.tld/cb",
            "https://app.tld\\@evil.tld",
            "https://app.tld/cb#f",
            "https://APP.tld/cb",
            "https://app.tld:443/cb",
            "//evil.tld/cb",
            "/cb",
            "https://app.tld/\r\nX: y",
        ] {
            assert!(register(bad, ApplicationType::Web).is_err(), "{bad}");
        }
    }

    /// Found by the properties of `tests/property/src/redirect_uri.rs`.
    #[test]
    fn br4_a_host_cannot_add_to_the_policy_of_a_page() {
        for bad in [
            "https://a;script-src.tld/",
            "https://a,b.tld/",
            "https://'self'.tld/",
            "https://=/",
            "http://;.localhost/",
            "com.app://a;b/",
        ] {
            assert!(register(bad, ApplicationType::Native).is_err(), "{bad}");
        }
        assert!(register("https://my_app.xn--80ak6aa92e.tld/", ApplicationType::Web).is_ok());
    }

    #[test]
    fn ru8_only_the_port_of_a_native_loopback_uri_varies() {
        for host in ["127.0.0.1", "[::1]"] {
            let uri = register(&format!("http://{host}/cb"), ApplicationType::Native).unwrap();
            for good in [
                format!("http://{host}/cb"),
                format!("http://{host}:1/cb"),
                format!("http://{host}:65535/cb"),
            ] {
                assert!(uri.matches(&good).is_some(), "{good}");
            }
            for bad in [
                format!("http://{host}:9/cb/"),
                format!("http://{host}:9/cb?x=1"),
                format!("https://{host}:9/cb"),
                format!("http://{host}:/cb"),
                format!("http://{host}:0/cb"),
                format!("http://{host}:99999/cb"),
                format!("http://{host}:80@evil.tld/cb"),
                format!("http://u@{host}:80/cb"),
                format!("http://{host}.evil.tld/cb"),
            ] {
                assert!(uri.matches(&bad).is_none(), "{bad}");
            }
        }
        let uri = register("http://127.0.0.1/cb", ApplicationType::Native).unwrap();
        for bad in [
            "http://localhost:9/cb",
            "http://127.1:9/cb",
            "http://0x7f.1:9/cb",
            "http://127.0.0.2:9/cb",
        ] {
            assert!(uri.matches(bad).is_none(), "{bad}");
        }
        let web = register("http://127.0.0.1:3999/cb", ApplicationType::Web).unwrap();
        assert!(web.matches("http://127.0.0.1:4000/cb").is_none());
    }

    #[test]
    fn br4_every_registrable_uri_can_be_followed_after_a_form() {
        for (uri, sources) in [
            ("https://app.tld/cb", "https://app.tld https:"),
            ("http://127.0.0.1:5173/cb", "http://127.0.0.1:5173 https:"),
            ("http://[::1]:5173/cb", "http: https:"),
            ("com.brand.app:/cb", "com.brand.app: https:"),
            ("com.brand.app://callback", "com.brand.app: https:"),
        ] {
            assert_eq!(RedirectTarget(uri.to_owned()).form_action(), sources, "{uri}");
        }
    }

    #[test]
    fn a006_a_registered_query_is_kept() {
        let uri = register("https://app.tld/cb?shop=7", ApplicationType::Web).unwrap();
        let target = uri.matches("https://app.tld/cb?shop=7").unwrap();
        assert_eq!(
            target.with_params(&[("code", "a b")]),
            "https://app.tld/cb?shop=7&code=a+b"
        );
    }
}
