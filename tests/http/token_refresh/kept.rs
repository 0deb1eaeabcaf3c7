//! Refresh tokens that are not replaced (decision 0007).

use std::sync::Arc;

use super::{is, refresh, refresh_token, refused};
use crate::harness::{ALICE, Client, DpopKey, Tokens, World, at_once};

const ROTATING: &str = "client_secret = \"conformance-demo-secret\"\nrefresh_token_rotation = true";
const KEPT: &str = "client_secret = \"conformance-demo-secret\"\nrefresh_token_rotation = false";

const SPA: &str = "[tenants.urbantrend.clients.spa-demo]\n";
const BOUND: &str = "[tenants.urbantrend.clients.spa-demo]\ndpop_bound_access_tokens = true\n\
    refresh_token_rotation = false\n";

/// Whether the client goes on with the token it has (RFC 6749 s6): the answer names no other.
fn stays(answer: &Tokens, token: &str) -> bool {
    answer.refresh.as_deref().is_none_or(|named| named == token)
}

async fn begin(world: &World, client: &Client) -> Tokens {
    let scope = "openid offline_access loyalty.points.read";
    client.tokens(world, &mut world.browser(), scope, ALICE).await
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a064_a_confidential_clients_token_stays_the_one_it_has() {
    let mut world = World::start().await;
    let client = world.shopease();
    let first = begin(&world, &client).await;
    let token = refresh_token(&first);
    let mut answers = Vec::new();
    for _ in 0..3 {
        let answer = refresh(&world, &client, &first).await;
        assert!(stays(&answer, token), "{answer:?}");
        answers.push(answer);
        world.advance(100).await;
    }
    world.restart().await;
    answers.push(refresh(&world, &client, &first).await);
    for tokens in [&first].into_iter().chain(&answers) {
        assert_eq!(
            client.userinfo(&tokens.access).await.status(),
            200,
            "no use was a reuse"
        );
    }
    for other in [world.conformance(), world.spa(), world.conformance_north()] {
        assert_eq!(
            refused(&world, &other, token).await,
            is("invalid_grant"),
            "{}",
            other.id
        );
    }
    client.gives_back(&world, token).await;
    assert_eq!(refused(&world, &client, token).await, is("invalid_grant"), "a091");
    assert_eq!(client.userinfo(&answers[0].access).await.status(), 401);
}

/// A secret that need not travel does not.
#[tokio::test]
async fn a064_a_token_that_stays_is_not_told_again() {
    let world = World::start().await;
    let client = world.shopease();
    let first = begin(&world, &client).await;
    assert_eq!(refresh(&world, &client, &first).await.refresh, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a064_of_parallel_uses_of_a_token_that_stays_all_count() {
    let world = Arc::new(World::start().await);
    let client = world.shopease();
    let first = begin(&world, &client).await;
    let answers = at_once(20, |_| {
        let (world, client, first) = (world.clone(), client.clone(), first.clone());
        async move { refresh(&world, &client, &first).await }
    })
    .await;
    assert!(answers.iter().all(|answer| stays(answer, refresh_token(&first))));
    refresh(&world, &client, &first).await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rt7_a064_use_moves_the_idle_end_of_a_token_that_stays_and_not_the_absolute_one() {
    let loyalty = "[tenants.urbantrend.resources.loyalty]\n";
    let short = format!("[tenants.urbantrend.policy.refresh]\nidle = 1000\nabsolute = 2500\n\n{loyalty}");
    let world = World::edited(&[(loyalty, &short)]).await;
    let client = world.shopease();
    let [used, idle] = [begin(&world, &client).await, begin(&world, &client).await];
    for _ in 0..3 {
        world.advance(800).await;
        refresh(&world, &client, &used).await;
    }
    assert_eq!(
        refused(&world, &client, refresh_token(&idle)).await,
        is("invalid_grant")
    );
    world.advance(101).await;
    assert_eq!(
        refused(&world, &client, refresh_token(&used)).await,
        is("invalid_grant")
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a064_a_client_whose_registration_changes_goes_on_with_the_token_it_has() {
    let mut world = World::start().await;
    let client = world.conformance();
    let first = begin(&world, &client).await;
    let second = refresh(&world, &client, &first).await;
    world.restart_edited(&[(ROTATING, KEPT)]).await;
    let lost = refresh(&world, &client, &first).await;
    assert_eq!(
        lost.refresh, second.refresh,
        "its last answer was lost, with the successor in it"
    );
    for _ in 0..2 {
        world.advance(100).await;
        let answer = refresh(&world, &client, &second).await;
        assert!(stays(&answer, refresh_token(&second)));
    }
    world.restart_edited(&[]).await;
    let third = refresh(&world, &client, &second).await;
    assert!(third.refresh.is_some() && third.refresh != second.refresh);
    world.restart_edited(&[(ROTATING, KEPT)]).await;
    refresh(&world, &client, &third).await;
    // What was replaced long ago still tells of a theft.
    assert_eq!(
        refused(&world, &client, refresh_token(&first)).await,
        is("invalid_grant")
    );
    assert_eq!(
        refused(&world, &client, refresh_token(&third)).await,
        is("invalid_grant"),
        "a063"
    );
    assert_eq!(client.userinfo(&third.access).await.status(), 401);
}

#[tokio::test]
async fn a064_a_public_clients_token_stays_only_where_a_key_proves_it() {
    let mut world = World::start().await;
    let (bare, key) = (world.spa(), DpopKey::new());
    let scope = "openid offline_access";
    let unbound = bare.tokens(&world, &mut world.browser(), scope, ALICE).await;
    world.restart_edited(&[(SPA, BOUND)]).await;
    let (owner, thief) = (bare.clone().holding(&key), bare.holding(&DpopKey::new()));

    let first = owner.tokens(&world, &mut world.browser(), scope, ALICE).await;
    for _ in 0..2 {
        let answer = refresh(&world, &owner, &first).await;
        assert!(stays(&answer, refresh_token(&first)));
        assert_eq!(
            refused(&world, &thief, refresh_token(&first)).await,
            is("invalid_grant")
        );
    }
    // One from before is anybody's, so it is replaced; its successor is bound, and stays.
    let bound = refresh(&world, &owner, &unbound).await;
    assert!(bound.refresh.is_some());
    assert_eq!(
        refused(&world, &thief, refresh_token(&bound)).await,
        is("invalid_grant")
    );
    let answer = refresh(&world, &owner, &bound).await;
    assert!(stays(&answer, refresh_token(&bound)));
}
