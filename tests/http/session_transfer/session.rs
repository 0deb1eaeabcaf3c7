//! The session that comes of a transfer: whose it replaces, how old it is, when it ends.

use serde_json::Value;

use super::{ALICE_MASKED, is_of, signed_in};
use crate::harness::{ALICE, BOB, Tokens, World, claims_of};

#[tokio::test]
async fn rfc8693_another_member_is_told_and_replaced_and_her_tokens_end() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let mut browser = world.browser();
    let partner = world.conformance();
    let his = partner.tokens(&world, &mut browser, "openid profile", BOB).await;
    let token = app.transfer(&world, &tokens, None).await;
    let page = browser.open_transfer(&app.brand, &token).await;
    assert!(page.text("#replaces").contains("0102"));
    assert_eq!(partner.userinfo(&his.access).await.status(), 200);
    assert_eq!(browser.go_on(&page).await.url.path(), "/account");
    assert_eq!(partner.userinfo(&his.access).await.status(), 401);
    assert!(is_of(signed_in(&mut browser, &app.brand).await, ALICE_MASKED));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rfc8693_the_younger_sign_in_of_the_same_member_wins() {
    let world = World::start().await;
    let partner = world.conformance();
    let auth_time = |tokens: &Tokens| claims_of(tokens.id.as_deref().unwrap())["auth_time"].as_u64();
    let sid = |tokens: &Tokens| claims_of(tokens.id.as_deref().unwrap())["sid"].clone();
    // Hers in the browser is younger: it stays.
    let (app, older) = world.app_of_alice().await;
    world.advance(100).await;
    let mut browser = world.browser();
    let before = partner.tokens(&world, &mut browser, "openid", ALICE).await;
    let cookie = browser.session();
    let token = app.transfer(&world, &older, None).await;
    let page = browser.open_transfer(&app.brand, &token).await;
    assert!(!page.has("#replaces"));
    assert_eq!(browser.go_on(&page).await.url.path(), "/account");
    assert_eq!(browser.session(), cookie);
    // Used up all the same.
    let again = world.browser().open_transfer(&app.brand, &token).await;
    assert_eq!(again.error(), "transfer_used");
    // The app's is younger: it takes its place under the same name.
    world.advance(100).await;
    let (_, younger) = world.app_of_alice().await;
    let token = app.transfer(&world, &younger, None).await;
    let page = browser.open_transfer(&app.brand, &token).await;
    browser.go_on(&page).await;
    assert_ne!(browser.session(), cookie);
    let after = partner.tokens(&world, &mut browser, "openid", ALICE).await;
    assert_eq!(sid(&after), sid(&before));
    assert_eq!(auth_time(&after), auth_time(&younger));
    assert!(auth_time(&after) > auth_time(&before));
    assert_eq!(partner.userinfo(&before.access).await.status(), 200);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rfc8693_a028_a_transferred_session_is_as_old_as_the_sign_in_in_the_app() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let first = claims_of(tokens.id.as_deref().unwrap());
    world.advance(1000).await;
    let token = app.transfer(&world, &tokens, None).await;
    let mut browser = world.browser();
    let page = browser.open_transfer(&app.brand, &token).await;
    browser.go_on(&page).await;
    let partner = world.conformance();
    let at_partner = partner.tokens(&world, &mut browser, "openid", ALICE).await;
    let told = claims_of(at_partner.id.as_deref().unwrap());
    for name in ["auth_time", "amr", "acr"] {
        assert_eq!(
            (&told[name], told[name] == Value::Null),
            (&first[name], false),
            "{name}"
        );
    }
    let young = partner.authorize("openid").with("max_age", "500");
    assert_eq!(browser.silently(&young).await, "login_required");
    let old = partner.authorize("openid").with("max_age", "2000");
    assert_eq!(browser.silently(&old).await, "code");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rfc8693_a_transferred_session_ends_when_one_of_that_sign_in_does() {
    let policy = "[tenants.urbantrend.policy.otp.address]";
    let short = format!("[tenants.urbantrend.policy.session]\nidle = 3000\nabsolute = 3600\n\n{policy}");
    let world = World::edited(&[(policy, &short)]).await;
    let (app, tokens) = world.app_of_alice().await;
    world.advance(3000).await;
    let mut browser = world.browser();
    let token = app.transfer(&world, &tokens, None).await;
    let page = browser.open_transfer(&app.brand, &token).await;
    browser.go_on(&page).await;
    world.advance(590).await;
    assert!(signed_in(&mut browser, &app.brand).await.is_some());
    let late = app.transfer(&world, &tokens, None).await;
    let mut other = world.browser();
    let page = other.open_transfer(&app.brand, &late).await;
    world.advance(10).await;
    assert!(signed_in(&mut browser, &app.brand).await.is_none());
    assert_eq!(other.go_on(&page).await.error(), "transfer_refused");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rfc8693_an_app_that_is_signed_out_meanwhile_hands_nothing_on() {
    let policy = "[tenants.urbantrend.policy.otp.address]";
    let short = format!("[tenants.urbantrend.policy.refresh]\nidle = 100\nabsolute = 3600\n\n{policy}");
    let world = World::edited(&[(policy, &short)]).await;
    let (app, tokens) = world.app_of_alice().await;
    let token = app.transfer(&world, &tokens, None).await;
    let mut browser = world.browser();
    let page = browser.open_transfer(&app.brand, &token).await;
    world.advance(100).await;
    assert_eq!(browser.go_on(&page).await.error(), "transfer_refused");
}
