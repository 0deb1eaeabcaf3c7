mod callers;

use serde_json::json;

use crate::harness::{
    ALICE, BOB, Browser, Client, Tokens, World, answer_header, at_once, claims_of, fields, not_cacheable,
    refusal,
};

const ALL: &str = "openid profile offline_access loyalty.tier.read";
const PATH: &str = "/oauth2/revoke";

fn is(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

fn refresh_token(tokens: &Tokens) -> &str {
    tokens.refresh.as_deref().unwrap()
}

async fn begin(world: &World, client: &Client) -> Tokens {
    client.tokens(world, &mut world.browser(), ALL, ALICE).await
}

async fn refreshed(world: &World, client: &Client, tokens: &Tokens) -> Tokens {
    Tokens::of(client.refresh(world, refresh_token(tokens)).await).await
}

/// Asserts that nothing of a line works any more.
async fn is_dead(world: &World, client: &Client, tokens: &Tokens, case: &str) {
    let found = refusal(client.refresh(world, refresh_token(tokens)).await).await;
    assert_eq!(found, is(400, "invalid_grant"), "{case}");
    assert_eq!(client.userinfo(&tokens.access).await.status(), 401, "{case}");
}

#[tokio::test]
async fn a091_a_refresh_token_takes_its_line_and_its_access_tokens_along() {
    let world = World::start().await;
    for client in [world.conformance(), world.spa()] {
        let untouched = begin(&world, &client).await;
        let r0 = begin(&world, &client).await;
        let r1 = refreshed(&world, &client, &r0).await;
        assert_eq!(client.userinfo(&r0.access).await.status(), 200);
        client.gives_back(&world, refresh_token(&r1)).await;
        for (n, tokens) in [&r0, &r1].into_iter().enumerate() {
            is_dead(&world, &client, tokens, &format!("r{n} of {}", client.id)).await;
        }
        // Again: it is so already.
        client.gives_back(&world, refresh_token(&r1)).await;
        assert_eq!(
            client.userinfo(&untouched.access).await.status(),
            200,
            "another sign-in"
        );
        refreshed(&world, &client, &untouched).await;
    }
}

#[tokio::test]
async fn a091_a_replaced_refresh_token_ends_its_line_as_well() {
    let world = World::start().await;
    let client = world.conformance();
    let r0 = begin(&world, &client).await;
    let r1 = refreshed(&world, &client, &r0).await;
    client.gives_back(&world, refresh_token(&r0)).await;
    is_dead(&world, &client, &r1, "the newest").await;
}

#[tokio::test]
async fn a091_an_access_token_ends() {
    let world = World::start().await;
    for client in [world.conformance(), world.spa()] {
        let (tokens, untouched) = (begin(&world, &client).await, begin(&world, &client).await);
        for _ in 0..2 {
            client.gives_back(&world, &tokens.access).await;
            assert_eq!(client.userinfo(&tokens.access).await.status(), 401);
        }
        assert_eq!(client.userinfo(&untouched.access).await.status(), 200);
    }
}

#[tokio::test]
async fn a091_an_access_token_goes_alone() {
    let world = World::start().await;
    for client in [world.conformance(), world.spa()] {
        let r0 = begin(&world, &client).await;
        let r1 = refreshed(&world, &client, &r0).await;
        for _ in 0..2 {
            client.gives_back(&world, &r0.access).await;
        }
        assert_eq!(client.userinfo(&r0.access).await.status(), 401, "a072");
        assert_eq!(client.userinfo(&r1.access).await.status(), 200);
        refreshed(&world, &client, &r1).await;
    }
}

/// Everything a mark may be kept for has an end; one item cannot hold endlessly many.
#[tokio::test]
async fn a_hundred_access_tokens_at_a_time_take_their_line_along() {
    let world = World::start().await;
    let client = world.conformance();
    let mut tokens = begin(&world, &client).await;
    let other = client.tokens(&world, &mut world.browser(), ALL, BOB).await;
    for _ in 0..100 {
        client.gives_back(&world, &tokens.access).await;
        tokens = refreshed(&world, &client, &tokens).await;
    }
    let last = refreshed(&world, &client, &tokens).await;
    client.gives_back(&world, &tokens.access).await;
    is_dead(&world, &client, &last, "the line").await;
    assert_eq!(
        client.userinfo(&other.access).await.status(),
        200,
        "another member"
    );
}

#[tokio::test]
async fn a091_what_is_no_token_is_dead_already() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let tokens = client.tokens(&world, &mut browser, ALL, ALICE).await;
    let (_, page) = client.code(&world, &mut browser, ALL, ALICE).await;
    let long = "x".repeat(10_000);
    for other in [
        "unknown",
        "a.b.c",
        "..",
        "रिफ़्रेश",
        long.as_str(),
        page.callback()["code"].as_str(),
    ] {
        client.gives_back(&world, other).await;
    }
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
    refreshed(&world, &client, &tokens).await;
}

#[tokio::test]
async fn a091_an_id_token_is_no_token_to_give_back() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    client.gives_back(&world, tokens.id.as_deref().unwrap()).await;
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
    refreshed(&world, &client, &tokens).await;
}

