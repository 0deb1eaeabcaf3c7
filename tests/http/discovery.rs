//! What an issuer says of itself, to whom, and under which host.

mod cors;
mod fields;

use std::collections::BTreeSet;

use reqwest::{Method, Response, header::HeaderMap};
use serde_json::{Value, json};

use crate::harness::{ALICE, Brand, EXCHANGE, RawAnswer, World, header_of, media_type};

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";
const JWKS: &str = "/.well-known/jwks.json";

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap())
        .collect()
}

async fn send(brand: &Brand, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = brand.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

/// Whether there is anything at a path. Where only POST is meant, a GET may be answered as if there were not.
async fn answers(brand: &Brand, path: &str) -> bool {
    for method in [Method::GET, Method::POST] {
        if send(brand, method, path, &[]).await.status() != 404 {
            return true;
        }
    }
    false
}

fn allowed_origin(headers: &HeaderMap) -> Option<&str> {
    headers
        .get("access-control-allow-origin")
        .map(|v| v.to_str().unwrap())
}

#[tokio::test]
async fn a073_a074_every_issuer_describes_itself_under_both_names() {
    let world = World::start().await;
    for brand in [world.urbantrend(), world.northpeak()] {
        let metadata = brand.json(OPENID).await;
        assert_eq!(
            metadata["issuer"],
            brand.issuer.as_str(),
            "identical, no slash added"
        );
        assert_eq!(metadata, brand.json(OAUTH).await);
        for path in [OPENID, OAUTH] {
            let answer = send(&brand, Method::GET, path, &[]).await;
            assert_eq!(media_type(&answer), "application/json");
            assert!(!answer.headers().contains_key("set-cookie"));
            for method in [Method::POST, Method::PUT, Method::DELETE] {
                let answer = send(&brand, method, path, &[]).await;
                assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
            }
        }
        for near in [
            "/.well-known/openid-configuration/",
            "/openid-configuration",
            "/.well-known/",
        ] {
            assert_eq!(send(&brand, Method::GET, near, &[]).await.status(), 404, "{near}");
        }
    }
}

#[tokio::test]
async fn ht4_discovery_is_read_and_nothing_else() {
    let world = World::start().await;
    for path in [OPENID, OAUTH] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let answer = send(&world.urbantrend(), method, path, &[]).await;
            assert_eq!(answer.status(), 405, "{path}");
            assert!(answer.headers().contains_key("allow"));
        }
    }
}

#[tokio::test]
async fn a075_only_what_works_is_listed() {
    let world = World::start().await;
    for brand in [world.urbantrend(), world.northpeak()] {
        let metadata = brand.json(OPENID).await;
        for (name, value) in metadata.as_object().unwrap() {
            assert!(!value.is_null(), "{name}");
            assert!(value.as_array().is_none_or(|list| !list.is_empty()), "{name}");
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let uri = value.as_str().unwrap();
                let path = uri
                    .strip_prefix(&brand.issuer)
                    .unwrap_or_else(|| panic!("{name}: {uri}"));
                assert!(answers(&brand, path).await, "{name}");
            }
        }
        for (name, value) in [
            ("response_types_supported", json!(["code"])),
            ("response_modes_supported", json!(["query", "form_post"])),
            ("code_challenge_methods_supported", json!(["S256"])),
            ("request_parameter_supported", json!(true)),
            (
                "request_object_signing_alg_values_supported",
                json!(["RS256", "ES256", "PS256"]),
            ),
            ("require_signed_request_object", json!(false)),
            ("require_pushed_authorization_requests", json!(false)),
            ("request_uri_parameter_supported", json!(false)),
            ("claims_parameter_supported", json!(true)),
            ("authorization_response_iss_parameter_supported", json!(true)),
        ] {
            assert_eq!(metadata[name], value, "{name}");
        }
        assert!(metadata.get("registration_endpoint").is_none());
        let algorithms = texts(&metadata["id_token_signing_alg_values_supported"]);
        assert!(algorithms.contains(&"RS256") && !algorithms.contains(&"none"));
        let keys = brand.keys().await;
        let with_key: BTreeSet<&str> = keys.values().map(|k| k["alg"].as_str().unwrap()).collect();
        assert_eq!(algorithms.into_iter().collect::<BTreeSet<_>>(), with_key);
        let algorithms = metadata.get("token_endpoint_auth_signing_alg_values_supported");
        assert!(algorithms.is_none_or(|list| {
            let mut list = texts(list).into_iter();
            list.all(|alg| !alg.starts_with("HS") && alg != "none")
        }));
    }
}

