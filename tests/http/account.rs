//! `/account`: what a member sees of her apps and sessions, and what ends when she says so.

use reqwest::Method;

use crate::harness::{ALICE, BOB, Browser, Page, World};

async fn open(world: &World, browser: &mut Browser, number: &str) -> Page {
    let page = browser
        .get(&format!("{}/account", world.urbantrend().issuer))
        .await;
    if page.has("form#phone-form") {
        browser.sign_in(world, &page, number).await
    } else {
        page
    }
}

#[tokio::test]
async fn a_member_signs_in_and_sees_her_apps_and_this_browser() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = open(&world, &mut browser, ALICE).await;
    assert_eq!(page.url.path(), "/account");
    assert!(page.text("main").contains("No app is connected."));
    assert_eq!(page.attrs("[data-session]", "data-session").len(), 1);
    let scope = "openid profile loyalty.tier.read";
    browser
        .through(&world, &world.fashionboard().authorize(scope).url(), ALICE)
        .await;
    let page = open(&world, &mut browser, ALICE).await;
    assert_eq!(page.attrs("form.revoke", "data-client"), ["fashionboard"]);
    let row = page.text("li:has(form.revoke)");
    assert!(row.contains("See your Trendy Rewards status"), "{row}");
    // What Bob allowed is Bob's.
    let page = open(&world, &mut world.browser(), BOB).await;
    assert!(page.attrs("form.revoke", "data-client").is_empty());
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn co8_a038_removing_an_app_ends_all_it_had_at_once_and_nothing_of_another() {
    let world = World::start().await;
    let (shopease, other) = (world.shopease(), world.conformance());
    let scope = "openid offline_access loyalty.points.read";
    let mut browser = world.browser();
    let gone = shopease.tokens(&world, &mut browser, scope, ALICE).await;
    let stays = other
        .tokens(&world, &mut browser, "openid offline_access", ALICE)
        .await;
    // A code under way when she removes the app.
    let (request, callback) = shopease.code(&world, &mut browser, scope, ALICE).await;
    let account = open(&world, &mut browser, ALICE).await;
    let confirm = browser
        .get(
            account
                .url
                .join("/account/revoke?client=shopease")
                .unwrap()
                .as_str(),
        )
        .await;
    assert!(confirm.text("h1").contains("ShopEase"));
    assert_eq!(
        shopease.userinfo(&gone.access).await.status(),
        200,
        "asking changes nothing"
    );
    let after = browser.submit(&confirm, "form#revoke-form", &[]).await;
    assert!(after.text("[role=status]").contains("ShopEase"));
    assert_eq!(after.attrs("form.revoke", "data-client"), ["conformance"]);
    assert_eq!(shopease.userinfo(&gone.access).await.status(), 401);
    let refreshed = shopease.refresh(&world, gone.refresh.as_deref().unwrap()).await;
    assert_eq!(refreshed.status(), 400);
    let error: serde_json::Value = refreshed.json().await.unwrap();
    assert_eq!(error["error"], "invalid_grant");
    let fields = shopease.exchange(&callback.callback()["code"], &request.verifier);
    assert_eq!(
        shopease.token(&world, fields).await.status(),
        400,
        "the code under way"
    );
    let again = shopease.authorize(scope);
    assert_eq!(browser.silently(&again).await, "consent_required");
    let page = browser.get(&again.url()).await;
    assert_eq!(
        page.scopes().len(),
        2,
        "all of it is asked again: {:?}",
        page.scopes()
    );
    assert_eq!(other.userinfo(&stays.access).await.status(), 200);
    assert_eq!(
        other
            .refresh(&world, stays.refresh.as_deref().unwrap())
            .await
            .status(),
        200
    );
    // Allowing it again brings nothing of before back.
    browser.allow(&page).await;
    assert_eq!(shopease.userinfo(&gone.access).await.status(), 401);
    assert_eq!(
        shopease
            .refresh(&world, gone.refresh.as_deref().unwrap())
            .await
            .status(),
        400
    );
}

