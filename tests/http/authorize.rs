//! What an authorization request must look like, and how a wrong one is answered.

use reqwest::Method;
use url::Url;

use crate::harness::{Authorization, TEST_MEMBER, World};

/// Every change to a good request of the conformance client, and the error it earns by redirect.
async fn each_is_refused(world: &World, changes: &[(&str, &str, &str)]) {
    for (name, value, error) in changes {
        let mut request = world.conformance().authorize("openid").with(name, value);
        if *name == "scope" {
            // A nonce is for an ID token.
            request = request.without("nonce");
        }
        let answer = world.browser().ask(&request).await;
        answer.assert_refusal(error, &request);
        // A POST is answered the same way.
        let mut url = Url::parse(&request.url()).unwrap();
        url.set_query(None);
        let posted = world
            .browser()
            .once(Method::POST, &url, Some(&request.params))
            .await;
        posted.assert_refusal(error, &request);
    }
}

/// Whether a request is taken: the browser is sent to the sign-in page.
async fn is_taken(world: &World, request: &Authorization) -> bool {
    world.browser().get(&request.url()).await.has("form#phone-form")
}

#[tokio::test]
async fn a001_unknown_client_is_a_page() {
    let world = World::start().await;
    let good = world.conformance().authorize("openid");
    let long = "c".repeat(2_000);
    for id in [
        "nobody-of-this-name",
        "",
        "Conformance",
        "conformance ",
        "trailmix",
        "../conformance",
        "conformance#",
        "' OR 1=1 --",
        &long,
        "confоrmance",
    ] {
        for prompt in ["login", "none"] {
            let request = good.clone().with("client_id", id).with("prompt", prompt);
            let page = world.browser().ask(&request).await;
            page.assert_error_page("invalid_client", &request.params);
        }
    }
    let missing = good.without("client_id");
    let page = world.browser().ask(&missing).await;
    page.assert_error_page("invalid_client", &missing.params);
    // A client of this brand is nobody at the other.
    let mut elsewhere = world.fashionboard();
    elsewhere.brand = world.northpeak();
    let request = elsewhere.authorize("openid");
    let page = world.browser().ask(&request).await;
    page.assert_error_page("invalid_client", &request.params);
}

#[tokio::test]
async fn a007_mx4_only_the_code_flow_exists() {
    let world = World::start().await;
    let unsupported = "unsupported_response_type";
    each_is_refused(
        &world,
        &[
            ("response_type", "", "invalid_request"),
            ("response_type", "none", unsupported),
            ("response_type", "Code", unsupported),
            ("response_type", "code ", unsupported),
            ("response_type", "\"><script>\\", unsupported),
        ],
    )
    .await;
    let missing = world.conformance().authorize("openid").without("response_type");
    let answer = world.browser().ask(&missing).await;
    answer.assert_refusal("invalid_request", &missing);
}

#[tokio::test]
async fn a007_mx4_types_of_the_front_channel_are_refused_in_the_query() {
    let world = World::start().await;
    for foreign in [
        "code code",
        "token",
        "id_token",
        "code token",
        "code id_token",
        "code id_token token",
    ] {
        each_is_refused(&world, &[("response_type", foreign, "unsupported_response_type")]).await;
    }
}

#[tokio::test]
async fn mx4_legacy_and_foreign_grants_are_refused() {
    let world = World::start().await;
    for (grant, extra, error) in [
        ("password", ("username", "alice"), "unsupported_grant_type"),
        ("implicit", ("code", "x"), "unsupported_grant_type"),
        ("refresh_token", ("refresh_token", "x"), "unauthorized_client"),
    ] {
        let fields = [("grant_type", grant), extra];
        let fields = fields.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        // FashionBoard is not registered for refresh tokens.
        let answer = world.fashionboard().token(&world, fields).await;
        assert_eq!(answer.status(), 400, "{grant}");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["error"], error, "{grant}");
    }
}

