//! Where an answer may go. Everything that is not byte for byte a registered URI ends on a page.

mod query;

use crate::harness::{Authorization, Client, World};

/// Asks with each URI in place of the registered one, also silently, and expects the page every time.
async fn all_are_pages(client: &Client, world: &World, uris: &[&str]) {
    for uri in uris {
        for prompt in ["", "none"] {
            let request = client
                .authorize("openid")
                .with("redirect_uri", uri)
                .with("prompt", prompt);
            let page = world.browser().ask(&request).await;
            page.assert_error_page("invalid_redirect_uri", &request.params);
        }
    }
}

/// Whether a request is taken: the browser is sent to the sign-in page.
async fn is_taken(world: &World, request: &Authorization) -> bool {
    let page = world.browser().get(&request.url()).await;
    page.has("form#phone-form")
}

#[tokio::test]
async fn a002_ru1_an_unregistered_uri_is_a_page() {
    let world = World::start().await;
    let fashionboard = world.url("fashionboard.localhost", "/callback");
    let shopease = world.url("shopease.localhost", "/callback");
    let conformance = [
        "https://evil.example/callback",
        "https://localhost.emobix.co.uk:8443/test/a/symbolon/other",
        "https://localhost.emobix.co.uk/test/a/symbolon/callback",
        "http://127.0.0.1:3999/",
        "http://127.0.0.1:3999",
        // A post-logout URI is not a redirect URI.
        "http://127.0.0.1:3999/signed-out",
        &fashionboard,
        &shopease,
    ];
    all_are_pages(&world.conformance(), &world, &conformance).await;
    let issuer = world.urbantrend().issuer;
    all_are_pages(&world.fashionboard(), &world, &[&shopease, &issuer, "/callback"]).await;
}

#[tokio::test]
async fn a002_a_uri_of_the_same_client_name_at_another_brand_is_a_page() {
    let there = "http://127.0.0.1:3998/north";
    let until =
        "client_secret = \"conformance-north-secret\"\nrefresh_token_rotation = true\nredirect_uris = [";
    let world = World::edited(&[(until, &format!("{until}\"{there}\","))]).await;
    let at_home = world.conformance_north().authorize("openid");
    assert!(is_taken(&world, &at_home.with("redirect_uri", there)).await);
    let trailmix = world.url("trailmix.localhost", "/callback");
    all_are_pages(&world.conformance(), &world, &[there, &trailmix]).await;
}

#[tokio::test]
async fn a003_comparison_is_byte_for_byte() {
    let world = World::start().await;
    let uris = [
        "http://127.0.0.1:3999/callback?",
        "http://127.0.0.1:3999/callback?x=1",
        "http://127.0.0.1:3999/callback#",
        "http://127.0.0.1:3999/callback#f",
        "http://127.0.0.1:3999/Callback",
        "HTTP://127.0.0.1:3999/callback",
        "http://127.0.0.1:3999/call%62ack",
        "http://127.0.0.1:03999/callback",
        "http://127.0.0.1:3999//callback",
        "http://127.0.0.1:3999/callback ",
        " http://127.0.0.1:3999/callback",
        "https://127.0.0.1:3999/callback",
        "https://LOCALHOST.emobix.co.uk:8443/test/a/symbolon/callback",
        "https://localhost.emobix.co.uk.:8443/test/a/symbolon/callback",
        "https://localhost.emobix.co.uk:8443/test/a/symbolon/callback/",
    ];
    all_are_pages(&world.conformance(), &world, &uris).await;
}

#[tokio::test]
async fn a004_a_bad_uri_beats_every_other_error() {
    let world = World::start().await;
    let faults = [
        ("response_type", ""),
        ("response_type", "token"),
        ("response_mode", "fragment"),
        ("scope", ""),
        ("scope", "unheard-of"),
        ("prompt", "none login"),
        ("max_age", "-1"),
        ("request", "e30.e30.e30"),
        ("request_uri", "https://evil.example/request"),
        ("id_token_hint", "garbage"),
        ("code_challenge_method", "plain"),
        ("code_challenge", "short"),
        ("claims", "{"),
        ("resource", "https://elsewhere.example"),
        ("dpop_jkt", "short"),
        ("registration", "{}"),
    ];
    let bad = || {
        world
            .conformance()
            .authorize("openid")
            .with("redirect_uri", "https://evil.example/cb")
    };
    for (name, value) in faults {
        let request = bad().with(name, value);
        let page = world.browser().ask(&request).await;
        page.assert_error_page("invalid_redirect_uri", &request.params);
    }
    let repeated = bad().and("state", "another-state").and("scope", "openid");
    let page = world.browser().ask(&repeated).await;
    page.assert_error_page("invalid_redirect_uri", &repeated.params);
}

