//! Who is asked what, and when: prompts, age, hints, consent, and to whom a started sign-in belongs.

use std::collections::BTreeMap;

use url::Url;

use crate::harness::{ALICE, Browser, Client, NOBODY, Page, TEST_MEMBER, Tokens, World};

/// A member who has signed in at the conformance client and allowed it `scope`; some time has passed since.
pub(super) async fn regular(world: &World, scope: &str) -> (Client, Browser, Tokens) {
    let client = world.conformance();
    let mut browser = world.browser();
    let tokens = client.tokens(world, &mut browser, scope, TEST_MEMBER).await;
    world.advance(100).await;
    (client, browser, tokens)
}

/// Asks with changes to a plain request, expecting a code without any page, and redeems it.
pub(super) async fn silently(
    world: &World,
    client: &Client,
    browser: &mut Browser,
    changes: &[(&str, &str)],
) -> Tokens {
    let request = changes.iter().fold(
        client.authorize("openid profile").with("prompt", "none"),
        |request, (name, value)| request.with(name, value),
    );
    let answer = browser.ask(&request).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let url = Url::parse(answer.header("location")).unwrap();
    client.redeem(world, &request, &Page { url, ..answer }).await
}

#[tokio::test]
async fn a022_fl1_prompt_none_without_a_session_is_login_required() {
    let world = World::start().await;
    for client in [world.conformance(), world.fashionboard(), world.spa()] {
        for hint in ["", ALICE, NOBODY, "not a number"] {
            let request = client
                .authorize("openid profile")
                .with("prompt", "none")
                .with("login_hint", hint);
            let mut browser = world.browser();
            let answer = browser.ask(&request).await;
            answer.assert_refusal("login_required", &request);
            assert!(!answer.has("form"), "{}", answer.body);
        }
    }
    // A cookie that is not one of ours, or another brand's, is no session.
    let mut north = world.browser();
    let elsewhere = world.conformance_north();
    elsewhere.tokens(&world, &mut north, "openid", ALICE).await;
    let foreign = north.cookies["auth.northpeak.localhost"].clone();
    let forged = BTreeMap::from([("__Host-session".to_owned(), "AAAA".to_owned())]);
    for jar in [foreign, forged] {
        let mut browser = world.browser();
        browser
            .cookies
            .insert("auth.urbantrend.localhost".to_owned(), jar);
        let request = world.conformance().authorize("openid").with("prompt", "none");
        let answer = browser.ask(&request).await;
        answer.assert_refusal("login_required", &request);
    }
}

