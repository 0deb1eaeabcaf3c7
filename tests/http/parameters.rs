//! Odd, repeated, empty and unknown parameters at every endpoint that takes a form.

use reqwest::{Method, Response};
use serde_json::Value;
use url::form_urlencoded;

use crate::harness::{ALICE, Brand, World, answer_header, basic, refusal};

/// The endpoints that a client calls itself, each with every parameter it reads.
const CALLS: [(&str, &[&str]); 5] = [
    (
        "/oauth2/token",
        &[
            "grant_type",
            "code",
            "redirect_uri",
            "code_verifier",
            "refresh_token",
            "device_code",
            "scope",
            "resource",
            "client_id",
            "client_secret",
            "client_assertion",
            "client_assertion_type",
        ],
    ),
    (
        "/oauth2/par",
        &[
            "response_type",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "prompt",
            "max_age",
            "claims",
            "resource",
            "request",
            "request_uri",
            "id_token_hint",
            "response_mode",
            "acr_values",
            "login_hint",
            "ui_locales",
            "dpop_jkt",
            "registration",
        ],
    ),
    ("/oauth2/device/auth", &["scope", "resource", "client_id"]),
    ("/oauth2/revoke", &["token", "token_type_hint"]),
    ("/oauth2/introspect", &["token", "token_type_hint"]),
];

/// What a careless reader trips over.
const ODD: [&str; 9] = [
    "<script>alert(1)</script>",
    "\"\\\r\nx-injected: 1",
    "' OR 1=1 --",
    "../../etc/passwd",
    "\u{202e}\u{0}",
    "🦀",
    "[object Object]",
    "-1",
    "%25%00",
];

async fn post(brand: &Brand, path: &str, fields: &[(&str, &str)]) -> Response {
    let request = brand.request(Method::POST, path).form(fields);
    let credentials = basic("conformance:conformance-demo-secret");
    request.header("authorization", credentials).send().await.unwrap()
}

/// A JSON error in fixed words: nothing of what was sent, nothing that a header or a log could trip over.
async fn is_plain(answer: Response, case: &str, sent: &str) {
    let status = answer.status();
    assert!(!status.is_server_error(), "{case}: {status}");
    assert_eq!(
        answer_header(&answer, "content-type"),
        "application/json",
        "{case}"
    );
    assert_eq!(
        answer_header(&answer, "x-content-type-options"),
        "nosniff",
        "{case}"
    );
    assert!(!answer.headers().contains_key("x-injected"), "{case}");
    let text = answer.text().await.unwrap();
    assert!(
        !text.contains(sent) || sent == "-1",
        "{case} is reflected: {text}"
    );
    let body: Value = serde_json::from_str(&text).unwrap();
    let plain = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
    let description = body["error_description"].as_str().unwrap_or_default();
    assert!(description.chars().all(plain), "{case}: {description}");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the emulator answers some odd bodies itself")]
async fn in3_odd_values_are_answered_in_fixed_words() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for (path, names) in CALLS {
        for name in names {
            for odd in ODD {
                let answer = post(&brand, path, &[(name, odd)]).await;
                if answer.status().is_success() && answer_header(&answer, "content-type").is_empty() {
                    // RFC 7009 s2.2: an unknown token is revoked as it is.
                    assert_eq!(path, "/oauth2/revoke");
                    continue;
                }
                is_plain(answer, &format!("{path} {name}={odd:?}"), odd).await;
            }
        }
    }
}

#[tokio::test]
async fn ht3_a_parameter_sent_twice_is_an_invalid_request_everywhere() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for (path, names) in CALLS {
        for name in names.iter().filter(|name| **name != "resource") {
            // Even where both say the same, and where one says nothing.
            for values in [("x", "x"), ("x", "y"), ("", "x")] {
                let answer = post(&brand, path, &[(name, values.0), (name, values.1)]).await;
                assert_eq!(answer.status(), 400, "{path} {name} {values:?}");
                let body: Value = answer.json().await.unwrap();
                assert_eq!(body["error"], "invalid_request", "{path} {name} {values:?}");
            }
        }
    }
}

