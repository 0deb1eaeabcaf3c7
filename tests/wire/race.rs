//! AC2 through the whole of it: API, functions, table.

use tokio::task::JoinSet;

use crate::harness::{ALICE, Tokens, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ac2_of_a_hundred_parallel_redemptions_one_wins_and_is_revoked() {
    let world = World::start().await;
    let client = world.conformance();
    let (request, page) = client
        .code(&world, &mut world.browser(), "openid offline_access", ALICE)
        .await;
    let fields = client.exchange(&page.callback()["code"], &request.verifier);
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let client = client.clone();
        let request = client.brand.request(reqwest::Method::POST, "/oauth2/token");
        let request = request
            .basic_auth("conformance", Some("conformance-demo-secret"))
            .form(&fields);
        tasks.spawn(async move { request.send().await.unwrap() });
    }
    let (mut won, mut refused) = (Vec::new(), 0);
    while let Some(answer) = tasks.join_next().await {
        let answer = answer.unwrap();
        match answer.status().as_u16() {
            200 => won.push(Tokens::of(answer).await),
            400 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((won.len(), refused), (1, 99));
    assert_eq!(
        client.userinfo(&won[0].access).await.status(),
        401,
        "a second use was seen"
    );
    let refresh = client.refresh(&world, won[0].refresh.as_deref().unwrap()).await;
    assert_eq!(refresh.status(), 400);
}