#[tokio::test]
async fn a009_a_parameter_sent_twice_is_refused() {
    let world = World::start().await;
    let good = world.conformance().authorize("openid");
    for (name, first, second) in [
        ("response_type", "code", "code"),
        ("scope", "openid", "profile"),
        ("nonce", "n-1", "n-2"),
        ("prompt", "", "login"),
        ("max_age", "1", "1"),
        ("code_challenge_method", "S256", "plain"),
    ] {
        let request = good.clone().with(name, first).and(name, second);
        let answer = world.browser().ask(&request).await;
        answer.assert_refusal("invalid_request", &request);
    }
    // Neither of two states is the partner's.
    let two = good.clone().and("state", "another-state");
    let answer = world.browser().ask(&two).await;
    answer.assert_refusal("invalid_request", &two.without("state"));
    // RFC 8707 s2 lets `resource` repeat.
    let loyalty = world.url("loyalty.urbantrend.localhost", "");
    let resources = good
        .with("scope", "openid loyalty.tier.read")
        .and("resource", &loyalty)
        .and("resource", &loyalty);
    assert!(is_taken(&world, &resources).await);
}

#[tokio::test]
async fn a009_one_in_the_query_and_one_in_the_body_are_two() {
    let world = World::start().await;
    let good = world.conformance().authorize("openid");
    let url = Url::parse(&good.url()).unwrap();
    let body = [("scope".to_owned(), "openid".to_owned())];
    let answer = world.browser().once(Method::POST, &url, Some(&body)).await;
    answer.assert_refusal("invalid_request", &good);
}

#[tokio::test]
async fn a009_even_a_parameter_nobody_knows_may_not_repeat() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let request = request.and("unheard_of", "1").and("unheard_of", "2");
    let answer = world.browser().ask(&request).await;
    answer.assert_refusal("invalid_request", &request);
}

#[tokio::test]
async fn a010_unknown_is_ignored_and_empty_is_absent() {
    let world = World::start().await;
    let good = world.conformance().authorize("openid");
    for (name, value) in [
        ("unheard_of", "<script>"),
        ("tx", "nothing"),
        ("prompt", ""),
        ("max_age", ""),
        ("response_mode", ""),
        ("request", ""),
        ("request_uri", ""),
        ("registration", ""),
        ("id_token_hint", ""),
        ("login_hint", ""),
        ("nonce", ""),
        ("claims", ""),
    ] {
        assert!(is_taken(&world, &good.clone().with(name, value)).await, "{name}");
    }
    let no_state = good.with("state", "").with("prompt", "none");
    let answer = world.browser().ask(&no_state).await;
    answer.assert_refusal("login_required", &no_state);
}

#[tokio::test]
async fn a011_br8_a_cross_site_post_keeps_single_sign_on() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client.tokens(&world, &mut browser, "openid", TEST_MEMBER).await;
    let request = client.authorize("openid");
    // SameSite=Lax: the cookie does not come with another site's POST.
    let mut without_cookies = world.browser();
    without_cookies.headers = vec![
        ("origin", "https://partner.example".to_owned()),
        ("sec-fetch-site", "cross-site".to_owned()),
    ];
    let mut url = Url::parse(&request.url()).unwrap();
    url.set_query(None);
    let onward = without_cookies
        .once(Method::POST, &url, Some(&request.params))
        .await;
    assert_eq!(onward.status, 303);
    assert!(!onward.headers.contains_key("set-cookie"));
    let target = url.join(onward.header("location")).unwrap();
    assert_eq!((target.origin(), target.path()), (url.origin(), "/oauth2/auth"));
    let page = browser.get(target.as_str()).await;
    let tokens = client.redeem(&world, &request, &page).await;
    assert_eq!(tokens.id_claims()["nonce"], request.get("nonce"));
    assert_eq!(page.callback()["state"], request.get("state"));
    // Without the cookie the continuation is a sign-in, and a body that is no form is nothing.
    assert!(world.browser().get(target.as_str()).await.has("form#phone-form"));
    let text = world
        .http()
        .post(url)
        .header("content-type", "text/plain")
        .body("x=1");
    assert_eq!(text.send().await.unwrap().status(), 415);
}

#[tokio::test]
async fn br8_a_post_is_checked_like_a_get() {
    let world = World::start().await;
    let request = world
        .conformance()
        .authorize("openid")
        .with("redirect_uri", "https://evil.example/cb");
    let mut url = Url::parse(&request.url()).unwrap();
    url.set_query(None);
    let mut browser = world.browser();
    let page = browser.once(Method::POST, &url, Some(&request.params)).await;
    page.assert_error_page("invalid_redirect_uri", &request.params);
}

