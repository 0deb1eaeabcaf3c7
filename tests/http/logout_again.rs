//! Logout when she is signed out already, or somebody else is there by now: second tabs, the back button, old links.

use url::form_urlencoded::Serializer;

use crate::harness::{ALICE, BOB, Browser, Page, Tokens, World};

const BACK: &str = "http://127.0.0.1:3999/signed-out";

async fn signed_in(world: &World, browser: &mut Browser, number: &str) -> Tokens {
    let client = world.conformance();
    client.tokens(world, browser, "openid", number).await
}

async fn logout(world: &World, browser: &mut Browser, params: &[(&str, &str)]) -> Page {
    let query = Serializer::new(String::new()).extend_pairs(params).finish();
    let issuer = world.urbantrend().issuer;
    browser
        .get(&format!("{issuer}/oauth2/sessions/logout?{query}"))
        .await
}

async fn session(world: &World, browser: &mut Browser) -> String {
    browser.silently(&world.conformance().authorize("openid")).await
}

#[tokio::test]
async fn a079_the_same_link_again_leads_back_again() {
    let world = World::start().await;
    let mut browser = world.browser();
    let tokens = signed_in(&world, &mut browser, ALICE).await;
    let hint = tokens.id.as_deref().unwrap();
    let params = [
        ("id_token_hint", hint),
        ("post_logout_redirect_uri", BACK),
        ("state", "s"),
    ];
    for time in ["first", "again", "once more"] {
        let page = logout(&world, &mut browser, &params).await;
        assert_eq!(page.url.as_str(), format!("{BACK}?state=s"), "{time}");
        assert_eq!(session(&world, &mut browser).await, "login_required", "{time}");
    }
    // And from a browser that was never signed in.
    let page = logout(&world, &mut world.browser(), &params).await;
    assert_eq!(page.url.as_str(), format!("{BACK}?state=s"));
}

#[tokio::test]
async fn a081_a_second_tab_finds_her_signed_out() {
    let world = World::start().await;
    let mut browser = world.browser();
    signed_in(&world, &mut browser, ALICE).await;
    let (first, second) = (
        logout(&world, &mut browser, &[]).await,
        logout(&world, &mut browser, &[]).await,
    );
    for tab in [&first, &second, &first] {
        let page = browser.submit(tab, "form#logout-form", &[]).await;
        assert!(page.has("main#signed-out"), "{}", page.body);
        assert_eq!(session(&world, &mut browser).await, "login_required");
    }
}

#[tokio::test]
async fn lo1_a_button_of_an_old_tab_ends_no_newer_session() {
    let world = World::start().await;
    let mut browser = world.browser();
    let tokens = signed_in(&world, &mut browser, ALICE).await;
    let old = logout(&world, &mut browser, &[]).await;
    let hint = tokens.id.as_deref().unwrap();
    logout(&world, &mut browser, &[("id_token_hint", hint)]).await;
    signed_in(&world, &mut browser, BOB).await;
    let page = browser.submit(&old, "form#logout-form", &[]).await;
    assert_eq!(page.status, 403, "{}", page.body);
    assert_eq!(session(&world, &mut browser).await, "code");
    // Nor does the link that signed Alice out sign Bob out.
    let page = logout(&world, &mut browser, &[("id_token_hint", hint)]).await;
    assert!(page.has("form#logout-form"), "{}", page.body);
    assert_eq!(session(&world, &mut browser).await, "code");
}

#[tokio::test]
async fn asks_and_says_so_in_her_language() {
    let world = World::start().await;
    for (wish, lang, dir) in [
        ("hi", "hi", "ltr"),
        ("fr ar-AE en", "ar", "rtl"),
        ("xx", "en", "ltr"),
    ] {
        let mut browser = world.browser();
        signed_in(&world, &mut browser, ALICE).await;
        let question = logout(&world, &mut browser, &[("ui_locales", wish)]).await;
        assert!(question.has("form#logout-form"), "{wish}");
        browser.submit(&question, "form#logout-form", &[]).await;
        let done = logout(&world, &mut browser, &[("ui_locales", wish)]).await;
        assert!(done.has("main#signed-out"), "{wish}");
        for page in [&question, &done] {
            let found = (page.attr("html", "lang"), page.attr("html", "dir"));
            assert_eq!(found, (lang.to_owned(), dir.to_owned()), "{wish}");
        }
    }
}

#[tokio::test]
async fn a080_the_hint_of_an_app_that_is_registered_no_more_moves_nobody() {
    let mut world = World::start().await;
    let mut browser = world.browser();
    let tokens = signed_in(&world, &mut browser, ALICE).await;
    let name = "[tenants.urbantrend.clients.conformance]";
    let gone = "[tenants.urbantrend.clients.somebody-else]";
    world.restart_edited(&[(name, gone)]).await;
    let hint = tokens.id.as_deref().unwrap();
    let params = [("id_token_hint", hint), ("post_logout_redirect_uri", BACK)];
    let page = logout(&world, &mut browser, &params).await;
    assert!(page.has("form#logout-form"), "{} {}", page.url, page.body);
}
