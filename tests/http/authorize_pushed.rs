//! What becomes of a pushed request at the authorization endpoint (RFC 9126 s4): whose it is, how often it is good.

mod beside;
mod once;
mod required;
mod tabs;

use reqwest::Method;
use url::Url;

use crate::harness::{ALICE, Authorization, Page, TEST_MEMBER, World};

/// The page for whoever comes with a `request_uri` that nothing can begin with: never a redirect.
fn assert_stale(page: &Page, sent: &Authorization) {
    page.assert_error_page("invalid_request_uri", &sent.params);
}

#[tokio::test]
async fn a085_a_pushed_request_leads_to_tokens() {
    let world = World::start().await;
    for client in [world.conformance(), world.fapi(), world.spa()] {
        let request = client.authorize("openid profile");
        let link = client.pushed(&world, &request).await;
        let page = world.browser().through(&world, &link.url(), TEST_MEMBER).await;
        assert_eq!(page.callback()["state"], request.get("state"));
        assert_eq!(page.callback()["iss"], client.brand.issuer);
        let tokens = client.redeem(&world, &request, &page).await;
        assert_eq!(tokens.id_claims()["nonce"], request.get("nonce"));
        assert_eq!(tokens.scope(), ["openid", "profile"]);
    }
}

#[tokio::test]
async fn a011_a_pushed_request_may_be_posted() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client.tokens(&world, &mut browser, "openid", TEST_MEMBER).await;
    let request = client.authorize("openid");
    let link = client.pushed(&world, &request).await;
    let mut url = Url::parse(&link.url()).unwrap();
    url.set_query(None);
    let onward = browser.once(Method::POST, &url, Some(&link.params)).await;
    let page = browser
        .get(url.join(onward.header("location")).unwrap().as_str())
        .await;
    client.redeem(&world, &request, &page).await;
}

#[tokio::test]
async fn a085_pa1_a_page_may_be_loaded_again_until_the_flow_ends() {
    let world = World::start().await;
    let client = world.conformance();
    let link = client.pushed(&world, &client.authorize("openid")).await;
    let mut browser = world.browser();
    for _ in 0..3 {
        assert!(browser.get(&link.url()).await.has("form#phone-form"));
    }
    // Somebody else's browser is somebody else's flow.
    assert!(world.browser().get(&link.url()).await.has("form#phone-form"));
    let page = browser.through(&world, &link.url(), TEST_MEMBER).await;
    assert!(page.callback().contains_key("code"));
    for mut browser in [browser, world.browser()] {
        for link in [link.clone(), link.clone().and("prompt", "none")] {
            assert_stale(&browser.ask(&link).await, &link);
        }
    }
}

#[tokio::test]
async fn a085_pa1_a_silent_flow_ends_it_too() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client.tokens(&world, &mut browser, "openid", TEST_MEMBER).await;
    let request = client.authorize("openid").with("prompt", "none");
    let link = client.pushed(&world, &request).await;
    let page = browser.get(&link.url()).await;
    client.redeem(&world, &request, &page).await;
    assert_stale(&browser.ask(&link).await, &link);
}

#[tokio::test]
async fn a085_pa1_a_refusal_ends_it_too() {
    let world = World::start().await;
    let client = world.conformance();
    let request = client.authorize("openid").with("prompt", "none");
    let link = client.pushed(&world, &request).await;
    let mut stranger = world.browser();
    stranger
        .ask(&link)
        .await
        .assert_refusal("login_required", &request);
    assert_stale(&stranger.ask(&link).await, &link);

    let request = client.authorize("openid profile");
    let link = client.pushed(&world, &request).await;
    let mut browser = world.browser();
    let consent = browser.reach_consent(&world, &link, ALICE).await;
    let denied = browser.deny(&consent).await;
    assert_eq!(denied.callback()["error"], "access_denied");
    assert_stale(&browser.ask(&link).await, &link);
}