#[tokio::test]
async fn removing_twice_or_what_is_not_there_is_no_error_of_ours() {
    let world = World::start().await;
    let mut browser = world.browser();
    browser
        .through(&world, &world.conformance().authorize("openid").url(), ALICE)
        .await;
    let account = open(&world, &mut browser, ALICE).await;
    let link = account.url.join("/account/revoke?client=conformance").unwrap();
    let confirm = browser.get(link.as_str()).await;
    for _ in 0..2 {
        let page = browser.submit(&confirm, "form#revoke-form", &[]).await;
        assert_eq!((page.status.as_u16(), page.url.path()), (200, "/account"));
    }
    for client in ["", "nobody", "trailmix", "%3Cscript%3E"] {
        let link = account
            .url
            .join(&format!("/account/revoke?client={client}"))
            .unwrap();
        let page = browser.get(link.as_str()).await;
        assert_eq!(
            (page.status.as_u16(), &*page.error()),
            (400, "invalid_request"),
            "{client}"
        );
    }
}

#[tokio::test]
async fn another_browsers_session_is_ended_at_once() {
    let world = World::start().await;
    let client = world.conformance();
    let mut stolen = world.browser();
    stolen.headers.push((
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) Firefox/140".to_owned(),
    ));
    let bound = client.tokens(&world, &mut stolen, "openid", ALICE).await;
    let mut own = world.browser();
    own.through(&world, &client.authorize("openid").url(), ALICE)
        .await;
    let own_tokens = client.tokens(&world, &mut own, "openid", ALICE).await;
    let page = open(&world, &mut own, ALICE).await;
    assert_eq!(page.attrs("[data-session]", "data-session").len(), 2);
    let row = page.text("li:has(form[action='/account/end-session'])");
    assert!(row.contains("Firefox, Linux"), "{row}");
    let page = own
        .submit(&page, "form[action='/account/end-session']", &[])
        .await;
    assert!(page.has("[role=status]"));
    assert_eq!(page.attrs("[data-session]", "data-session").len(), 1);
    assert_eq!(
        stolen.silently(&client.authorize("openid")).await,
        "login_required"
    );
    assert!(open_once(&world, &mut stolen).await.has("form#phone-form"));
    assert_eq!(client.userinfo(&bound.access).await.status(), 401);
    assert_eq!(own.silently(&client.authorize("openid")).await, "code");
    assert_eq!(client.userinfo(&own_tokens.access).await.status(), 200);
}

async fn open_once(world: &World, browser: &mut Browser) -> Page {
    browser
        .get(&format!("{}/account", world.urbantrend().issuer))
        .await
}

#[tokio::test]
async fn nobody_ends_the_session_of_another_member() {
    let world = World::start().await;
    let mut alice = world.browser();
    let page = open(&world, &mut alice, ALICE).await;
    let hers = page.attr("[data-session]", "data-session");
    let mut bob = world.browser();
    open(&world, &mut bob, BOB).await;
    open(&world, &mut world.browser(), BOB).await;
    let page = open_once(&world, &mut bob).await;
    for session in [&*hers, "", "x", "../"] {
        bob.submit(
            &page,
            "form[action='/account/end-session']",
            &[("session", session)],
        )
        .await;
    }
    assert_eq!(open_once(&world, &mut alice).await.url.path(), "/account");
    let form = page.form("form[action='/account/end-session']").0;
    let answer = bob.once(Method::GET, &form, None).await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a_session_ends_by_idleness_and_by_age() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let mut idle = world.browser();
    idle.through(&world, &request.url(), ALICE).await;
    let mut used = idle.clone();
    world.advance(13 * 86_400).await;
    assert_eq!(used.silently(&request).await, "code");
    world.advance(13 * 86_400).await;
    assert_eq!(used.silently(&request).await, "code");
    world.advance(14 * 86_400).await;
    assert_eq!(idle.silently(&request).await, "login_required");
    let mut old = world.browser();
    old.through(&world, &request.url(), ALICE).await;
    for _ in 0..9 {
        world.advance(9 * 86_400 + 86_300).await;
        assert_eq!(old.silently(&request).await, "code");
    }
    world.advance(86_400).await;
    assert_eq!(old.silently(&request).await, "login_required");
}

#[tokio::test]
async fn a_link_cannot_say_that_an_app_was_removed() {
    let world = World::start().await;
    let mut browser = world.browser();
    world
        .conformance()
        .code(&world, &mut browser, "openid", ALICE)
        .await;
    let issuer = world.urbantrend().issuer;
    let page = browser
        .get(&format!("{issuer}/account?removed=conformance"))
        .await;
    assert!(
        page.has("[data-client=conformance]") && !page.has("[role=status]"),
        "{}",
        page.body
    );
}