/// What an access token of ours carries inside is none by itself.
#[tokio::test]
async fn what_is_inside_an_access_token_is_no_token() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    let inside = claims_of(&tokens.access);
    client.gives_back(&world, inside["ctx"].as_str().unwrap()).await;
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
    refreshed(&world, &client, &tokens).await;
}

/// RFC 7009 says nothing of it; what was true once is not to be shown again.
#[tokio::test]
async fn no_answer_may_be_kept() {
    let world = World::start().await;
    let (client, other) = (world.conformance(), world.fashionboard());
    let tokens = begin(&world, &client).await;
    let refused = refusal(other.revoke(&world, &tokens.access).await).await;
    assert_eq!(refused, is(400, "invalid_grant"));
    let wrong = Client::basic(world.urbantrend(), "conformance", "guessed", "");
    let refused = refusal(wrong.revoke(&world, &tokens.access).await).await;
    assert_eq!(refused, is(401, "invalid_client"));
    not_cacheable(&client.revoke(&world, &tokens.access).await);
    not_cacheable(&client.revoke(&world, "unknown").await);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a091_an_expired_token_is_dead_already() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    world.advance(600).await;
    client.gives_back(&world, &tokens.access).await;
    refreshed(&world, &client, &tokens).await;
}

#[tokio::test]
async fn te2_a095_another_brands_token_is_no_token_and_lives_on() {
    let world = World::start().await;
    let (home, abroad) = (world.conformance(), world.conformance_north());
    let tokens = begin(&world, &home).await;
    for token in [refresh_token(&tokens), &tokens.access] {
        abroad.gives_back(&world, token).await;
    }
    assert_eq!(home.userinfo(&tokens.access).await.status(), 200);
    refreshed(&world, &home, &tokens).await;
}

#[tokio::test]
async fn a091_the_hint_is_only_a_hint() {
    let world = World::start().await;
    let client = world.conformance();
    for hint in ["access_token", "refresh_token", "id_token", "pickle", ""] {
        let tokens = begin(&world, &client).await;
        for token in [&tokens.access, refresh_token(&tokens)] {
            let form = fields(&[("token", token), ("token_type_hint", hint)]);
            let answer = client.form(&world, PATH, form).await.send().await.unwrap();
            assert_eq!(answer.status(), 200, "{hint}");
        }
        is_dead(&world, &client, &tokens, hint).await;
    }
}

#[tokio::test]
async fn a091_shopease_revokes_with_an_assertion_of_its_own() {
    let world = World::start().await;
    let client = world.shopease();
    let scope = "openid offline_access loyalty.points.read";
    let tokens = client.tokens(&world, &mut world.browser(), scope, ALICE).await;
    client.gives_back(&world, refresh_token(&tokens)).await;
    is_dead(&world, &client, &tokens, "by assertion").await;
}

/// At each moment of a race either a refresh got through before, and its tokens die with the line, or it fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a091_no_refresh_slips_past_a_revocation() {
    let world = std::sync::Arc::new(World::start().await);
    let client = world.conformance();
    let r0 = begin(&world, &client).await;
    let won = at_once(12, |n| {
        let (world, client, r0) = (world.clone(), client.clone(), r0.clone());
        async move {
            if n % 4 == 0 {
                client.gives_back(&world, refresh_token(&r0)).await;
                return None;
            }
            let answer = client.refresh(&world, refresh_token(&r0)).await;
            match answer.status().as_u16() {
                200 => Some(Tokens::of(answer).await),
                status => {
                    assert_eq!(status, 400);
                    None
                }
            }
        }
    })
    .await;
    for tokens in won.iter().flatten().chain([&r0]) {
        is_dead(&world, &client, tokens, "after the race").await;
    }
}

/// ST5: whichever call fails, the answer is 503 and not 200; the second try does it.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "injects faults")]
async fn st5_a_revocation_that_cannot_be_kept_is_not_confirmed() {
    let world = World::start().await;
    let client = world.conformance();
    for nth in 1..=2 {
        // A lost answer is asked for again at once, so two must be lost.
        for mode in ["fail", "lose_answer"] {
            let tokens = begin(&world, &client).await;
            for token in [&tokens.access, refresh_token(&tokens)] {
                world.fault("store", mode, nth, 2).await;
                let answer = client.revoke(&world, token).await;
                assert_eq!(answer.status(), 503, "{mode} {nth}");
                assert_eq!(answer_header(&answer, "retry-after"), "2");
                world.fault("store", mode, 1, 0).await;
                client.gives_back(&world, token).await;
            }
            is_dead(&world, &client, &tokens, mode).await;
        }
    }
}

/// ST2: read after revoke, a hundred times.
#[tokio::test]
async fn st2_a_revoked_token_is_dead_at_once() {
    let world = World::start().await;
    let (client, mut browser): (Client, Browser) = (world.conformance(), world.browser());
    let tokens = client.tokens(&world, &mut browser, ALL, ALICE).await;
    let mut newest = tokens;
    for n in 0..50 {
        let next = refreshed(&world, &client, &newest).await;
        client.gives_back(&world, &newest.access).await;
        assert_eq!(client.userinfo(&newest.access).await.status(), 401, "{n}");
        assert_eq!(
            client.asks(&world, &newest.access).await,
            json!({ "active": false }),
            "{n}"
        );
        newest = next;
    }
    assert_eq!(client.userinfo(&newest.access).await.status(), 200);
}