#[tokio::test]
async fn a012_scope_is_a_set_of_what_is_known_and_allowed() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client
        .tokens(&world, &mut browser, "openid profile", TEST_MEMBER)
        .await;
    for asked in [
        "profile openid",
        "openid profile profile",
        "openid unheard-of profile",
    ] {
        // Nothing new, so no page: the very next stop is the callback.
        let request = client.authorize(asked).with("prompt", "none");
        let page = browser.get(&request.url()).await;
        let tokens = client.redeem(&world, &request, &page).await;
        assert_eq!(tokens.all["scope"], "openid profile", "{asked}");
    }
    let plain = client.authorize("profile").with("prompt", "none");
    let page = browser.get(&plain.url()).await;
    let tokens = client.redeem(&world, &plain, &page).await;
    assert!(tokens.id.is_none(), "no openid, no ID token");
    each_is_refused(
        &world,
        &[
            ("scope", "openid \"profile\"", "invalid_scope"),
            ("scope", "openid\\", "invalid_scope"),
            ("scope", "openid\tprofile", "invalid_scope"),
            ("scope", "openid é", "invalid_scope"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a012_who_asks_for_nothing_there_is_gets_invalid_scope() {
    let world = World::start().await;
    let many = (0..51).fold(String::new(), |all, n| format!("{all} s{n}"));
    for nothing in ["", "unheard-of", &many] {
        each_is_refused(&world, &[("scope", nothing, "invalid_scope")]).await;
    }
    // Known here, but not to be asked by this client.
    let foreign = world.shopease().authorize("email");
    let answer = world.browser().ask(&foreign).await;
    answer.assert_refusal("invalid_scope", &foreign);
}

#[tokio::test]
async fn a013_what_is_not_supported_is_said_to_be_so() {
    let world = World::start().await;
    each_is_refused(
        &world,
        &[
            // This client has registered no algorithm; `authorize_request_object.rs` is about those that have.
            ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
            (
                "request_uri",
                "https://evil.example/r",
                "request_uri_not_supported",
            ),
            ("registration", "{}", "registration_not_supported"),
        ],
    )
    .await;
    let metadata = world.urbantrend().json("/.well-known/openid-configuration").await;
    assert_eq!(metadata["request_uri_parameter_supported"], false);
}

#[tokio::test]
async fn a015_an_unknown_response_mode_is_refused() {
    let world = World::start().await;
    each_is_refused(
        &world,
        &[
            ("response_mode", "fragment", "invalid_request"),
            ("response_mode", "query.jwt", "invalid_request"),
            ("response_mode", "Query", "invalid_request"),
        ],
    )
    .await;
    let query = world.conformance().authorize("openid");
    assert!(is_taken(&world, &query.with("response_mode", "query")).await);
}

#[tokio::test]
async fn ht2_bad_encodings_are_pages_and_never_a_500() {
    let world = World::start().await;
    let good = world.conformance().authorize("openid").without("state").url();
    let target = good.split_once("localhost").unwrap().1;
    let path = target.split_once('/').unwrap().1;
    let host = format!(
        "Host: {}:{}",
        world.host("auth.urbantrend.localhost"),
        world.port()
    );
    for bad in ["%zz", "%c0%af", "%00", "%", "%4", "%ff", "%ed%a0%80"] {
        for name in ["state", "unheard_of", "client_id", bad] {
            let line = format!("GET /{path}&{name}={bad} HTTP/1.1");
            let answer = world.raw(&[line.as_bytes(), host.as_bytes()]).await;
            assert_eq!(answer.status, 400, "{name}={bad}");
            assert!(answer.body.contains("data-error=\"invalid_request\""));
            assert_eq!(answer.header("location"), None);
        }
    }
    let line = [b"GET /", path.as_bytes(), b"&state=\xff\xfe HTTP/1.1"].concat();
    let answer = world.raw(&[&line, host.as_bytes()]).await;
    assert_eq!(answer.status, 400);
    // `+` and `%20` are both a space, `%2B` is a plus.
    let line = format!("GET /{path}&prompt=none&state=a+b%20c%2Bd HTTP/1.1");
    let answer = world.raw(&[line.as_bytes(), host.as_bytes()]).await;
    let location = Url::parse(answer.header("location").unwrap()).unwrap();
    assert_eq!(crate::harness::query_of(&location)["state"], "a b c+d");
}
