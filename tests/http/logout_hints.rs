//! What an `id_token_hint` proves at logout: that she wants the session it is from ended, and no other.

use reqwest::Method;
use url::form_urlencoded::Serializer;

use crate::harness::{ALICE, Browser, Page, Tokens, World};

const BACK: &str = "http://127.0.0.1:3999/signed-out";
const CLIENT: &str = "[tenants.urbantrend.clients.conformance]\n";

async fn signed_in(world: &World, browser: &mut Browser) -> Tokens {
    let client = world.conformance();
    client.tokens(world, browser, "openid", ALICE).await
}

fn address(world: &World, hint: &str) -> String {
    let params = [
        ("id_token_hint", hint),
        ("post_logout_redirect_uri", BACK),
        ("client_id", "conformance"),
    ];
    let query = Serializer::new(String::new()).extend_pairs(params).finish();
    format!("{}/oauth2/sessions/logout?{query}", world.urbantrend().issuer)
}

async fn logout(world: &World, browser: &mut Browser, hint: &str) -> Page {
    browser.get(&address(world, hint)).await
}

/// She is asked, and nothing has happened yet.
async fn is_asked(world: &World, browser: &mut Browser, page: &Page, case: &str) {
    assert!(page.has("form#logout-form"), "{case}: {} {}", page.url, page.body);
    let request = world.conformance().authorize("openid");
    assert_eq!(browser.clone().silently(&request).await, "code", "{case}");
}

#[tokio::test]
async fn a081_lo1_a_hint_of_another_session_of_hers_asks_first() {
    let world = World::start().await;
    let mut browser = world.browser();
    let ended = signed_in(&world, &mut browser).await;
    logout(&world, &mut browser, ended.id.as_deref().unwrap()).await;
    let elsewhere = signed_in(&world, &mut world.browser()).await;
    let here = signed_in(&world, &mut browser).await;
    assert_eq!(here.id_claims()["sub"], ended.id_claims()["sub"]);
    for (case, tokens) in [("ended long ago", &ended), ("at another browser", &elsewhere)] {
        let page = logout(&world, &mut browser, tokens.id.as_deref().unwrap()).await;
        is_asked(&world, &mut browser, &page, case).await;
    }
    let page = logout(&world, &mut browser, here.id.as_deref().unwrap()).await;
    assert_eq!(page.url.as_str(), BACK, "its own signs out");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a079_a_hint_from_before_she_proved_again_who_she_is_is_of_the_same_session() {
    let world = World::start().await;
    let mut browser = world.browser();
    let before = signed_in(&world, &mut browser).await;
    world.advance(61).await;
    let again = world.conformance().authorize("openid").with("prompt", "login");
    let page = browser.through(&world, &again.url(), ALICE).await;
    assert!(page.callback().contains_key("code"), "{}", page.url);
    let page = logout(&world, &mut browser, before.id.as_deref().unwrap()).await;
    assert_eq!(page.url.as_str(), BACK);
    let request = world.conformance().authorize("openid");
    assert_eq!(browser.silently(&request).await, "login_required");
}

#[tokio::test]
async fn a080_tk1_a_signed_userinfo_answer_is_no_hint() {
    let signed = format!("{CLIENT}userinfo_signed_response_alg = \"RS256\"\n");
    let world = World::edited(&[(CLIENT, &signed)]).await;
    let mut browser = world.browser();
    let tokens = signed_in(&world, &mut browser).await;
    let answer = world.conformance().userinfo(&tokens.access).await;
    let about = answer.text().await.unwrap();
    let page = logout(&world, &mut browser, &about).await;
    is_asked(&world, &mut browser, &page, "userinfo").await;
    let request = world.conformance().authorize("openid");
    let request = request.with("id_token_hint", &about).with("prompt", "none");
    let answer = browser.ask(&request).await;
    answer.assert_refusal("invalid_request", &request);
}

#[tokio::test]
async fn a079_lo1_head_signs_nobody_out() {
    let world = World::start().await;
    let mut browser = world.browser();
    let tokens = signed_in(&world, &mut browser).await;
    let address = address(&world, tokens.id.as_deref().unwrap()).parse().unwrap();
    // RFC 9110 s9.2.1: safe, whatever it answers.
    browser.once(Method::HEAD, &address, None).await;
    let request = world.conformance().authorize("openid");
    assert_eq!(browser.silently(&request).await, "code");
}
