//! `/oauth2/auth` when the world changes while a page is open.

use reqwest::Method;

use crate::harness::{ALICE, BOB, Page, World};

const REDIRECT: &str = "\"http://127.0.0.1:3999/callback\"";

/// A chooser that was opened in time.
async fn chooser(world: &World, browser: &mut crate::harness::Browser, max_age: &str) -> Page {
    let request = world
        .conformance()
        .authorize("openid")
        .with("prompt", "select_account")
        .with("max_age", max_age);
    let page = browser.get(&request.url()).await;
    assert!(page.has("form#continue-form"), "{}", page.body);
    page
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a028_going_on_as_herself_does_not_make_a_sign_in_younger() {
    let world = World::start().await;
    let mut browser = world.browser();
    world
        .conformance()
        .code(&world, &mut browser, "openid", ALICE)
        .await;
    let page = chooser(&world, &mut browser, "60").await;
    let at_once = browser.submit(&page, "form#continue-form", &[]).await;
    assert!(at_once.callback().contains_key("code"));
    let page = chooser(&world, &mut browser, "60").await;
    world.advance(61).await;
    let late = browser.submit(&page, "form#continue-form", &[]).await;
    assert!(late.has("form#phone-form"), "{}", late.url);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a028_an_older_session_slipped_in_at_the_chooser_is_not_taken_for_a_new_one() {
    let world = World::start().await;
    let (mut old, mut browser) = (world.browser(), world.browser());
    world.conformance().code(&world, &mut old, "openid", ALICE).await;
    world.advance(86_400).await;
    world
        .conformance()
        .code(&world, &mut browser, "openid", BOB)
        .await;
    let page = chooser(&world, &mut browser, "60").await;
    let host = page.url.host_str().unwrap().to_owned();
    let stolen = old.cookies[&host]["__Host-session"].clone();
    browser
        .cookies
        .get_mut(&host)
        .unwrap()
        .insert("__Host-session".to_owned(), stolen);
    let answer = browser.submit(&page, "form#continue-form", &[]).await;
    assert!(answer.has("form#phone-form"), "{}", answer.url);
}

#[tokio::test]
async fn ru1_a_redirect_uri_removed_meanwhile_gets_no_code() {
    let mut world = World::start().await;
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid profile");
    let page = browser.reach_consent(&world, &request, ALICE).await;
    world
        .restart_edited(&[(REDIRECT, "\"http://127.0.0.1:3998/callback\"")])
        .await;
    let answer = browser.allow(&page).await;
    assert_eq!(
        (answer.status.as_u16(), answer.error()),
        (400, "invalid_redirect_uri".to_owned())
    );
}

#[tokio::test]
async fn a011_a_post_without_a_body_and_one_with_much_besides_are_read() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let bare = world.http().post(request.url()).send().await.unwrap();
    assert_eq!(bare.status(), 303);
    let mut url: url::Url = request.url().parse().unwrap();
    url.set_query(None);
    let padded = request.and("unknown", &"x".repeat(9_000));
    let mut browser = world.browser();
    let first = browser.once(Method::POST, &url, Some(&padded.params)).await;
    assert_eq!(first.status, 303);
    let next = first.url.join(first.header("location")).unwrap();
    assert!(browser.get(next.as_str()).await.has("form#phone-form"));
}

#[tokio::test]
async fn ht1_a011_a_post_that_no_address_can_carry_on_is_an_error() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let mut url: url::Url = request.url().parse().unwrap();
    url.set_query(None);
    let long = "x".repeat(9_000);
    let claims = format!(r#"{{"userinfo":{{"{long}":null}}}}"#);
    for (name, value) in [
        ("acr_values", long.as_str()),
        ("ui_locales", &long),
        ("login_hint", &long),
        ("prompt", &"login ".repeat(1_500)),
        ("max_age", &"0".repeat(9_000)),
        ("nonce", &long),
        ("acr_values", &long[..2_049]),
        ("claims", &claims),
    ] {
        let sent = request.clone().with(name, value);
        let answer = world.browser().once(Method::POST, &url, Some(&sent.params)).await;
        answer.assert_refusal("invalid_request", &sent);
    }
    for name in ["acr_values", "ui_locales", "login_hint"] {
        let sent = request.clone().with(name, &long[..2_048]);
        assert!(
            world.browser().get(&sent.url()).await.has("form#phone-form"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_head_request_gets_no_code() {
    let world = World::start().await;
    let mut browser = world.browser();
    world
        .conformance()
        .code(&world, &mut browser, "openid", ALICE)
        .await;
    let url = world.conformance().authorize("openid").url().parse().unwrap();
    assert_eq!(browser.once(Method::HEAD, &url, None).await.status, 405);
}