#[tokio::test]
async fn fl1_silence_without_a_session_leaves_nothing_behind() {
    let world = World::start().await;
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid").with("prompt", "none");
    let answer = browser.ask(&request).await;
    assert!(answer.body.is_empty() && browser.cookies.values().all(BTreeMap::is_empty));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a023_fl1_prompt_none_without_consent_is_consent_required() {
    let world = World::start().await;
    let (client, mut browser, _) = regular(&world, "openid profile").await;
    for request in [
        client.authorize("openid profile email"),
        world.fashionboard().authorize("openid"),
    ] {
        let request = request.with("prompt", "none");
        let answer = browser.ask(&request).await;
        answer.assert_refusal("consent_required", &request);
        assert!(!answer.has("form"), "{}", answer.body);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a023_a035_offline_access_is_not_given_in_silence() {
    let world = World::start().await;
    let (client, mut browser, _) = regular(&world, "openid profile").await;
    let request = client.authorize("openid offline_access").with("prompt", "none");
    let answer = browser.ask(&request).await;
    answer.assert_refusal("consent_required", &request);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn fl1_prompt_none_gets_no_page_even_while_the_store_is_down() {
    let world = World::start().await;
    let (client, mut browser, _) = regular(&world, "openid profile").await;
    let request = client.authorize("openid profile").with("prompt", "none");
    // Session, consent, code: each of the three may be out of reach.
    for nth in 1..=3 {
        world.fault("store", "fail", nth, 1).await;
        let answer = browser.ask(&request).await;
        answer.assert_refusal("temporarily_unavailable", &request);
        assert!(answer.body.is_empty());
        silently(&world, &client, &mut browser, &[]).await;
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a024_prompt_none_stands_alone() {
    let world = World::start().await;
    let (client, mut browser, _) = regular(&world, "openid profile").await;
    for prompt in [
        "none login",
        "login none",
        "none consent",
        "none select_account",
        "None",
        "create",
        "login,consent",
        "login\tconsent",
    ] {
        let request = client.authorize("openid profile").with("prompt", prompt);
        let answer = browser.ask(&request).await;
        answer.assert_refusal("invalid_request", &request);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a025_a029_silence_keeps_who_and_when() {
    let world = World::start().await;
    let before = world.now().await;
    let (client, mut browser, first) = regular(&world, "openid profile offline_access").await;
    let first_claims = first.id_claims();
    let auth_time = first_claims["auth_time"].as_u64().unwrap();
    assert!((before..before + 100).contains(&auth_time), "{auth_time}");
    let again = silently(&world, &client, &mut browser, &[("max_age", "10000")]).await;
    let refreshed = client.refresh(&world, first.refresh.as_deref().unwrap()).await;
    let refreshed = Tokens::of(refreshed).await;
    for claims in [again.id_claims(), refreshed.id_claims()] {
        for name in ["iss", "sub", "auth_time"] {
            assert_eq!(claims[name], first_claims[name], "{name}");
        }
        assert!(claims["iat"].as_u64().unwrap() >= auth_time + 100);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a026_a028_login_is_asked_again_and_moves_auth_time() {
    let world = World::start().await;
    for (name, value) in [("prompt", "login"), ("max_age", "50"), ("max_age", "0")] {
        let (client, mut browser, first) = regular(&world, "openid profile").await;
        let request = client.authorize("openid profile").with(name, value);
        let phone = browser.get(&request.url()).await;
        assert!(phone.has("form#phone-form"), "{name}={value}");
        assert!(!phone.has("form#continue-form"), "{name}={value}");
        let page = browser.sign_in(&world, &phone, TEST_MEMBER).await;
        let claims = client.redeem(&world, &request, &page).await.id_claims();
        assert_eq!(claims["sub"], first.id_claims()["sub"]);
        let time = |claims: &serde_json::Value| claims["auth_time"].as_u64().unwrap();
        assert!(time(&claims) > time(&first.id_claims()), "{name}={value}");
        let later = silently(&world, &client, &mut browser, &[]).await;
        assert_eq!(time(&later.id_claims()), time(&claims));
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a026_another_member_inherits_nothing() {
    let world = World::start().await;
    let (client, mut browser, first) = regular(&world, "openid profile").await;
    let request = client.authorize("openid profile").with("prompt", "login");
    let phone = browser.get(&request.url()).await;
    let page = browser.sign_in(&world, &phone, ALICE).await;
    assert!(page.has("form#consent-form"), "what another allowed is not hers");
    let page = browser.allow(&page).await;
    let second = client.redeem(&world, &request, &page).await.id_claims();
    assert_ne!(second["sub"], first.id_claims()["sub"]);
    let silent = silently(&world, &client, &mut browser, &[]).await.id_claims();
    assert_eq!(silent["sub"], second["sub"]);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a027_consent_and_select_account_show_their_pages() {
    let world = World::start().await;
    let (client, mut browser, first) = regular(&world, "openid profile").await;
    let request = client.authorize("openid profile").with("prompt", "consent");
    let page = browser.get(&request.url()).await;
    assert_eq!(page.scopes(), ["profile"]);
    let page = browser.allow(&page).await;
    client.redeem(&world, &request, &page).await;

    let request = client
        .authorize("openid profile")
        .with("prompt", "select_account");
    let chooser = browser.get(&request.url()).await;
    assert!(chooser.has("form#continue-form") && chooser.has("form#phone-form"));
    let page = browser
        .submit(&chooser, "form#continue-form", &[("action", "continue")])
        .await;
    let claims = client.redeem(&world, &request, &page).await.id_claims();
    assert_eq!(
        claims["auth_time"],
        first.id_claims()["auth_time"],
        "choosing proves nothing"
    );

    let both = client
        .authorize("openid profile")
        .with("prompt", "login select_account");
    let page = browser.get(&both.url()).await;
    assert!(page.has("form#phone-form") && !page.has("form#continue-form"));
    let page = browser
        .submit(&page, "form#phone-form", &[("action", "continue")])
        .await;
    assert!(page.has("form#phone-form"), "going on as oneself is no sign-in");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a028_max_age_is_a_number_of_seconds() {
    let world = World::start().await;
    let (client, mut browser, _) = regular(&world, "openid profile").await;
    for bad in ["-1", "abc", "1.5", "99999999999999999999", "٥"] {
        let request = client.authorize("openid").with("max_age", bad);
        let answer = browser.ask(&request).await;
        answer.assert_refusal("invalid_request", &request);
    }
    for old in ["50", "0"] {
        let request = client
            .authorize("openid")
            .with("max_age", old)
            .with("prompt", "none");
        let answer = browser.ask(&request).await;
        answer.assert_refusal("login_required", &request);
    }
    silently(&world, &client, &mut browser, &[("max_age", "5000")]).await;
    // 0 asks again within the very second of the sign-in.
    let mut fresh = world.browser();
    client.tokens(&world, &mut fresh, "openid", TEST_MEMBER).await;
    let request = client
        .authorize("openid")
        .with("max_age", "0")
        .with("prompt", "none");
    let answer = fresh.ask(&request).await;
    answer.assert_refusal("login_required", &request);
}

#[tokio::test]
async fn a028_max_age_is_written_in_digits() {
    let world = World::start().await;
    for bad in ["+5", "0x10", " 5", "5 ", "1e3"] {
        let request = world.conformance().authorize("openid").with("max_age", bad);
        let answer = world.browser().ask(&request).await;
        answer.assert_refusal("invalid_request", &request);
    }
}

#[tokio::test]
async fn a032_languages_and_display_are_wishes_and_never_errors() {
    let world = World::start().await;
    for (wish, lang, dir) in [
        ("hi", "hi", "ltr"),
        ("ar-EG", "ar", "rtl"),
        ("xx de-CH hi en", "hi", "ltr"),
        ("xx", "en", "ltr"),
        ("\"><script>", "en", "ltr"),
        ("", "en", "ltr"),
    ] {
        let request = world
            .conformance()
            .authorize("openid")
            .with("ui_locales", wish)
            .with("claims_locales", wish)
            .with("display", "holodeck");
        let page = world.browser().get(&request.url()).await;
        assert!(page.has("form#phone-form"), "{wish}");
        assert_eq!(
            (page.attr("html", "lang"), page.attr("html", "dir")),
            (lang.to_owned(), dir.to_owned()),
            "{wish}"
        );
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a035_offline_access_needs_consent_and_a_client_that_may() {
    let world = World::start().await;
    let (client, mut browser, first) = regular(&world, "openid profile").await;
    assert!(first.refresh.is_none(), "not asked, not given");
    let request = client.authorize("openid profile offline_access");
    let page = browser.get(&request.url()).await;
    assert_eq!(page.scopes(), ["offline_access"]);
    let page = browser.allow(&page).await;
    assert!(client.redeem(&world, &request, &page).await.refresh.is_some());
    let fashionboard = world.fashionboard();
    let request = fashionboard.authorize("openid profile offline_access");
    let page = browser.get(&request.url()).await;
    assert_eq!(page.scopes(), ["profile"]);
    let page = browser.allow(&page).await;
    let tokens = fashionboard.redeem(&world, &request, &page).await;
    assert!(tokens.refresh.is_none());
    assert_eq!(tokens.all["scope"], "openid profile");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a036_a_refusal_is_told_to_the_partner_and_keeps_the_session() {
    let world = World::start().await;
    let (_, mut browser, _) = regular(&world, "openid profile").await;
    let request = world.fashionboard().authorize("openid profile");
    let page = browser.get(&request.url()).await;
    let answer = browser.deny(&page).await.callback();
    assert_eq!(answer["error"], "access_denied");
    assert_eq!(answer["state"], request.get("state"));
    silently(&world, &world.conformance(), &mut browser, &[]).await;
}
