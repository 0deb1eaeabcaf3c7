//! `redirect_uri`: what is registered, and what of a request is the same (RFC 9700 s2.1, RFC 8252 s7.3).

use symbolon::types::{ApplicationType, RedirectTarget, RegisteredRedirectUri};
use url::{Host, Url};

/// A URI to register, and below it one a request asks for.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let [registered, requested] = crate::lines(text);
    for kind in [ApplicationType::Web, ApplicationType::Native] {
        let Ok(uri) = RegisteredRedirectUri::register(registered, kind) else {
            continue;
        };
        let url = Url::parse(registered).unwrap();
        is_safe(&uri, &url, kind);
        let own = uri.matches(registered).unwrap();
        assert_eq!(own.as_str(), registered);
        leads_back(&own);
        if let Some(target) = uri.matches(requested) {
            assert_eq!(target.as_str(), requested);
            is_the_same(registered, requested, kind);
            leads_back(&target);
        } else {
            assert_ne!(requested, registered);
        }
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn is_safe(uri: &RegisteredRedirectUri, url: &Url, kind: ApplicationType) {
    let text = uri.as_str();
    assert!(text.len() <= 512 && text.bytes().all(|b| b.is_ascii_graphic()));
    assert!(!text.contains(['#', '*', '\\', '"', '<', '>']));
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    match url.scheme() {
        "https" => assert!(url.host().is_some()),
        "http" => assert!(is_this_machine(url)),
        scheme => assert!(kind == ApplicationType::Native && scheme.contains('.')),
    }
}

/// Equal bytes; or, for a native app on this machine, all but the port (RFC 8252 s7.3).
fn is_the_same(registered: &str, requested: &str, kind: ApplicationType) {
    if registered == requested {
        return;
    }
    assert_eq!(kind, ApplicationType::Native);
    let [mut one, mut two] = [registered, requested].map(|text| Url::parse(text).unwrap());
    assert!(one.scheme() == "http" && matches!(one.host(), Some(Host::Ipv4(_) | Host::Ipv6(_))));
    assert!(is_this_machine(&one) && is_this_machine(&two));
    for url in [&mut one, &mut two] {
        url.set_port(None).unwrap();
    }
    assert_eq!(one, two);
    let rest = |text: &str| text.splitn(4, '/').nth(3).map(str::to_owned);
    assert_eq!(rest(registered), rest(requested));
}

/// An answer reaches the very page, adds to its query and nothing else, and no policy is broken by its name.
fn leads_back(target: &RedirectTarget) {
    let answer = target.with_params(&[("code", "a b&c#d"), ("state", "é")]);
    assert!(answer.starts_with(target.as_str()) && answer.is_ascii());
    let [own, answered] = [target.as_str(), &answer].map(|text| Url::parse(text).unwrap());
    assert_eq!(
        own.origin().ascii_serialization(),
        answered.origin().ascii_serialization()
    );
    assert_eq!((own.host(), own.path()), (answered.host(), answered.path()));
    assert_eq!(answered.fragment(), None);
    let added = [("code", "a b&c#d"), ("state", "é")].map(|(n, v)| (n.into(), v.into()));
    let expected: Vec<_> = own.query_pairs().chain(added).collect();
    assert_eq!(answered.query_pairs().collect::<Vec<_>>(), expected);
    let policy = target.form_action();
    assert!(policy.ends_with(" https:"), "{policy}");
    let source = |c: char| c.is_ascii_alphanumeric() || "+-._~:/[]".contains(c);
    assert!(
        policy.split(' ').count() == 2 && policy.replace(' ', "").chars().all(source),
        "{policy}"
    );
    assert!(!target.display_host().is_empty());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NATIVE: &str =
        "http://(127\\.0\\.0\\.1|\\[::1\\]|127\\.1|localhost)(:[0-9]{0,6})?/?[a-c]?(\\?[a=&]{0,3})?";

    proptest! {
        #![proptest_config(crate::quick(1024))]

        #[test]
        fn ru8_only_a_port_may_differ(registered in NATIVE, requested in NATIVE) {
            holds(format!("{registered}\n{requested}").as_bytes());
            holds(format!("{registered}\n{registered}").as_bytes());
        }

        #[test]
        fn ru9_what_is_registered_is_safe(
            scheme in "https|http|com\\.app|javascript|x\\.y", host in "(//?[a-z;,.@%-]{0,6}(\\.tld|\\.localhost|\\[::1\\]|127\\.0\\.0\\.1))?",
            rest in "(:[0-9]{0,4})?[/?][a-z./%;&=#]{0,6}",
        ) {
            holds(format!("{scheme}:{host}{rest}\n{scheme}:{host}").as_bytes());
        }

        #[test]
        fn ru1_nothing_near_a_web_uri_is_it(query in "(\\?[a=&+]{0,4})?", before in "[a ./]?", after in "[a ./?&#\u{0}]?") {
            let uri = format!("https://app.tld/cb{query}");
            holds(format!("{uri}\n{before}{uri}{after}").as_bytes());
        }
    }
}
