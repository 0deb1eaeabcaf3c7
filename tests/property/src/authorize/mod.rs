//! Authorization requests as a whole, the `claims` parameter among them (RFC 6749 s4.1.1, Core s3.1.2.1, s5.5).

pub(crate) mod world;

use std::{collections::BTreeMap, sync::Arc};

use futures_util::FutureExt;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use symbolon::{
    endpoints::Endpoint,
    keyring::Purpose,
    model::{AuthorizationRequest, Errand, Transaction},
    types::TenantId,
};

use self::world::{CALLBACK, authorize};
use crate::sealed::{Derived, keyring};

/// A request with nothing wrong about it.
const GOOD: &str = "client_id=app&redirect_uri=https%3A%2F%2Fapp.tld%2Fcb&response_type=code&scope=openid+email\
                    &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

/// The value of `claims`, and below it what the query has besides; or all of the query, after a question mark.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let [claims, rest] = crate::lines(text);
    let query = match rest.strip_prefix('?') {
        Some(whole) => whole.to_owned(),
        None if claims.is_empty() => format!("{GOOD}&{rest}"),
        None => {
            let claims: String = form_urlencoded::byte_serialize(claims.as_bytes()).collect();
            format!("{GOOD}&claims={claims}&{rest}")
        }
    };
    answers(data, &query, None);
}

/// The endpoint answers this query by what was sent: in it, or in the request object that it holds.
pub(crate) fn answers(data: &[u8], query: &str, signed: Option<Sent>) -> bool {
    let request = http::Request::get(format!("/oauth2/auth?{query}")).header(header::HOST, "a.tld");
    let Ok(request) = request.body(Vec::new().into()) else {
        return false;
    };
    let sent = signed.unwrap_or_else(|| Sent::of(request.uri().query().unwrap_or_default()));
    let ring = Arc::new(keyring(data));
    let endpoint = authorize(ring.clone(), Derived::of(data));
    let response = endpoint.handle(request).now_or_never().unwrap();
    let to = response
        .headers()
        .get(header::LOCATION)
        .map(|to| to.to_str().unwrap());
    match (response.status(), to) {
        (StatusCode::SEE_OTHER, Some(to)) if to.starts_with("/login?tx=") => {
            let open =
                |sealed: &str| ring.open::<Transaction>(&TenantId::new("a"), Purpose::Transaction, sealed);
            let transaction = set(response.headers()).find_map(open).unwrap();
            match transaction.errand {
                Errand::Authorization(asked) => is_what_was_asked(&asked, &sent),
                Errand::Account | Errand::Device(_) | Errand::Transfer(_) => {
                    panic!("a partner asked, and nobody else")
                }
            }
        }
        (StatusCode::SEE_OTHER, Some(to)) => is_told_to_the_partner(to, &sent),
        (StatusCode::OK, None) => {
            let page = String::from_utf8(response.body().to_vec()).unwrap();
            // Of a repeated one the first: the error has to travel in some way.
            assert_eq!(sent.0["response_mode"][0], "form_post");
            assert!(page.contains(&format!("action=\"{CALLBACK}\"")), "{page}");
        }
        (status, None) => assert!(status.is_client_error(), "{status}"),
        (status, Some(to)) => panic!("{status} to {to}"),
    }
    to.is_some_and(|to| to.starts_with("/login"))
}

/// What the request says, to another reader.
pub(crate) struct Sent(pub(crate) BTreeMap<String, Vec<String>>);