/// What browsers and APIs bring: a page or a challenge says so, and nothing was done.
#[tokio::test]
async fn ht3_a_parameter_sent_twice_is_refused_where_no_client_calls() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let tokens = client.tokens(&world, &mut browser, "openid", ALICE).await;
    let hint = tokens.id.unwrap();
    for (name, value) in [
        ("id_token_hint", hint.as_str()),
        ("client_id", "conformance"),
        ("post_logout_redirect_uri", "http://127.0.0.1:3999/signed-out"),
        ("state", "x"),
        ("logout_hint", "x"),
        ("ui_locales", "en"),
    ] {
        let twice = [("id_token_hint", hint.as_str()), (name, value), (name, value)];
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&twice)
            .finish();
        let address = format!("{}/oauth2/sessions/logout?{query}", client.brand.issuer);
        let page = browser.get(&address).await;
        assert_eq!(
            (page.status.as_u16(), page.error()),
            (400, "invalid_request".to_owned()),
            "{name}"
        );
    }
    let twice = [("access_token", &tokens.access), ("access_token", &tokens.access)];
    let request = client.brand.request(Method::POST, "/userinfo").form(&twice);
    let found = refusal(request.send().await.unwrap()).await;
    assert_eq!(found, (400, "invalid_request".to_owned()));
    assert_eq!(
        client.userinfo(&tokens.access).await.status(),
        200,
        "nobody was signed out"
    );
}

#[tokio::test]
async fn ht3_a009_every_parameter_of_an_authorization_request_is_sent_once() {
    let world = World::start().await;
    let good = world.conformance().authorize("openid");
    for name in CALLS[1].1.iter().filter(|name| **name != "resource") {
        for (first, second) in [("x", "x"), ("", "x")] {
            let request = good.clone().with(name, first).and(name, second);
            let page = world.browser().ask(&request).await;
            if ["redirect_uri", "client_id"].contains(name) {
                page.assert_error_page("invalid_request", &request.params);
            } else if *name == "state" {
                page.assert_refusal("invalid_request", &request.without("state"));
            } else {
                page.assert_refusal("invalid_request", &request);
            }
        }
    }
}

#[tokio::test]
async fn ht3_empty_is_absent_and_unknown_is_ignored_everywhere() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for (path, names) in CALLS {
        let bare = post(&brand, path, &[]).await;
        let bare = (bare.status(), bare.text().await.unwrap());
        for name in names {
            let empty = post(&brand, path, &[(name, "")]).await;
            assert_eq!(
                (empty.status(), empty.text().await.unwrap()),
                bare,
                "{path} {name}"
            );
        }
        let unknown = post(&brand, path, &[("utm_source", "x"), ("Grant_Type", "x")]).await;
        assert_eq!((unknown.status(), unknown.text().await.unwrap()), bare, "{path}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "starts servers of its own")]
async fn a094_registration_refuses_what_no_browser_may_be_sent_to() {
    let uri = "http://127.0.0.1:3999/callback";
    for (refused, why) in [
        ("https://app.example/cb#part", "has a fragment"),
        (
            "http://app.example/cb",
            "uses http for a host that is not this machine",
        ),
        ("https://user@app.example/cb", "has user information"),
        ("https://*.app.example/cb", "has a character that is not allowed"),
        ("javascript:alert(1)", "uses a scheme"),
    ] {
        let line = World::refusal(&[(uri, refused)]).await;
        assert!(line.contains("conformance.redirect_uris[1]: "), "{line}");
        assert!(line.contains(why), "{line}");
    }
    // Partners are registered by the operator; nobody registers himself.
    let world = World::start().await;
    let metadata = world.urbantrend().json("/.well-known/openid-configuration").await;
    assert!(metadata.get("registration_endpoint").is_none());
    let answer = post(&world.urbantrend(), "/oauth2/register", &[]).await;
    assert_eq!(answer.status(), 404);
}
