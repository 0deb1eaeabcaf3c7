use reqwest::RequestBuilder;

use super::{is, refuses, tokens};
use crate::harness::{DpopKey, World, at_once, fields, refusal};

const UNKNOWN: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "nothing")];

#[tokio::test]
async fn a086_a_proof_works_once() {
    let world = World::start().await;
    let (key, brand) = (DpopKey::new(), world.urbantrend());
    let proof = key.token_proof(&world, &brand).await;
    let send = async |client: crate::harness::Client, proof: String| {
        let request = client.token_request(&world, fields(&UNKNOWN)).await;
        refusal(request.header("dpop", proof).send().await.unwrap()).await
    };
    assert_eq!(send(world.spa(), proof.signed()).await, is("invalid_grant"));
    assert_eq!(send(world.spa(), proof.signed()).await, is("invalid_dpop_proof"));
    // Nor for another client, nor in other words.
    assert_eq!(
        send(world.conformance(), proof.signed()).await,
        is("invalid_dpop_proof")
    );
    let reworded = proof.clone().with("more", "words");
    assert_eq!(
        send(world.spa(), reworded.signed()).await,
        is("invalid_dpop_proof")
    );
    // Another key may have chosen the same name.
    let jti = proof.claims["jti"].clone();
    let others = DpopKey::new().token_proof(&world, &brand).await.with("jti", jti);
    assert_eq!(send(world.spa(), others.signed()).await, is("invalid_grant"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a086_a_proof_stays_used_for_as_long_as_it_is_fresh() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let proof = DpopKey::new().token_proof(&world, &brand).await;
    let proof = proof
        .clone()
        .with("iat", proof.claims["iat"].as_u64().unwrap() + 9);
    for (wait, expected) in [
        (0, "invalid_grant"),
        (60, "invalid_dpop_proof"),
        // Too old without a nonce.
        (20, "use_dpop_nonce"),
    ] {
        world.advance(wait).await;
        let request = world.spa().token_request(&world, fields(&UNKNOWN)).await;
        let answer = request.header("dpop", proof.signed()).send().await.unwrap();
        assert_eq!(refusal(answer).await, is(expected), "{wait}");
    }
}

fn again(request: &RequestBuilder) -> RequestBuilder {
    request.try_clone().unwrap()
}

#[tokio::test]
async fn a086_of_racing_uses_of_a_proof_one_counts() {
    let world = World::start().await;
    let (key, client) = (DpopKey::new(), world.spa());
    let proof = key.token_proof(&world, &client.brand).await.signed();
    let request = client
        .token_request(&world, fields(&UNKNOWN))
        .await
        .header("dpop", proof);
    let outcomes = at_once(12, |_| {
        let request = again(&request);
        async move { refusal(request.send().await.unwrap()).await }
    })
    .await;
    let taken = outcomes.iter().filter(|o| **o == is("invalid_grant")).count();
    let refused = outcomes
        .iter()
        .filter(|o| **o == is("invalid_dpop_proof"))
        .count();
    assert_eq!((taken, refused), (1, 11), "{outcomes:?}");
}

#[tokio::test]
async fn a087_a_proof_opens_userinfo_once() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.conformance().holding(&key);
    let token = tokens(&world, &client).await.access;
    let proof = key.userinfo_proof(&world, &client.brand, &token).await.signed();
    let request = client.bound_userinfo(&token, &proof);
    let outcomes = at_once(12, |_| {
        let request = again(&request);
        async move { request.send().await.unwrap().status().as_u16() }
    })
    .await;
    assert_eq!(
        outcomes.iter().filter(|status| **status == 200).count(),
        1,
        "{outcomes:?}"
    );
    refuses(
        request.send().await.unwrap(),
        "DPoP",
        "invalid_dpop_proof",
        "replay",
    )
    .await;
}

#[tokio::test]
async fn a095_a_proof_for_one_brand_is_nothing_at_another() {
    let world = World::start().await;
    let (key, north) = (DpopKey::new(), world.conformance_north());
    let southern = key.token_proof(&world, &world.urbantrend()).await.signed();
    let request = north.token_request(&world, fields(&UNKNOWN)).await;
    let answer = request.header("dpop", southern.clone()).send().await.unwrap();
    assert_eq!(refusal(answer).await, is("invalid_dpop_proof"));
    // And what was tried there is still good here.
    let request = world.spa().token_request(&world, fields(&UNKNOWN)).await;
    let answer = request.header("dpop", southern).send().await.unwrap();
    assert_eq!(refusal(answer).await, is("invalid_grant"));
}
