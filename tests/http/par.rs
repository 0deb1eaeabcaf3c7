//! What a client may push, who may push it, and what it is told (RFC 9126 s2).

mod callers;

use reqwest::{Method, Response};
use serde_json::Value;

use crate::harness::{Client, World, answer_header, media_type, not_cacheable, refusal};

const PAR: &str = "/oauth2/par";
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

fn is(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

/// The handle of a request that was taken, and for how many seconds it is good.
async fn kept(answer: Response) -> (String, u64) {
    assert_eq!(answer.status(), 201);
    assert_eq!(media_type(&answer), "application/json");
    not_cacheable(&answer);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    let uri = body["request_uri"].as_str().unwrap().to_owned();
    (uri, body["expires_in"].as_u64().unwrap())
}

#[tokio::test]
async fn a084_a_request_is_kept_under_a_name_nobody_can_guess() {
    let world = World::start().await;
    let client = world.conformance();
    let request = client.authorize("openid");
    let mut names = Vec::new();
    for _ in 0..2 {
        let (uri, seconds) = kept(client.push(&world, &request).await).await;
        assert!((5..=600).contains(&seconds), "{seconds}");
        let random = uri.strip_prefix(PREFIX).unwrap();
        // 22 characters of base64url are 132 bits.
        assert!(random.len() >= 22, "{uri}");
        assert!(
            random
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
        names.push(uri);
    }
    assert_ne!(names[0], names[1], "equal requests have names of their own");
}

#[tokio::test]
async fn the_operator_says_how_long_a_request_is_kept() {
    let section = "[tenants.urbantrend.policy.otp.address]";
    let policy =
        |seconds: u64| format!("[tenants.urbantrend.policy]\npushed_request = {seconds}\n\n{section}");
    for (seconds, edit) in [(60, None), (5, Some(policy(5))), (600, Some(policy(600)))] {
        let edits = edit.as_deref().map(|policy| (section, policy));
        let world = World::edited(edits.as_slice()).await;
        let client = world.conformance();
        let (_, told) = kept(client.push(&world, &client.authorize("openid")).await).await;
        assert_eq!(told, seconds);
    }
    for seconds in [0, 4, 601] {
        let line = World::refusal(&[(section, &policy(seconds))]).await;
        assert!(line.contains("policy.pushed_request"), "{line}");
    }
}

/// What the authorization endpoint answers to the same request.
async fn at_authorize(world: &World, request: &crate::harness::Authorization) -> String {
    let page = world.browser().ask(request).await;
    if page.has("main#error") {
        return "page".to_owned();
    }
    let location = page.header("location");
    let error = location
        .split(['?', '&', '#'])
        .find_map(|p| p.strip_prefix("error="));
    error.unwrap_or("taken").to_owned()
}

/// One set of checks: what is refused here is refused there, where it can be told by the same name.
async fn refused_at_both(world: &World, rows: &[(&str, &str, &str)]) {
    for (name, value, error) in rows {
        let client = world.conformance();
        let request = client.authorize("openid").with(name, value);
        let found = refusal(client.push(world, &request).await).await;
        assert_eq!(found, is(400, error), "{name}={value}");
        let there = at_authorize(world, &request).await;
        assert!(there == *error || there == "page", "{name}={value}: {there}");
    }
}

#[tokio::test]
async fn a084_every_check_of_an_authorization_request_runs_here() {
    let world = World::start().await;
    let rows = [
        ("redirect_uri", "https://evil.example/cb", "invalid_request"),
        (
            "redirect_uri",
            "http://127.0.0.1:3999/callback/",
            "invalid_request",
        ),
        ("redirect_uri", "", "invalid_request"),
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("scope", "openid\\", "invalid_scope"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("prompt", "unheard-of", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
        ("id_token_hint", "no-token", "invalid_request"),
        ("claims", "[]", "invalid_request"),
        ("claims", "{", "invalid_request"),
        ("resource", "not-absolute", "invalid_target"),
        ("resource", "https://elsewhere.example", "invalid_target"),
        ("registration", "{}", "registration_not_supported"),
    ];
    refused_at_both(&world, &rows).await;
    // RFC 7636: a public client has nothing else that binds its code.
    let spa = world.spa();
    let bare = spa.authorize("openid").without("code_challenge");
    let found = refusal(spa.push(&world, &bare).await).await;
    assert_eq!(found, is(400, "invalid_request"));
    let twice = world.conformance().authorize("openid").and("scope", "profile");
    let found = refusal(world.conformance().push(&world, &twice).await).await;
    assert_eq!(found, is(400, "invalid_request"), "a009");
    // What is unknown is ignored, what is empty is absent.
    let odd = world
        .conformance()
        .authorize("openid")
        .with("unheard_of", "1")
        .with("prompt", "");
    kept(world.conformance().push(&world, &odd).await).await;
}

/// What we refuse, or refuse so early, and the specifications leave open.
#[tokio::test]
async fn our_own_limits_of_a_request_hold_here_too() {
    let world = World::start().await;
    let (long, scopes) = ("s".repeat(2_100), "a ".repeat(51));
    let rows = [
        ("response_mode", "fragment", "invalid_request"),
        (
            "claims",
            r#"{"id_token":{"acr":{"essential":true,"value":"urn:unheard-of"}}}"#,
            "unmet_authentication_requirements",
        ),
        ("dpop_jkt", "short", "invalid_request"),
        ("scope", "", "invalid_scope"),
        ("scope", "unheard-of", "invalid_scope"),
        ("scope", &scopes, "invalid_scope"),
        ("state", &long, "invalid_request"),
        ("nonce", &long, "invalid_request"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
    ];
    refused_at_both(&world, &rows).await;
}

#[tokio::test]
async fn a085_a_request_uri_cannot_be_pushed() {
    let world = World::start().await;
    let client = world.conformance();
    let (uri, _) = kept(client.push(&world, &client.authorize("openid")).await).await;
    for value in [&uri, "https://evil.example/request.jwt", "urn:x"] {
        for request in [
            client.authorize("openid").with("request_uri", value),
            client
                .authorize("openid")
                .naming(&client.id, "request_uri", value),
        ] {
            let (status, error) = refusal(client.push(&world, &request).await).await;
            assert_eq!(status, 400, "{value}");
            // RFC 9126 s2.1 says that it is refused, not by which name.
            assert!(
                ["invalid_request", "request_uri_not_supported"].contains(&error.as_str()),
                "{value}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn a085_ht4_any_other_method_is_405() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let query = format!("{PAR}?client_id=spa-demo&response_type=code");
        let answer = brand.request(method.clone(), &query).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
        assert_eq!(answer_header(&answer, "allow"), "POST, OPTIONS", "{method}");
        not_cacheable(&answer);
    }
}

#[tokio::test]
async fn a085_only_a_form_is_read() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let form = "client_id=spa-demo&response_type=code";
    for content_type in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        let request = brand.request(Method::POST, PAR).body(form);
        let answer = request.header("content-type", content_type).send().await.unwrap();
        assert_eq!(
            refusal(answer).await,
            is(400, "invalid_request"),
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn ht1_ht2_what_is_too_large_or_malformed_is_refused() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let post = async |body: String| {
        let request = brand.request(Method::POST, PAR).body(body);
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .send()
            .await
            .unwrap()
    };
    let spa = world.spa().authorize("openid");
    let form = spa.url().split_once('?').unwrap().1.to_owned();
    assert_eq!(post(form.clone()).await.status(), 201);
    assert_eq!(
        post(format!("{form}&x={}", "x".repeat(70_000))).await.status(),
        413
    );
    for (what, more) in [
        ("100 parameters", "&a=1".repeat(100)),
        (
            "a long list of languages",
            format!("&ui_locales={}", "x".repeat(2_049)),
        ),
        ("a long hint", format!("&login_hint={}", "x".repeat(2_049))),
        ("a long list of acr", format!("&acr_values={}", "x".repeat(2_049))),
        (
            "a large request",
            format!(
                "&claims=%7B%22userinfo%22:%7B%22{}%22:null%7D%7D",
                "x".repeat(9_000)
            ),
        ),
        ("%zz", "&x=%zz".to_owned()),
        ("NUL", "&x=%00".to_owned()),
        ("no UTF-8", "&x=%c0%af".to_owned()),
    ] {
        let found = refusal(post(format!("{form}{more}")).await).await;
        assert_eq!(found, is(400, "invalid_request"), "{what}");
    }
}

/// The number in `login_hint` and the token in `id_token_hint` stay ours.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn st7_what_was_pushed_is_not_in_the_files() {
    let world = World::start().await;
    let client = world.conformance();
    let request = client
        .authorize("openid")
        .with("login_hint", "+447700900101")
        .with("state", "a-state-to-look-for");
    let (uri, _) = kept(client.push(&world, &request).await).await;
    let files = std::fs::read_dir(world.data())
        .unwrap()
        .map(|f| f.unwrap().path());
    let bytes: Vec<u8> = files
        .filter(|f| f.is_file())
        .flat_map(|f| std::fs::read(f).unwrap())
        .collect();
    let holds = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(holds("pushed_requests"), "the search works");
    for secret in [&uri, &uri[PREFIX.len()..], "7700900101", "a-state-to-look-for"] {
        assert!(!holds(secret), "{secret}");
    }
}

/// Whoever has a secret, a key or a public name.
fn callers(world: &World) -> [Client; 4] {
    [world.conformance(), world.shopease(), world.fapi(), world.spa()]
}
