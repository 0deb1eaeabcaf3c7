//! The journey through the demo's real partner apps, without a browser engine.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::harness::{ALICE, BOB, Browser, Page, World};

const TIER: &str = "loyalty.tier.read";
const POINTS: &str = "loyalty.points.read";
const REDEEM: &str = "loyalty.points.redeem";

pub(super) fn browser(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.visits_partners = true;
    browser
}

/// Opens an app and presses its button.
pub(super) async fn sign_in_at(world: &World, browser: &mut Browser, host: &str) -> Page {
    let home = browser.get(&world.url(host, "/")).await;
    browser.click(&home, "a#sign-in").await
}

/// A member who is connected to both apps, in one browser.
pub(super) async fn connected_to_both(world: &World) -> Browser {
    let mut browser = browser(world);
    let phone = sign_in_at(world, &mut browser, "fashionboard.localhost").await;
    let consent = browser.sign_in(world, &phone, ALICE).await;
    browser.allow(&consent).await;
    let consent = sign_in_at(world, &mut browser, "shopease.localhost").await;
    browser.allow(&consent).await;
    browser
}

async fn loyalty(world: &World, path: &str, token: &str) -> reqwest::Response {
    let url = world.url("loyalty.urbantrend.localhost", path);
    world.http().get(url).bearer_auth(token).send().await.unwrap()
}