#[tokio::test]
async fn a005_a_missing_uri_is_a_page_even_where_one_is_registered() {
    let world = World::start().await;
    for client in [world.fashionboard(), world.conformance(), world.spa()] {
        for scope in ["openid", "profile"] {
            let asked = client.authorize(scope);
            for request in [
                asked.clone().without("redirect_uri"),
                asked.with("redirect_uri", ""),
            ] {
                let page = world.browser().ask(&request).await;
                page.assert_error_page("invalid_redirect_uri", &request.params);
            }
        }
    }
}

#[tokio::test]
async fn ru2_neither_prefix_nor_suffix_nor_pattern_matches() {
    let world = World::start().await;
    let uris = [
        "https://localhost.emobix.co.uk:8443/test/a/symbolon/callback.evil.example",
        "https://localhost.emobix.co.uk.evil.example:8443/test/a/symbolon/callback",
        "https://localhost.emobix.co.ukevil.example:8443/test/a/symbolon/callback",
        "https://evil.localhost.emobix.co.uk:8443/test/a/symbolon/callback",
        "https://localhostXemobix.co.uk:8443/test/a/symbolon/callback",
        "https://localhost.emobix.co.uk:84433/test/a/symbolon/callback",
        "https://localhost.emobix.co.uk:8443/test/a/symbolon/callbackevil",
        "https://localhost.emobix.co.uk:8443/test/a/symbolon/callbac",
        "http://127.0.0.1:39999/callback",
        "http://127.0.0.1:399/callback",
        "http://127x0.0.1:3999/callback",
        "x-http://127.0.0.1:3999/callback",
    ];
    all_are_pages(&world.conformance(), &world, &uris).await;
}

#[tokio::test]
async fn ru3_path_tricks_are_pages() {
    let world = World::start().await;
    let base = "http://127.0.0.1:3999/callback";
    let tricks = [
        "/../x",
        "/../callback",
        "/..%2fx",
        "/..%252fx",
        "%2f..%2fx",
        "/..;/x",
        "/.",
        "/",
        "/*",
        "*",
        ";x",
        "%00",
        "%0d%0a",
    ];
    let uris: Vec<String> = tricks.iter().map(|t| format!("{base}{t}")).collect();
    let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
    all_are_pages(&world.conformance(), &world, &uris).await;
    let dots = [
        "http://127.0.0.1:3999/./callback",
        "http://127.0.0.1:3999/x/../callback",
    ];
    all_are_pages(&world.conformance(), &world, &dots).await;
}

#[tokio::test]
async fn ru4_user_information_is_a_page() {
    let world = World::start().await;
    let uris = [
        "http://127.0.0.1:3999@evil.example/callback",
        "http://127.0.0.1:3999/callback@evil.example",
        "http://x@127.0.0.1:3999/callback",
        "http://x:y@127.0.0.1:3999/callback",
        "http://@127.0.0.1:3999/callback",
    ];
    all_are_pages(&world.conformance(), &world, &uris).await;
    let native = [
        "http://127.0.0.1:80@evil.example/callback",
        "http://127.0.0.1@evil.example/callback",
        "http://x@127.0.0.1:5173/callback",
    ];
    all_are_pages(&world.spa(), &world, &native).await;
}

#[tokio::test]
async fn ru8_only_the_port_of_a_native_loopback_uri_varies() {
    let world = World::edited(&[(
        "\"http://127.0.0.1/callback\"",
        "\"http://127.0.0.1/callback\", \"http://[::1]/callback\"",
    )])
    .await;
    for host in ["127.0.0.1", "[::1]"] {
        for port in ["", ":1", ":5173", ":65535"] {
            let uri = format!("http://{host}{port}/callback");
            let request = world.spa().authorize("openid").with("redirect_uri", &uri);
            assert!(is_taken(&world, &request).await, "{uri}");
        }
        for bad in [
            format!("http://{host}:5173/callback/"),
            format!("http://{host}:5173/"),
            format!("http://{host}:5173/callback?x=1"),
            format!("http://{host}:5173/callback#f"),
            format!("https://{host}:5173/callback"),
            format!("http://{host}:/callback"),
            format!("http://{host}:0/callback"),
            format!("http://{host}:65536/callback"),
            format!("http://{host}:+80/callback"),
            format!("http://{host}:80:80/callback"),
            format!("http://{host}.evil.example:80/callback"),
        ] {
            all_are_pages(&world.spa(), &world, &[&bad]).await;
        }
    }
    let other_hosts = [
        "http://localhost:5173/callback",
        "http://127.1:5173/callback",
        "http://0x7f.1:5173/callback",
        "http://2130706433:5173/callback",
        "http://127.0.0.2:5173/callback",
        "http://0.0.0.0:5173/callback",
        "http://[::]:5173/callback",
        "http://[0:0:0:0:0:0:0:1]:5173/callback",
        "http://[::ffff:127.0.0.1]:5173/callback",
    ];
    all_are_pages(&world.spa(), &world, &other_hosts).await;
    // A web client's loopback URI is compared like any other.
    let web = ["http://127.0.0.1:4000/callback", "http://127.0.0.1/callback"];
    all_are_pages(&world.conformance(), &world, &web).await;
}

