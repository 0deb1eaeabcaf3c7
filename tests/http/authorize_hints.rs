//! What a client says about who is to sign in: an ID token, or a number.

use serde_json::json;

use super::authorize_prompt::{regular, silently};
use crate::harness::{ALICE, NOBODY, TEST_MEMBER, World, tampered};

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a030_a_hint_is_an_id_token_of_this_issuer_however_old() {
    let world = World::start().await;
    let (client, mut browser, tokens) = regular(&world, "openid profile").await;
    let hint = tokens.id.unwrap();
    world.advance(86_400).await;
    let same = silently(&world, &client, &mut browser, &[("id_token_hint", &hint)]).await;
    let north = world.conformance_north();
    let north = north.tokens(&world, &mut world.browser(), "openid", ALICE).await;
    let (head, rest) = hint.split_once('.').unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", rest.split('.').next().unwrap());
    for bad in [
        "garbage",
        "a.b.c",
        &tampered(&hint, "sub", json!("somebody-else")),
        &tampered(&hint, "exp", json!(9_999_999_999_u64)),
        &unsigned,
        &format!("{head}.{}.", rest.split('.').next().unwrap()),
        &same.access,
        &north.id.unwrap(),
    ] {
        for prompt in ["none", "login"] {
            let request = client
                .authorize("openid")
                .with("prompt", prompt)
                .with("id_token_hint", bad);
            let answer = browser.ask(&request).await;
            answer.assert_refusal("invalid_request", &request);
        }
    }
    // What this issuer told one client is no hint from another.
    let other = world
        .fashionboard()
        .authorize("openid")
        .with("id_token_hint", &hint);
    let answer = browser.ask(&other).await;
    answer.assert_refusal("invalid_request", &other);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a030_fl1_a_hint_of_another_member_never_yields_this_one() {
    let world = World::start().await;
    let (client, mut browser, _) = regular(&world, "openid profile").await;
    let alice = client
        .tokens(&world, &mut world.browser(), "openid profile", ALICE)
        .await;
    let hinted = client
        .authorize("openid profile")
        .with("id_token_hint", alice.id.as_deref().unwrap());
    let silent = hinted.clone().with("prompt", "none");
    let answer = browser.ask(&silent).await;
    answer.assert_refusal("login_required", &silent);
    // Asked aloud, it is a sign-in.
    let phone = browser.get(&hinted.url()).await;
    assert!(phone.has("form#phone-form"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a030_signing_in_as_somebody_else_than_the_hint_is_an_error() {
    let world = World::start().await;
    let (client, mut browser, _) = regular(&world, "openid profile").await;
    let alice = client
        .tokens(&world, &mut world.browser(), "openid profile", ALICE)
        .await;
    let hinted = client
        .authorize("openid profile")
        .with("id_token_hint", alice.id.as_deref().unwrap());
    let phone = browser.get(&hinted.url()).await;
    let page = browser.sign_in(&world, &phone, TEST_MEMBER).await;
    assert_eq!(page.callback()["error"], "login_required");
    assert_eq!(page.callback()["state"], hinted.get("state"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a031_a_login_hint_prefills_and_tells_nothing() {
    let world = World::start().await;
    let (client, mut signed_in, _) = regular(&world, "openid profile").await;
    let mut pages = Vec::new();
    for hint in [ALICE, NOBODY] {
        let request = client.authorize("openid profile").with("login_hint", hint);
        let page = world.browser().get(&request.url()).await;
        assert_eq!(page.attr("input#phone", "value"), hint);
        assert!(world.inbox(hint).await.is_empty(), "a hint sends nothing");
        pages.push((page.status, page.text("body").replace(hint, "")));
        // Whoever is signed in stays who she is.
        signed_in.get(&request.url()).await;
        silently(&world, &client, &mut signed_in, &[("login_hint", hint)]).await;
    }
    assert_eq!(pages[0], pages[1]);
    for odd in ["\"><script>alert(1)</script>", "alice@example.org", "+1", "0"] {
        let request = client.authorize("openid").with("login_hint", odd);
        let page = world.browser().get(&request.url()).await;
        assert_eq!(page.attrs("input#phone", "value").concat(), "", "{odd}");
        assert!(odd.len() < 6 || !page.body.contains(odd), "{odd}");
    }
}
