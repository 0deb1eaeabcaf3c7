use std::sync::Arc;

use super::{alices, alive};
use crate::harness::{Tokens, World, at_once};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ac2_a046_of_parallel_redemptions_one_succeeds_and_its_tokens_are_dead() {
    let world = Arc::new(World::start().await);
    let client = world.conformance();
    let form = alices(&world, &client).await;
    let answers = at_once(20, |_| {
        let (world, client, form) = (world.clone(), client.clone(), form.clone());
        async move { client.token(&world, form).await }
    })
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|a| a.status() == 200);
    assert_eq!((won.len(), lost.len()), (1, 19));
    assert!(lost.iter().all(|a| a.status() == 400));
    for answer in won {
        let tokens = Tokens::of(answer).await;
        assert_eq!(alive(&world, &client, &tokens).await, (false, false));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ac3_parallel_strangers_do_not_keep_the_owner_from_redeeming() {
    let world = Arc::new(World::start().await);
    let client = world.conformance();
    let form = alices(&world, &client).await;
    let answers = at_once(20, |n| {
        let world = world.clone();
        let by = if n == 10 {
            client.clone()
        } else {
            world.fashionboard()
        };
        let form = form.clone();
        async move { (n, by.token(&world, form).await) }
    })
    .await;
    for (n, answer) in answers {
        if n == 10 {
            let tokens = Tokens::of(answer).await;
            assert_eq!(alive(&world, &client, &tokens).await, (true, true));
        } else {
            assert_eq!(answer.status(), 400);
        }
    }
}
