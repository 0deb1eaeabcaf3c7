use super::{is, tokens};
use crate::harness::{Client, DpopKey, Tokens, World, refusal};

#[tokio::test]
async fn a088_a_public_clients_refresh_token_is_bound_to_its_key() {
    let world = World::start().await;
    let (key, other) = (DpopKey::new(), DpopKey::new());
    let owner = world.spa().holding(&key);
    let first = tokens(&world, &owner).await.refresh.unwrap();
    for thief in [world.spa(), world.spa().holding(&other)] {
        assert_eq!(
            refusal(thief.refresh(&world, &first).await).await,
            is("invalid_grant")
        );
    }
    // What the thief tried has ended nothing, and the successor is bound as its predecessor was.
    let second = Tokens::of(owner.refresh(&world, &first).await).await;
    assert_eq!(second.all["token_type"], "DPoP");
    let second = second.refresh.unwrap();
    let stolen = world.spa().holding(&other).refresh(&world, &second).await;
    assert_eq!(refusal(stolen).await, is("invalid_grant"));
    Tokens::of(owner.refresh(&world, &second).await).await;
}

#[tokio::test]
async fn rt2_a_lost_answer_is_asked_for_again_with_a_new_proof() {
    let world = World::start().await;
    let owner = world.spa().holding(&DpopKey::new());
    let first = tokens(&world, &owner).await.refresh.unwrap();
    let lost = Tokens::of(owner.refresh(&world, &first).await).await;
    let again = Tokens::of(owner.refresh(&world, &first).await).await;
    assert_eq!(lost.refresh, again.refresh);
    Tokens::of(owner.refresh(&world, &again.refresh.unwrap()).await).await;
}

#[tokio::test]
async fn a088_a_confidential_clients_is_not() {
    let world = World::start().await;
    let client = world.conformance().holding(&DpopKey::new());
    let first = tokens(&world, &client).await.refresh.unwrap();
    let other = DpopKey::new();
    let rebound = client.clone().holding(&other);
    let second = Tokens::of(rebound.refresh(&world, &first).await).await;
    for (holder, status) in [(&rebound, 200), (&client, 401)] {
        let answer = holder.proven_userinfo(&world, &second.access).await;
        assert_eq!(answer.status(), status);
    }
    let third = world
        .conformance()
        .refresh(&world, &second.refresh.unwrap())
        .await;
    assert_eq!(Tokens::of(third).await.all["token_type"], "Bearer");
}

/// A token without a key that its owner used up, with a proof or without, and every stranger tried after that.
async fn contested(world: &World, with_proof: bool) -> (Client, String, Tokens) {
    let client = world.spa();
    let first = tokens(world, &client).await.refresh.unwrap();
    let (bound, other) = (
        client.clone().holding(&DpopKey::new()),
        client.clone().holding(&DpopKey::new()),
    );
    let (owner, strangers) = if with_proof {
        (bound, [&other, &client])
    } else {
        (client, [&other, &bound])
    };
    let second = Tokens::of(owner.refresh(world, &first).await).await;
    for stranger in strangers {
        let found = refusal(stranger.refresh(world, &first).await).await;
        assert_eq!(found, is("invalid_grant"));
    }
    (owner, first, second)
}

#[tokio::test]
async fn a088_rt3_a_line_without_a_key_never_forks_into_two_keys() {
    let world = World::start().await;
    for with_proof in [true, false] {
        contested(&world, with_proof).await;
    }
}

/// What strangers try ends no line: the owner's retry is still one (decision 0007).
#[tokio::test]
async fn rt3_a_line_that_strangers_tried_to_fork_lives() {
    let world = World::start().await;
    for with_proof in [true, false] {
        let (owner, first, second) = contested(&world, with_proof).await;
        let again = Tokens::of(owner.refresh(&world, &first).await).await.refresh;
        assert_eq!(second.refresh, again);
        Tokens::of(owner.refresh(&world, &again.unwrap()).await).await;
    }
}

#[tokio::test]
async fn a088_a_line_without_a_key_is_bound_by_the_first_proof() {
    let world = World::start().await;
    let client = world.spa();
    let first = tokens(&world, &client).await.refresh.unwrap();
    let owner = client.clone().holding(&DpopKey::new());
    let second = Tokens::of(owner.refresh(&world, &first).await)
        .await
        .refresh
        .unwrap();
    assert_eq!(
        refusal(client.refresh(&world, &second).await).await,
        is("invalid_grant")
    );
    Tokens::of(owner.refresh(&world, &second).await).await;
}
