//! What a session is called, what it takes along when it ends, and whom it serves.

use crate::harness::{ALICE, BOB, Tokens, World, claims_of};

#[tokio::test]
async fn a083_signing_out_ends_what_was_issued_before_she_signed_in_again() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let before = client.tokens(&world, &mut browser, "openid", ALICE).await;
    let (unredeemed, callback) = client.code(&world, &mut browser, "openid", ALICE).await;
    let again = client.authorize("openid").with("prompt", "login");
    let page = browser.through(&world, &again.url(), ALICE).await;
    let after: Tokens = client.redeem(&world, &again, &page).await;
    assert_eq!(
        client.userinfo(&before.access).await.status(),
        200,
        "she only proved again who she is"
    );
    let issuer = world.urbantrend().issuer;
    let hint = after.id.as_deref().unwrap();
    browser
        .get(&format!("{issuer}/oauth2/sessions/logout?id_token_hint={hint}"))
        .await;
    for token in [&before.access, &after.access] {
        assert_eq!(client.userinfo(token).await.status(), 401);
    }
    let fields = client.exchange(&callback.callback()["code"], &unredeemed.verifier);
    assert_eq!(client.token(&world, fields).await.status(), 400);
}

#[tokio::test]
async fn te10_two_partners_cannot_join_a_member_by_her_session() {
    let world = World::start().await;
    let mut browser = world.browser();
    let one = world
        .conformance()
        .tokens(&world, &mut browser, "openid", ALICE)
        .await;
    let same = world
        .conformance()
        .tokens(&world, &mut browser, "openid", ALICE)
        .await;
    let other = world
        .fashionboard()
        .tokens(&world, &mut browser, "openid", ALICE)
        .await;
    let sid = |tokens: &Tokens| claims_of(tokens.id.as_deref().unwrap())["sid"].clone();
    assert!(sid(&one).is_string());
    assert_eq!(sid(&one), sid(&same));
    assert_ne!(sid(&one), sid(&other));
}

#[tokio::test]
async fn se8_a_suspended_member_has_no_account_page() {
    let mut world = World::start().await;
    let mut browser = world.browser();
    world
        .conformance()
        .code(&world, &mut browser, "openid", BOB)
        .await;
    let account = format!("{}/account", world.urbantrend().issuer);
    assert!(browser.get(&account).await.has("main#account"));
    let bob = "number = \"+447700900102\"";
    world
        .restart_edited(&[(bob, &format!("{bob}\nstatus = \"suspended\""))])
        .await;
    assert!(browser.get(&account).await.has("form#phone-form"));
}

#[tokio::test]
async fn not_you_with_the_same_number_sends_a_new_code() {
    let world = World::start().await;
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid profile");
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let used = world.code(ALICE).await;
    let phone = browser.click(&page, "a#not-you").await;
    let page = browser
        .submit(&phone, "form#phone-form", &[("phone", ALICE)])
        .await;
    assert_eq!(world.inbox(ALICE).await.len(), 2);
    assert_ne!(world.code(ALICE).await, used);
    let code = world.code(ALICE).await;
    assert!(browser.type_code(&page, &code).await.has("form#consent-form"));
}

#[tokio::test]
async fn a037_a_browser_with_too_many_cookies_gets_through_at_the_second_try() {
    let world = World::start().await;
    let mut browser = world.browser();
    let url = world.conformance().authorize("openid").url();
    browser.get(&url).await;
    let jar = browser.cookies.get_mut("auth.urbantrend.localhost").unwrap();
    // Tabs opened at the same moment do not see each other's cookies.
    for n in 0..6 {
        jar.insert(format!("__Host-tx-{n}"), "x".repeat(3_000));
    }
    assert_eq!(browser.get(&url).await.status, 431);
    assert!(browser.get(&url).await.has("form#phone-form"));
}