#[tokio::test]
async fn a085_pa1_te7_only_its_client_at_its_brand_can_use_it() {
    let world = World::start().await;
    let (owner, other, north) = (
        world.conformance(),
        world.fashionboard(),
        world.conformance_north(),
    );
    let link = owner.pushed(&world, &owner.authorize("openid")).await;
    let foreign = link.clone().with("client_id", &other.id);
    let page = world.browser().ask(&foreign).await;
    // It shows the way back to the app it names, and so that name.
    assert_eq!(
        (page.status.as_u16(), page.error().as_str()),
        (400, "invalid_request_uri")
    );
    assert!(page.header("location").is_empty() && !page.body.contains("conformance"));
    // The client of equal name at the other brand.
    let abroad = north
        .authorize("openid")
        .naming("conformance", "request_uri", link.get("request_uri"));
    assert_stale(&world.browser().ask(&abroad).await, &abroad);
    for client_id in ["nobody", ""] {
        let nobodys = link.clone().with("client_id", client_id);
        let page = world.browser().ask(&nobodys).await;
        page.assert_error_page("invalid_client", &nobodys.params);
    }
    // None of that used it up.
    assert!(world.browser().get(&link.url()).await.has("form#phone-form"));
}

#[tokio::test]
async fn a085_pa1_a_guessed_one_is_nothing() {
    let world = World::start().await;
    let client = world.conformance();
    let link = client.pushed(&world, &client.authorize("openid")).await;
    let genuine = link.get("request_uri").to_owned();
    let shorter = &genuine[..genuine.len() - 1];
    let mut flipped = shorter.to_owned();
    flipped.push(if genuine.ends_with('A') { 'B' } else { 'A' });
    for guess in [
        "urn:ietf:params:oauth:request_uri:",
        "urn:ietf:params:oauth:request_uri:x",
        shorter,
        &flipped,
        &format!("{genuine}A"),
        &format!("{genuine} "),
    ] {
        let guessed = client
            .authorize("openid")
            .naming(&client.id, "request_uri", guess);
        assert_stale(&world.browser().ask(&guessed).await, &guessed);
    }
    assert!(world.browser().get(&link.url()).await.has("form#phone-form"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a085_pa1_st1_it_ends_when_it_was_said_to() {
    let world = World::start().await;
    let client = world.conformance();
    let link = client.pushed(&world, &client.authorize("openid")).await;
    // Not its last second: the test takes time too.
    world.advance(40).await;
    let mut browser = world.browser();
    let page = browser.get(&link.url()).await;
    assert!(page.has("form#phone-form"));
    world.advance(20).await;
    // The row is still there: nothing has swept it.
    assert_stale(&world.browser().ask(&link).await, &link);
    // Who has begun may take the time a sign-in takes.
    world.advance(200).await;
    let page = browser.sign_in(&world, &page, ALICE).await;
    let page = browser.allow(&page).await;
    assert!(page.callback().contains_key("code"), "{}", page.body);
}

#[tokio::test]
async fn a085_it_outlives_a_restart() {
    let mut world = World::start().await;
    let client = world.conformance();
    let (one, two) = (client.authorize("openid"), client.authorize("openid"));
    let used = client.pushed(&world, &one).await;
    let unused = client.pushed(&world, &two).await;
    let page = world.browser().through(&world, &used.url(), TEST_MEMBER).await;
    assert!(page.callback().contains_key("code"));
    world.restart().await;
    assert_stale(&world.browser().ask(&used).await, &used);
    let page = world.browser().through(&world, &unused.url(), TEST_MEMBER).await;
    client.redeem(&world, &two, &page).await;
}

/// What was checked when it was pushed is checked again: a registration may have changed.
#[tokio::test]
async fn a003_a_redirect_uri_taken_back_since_is_a_page() {
    let mut world = World::start().await;
    let client = world.fapi();
    let link = client.pushed(&world, &client.authorize("openid")).await;
    world
        .restart_edited(&[("127.0.0.1:3998/callback", "127.0.0.1:3998/elsewhere")])
        .await;
    let page = world.browser().ask(&link).await;
    page.assert_error_page("invalid_redirect_uri", &link.params);
}
