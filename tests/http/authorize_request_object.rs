//! Signed requests, passed by value (RFC 9101): at the authorization endpoint, and pushed.

mod outbound;
mod pushed;
mod refused;

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::harness::{Authorization, Client, TEST_MEMBER, World};

/// The demo, with an algorithm registered for ShopEase.
async fn signing() -> World {
    let purpose = "purpose = \"To let you pay with points at the till.\"\n";
    let more = format!("{purpose}request_object_signing_alg = \"ES256\"\n");
    World::edited(&[(purpose, &more)]).await
}

/// The request that says who asks, and has the rest signed.
async fn signed(world: &World, client: &Client, request: &Authorization, changes: &Value) -> Authorization {
    let object = client.object(world.now().await, request, changes);
    request.naming(&client.id, "request", &object)
}

/// RFC 7519 s2: a time need not be a whole second.
fn fraction(seconds: u64) -> f64 {
    format!("{seconds}.25").parse().unwrap()
}

/// Whether a request is taken: the browser is sent to the sign-in page.
async fn is_taken(world: &World, request: &Authorization) -> bool {
    world.browser().get(&request.url()).await.has("form#phone-form")
}

#[tokio::test]
async fn a014_a_signed_request_leads_to_tokens() {
    let world = signing().await;
    let client = world.shopease();
    let request = client.authorize("openid profile");
    let link = signed(&world, &client, &request, &json!({})).await;
    let page = world.browser().through(&world, &link.url(), TEST_MEMBER).await;
    assert_eq!(page.callback()["state"], request.get("state"));
    let tokens = client.redeem(&world, &request, &page).await;
    assert_eq!(tokens.id_claims()["nonce"], request.get("nonce"));
    assert_eq!(tokens.scope(), ["openid", "profile"]);
}

#[tokio::test]
async fn a014_what_is_signed_wins_and_what_is_beside_it_is_ignored() {
    let world = signing().await;
    let client = world.shopease();
    let request = client.authorize("openid");
    let link = signed(&world, &client, &request, &json!({}))
        .await
        .and("redirect_uri", "https://evil.example/cb")
        .and("scope", "openid profile loyalty.points.read")
        .and("state", "another-state")
        .and("nonce", "another-nonce")
        .and("prompt", "none")
        .and("max_age", "x");
    let page = world.browser().through(&world, &link.url(), TEST_MEMBER).await;
    assert!(
        page.url.as_str().starts_with(&client.redirect_uri),
        "{}",
        page.url
    );
    assert_eq!(page.callback()["state"], request.get("state"));
    let tokens = client.redeem(&world, &request, &page).await;
    assert_eq!(tokens.id_claims()["nonce"], request.get("nonce"));
    assert_eq!(tokens.scope(), ["openid"]);
    // What is only beside it is not there at all.
    let bare = request
        .clone()
        .without("code_challenge")
        .without("code_challenge_method");
    let link = signed(&world, &client, &bare, &json!({}))
        .await
        .and("code_challenge", request.get("code_challenge"))
        .and("code_challenge_method", "S256");
    world
        .browser()
        .ask(&link)
        .await
        .assert_refusal("invalid_request", &bare);
}

#[tokio::test]
async fn a014_not_even_another_response_type_beside_it_counts() {
    let world = signing().await;
    let client = world.shopease();
    let request = client.authorize("openid");
    let link = signed(&world, &client, &request, &json!({})).await;
    assert!(is_taken(&world, &link.and("response_type", "token")).await);
}

/// RFC 6749 s3.1: what does not count may not repeat either.
#[tokio::test]
async fn a014_a009_nothing_beside_it_is_repeated() {
    let world = signing().await;
    let client = world.shopease();
    let request = client.authorize("openid");
    let link = signed(&world, &client, &request, &json!({})).await;
    let two = link.clone().and("prompt", "none").and("prompt", "login");
    let page = world.browser().ask(&two).await;
    page.assert_error_page("invalid_request", &two.params);
    let two = two.with("redirect_uri", &client.redirect_uri);
    world
        .browser()
        .ask(&two)
        .await
        .assert_refusal("invalid_request", &two);
}

