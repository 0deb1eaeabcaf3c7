use std::sync::Arc;

use super::{begin, is, refresh, refresh_token, refused};
use crate::harness::{Tokens, World, at_once};

const SHORT: &str = "[tenants.urbantrend.policy.refresh]\nidle = 1000\nabsolute = 2500\n\n\
    [tenants.urbantrend.resources.loyalty]\n";

#[tokio::test]
async fn rt1_a063_an_old_token_ends_its_whole_family() {
    let world = World::start().await;
    for client in [world.conformance(), world.spa()] {
        let untouched = begin(&world, &client).await;
        let r0 = begin(&world, &client).await;
        let r1 = refresh(&world, &client, &r0).await;
        let r2 = refresh(&world, &client, &r1).await;
        assert_eq!(client.userinfo(&r0.access).await.status(), 200);
        assert_eq!(
            refused(&world, &client, refresh_token(&r0)).await,
            is("invalid_grant")
        );
        for (n, tokens) in [&r0, &r1, &r2].into_iter().enumerate() {
            let found = refused(&world, &client, refresh_token(tokens)).await;
            assert_eq!(found, is("invalid_grant"), "r{n} of {}", client.id);
            let access = client.userinfo(&tokens.access).await.status();
            assert_eq!(access, 401, "access token of r{n} of {}", client.id);
        }
        refresh(&world, &client, &untouched).await;
        assert_eq!(client.userinfo(&untouched.access).await.status(), 200);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a063_the_previous_token_outside_the_window_ends_the_family() {
    let world = World::start().await;
    for client in [world.conformance(), world.spa()] {
        let r0 = begin(&world, &client).await;
        let r1 = refresh(&world, &client, &r0).await;
        world.advance(31).await;
        assert_eq!(
            refused(&world, &client, refresh_token(&r0)).await,
            is("invalid_grant")
        );
        assert_eq!(
            refused(&world, &client, refresh_token(&r1)).await,
            is("invalid_grant")
        );
        assert_eq!(client.userinfo(&r1.access).await.status(), 401);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rt2_a064_a_lost_answer_is_asked_for_again() {
    let world = World::start().await;
    for client in [world.conformance(), world.spa()] {
        let r0 = begin(&world, &client).await;
        let lost = refresh(&world, &client, &r0).await;
        world.advance(10).await;
        let again = refresh(&world, &client, &r0).await;
        assert_eq!(again.refresh, lost.refresh, "the same successor");
        for tokens in [&lost, &again] {
            assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
        }
        let r2 = refresh(&world, &client, &again).await;
        assert_eq!(
            refused(&world, &client, refresh_token(&r0)).await,
            is("invalid_grant"),
            "its successor was used, so no answer was lost"
        );
        assert_eq!(
            refused(&world, &client, refresh_token(&r2)).await,
            is("invalid_grant")
        );
        assert_eq!(client.userinfo(&r2.access).await.status(), 401);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a064_a_repetition_does_not_lengthen_the_window() {
    let world = World::start().await;
    let client = world.conformance();
    let r0 = begin(&world, &client).await;
    refresh(&world, &client, &r0).await;
    world.advance(20).await;
    refresh(&world, &client, &r0).await;
    world.advance(20).await;
    assert_eq!(
        refused(&world, &client, refresh_token(&r0)).await,
        is("invalid_grant")
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a064_the_window_is_the_operators_to_close() {
    let closed = "[tenants.urbantrend.policy.refresh]\nretry_window = 0\n\n\
        [tenants.urbantrend.resources.loyalty]\n";
    let world = World::edited(&[("[tenants.urbantrend.resources.loyalty]\n", closed)]).await;
    let client = world.spa();
    let r0 = begin(&world, &client).await;
    let r1 = refresh(&world, &client, &r0).await;
    world.advance(1).await;
    assert_eq!(
        refused(&world, &client, refresh_token(&r0)).await,
        is("invalid_grant")
    );
    assert_eq!(
        refused(&world, &client, refresh_token(&r1)).await,
        is("invalid_grant")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rt3_parallel_refreshes_have_one_successor() {
    let world = Arc::new(World::start().await);
    for client in [world.conformance(), world.spa()] {
        let r0 = begin(&world, &client).await;
        let answers = at_once(20, |_| {
            let (world, client, r0) = (world.clone(), client.clone(), r0.clone());
            async move { Tokens::of(client.refresh(&world, refresh_token(&r0)).await).await }
        })
        .await;
        assert!(
            answers.iter().all(|t| t.refresh == answers[0].refresh),
            "one live leaf"
        );
        for tokens in &answers {
            assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
        }
        let r2 = refresh(&world, &client, &answers[0]).await;
        refresh(&world, &client, &r2).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rt3_parallel_replays_of_an_old_token_all_fail() {
    let world = Arc::new(World::start().await);
    let client = world.conformance();
    let r0 = begin(&world, &client).await;
    let r1 = refresh(&world, &client, &r0).await;
    let r2 = refresh(&world, &client, &r1).await;
    let found = at_once(20, |_| {
        let (world, client, r0) = (world.clone(), client.clone(), r0.clone());
        async move { refused(&world, &client, refresh_token(&r0)).await }
    })
    .await;
    assert!(found.iter().all(|f| *f == is("invalid_grant")), "{found:?}");
    assert_eq!(
        refused(&world, &client, refresh_token(&r2)).await,
        is("invalid_grant")
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rt7_a_family_ends_when_it_is_not_used() {
    let mut world = World::edited(&[("[tenants.urbantrend.resources.loyalty]\n", SHORT)]).await;
    let client = world.conformance();
    let r0 = begin(&world, &client).await;
    world.advance(900).await;
    let r1 = refresh(&world, &client, &r0).await;
    world.advance(1_001).await;
    // Its row is still there until a sweep, which a start begins with.
    assert_eq!(
        refused(&world, &client, refresh_token(&r1)).await,
        is("invalid_grant")
    );
    world.restart().await;
    assert_eq!(
        refused(&world, &client, refresh_token(&r1)).await,
        is("invalid_grant")
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rt7_a066_a_family_ends_in_the_end_however_much_it_is_used() {
    let mut world = World::edited(&[("[tenants.urbantrend.resources.loyalty]\n", SHORT)]).await;
    let client = world.spa();
    let mut tokens = begin(&world, &client).await;
    for _ in 0..3 {
        world.advance(800).await;
        tokens = refresh(&world, &client, &tokens).await;
    }
    world.advance(101).await;
    assert_eq!(
        refused(&world, &client, refresh_token(&tokens)).await,
        is("invalid_grant")
    );
    world.restart().await;
    assert_eq!(
        refused(&world, &client, refresh_token(&tokens)).await,
        is("invalid_grant")
    );
}

#[tokio::test]
async fn rt7_a_restart_keeps_families_and_their_generation() {
    let mut world = World::start().await;
    let client = world.conformance();
    let r0 = begin(&world, &client).await;
    let r1 = refresh(&world, &client, &r0).await;
    world.restart().await;
    let r2 = refresh(&world, &client, &r1).await;
    world.restart().await;
    assert_eq!(
        refused(&world, &client, refresh_token(&r0)).await,
        is("invalid_grant")
    );
    assert_eq!(
        refused(&world, &client, refresh_token(&r2)).await,
        is("invalid_grant")
    );
}