impl Sent {
    fn of(query: &str) -> Self {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
            all.entry(name).or_default().push(value);
        }
        Self(all)
    }

    /// The value of a parameter that is there once and not empty.
    fn one(&self, name: &str) -> Option<&str> {
        match self.0.get(name).map(Vec::as_slice) {
            Some([value]) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// The members of one part of `claims`.
    fn claims(&self, part: &str) -> Vec<String> {
        let claims = self
            .one("claims")
            .and_then(|text| serde_json::from_str::<Value>(text).ok());
        let named = claims.as_ref().and_then(|claims| claims[part].as_object());
        named
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    }
}

/// The values of the cookies that are set.
fn set(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let cookies = headers.get_all(header::SET_COOKIE).into_iter();
    let pairs = cookies.filter_map(|cookie| cookie.to_str().unwrap().split(';').next());
    pairs.map(|pair| pair.split_once('=').unwrap().1)
}

/// Nothing is asked that was not sent, nothing is forgotten that binds, and nothing repeated got through.
fn is_what_was_asked(asked: &AuthorizationRequest, sent: &Sent) {
    assert!(
        sent.0
            .iter()
            .all(|(name, values)| name == "resource" || values.len() == 1)
    );
    assert_eq!(
        (asked.client.as_str(), asked.redirect_uri.as_str()),
        ("app", CALLBACK)
    );
    assert_eq!(
        (sent.one("client_id"), sent.one("redirect_uri")),
        (Some("app"), Some(CALLBACK))
    );
    assert_eq!(sent.one("response_type"), Some("code"));
    assert_eq!(
        (asked.state.as_deref(), asked.nonce.as_deref()),
        (sent.one("state"), sent.one("nonce"))
    );
    assert_eq!(
        asked.challenge.map(String::from).as_deref(),
        sent.one("code_challenge")
    );
    assert_eq!(sent.one("code_challenge_method"), Some("S256"));
    let scopes: Vec<&str> = sent.one("scope").unwrap().split(' ').collect();
    assert!(!asked.scope.is_empty() && asked.scope.iter().all(|scope| scopes.contains(&scope.as_str())));
    for (part, claims) in [
        ("id_token", &asked.claims.id_token),
        ("userinfo", &asked.claims.userinfo),
    ] {
        let named = sent.claims(part);
        assert!(
            claims.iter().all(|name| named.contains(name)),
            "{claims:?} of {named:?}"
        );
    }
    let wanted = |part: &str| sent.claims(part).iter().any(|name| name == "sub");
    assert!(asked.subject_hint.is_none() || wanted("id_token") || wanted("userinfo"));
    assert_eq!(
        asked.max_age.map(|age| age.to_string()).is_some(),
        sent.one("max_age").is_some()
    );
    assert!(
        asked
            .resources
            .iter()
            .all(|resource| sent.0["resource"].contains(resource))
    );
    for unread in ["request", "request_uri", "registration"] {
        assert_eq!(sent.one(unread), None);
    }
}

/// An error goes to the registered page and nowhere else, with the state that was sent and with `iss` (RFC 9207).
fn is_told_to_the_partner(to: &str, sent: &Sent) {
    let answer = to
        .strip_prefix(CALLBACK)
        .and_then(|rest| rest.strip_prefix('?'))
        .unwrap();
    assert_eq!(sent.one("redirect_uri"), Some(CALLBACK));
    let answer = Sent::of(answer);
    assert!(answer.one("error").is_some() && answer.one("code").is_none());
    assert_eq!(answer.one("iss"), Some("https://a.tld"));
    assert_eq!(answer.one("state"), sent.one("state"));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is said of every taken one would be said of none otherwise.
    #[test]
    fn a001_a_good_request_is_taken() {
        assert!(answers(b"", GOOD, None));
    }

    proptest! {
        #![proptest_config(crate::quick(256))]

        #[test]
        fn a034_no_claim_is_asked_that_was_not_named(
            part in "id_token|userinfo|x", name in "email|sub|acr|name|[a-c]",
            wish in "null|\\{\\}|1|\\[\\]|\\{\"(essential|value|values)\":(true|\"a\"|\\[\"a\"\\]|\\[\"a\",\"b\"\\]|null)\\}",
            cut in prop::option::of(0..40_usize),
        ) {
            let mut claims = format!(r#"{{"{part}":{{"{name}":{wish},"email":null}}}}"#);
            claims.truncate(cut.unwrap_or(claims.len()));
            holds(claims.as_bytes());
        }

        #[test]
        fn a009_a_request_is_what_was_sent_or_an_error(
            rest in "((state|nonce|prompt|max_age|resource|response_mode|client_id|redirect_uri|ui_locales|claims|request|login_hint)\
                     =(login|none|[0-9]{1,3}|https://loyalty.a.tld|form_post|query|%[0-9a-f]{2}|[a-c+]{0,3}|app|a&b)&?){0,4}",
        ) {
            holds(format!("\n{rest}").as_bytes());
            holds(format!("\n?{rest}").as_bytes());
        }
    }
}