#[tokio::test]
async fn rfc8693_a075_token_exchange_is_listed_where_an_app_may_use_it() {
    let grants = "    \"authorization_code\", \"refresh_token\", \"urn:ietf:params:oauth:grant-type:token-exchange\",\n";
    let world = World::edited(&[(grants, "    \"authorization_code\", \"refresh_token\",\n")]).await;
    for brand in [world.urbantrend(), world.northpeak()] {
        let metadata = brand.json(OPENID).await;
        assert!(!texts(&metadata["grant_types_supported"]).contains(&EXCHANGE));
    }
}

#[tokio::test]
async fn a075_every_listed_prompt_scope_and_grant_is_understood() {
    let world = World::start().await;
    let client = world.conformance();
    let metadata = client.brand.json(OPENID).await;
    for prompt in texts(&metadata["prompt_values_supported"]) {
        let request = client.authorize("openid").with("prompt", prompt);
        let page = world.browser().get(&request.url()).await;
        let silent = page.callback().get("error").map(String::as_str) == Some("login_required");
        assert!(page.has("form#phone-form") || silent, "{prompt}");
    }
    let scopes = texts(&metadata["scopes_supported"]);
    assert!(scopes.contains(&"openid") && !scopes.contains(&"trail.log.read"));
    for scope in scopes {
        let request = client.authorize(scope);
        assert!(
            world.browser().get(&request.url()).await.has("form#phone-form"),
            "{scope}"
        );
    }
    for grant in texts(&metadata["grant_types_supported"]) {
        let fields = vec![("grant_type".to_owned(), grant.to_owned())];
        let body: Value = client.token(&world, fields).await.json().await.unwrap();
        // The rest is missing, or the client may not.
        assert_ne!(body["error"], "unsupported_grant_type", "{grant}");
        assert!(body["error"].is_string(), "{grant}");
    }
}

#[tokio::test]
async fn a076_te4_keys_are_public_distinct_and_of_one_brand() {
    let world = World::start().await;
    let (urbantrend, northpeak) = (world.urbantrend(), world.northpeak());
    let mut moduli = BTreeSet::new();
    let mut kids = BTreeSet::new();
    for brand in [&urbantrend, &northpeak] {
        let document = brand.json(JWKS).await;
        for key in document["keys"].as_array().unwrap() {
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(key.get(private).is_none(), "{private} of {}", key["kid"]);
            }
            assert_eq!(key["use"], "sig");
            assert!(key["alg"].is_string());
            assert!(kids.insert(key["kid"].as_str().unwrap().to_owned()), "kid twice");
            let material = key.get("n").or_else(|| key.get("x")).unwrap().as_str().unwrap();
            assert!(moduli.insert(material.to_owned()), "one key under two names");
            // 2048 bits are 342 base64url characters.
            assert!(key["kty"] != "RSA" || material.len() >= 342);
        }
    }
    let client = world.conformance();
    let tokens = client.tokens(&world, &mut world.browser(), "openid", ALICE).await;
    let (here, there) = (urbantrend.keys().await, northpeak.keys().await);
    for token in [tokens.id.as_deref().unwrap(), &tokens.access] {
        if token.split('.').count() != 3 {
            // a090 wants an access token to be a JWT; here it is enough that every JWT has its key.
            continue;
        }
        let header = header_of(token);
        let kid = header["kid"].as_str().unwrap();
        assert_eq!(here[kid]["alg"], header["alg"]);
        assert!(!there.contains_key(kid));
    }
}

