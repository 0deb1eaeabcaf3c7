//! What the answer of an authorization request carries, whatever was decided: `state`, `iss`, `nonce`, headers.

use reqwest::Method;
use url::Url;

use crate::harness::{ALICE, TEST_MEMBER, World};

#[tokio::test]
async fn a008_a018_state_comes_back_as_it_was() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client.tokens(&world, &mut browser, "openid", TEST_MEMBER).await;
    let every: String = (0x20..=0x7eu8).map(char::from).collect();
    let states = [
        every.as_str(),
        &"s".repeat(1_500),
        "a+b c%20d%2Be&f=g#h",
        " ",
        "héllo \u{1f642}",
    ];
    for state in states {
        let good = client
            .authorize("openid")
            .with("state", state)
            .with("prompt", "none");
        let answer = world.browser().ask(&good).await;
        answer.assert_refusal("login_required", &good);
        let page = browser.get(&good.url()).await;
        assert_eq!(page.callback()["state"], state);
        assert!(page.callback().contains_key("code"));
    }
    // Through a whole sign-in, kept by the browser.
    let asked = client.authorize("openid").with("state", &every);
    let page = world.browser().through(&world, &asked.url(), TEST_MEMBER).await;
    assert_eq!(page.callback()["state"], every);
    // None in, none out.
    let none = client.authorize("openid").with("prompt", "none").without("state");
    assert!(!browser.get(&none.url()).await.callback().contains_key("state"));
}

#[tokio::test]
async fn what_a_transaction_cannot_keep_is_refused() {
    let world = World::start().await;
    let client = world.conformance();
    let nonce = client.authorize("openid").with("nonce", &"n".repeat(2_000));
    let answer = world.browser().ask(&nonce).await;
    answer.assert_refusal("invalid_request", &nonce);
    // What cannot be kept is refused at once and still comes back whole; beyond that it is not even looked at.
    let large = client.authorize("openid").with("state", &"s".repeat(2_048));
    world
        .browser()
        .ask(&large)
        .await
        .assert_refusal("invalid_request", &large);
    let long = client.authorize("openid").with("state", &"s".repeat(2_049));
    let page = world.browser().ask(&long).await;
    page.assert_error_page("invalid_request", &long.params);
}

#[tokio::test]
async fn ru11_line_breaks_in_state_stay_inside_the_query() {
    let world = World::start().await;
    let request = world
        .conformance()
        .authorize("openid")
        .with("state", "s\r\nx-injected: yes\r\n\r\n<script>")
        .with("prompt", "none");
    let answer = world.browser().ask(&request).await;
    answer.assert_refusal("login_required", &request);
    assert!(!answer.headers.contains_key("x-injected"));
}

#[tokio::test]
async fn a017_mx1_every_answer_names_its_issuer() {
    let world = World::start().await;
    for client in [world.conformance(), world.conformance_north()] {
        let issuer = client.brand.issuer.clone();
        let metadata = client.brand.json("/.well-known/openid-configuration").await;
        assert_eq!(metadata["issuer"], issuer.as_str());
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
        let (request, page) = client.code(&world, &mut world.browser(), "openid", ALICE).await;
        assert_eq!(page.callback()["iss"], issuer);
        let tokens = client.redeem(&world, &request, &page).await;
        assert_eq!(tokens.id_claims()["iss"], issuer.as_str());
        // `assert_refusal` compares `iss` of the error.
        let silent = client.authorize("openid").with("prompt", "none");
        let answer = world.browser().ask(&silent).await;
        answer.assert_refusal("login_required", &silent);
    }
}

#[tokio::test]
async fn a019_after_every_post_comes_a_303() {
    let world = World::start().await;
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid profile");
    let mut url = Url::parse(&request.url()).unwrap();
    url.set_query(None);
    let answer = browser.once(Method::POST, &url, Some(&request.params)).await;
    assert_eq!(answer.status, 303, "authorize");
    let mut page = browser.get(&request.url()).await;
    for (form, field, value) in [
        ("form#phone-form", "phone", TEST_MEMBER),
        ("form#code-form", "code", "424242"),
        ("form#consent-form", "decision", "allow"),
    ] {
        let (action, mut fields) = page.form(form);
        fields.retain(|(name, _)| name != field);
        fields.push((field.to_owned(), value.to_owned()));
        let answer = browser.once(Method::POST, &action, Some(&fields)).await;
        assert_eq!(answer.status, 303, "{form}");
        page = browser
            .get(action.join(answer.header("location")).unwrap().as_str())
            .await;
    }
    assert!(page.callback().contains_key("code"));
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the emulator answers OPTIONS itself; functions/tests do"
)]
async fn a020_authorize_is_neither_framed_nor_kept_nor_read_by_scripts() {
    let world = World::edited(&[(
        "post_logout_redirect_uris = [\"http://127.0.0.1/signed-out\"]",
        "allowed_origins = [\"https://spa.example\"]",
    )])
    .await;
    let mut browser = world.browser();
    browser.headers = vec![("origin", "https://spa.example".to_owned())];
    let good = world.spa().authorize("openid");
    let unknown = good.clone().with("client_id", "nobody");
    let (redirect, error) = (browser.ask(&good).await, browser.ask(&unknown).await);
    let phone = browser.get(&good.url()).await;
    for answer in [&redirect, &error, &phone] {
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        assert_eq!(answer.header("cache-control"), "no-store", "{}", answer.url);
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    for page in [&error, &phone] {
        assert!(
            page.header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
    }
    let url = Url::parse(&good.url()).unwrap();
    let preflight = browser.once(Method::OPTIONS, &url, None).await;
    assert!(preflight.status.is_client_error(), "{}", preflight.status);
    assert!(!preflight.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a021_nonce_comes_back_in_the_id_token() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client.tokens(&world, &mut browser, "openid", TEST_MEMBER).await;
    for nonce in [&"n".repeat(64), &"n".repeat(512), "a+b %20\"\\&", ""] {
        let request = client.authorize("openid").with("nonce", nonce);
        let page = browser.get(&request.url()).await;
        let claims = client.redeem(&world, &request, &page).await.id_claims();
        assert_eq!(claims.get("nonce").and_then(|n| n.as_str()).unwrap_or(""), nonce);
        assert_eq!(claims.get("nonce").is_none(), nonce.is_empty());
    }
}
