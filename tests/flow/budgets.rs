//! What each path may cost in store reads, store writes and signatures. The numbers are exact, so that drift is seen.
//!
//! The clients here authenticate with a secret: the `jti` of a client assertion is one more write each time.

use reqwest::Method;
use serde_json::Value;

use crate::harness::{ALICE, DpopKey, Tokens, World};

const OFFLINE: &str = "openid profile offline_access";

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn a_first_sign_in_with_code_consent_and_all_tokens() {
    let world = World::start().await;
    world.reset_counts().await;
    let client = world.conformance();
    let tokens = client.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
    assert!(tokens.id.is_some() && tokens.refresh.is_some());
    assert_eq!(world.counts().await, (5, 9, 2));

    let counts: Value = world
        .dev(Method::GET, "/dev/counts", None)
        .await
        .json()
        .await
        .unwrap();
    // Of the nine, the one-time code's own are four: the address, the challenge, the attempt, its end.
    assert_eq!(counts["login"]["store_writes"], 5, "{counts}");
    assert_eq!(counts["login"]["messages"], 1, "{counts}");
    // The request itself writes nothing; the one write is the code.
    assert_eq!(counts["authorize"]["store_writes"], 1, "{counts}");
    assert_eq!(counts["authorize"]["signatures"], 0, "{counts}");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn an_authorization_request_writes_nothing_until_somebody_answers() {
    let world = World::start().await;
    world.reset_counts().await;
    let page = world
        .browser()
        .get(&world.conformance().authorize("openid").url())
        .await;
    assert!(page.has("form#phone-form"));
    assert_eq!(world.counts().await, (0, 0, 0));
}

/// A pushed request costs one write to keep, one read for each visit, and one write to end.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn what_pushing_a_request_adds() {
    let world = World::start().await;
    let client = world.conformance();
    world.reset_counts().await;
    let request = client.authorize(OFFLINE);
    let link = client.pushed(&world, &request).await;
    assert_eq!(world.counts().await, (0, 1, 0));
    let mut browser = world.browser();
    let page = browser.through(&world, &link.url(), ALICE).await;
    client.redeem(&world, &request, &page).await;
    assert_eq!(world.counts().await, (5 + 1, 9 + 2, 2), "a first sign-in");

    world.reset_counts().await;
    let request = client.authorize("openid profile");
    let link = client.pushed(&world, &request).await;
    let page = browser.get(&link.url()).await;
    client.redeem(&world, &request, &page).await;
    assert_eq!(world.counts().await, (4 + 1, 2 + 2, 2), "a silent return");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn a_silent_return_with_remembered_consent() {
    let world = World::start().await;
    let client = world.conformance();
    for (scope, cost) in [("openid profile", (4, 2, 2)), (OFFLINE, (4, 3, 2))] {
        let mut browser = world.browser();
        client.tokens(&world, &mut browser, scope, ALICE).await;
        let seen = browser.seen.len();
        world.reset_counts().await;
        client.tokens(&world, &mut browser, scope, ALICE).await;
        assert_eq!(world.counts().await, cost, "{scope}");
        assert_eq!(browser.seen.len(), seen, "a silent return shows no page");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn a_refresh() {
    let world = World::start().await;
    let client = world.conformance();
    for (scope, cost) in [
        (OFFLINE, (2, 1, 2)),
        // Without `openid` there is no ID token to sign.
        ("offline_access loyalty.points.read", (2, 1, 1)),
    ] {
        let tokens = client.tokens(&world, &mut world.browser(), scope, ALICE).await;
        world.reset_counts().await;
        let answer = client.refresh(&world, tokens.refresh.as_deref().unwrap()).await;
        assert_eq!(answer.status(), 200, "{scope}");
        assert_eq!(world.counts().await, cost, "{scope}");
    }
}

/// What the app gets writes nothing. Her answer writes that it is used, and the session.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn a_session_handed_on() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    world.reset_counts().await;
    let token = app.transfer(&world, &tokens, Some("shopease")).await;
    assert_eq!(world.counts().await, (3, 0, 0));
    let mut browser = world.browser();
    world.reset_counts().await;
    let page = browser.open_transfer(&app.brand, &token).await;
    assert_eq!(world.counts().await, (4, 0, 0), "the page");
    world.reset_counts().await;
    browser.go_on(&page).await;
    assert_eq!(world.counts().await, (4, 2, 0), "her answer");
    // What is forged is recognised before anything is looked up.
    world.reset_counts().await;
    browser.open_transfer(&app.brand, "x").await;
    assert_eq!(world.counts().await, (0, 0, 0));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn userinfo() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = client.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
    world.reset_counts().await;
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
    assert_eq!(world.counts().await, (2, 0, 0));
}

/// A proof works once, which somebody has to remember.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn a_proof_of_a_key_is_one_more_write_each_time() {
    let world = World::start().await;
    let client = world.conformance().holding(&DpopKey::new());
    world.reset_counts().await;
    let tokens = client.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
    assert_eq!(world.counts().await, (5, 10, 2));
    world.reset_counts().await;
    assert_eq!(client.proven_userinfo(&world, &tokens.access).await.status(), 200);
    assert_eq!(world.counts().await, (2, 1, 0));
    // Only whoever has a token of ours can make us write.
    world.reset_counts().await;
    assert_eq!(
        client.proven_userinfo(&world, "no-such-token").await.status(),
        401
    );
    assert_eq!(world.counts().await, (0, 0, 0));
}

/// The request of a device, and the count of its address.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn a_pair_of_codes_for_a_device_is_two_writes() {
    let world = World::start().await;
    let tv = world.tv();
    for (scope, status, cost) in [("openid", 200, (0, 2, 0)), ("email", 400, (0, 0, 0))] {
        world.reset_counts().await;
        assert_eq!(tv.begin(&world, &[("scope", scope)]).await.status(), status);
        assert_eq!(world.counts().await, cost, "{scope}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn a_refused_token_request_costs_at_most_one_write() {
    let world = World::start().await;
    let client = world.conformance();
    world.reset_counts().await;
    let wrong = client.exchange("no-such-code", "a-verifier-of-at-least-forty-three-characters");
    assert_eq!(client.token(&world, wrong).await.status(), 400);
    assert_eq!(world.counts().await, (0, 1, 0));

    world.reset_counts().await;
    assert_eq!(client.refresh(&world, "no-such-token").await.status(), 400);
    assert_eq!(client.userinfo("no-such-token").await.status(), 401);
    // What is forged is recognised before anything is looked up.
    assert_eq!(world.counts().await, (0, 0, 0));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn asking_about_a_token_and_giving_it_back() {
    let world = World::with_apis().await;
    let (client, robot) = (world.conformance(), world.robot());
    let tokens = client.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
    let (access, refresh) = (tokens.access.as_str(), tokens.refresh.as_deref().unwrap());
    world.reset_counts().await;
    let own = vec![("grant_type".to_owned(), "client_credentials".to_owned())];
    let own = Tokens::of(robot.token(&world, own).await).await.access;
    assert_eq!(world.counts().await, (0, 0, 1), "a token of its own");
    for (caller, token, asked, given_back) in [
        (&client, access, (2, 0, 0), (1, 1, 0)),
        (&client, refresh, (3, 0, 0), (0, 2, 0)),
        (&robot, &own, (1, 0, 0), (0, 1, 0)),
    ] {
        world.reset_counts().await;
        assert_eq!(caller.asks(&world, token).await["active"], true);
        assert_eq!(world.counts().await, asked);
        world.reset_counts().await;
        caller.gives_back(&world, token).await;
        assert_eq!(world.counts().await, given_back);
    }
    world.reset_counts().await;
    client.asks(&world, "unknown").await;
    client.gives_back(&world, "unknown").await;
    assert_eq!(
        world.counts().await,
        (0, 0, 0),
        "what is forged is recognised before anything is looked up"
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn signed_userinfo() {
    let section = "[tenants.urbantrend.clients.conformance]\n";
    let registered = format!("{section}userinfo_signed_response_alg = \"ES256\"\n");
    let world = World::edited(&[(section, &registered)]).await;
    let client = world.conformance();
    let tokens = client.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
    world.reset_counts().await;
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
    assert_eq!(world.counts().await, (2, 0, 1));
}

/// Two apps, one of which has a server that is told: a mark on each consent, one write for all notices, one for the
/// session. The token of a notice is nobody's request and not counted.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn a_logout() {
    let world = World::start().await;
    let mut browser = world.browser();
    let (told, untold) = (world.fashionboard(), world.conformance());
    let tokens = told.tokens(&world, &mut browser, "openid", ALICE).await;
    untold.tokens(&world, &mut browser, "openid", ALICE).await;
    let hint = tokens.id.unwrap();
    let logout = format!("{}/oauth2/sessions/logout", world.urbantrend().issuer);
    world.reset_counts().await;
    browser.get(&format!("{logout}?id_token_hint={hint}")).await;
    assert_eq!(world.counts().await, (2, 4, 0));
}