/// Takes the consent of an app back on the member's own page.
async fn remove(world: &World, browser: &mut Browser, client: &str) -> Page {
    let account = format!("{}/account", world.urbantrend().issuer);
    let page = browser.get(&account).await;
    assert!(
        page.has(&format!("form.revoke[data-client={client}]")),
        "{}",
        page.body
    );
    let confirm = browser.get(&format!("{account}/revoke?client={client}")).await;
    browser.submit(&confirm, "form#revoke-form", &[]).await
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn a_badge_at_fashionboard_then_points_at_shopease_then_no_screen_at_all() {
    let world = World::start().await;
    let mut browser = browser(&world);

    let phone = sign_in_at(&world, &mut browser, "fashionboard.localhost").await;
    assert!(phone.has("form#phone-form"), "{}", phone.body);
    let consent = browser.sign_in(&world, &phone, ALICE).await;
    assert!(
        consent
            .body
            .contains("Allow FashionBoard to view your Trendy Rewards status?")
    );
    let board = browser.allow(&consent).await;
    assert_eq!(board.url.host_str(), Some("fashionboard.localhost"));
    assert_eq!(board.attr("[data-tier]", "data-tier"), "VIP");
    assert_eq!(board.text("[data-tier]"), "Trendy Rewards VIP");

    let sent = world.inbox(ALICE).await.len();
    let consent = sign_in_at(&world, &mut browser, "shopease.localhost").await;
    assert!(
        consent.has("form#consent-form"),
        "no number, no code:\n{}",
        consent.body
    );
    let asked = consent.scopes();
    assert!(
        asked.contains(&POINTS.to_owned()) && asked.contains(&REDEEM.to_owned()),
        "{asked:?}"
    );
    assert_ne!(
        consent.text(&format!("[data-scope='{POINTS}']")),
        consent.text(&format!("[data-scope='{REDEEM}']")),
        "told apart in words"
    );
    let basket = browser.allow(&consent).await;
    assert_eq!(basket.text("[data-points]"), "1,240 points");
    assert_eq!(
        world.inbox(ALICE).await.len(),
        sent,
        "no message for the second app"
    );

    let redeemed = browser
        .submit(&basket, "form#redeem-form", &[("points", "200")])
        .await;
    assert_eq!(redeemed.attr("[data-points]", "data-points"), "1040");
    let repeated = browser
        .submit(&basket, "form#redeem-form", &[("points", "200")])
        .await;
    assert_eq!(repeated.attr("[data-points]", "data-points"), "1040");

    for (host, what) in [
        ("fashionboard.localhost", "[data-tier]"),
        ("shopease.localhost", "[data-points]"),
    ] {
        // The app has forgotten her; the brand has not.
        browser.cookies.remove(host);
        let seen = browser.seen.len();
        let page = sign_in_at(&world, &mut browser, host).await;
        assert!(page.has(what), "{host}:\n{}", page.body);
        assert_eq!(browser.seen.len(), seen, "{host}: {:?}", browser.seen);
    }
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn a_token_for_the_badge_does_not_open_the_points() {
    let world = World::start().await;
    let client = world.fashionboard();
    let scope = format!("openid profile {TIER}");
    let tokens = client.tokens(&world, &mut world.browser(), &scope, ALICE).await;
    let tier: Value = loyalty(&world, "/v1/tier", &tokens.access)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(tier["tier"], "VIP");
    let refused = loyalty(&world, "/v1/points", &tokens.access).await;
    assert_eq!(refused.status(), 403);
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.contains("error=\"insufficient_scope\"") && challenge.contains(POINTS),
        "{challenge}"
    );
    let redeem = world.url("loyalty.urbantrend.localhost", "/v1/redemptions");
    let refused = world
        .http()
        .request(Method::POST, redeem)
        .bearer_auth(&tokens.access)
        .header("idempotency-key", "k")
        .body(r#"{"points":1}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 403);
    // The ID token is for the app; at an API it is nothing.
    let refused = loyalty(&world, "/v1/tier", tokens.id.as_deref().unwrap()).await;
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn asking_for_more_later_shows_only_what_is_new() {
    let world = World::start().await;
    let mut browser = connected_to_both(&world).await;
    let board = browser.get(&world.url("fashionboard.localhost", "/")).await;
    let consent = browser.click(&board, "a#ask-points").await;
    assert_eq!(consent.scopes(), [POINTS]);
    let board = browser.allow(&consent).await;
    assert_eq!(board.attr("[data-tier]", "data-tier"), "VIP");
    assert_eq!(board.attr("[data-points]", "data-points"), "1240");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn removing_shopease_ends_it_at_once_and_leaves_fashionboard_alone() {
    let world = World::start().await;
    let mut browser = connected_to_both(&world).await;
    let (shopease, fashionboard) = (world.shopease(), world.fashionboard());
    let mut elsewhere = world.browser();
    elsewhere.cookies = browser.cookies.clone();
    let scope = format!("openid profile offline_access {POINTS} {REDEEM}");
    let theirs = shopease.tokens(&world, &mut elsewhere, &scope, ALICE).await;
    let badge = fashionboard
        .tokens(&world, &mut elsewhere, &format!("openid profile {TIER}"), ALICE)
        .await;

    let account = remove(&world, &mut browser, "shopease").await;
    assert!(!account.has("form.revoke[data-client=shopease]"));
    assert!(account.has("form.revoke[data-client=fashionboard]"));

    let refresh = shopease.refresh(&world, theirs.refresh.as_deref().unwrap()).await;
    assert_eq!(refresh.status(), 400);
    assert_eq!(refresh.json::<Value>().await.unwrap()["error"], "invalid_grant");
    assert_eq!(shopease.userinfo(&theirs.access).await.status(), 401);
    assert_eq!(fashionboard.userinfo(&badge.access).await.status(), 200);

    // The app itself learns of it when its access token has run out.
    let lifetime = theirs.all["expires_in"].as_u64().unwrap();
    world.advance(lifetime + 1).await;
    let page = browser.get(&world.url("shopease.localhost", "/")).await;
    assert!(page.has("main#disconnected"), "{}", page.body);
    browser.cookies.remove("fashionboard.localhost");
    let seen = browser.seen.len();
    let board = sign_in_at(&world, &mut browser, "fashionboard.localhost").await;
    assert_eq!(board.attr("[data-tier]", "data-tier"), "VIP");
    assert_eq!(browser.seen.len(), seen);
    // Coming back to ShopEase, she is asked again for everything.
    let consent = sign_in_at(&world, &mut browser, "shopease.localhost").await;
    assert!(consent.scopes().contains(&POINTS.to_owned()), "{}", consent.body);
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn denying_returns_access_denied_and_keeps_the_session() {
    let world = World::start().await;
    let mut browser = browser(&world);
    let phone = sign_in_at(&world, &mut browser, "fashionboard.localhost").await;
    let consent = browser.sign_in(&world, &phone, ALICE).await;
    let denied = browser.deny(&consent).await;
    assert_eq!(denied.url.host_str(), Some("fashionboard.localhost"));
    assert_eq!(denied.error(), "access_denied");
    let account = browser
        .get(&format!("{}/account", world.urbantrend().issuer))
        .await;
    assert_eq!(account.url.path(), "/account");
    assert!(!account.has("form.revoke"), "nothing was shared");
    let again = sign_in_at(&world, &mut browser, "fashionboard.localhost").await;
    assert!(
        again.has("form#consent-form"),
        "asked again, without number or code"
    );
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn denying_more_leaves_what_was_allowed_before() {
    let world = World::start().await;
    let mut browser = connected_to_both(&world).await;
    let board = browser.get(&world.url("fashionboard.localhost", "/")).await;
    let consent = browser.click(&board, "a#ask-points").await;
    assert_eq!(browser.deny(&consent).await.error(), "access_denied");
    browser.cookies.remove("fashionboard.localhost");
    let board = sign_in_at(&world, &mut browser, "fashionboard.localhost").await;
    assert_eq!(board.attr("[data-tier]", "data-tier"), "VIP");
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn not_you_switches_the_member() {
    let world = World::start().await;
    let mut browser = connected_to_both(&world).await;
    let board = browser.get(&world.url("fashionboard.localhost", "/")).await;
    let consent = browser.click(&board, "a#ask-points").await;
    let phone = browser.click(&consent, "a#not-you").await;
    assert!(phone.has("form#phone-form"), "{}", phone.body);
    let consent = browser.sign_in(&world, &phone, BOB).await;
    assert!(consent.has("form#consent-form"), "Bob has allowed nothing yet");
    let board = browser.allow(&consent).await;
    assert_eq!(board.attr("[data-tier]", "data-tier"), "Silver");
    assert_eq!(board.attr("[data-points]", "data-points"), "85");
    // Alice's session in this browser has ended with it.
    let account = browser
        .get(&format!("{}/account", world.urbantrend().issuer))
        .await;
    assert!(account.has("form.revoke[data-client=fashionboard]"));
    assert!(!account.has("form.revoke[data-client=shopease]"));
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn signing_out_at_an_app_ends_the_session_at_the_brand() {
    let world = World::start().await;
    let mut browser = connected_to_both(&world).await;
    let basket = browser.get(&world.url("shopease.localhost", "/")).await;
    let out = browser.click(&basket, "a#sign-out").await;
    assert_eq!(out.url.host_str(), Some("shopease.localhost"));
    assert!(out.has("main#signed-out"), "{}", out.body);
    let page = sign_in_at(&world, &mut browser, "shopease.localhost").await;
    assert!(page.has("form#phone-form"), "{}", page.body);
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn trailmix_is_northpeaks_own() {
    let world = World::start().await;
    let mut browser = connected_to_both(&world).await;
    let phone = sign_in_at(&world, &mut browser, "trailmix.localhost").await;
    assert_eq!(phone.url.host_str(), Some("auth.northpeak.localhost"));
    assert!(
        phone.has("form#phone-form"),
        "Urban Trend's session is nothing here"
    );
    assert!(phone.body.contains("NorthPeak") && !phone.body.contains("Urban Trend"));
    let consent = browser.sign_in(&world, &phone, ALICE).await;
    let club = browser.allow(&consent).await;
    assert_eq!(club.status, StatusCode::OK);
    assert_eq!(club.text("[data-name]"), "A. Moreau-Hill");
}

/// The loyalty API never asks: what was taken back ends there when the token does, and no later.
#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the loyalty API in this process, and moves the clock"
)]
async fn a072_what_was_taken_back_ends_at_an_api_that_never_asks_with_the_token() {
    // The default, and the longest that a brand may choose.
    let longest =
        "[tenants.urbantrend.policy.tokens]\naccess_token = 3600\n\n[tenants.urbantrend.resources.loyalty]\n";
    for (bound, edit) in [
        (600, "[tenants.urbantrend.resources.loyalty]\n"),
        (3_600, longest),
    ] {
        let world = World::edited(&[("[tenants.urbantrend.resources.loyalty]\n", edit)]).await;
        let (client, mut browser) = (world.conformance(), browser(&world));
        let scope = "openid offline_access loyalty.tier.read";
        let withdrawn = client.tokens(&world, &mut browser, scope, ALICE).await;
        let given_back = client.tokens(&world, &mut browser, scope, ALICE).await;
        client
            .gives_back(&world, given_back.refresh.as_deref().unwrap())
            .await;
        browser.disconnect(&client.brand, "conformance").await;
        for token in [&withdrawn.access, &given_back.access] {
            assert_eq!(
                world.takers(&client, token).await,
                ["the loyalty API"],
                "where nobody asks"
            );
        }
        // Its clock may be five seconds behind ours.
        world.advance(bound + 5).await;
        for token in [&withdrawn.access, &given_back.access] {
            assert!(world.takers(&client, token).await.is_empty(), "{bound}");
        }
    }
    let longer = longest.replace("3600", "3601");
    let refused = World::refusal(&[("[tenants.urbantrend.resources.loyalty]\n", &longer)]).await;
    assert!(refused.contains("policy.tokens.access_token"), "{refused}");
}