/// One GET with these lines after the request line.
async fn get(world: &World, target: &str, lines: &[String]) -> RawAnswer {
    let first = format!("GET {target} HTTP/1.1");
    let mut all = vec![first.as_bytes()];
    all.extend(lines.iter().map(String::as_bytes));
    world.raw(&all).await
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the API gives each answer an id; functions/tests has a spoofed host"
)]
async fn te5_only_the_host_itself_says_which_brand() {
    let world = World::start().await;
    let own = format!("{}:{}", world.host("auth.urbantrend.localhost"), world.port());
    let north = format!("{}:{}", world.host("auth.northpeak.localhost"), world.port());
    let host = format!("Host: {own}");
    for path in [OPENID, JWKS] {
        let clean = get(&world, path, std::slice::from_ref(&host)).await;
        assert_eq!(clean.status, 200);
        for spoof in [
            format!("X-Forwarded-Host: {north}"),
            "X-Forwarded-Proto: https".to_owned(),
            "X-Forwarded-Port: 443".to_owned(),
            "X-Forwarded-Prefix: /evil".to_owned(),
            format!("Forwarded: host={north};proto=https"),
            "X-Original-URL: /oauth2/token".to_owned(),
            "X-Rewrite-URL: /oauth2/token".to_owned(),
            format!("X-Host: {north}"),
            "X-HTTP-Method-Override: POST".to_owned(),
        ] {
            let answer = get(&world, path, &[host.clone(), spoof.clone()]).await;
            assert_eq!(
                (answer.headers, answer.body),
                (clean.headers.clone(), clean.body.clone()),
                "{spoof}"
            );
        }
        let upper = format!("Host: {}", own.to_ascii_uppercase());
        for (target, line) in [(path.to_owned(), &upper), (format!("http://{own}{path}"), &host)] {
            let answer = get(&world, &target, std::slice::from_ref(line)).await;
            assert_eq!(
                (answer.headers, answer.body),
                (clean.headers.clone(), clean.body.clone()),
                "{target}"
            );
        }
    }
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the API sorts hosts out before a function is asked"
)]
async fn te5_an_unknown_or_doubtful_host_is_nobody() {
    let world = World::start().await;
    let port = world.port();
    let own = format!("auth.urbantrend.localhost:{port}");
    let line = |host: &str| vec![format!("Host: {host}")];
    let twice = |second: &str| vec![format!("Host: {own}"), format!("Host: {second}")];
    for (target, lines) in [
        (OPENID.to_owned(), line(&format!("evil.example:{port}"))),
        (OPENID.to_owned(), line("auth.urbantrend.localhost")),
        (OPENID.to_owned(), line("auth.urbantrend.localhost:1")),
        (
            OPENID.to_owned(),
            line(&format!("auth.urbantrend.localhost.:{port}")),
        ),
        (
            OPENID.to_owned(),
            line(&format!("x.auth.urbantrend.localhost:{port}")),
        ),
        (OPENID.to_owned(), line(&format!("u@{own}"))),
        (OPENID.to_owned(), line(&format!("{own}, evil.example"))),
        (OPENID.to_owned(), line("")),
        (OPENID.to_owned(), vec!["X-Forwarded-Host: x".to_owned()]),
        (OPENID.to_owned(), twice(&own)),
        (OPENID.to_owned(), twice("evil.example")),
        (
            format!("http://auth.northpeak.localhost:{port}{OPENID}"),
            line(&own),
        ),
        (format!("http://evil.example{OPENID}"), line(&own)),
        (format!("http://u@{own}{OPENID}"), line(&own)),
    ] {
        let answer = get(&world, &target, &lines).await;
        assert!(
            [400, 404, 421].contains(&answer.status),
            "{target} {lines:?}: {}",
            answer.status
        );
        assert!(
            !answer.body.contains("evil") && !answer.body.contains("issuer\":"),
            "{}",
            answer.body
        );
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(answer.header("location"), None);
    }
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the API gives each answer an id; functions/tests has a spoofed host"
)]
async fn te5_redirects_and_pages_name_no_spoofed_host() {
    let world = World::start().await;
    let url = world
        .conformance()
        .authorize("openid")
        .with("prompt", "none")
        .url();
    let path = url.strip_prefix(&world.urbantrend().issuer).unwrap().to_owned();
    let host = format!(
        "Host: {}:{}",
        world.host("auth.urbantrend.localhost"),
        world.port()
    );
    let clean = get(&world, &path, std::slice::from_ref(&host)).await;
    assert_eq!(clean.status, 303);
    let spoof = ["X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"].map(str::to_owned);
    let answer = get(&world, &path, &[std::slice::from_ref(&host), &spoof[..]].concat()).await;
    assert_eq!((answer.headers, answer.body), (clean.headers, clean.body));
    let page = get(&world, "/nothing-here", &[&[host], &spoof[..]].concat()).await;
    assert_eq!(page.status, 404);
    assert!(!page.body.contains("evil.example"));
}