#[tokio::test]
async fn ru8_a_code_is_bound_to_the_port_it_was_asked_for() {
    let world = World::start().await;
    let client = world.spa();
    let (request, page) = client
        .code(&world, &mut world.browser(), "openid", crate::harness::ALICE)
        .await;
    assert_eq!(page.url.port(), Some(5173));
    let elsewhere = Client::public(client.brand.clone(), "spa-demo", "http://127.0.0.1:5174/callback");
    let fields = elsewhere.exchange(&page.callback()["code"], &request.verifier);
    let answer = elsewhere.token(&world, fields).await;
    assert_eq!(answer.status(), 400);
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["error"], "invalid_grant");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "is about the local start")]
async fn ru3_ru4_ru9_an_unsafe_uri_cannot_be_registered() {
    let native = "redirect_uris = [\"http://127.0.0.1/callback\"]";
    let web = "redirect_uris = [\"{scheme}://fashionboard.localhost:{port}/callback\"]";
    // Written as TOML strings, so `\\t` is a tab there.
    let for_nobody = [
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "java\\tscript:x",
        " JavaScript:x",
        "myapp:/cb",
        "https://app.example/*",
        "https://*.app.example/cb",
        "https://user@app.example/cb",
        "https://user:word@app.example/cb",
        "https://app.example/cb#f",
        "https://app.example/x/../cb",
        "https://app.example\\\\@evil.example/cb",
        "http://app.example/cb",
        "//app.example/cb",
        "/cb",
        "",
    ];
    for (client, place) in [("spa-demo", native), ("fashionboard", web)] {
        for uri in for_nobody {
            let edit = format!("redirect_uris = [\"{uri}\"]");
            let line = World::refusal(&[(place, &edit)]).await;
            assert!(
                line.contains(client) && line.contains("redirect_uris"),
                "{uri}: {line}"
            );
            assert_eq!(line.trim_end().lines().count(), 1, "{line}");
        }
    }
    let private = "redirect_uris = [\"com.brand.app:/cb\"]";
    World::refusal(&[(web, private)]).await;
    let world = World::edited(&[(native, private)]).await;
    let request = world
        .spa()
        .authorize("openid")
        .with("redirect_uri", "com.brand.app:/cb");
    assert!(is_taken(&world, &request).await);
    let others = ["com.brand.app:/cb/", "com.brand.app.evil:/cb"];
    all_are_pages(&world.spa(), &world, &others).await;
}

#[tokio::test]
async fn ru11_parser_confusion_is_a_page_and_adds_no_header() {
    let world = World::start().await;
    let uris = [
        "https://localhost.emobix.co.uk:8443\\@evil.example/test/a/symbolon/callback",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "http:/127.0.0.1:3999/callback",
        "http:\\\\127.0.0.1:3999\\callback",
        "http://127.0.0.1:3999/callback\r\nx-injected: yes",
        "http://127.0.0.1:3999/callback\n",
        "http://127.0.0.1:3999\t/callback",
        "http://127.0.0.1:3999/callback\u{2028}",
        "http://127。0。0。1:3999/callback",
    ];
    all_are_pages(&world.conformance(), &world, &uris).await;
    let request = world.conformance().authorize("openid");
    let request = request.with(
        "redirect_uri",
        "http://127.0.0.1:3999/callback\r\nx-injected: yes",
    );
    let answer = world.browser().ask(&request).await;
    assert!(!answer.headers.contains_key("x-injected"));
}

#[tokio::test]
async fn a009_ru12_a_repeated_uri_or_client_is_a_page() {
    let world = World::start().await;
    let good = world.conformance().authorize("openid");
    let uri = good.get("redirect_uri").to_owned();
    for (name, second) in [
        ("redirect_uri", "https://evil.example/cb"),
        ("redirect_uri", uri.as_str()),
        ("redirect_uri", ""),
        ("client_id", "conformance"),
        ("client_id", "fashionboard"),
        ("client_id", ""),
    ] {
        let first = good.get(name).to_owned();
        for request in [
            good.clone().and(name, second),
            good.clone().with(name, second).and(name, &first),
        ] {
            let page = world.browser().ask(&request).await;
            page.assert_error_page("invalid_request", &request.params);
        }
    }
}

#[tokio::test]
async fn a009_ru12_one_uri_in_the_query_and_one_in_the_body_are_two() {
    let world = World::start().await;
    let good = world.conformance().authorize("openid");
    let url = url::Url::parse(&good.url()).unwrap();
    for name in ["redirect_uri", "client_id"] {
        let body = [(name.to_owned(), good.get(name).to_owned())];
        let page = world
            .browser()
            .once(reqwest::Method::POST, &url, Some(&body))
            .await;
        page.assert_error_page("invalid_request", &good.params);
    }
}