/// An error in what is signed is told as it would be if it were not.
#[tokio::test]
async fn a014_every_check_runs_on_what_is_signed() {
    let world = signing().await;
    let client = world.shopease();
    let good = client.authorize("openid");
    for (name, value, error) in [
        ("response_type", "unheard-of", "unsupported_response_type"),
        ("scope", "openid\\", "invalid_scope"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("registration", "{}", "registration_not_supported"),
        ("prompt", "none", "login_required"),
    ] {
        let request = good.clone().with(name, value);
        let link = signed(&world, &client, &request, &json!({})).await;
        world.browser().ask(&link).await.assert_refusal(error, &request);
    }
    let elsewhere = good.with("redirect_uri", "https://evil.example/cb");
    let link = signed(&world, &client, &elsewhere, &json!({})).await;
    let page = world.browser().ask(&link).await;
    page.assert_error_page("invalid_redirect_uri", &elsewhere.params);
    // A redirect_uri beside it does not stand in for the one that is missing in it.
    let none = signed(&world, &client, &elsewhere.without("redirect_uri"), &json!({})).await;
    let page = world
        .browser()
        .ask(&none.with("redirect_uri", &client.redirect_uri))
        .await;
    assert_eq!(page.error(), "invalid_redirect_uri");
}

#[tokio::test]
async fn a014_an_object_may_be_written_in_these_ways() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    let issuer = client.brand.issuer.as_str();
    for changes in [
        json!({ "aud": [issuer] }),
        json!({ "aud": ["https://elsewhere.example", issuer] }),
        json!({ "nbf": now - 3_500, "exp": now + 60 }),
        json!({ "exp": now + 3_600 }),
        json!({ "jti": "any", "sub": "somebody" }),
        json!({ "max_age": 3_600 }),
        json!({ "claims": { "id_token": { "auth_time": null } } }),
        json!({ "unheard_of": [1, 2] }),
        json!({ "prompt": "" }),
    ] {
        let link = signed(&world, &client, &request, &changes).await;
        assert!(is_taken(&world, &link).await, "{changes}");
    }
    for typ in [None, Some("oauth-authz-req+jwt"), Some("JWT")] {
        let object = client.object_typed(typ, now, &request, &json!({}));
        let link = request.naming(&client.id, "request", &object);
        assert!(is_taken(&world, &link).await, "{typ:?}");
    }
    // The same object twice is the same question twice.
    let link = signed(&world, &client, &request, &json!({ "jti": "once" })).await;
    assert!(is_taken(&world, &link).await && is_taken(&world, &link).await);
}

#[tokio::test]
async fn a014_a_time_may_have_a_fraction() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    let times = json!({ "exp": fraction(now + 60), "nbf": fraction(now), "iat": fraction(now) });
    let link = signed(&world, &client, &request, &times).await;
    assert!(is_taken(&world, &link).await);
}

#[tokio::test]
async fn a014_a_few_seconds_between_two_clocks_are_forgiven() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    for changes in [
        json!({ "nbf": now - 60, "exp": now - 3 }),
        json!({ "nbf": now + 5, "iat": now + 5, "exp": now + 65 }),
    ] {
        let link = signed(&world, &client, &request, &changes).await;
        assert!(is_taken(&world, &link).await, "{changes}");
    }
}

#[tokio::test]
async fn a011_a_signed_request_may_be_posted() {
    let world = signing().await;
    let client = world.shopease();
    let request = client.authorize("openid");
    let link = signed(&world, &client, &request, &json!({})).await;
    let mut url = Url::parse(&link.url()).unwrap();
    url.set_query(None);
    let mut browser = world.browser();
    let onward = browser.once(Method::POST, &url, Some(&link.params)).await;
    let target = url.join(onward.header("location")).unwrap();
    let page = browser.through(&world, target.as_str(), TEST_MEMBER).await;
    client.redeem(&world, &request, &page).await;
}

#[tokio::test]
async fn a013_a_client_without_a_registered_algorithm_is_told_so() {
    let world = World::start().await;
    let client = world.shopease();
    let request = client.authorize("openid");
    let link = signed(&world, &client, &request, &json!({})).await;
    let beside = request.clone().with("request", link.get("request"));
    world
        .browser()
        .ask(&beside)
        .await
        .assert_refusal("request_not_supported", &request);
    let page = world.browser().ask(&link).await;
    page.assert_error_page("invalid_request", &link.params);
}

#[tokio::test]
async fn a014_a_client_that_must_sign_is_refused_otherwise() {
    let purpose = "purpose = \"To let you pay with points at the till.\"\n";
    let must =
        format!("{purpose}request_object_signing_alg = \"ES256\"\nrequire_signed_request_object = true\n");
    let world = World::edited(&[(purpose, &must)]).await;
    let client = world.shopease();
    let request = client.authorize("openid");
    world
        .browser()
        .ask(&request)
        .await
        .assert_refusal("invalid_request", &request);
    let found = crate::harness::refusal(client.push(&world, &request).await).await;
    assert_eq!(found, (400, "invalid_request".to_owned()));
    let link = signed(&world, &client, &request, &json!({})).await;
    assert!(is_taken(&world, &link).await);
    let link = client.pushed(&world, &link).await;
    let page = world.browser().through(&world, &link.url(), TEST_MEMBER).await;
    client.redeem(&world, &request, &page).await;
}
