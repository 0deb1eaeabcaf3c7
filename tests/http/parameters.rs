//! Odd, repeated, empty and unknown parameters at every endpoint that takes a form.

use reqwest::{Method, Response};
use serde_json::Value;

use crate::harness::{Brand, World, answer_header, basic};

/// The endpoints that a client calls itself, each with every parameter it reads.
const CALLS: [(&str, &[&str]); 4] = [
    (
        "/oauth2/token",
        &[
            "grant_type",
            "code",
            "redirect_uri",
            "code_verifier",
            "refresh_token",
            "scope",
            "resource",
            "client_id",
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
        ],
    ),
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
