use reqwest::{RequestBuilder, Response};
use serde_json::json;

use super::{SECOND_ROBOT, is, refused, refuses, second_robot, tokens};
use crate::harness::{APIS, Client, DpopKey, DpopProof, World, at_once, fields, refusal};

const UNKNOWN: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "nothing")];

/// How a proof that was used is refused: RFC 9449 s11.1 has no name for it.
const USED: [&str; 2] = ["invalid_dpop_proof", "invalid_grant"];

/// A request for a token of a client's own, which anything but the proof lets through every time.
async fn own_token(world: &World, client: &Client, proof: &DpopProof) -> RequestBuilder {
    let form = fields(&[
        ("grant_type", "client_credentials"),
        ("scope", "loyalty.tier.read"),
    ]);
    let request = client.token_request(world, form).await;
    request.header("dpop", proof.signed())
}

async fn ask(world: &World, client: &Client, proof: &DpopProof) -> Response {
    own_token(world, client, proof).await.send().await.unwrap()
}

#[tokio::test]
async fn a086_a_proof_works_once() {
    let world = World::with_apis().await;
    let robot = world.robot();
    let key = DpopKey::new();
    let proof = key.token_proof(&world, &robot.brand).await;
    assert_eq!(ask(&world, &robot, &proof).await.status(), 200);
    assert!(refused(ask(&world, &robot, &proof).await, USED).await);
    let reworded = proof.with("more", "words");
    assert!(refused(ask(&world, &robot, &reworded).await, USED).await);
    let next = key.token_proof(&world, &robot.brand).await;
    assert_eq!(ask(&world, &robot, &next).await.status(), 200);
}

/// Ours is refused before anything else is looked at, and by the name of a bad proof.
#[tokio::test]
async fn a_used_proof_is_a_bad_one() {
    let world = World::start().await;
    let proof = DpopKey::new().token_proof(&world, &world.urbantrend()).await;
    for expected in ["invalid_grant", "invalid_dpop_proof"] {
        let request = world.spa().token_request(&world, fields(&UNKNOWN)).await;
        let answer = request.header("dpop", proof.signed()).send().await.unwrap();
        assert_eq!(refusal(answer).await, is(expected));
    }
}

#[tokio::test]
async fn a086_a_proof_that_one_client_used_is_used_for_every_other() {
    let world = World::edited(&[APIS, SECOND_ROBOT]).await;
    let proof = DpopKey::new().token_proof(&world, &world.urbantrend()).await;
    assert_eq!(ask(&world, &world.robot(), &proof).await.status(), 200);
    let second = second_robot(&world);
    assert!(refused(ask(&world, &second, &proof).await, USED).await);
}

#[tokio::test]
async fn a086_another_key_may_have_chosen_the_same_jti() {
    let world = World::with_apis().await;
    let robot = world.robot();
    for _ in 0..2 {
        let proof = DpopKey::new().token_proof(&world, &robot.brand).await;
        let proof = proof.with("jti", "chosen-by-two");
        assert_eq!(ask(&world, &robot, &proof).await.status(), 200);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a086_a_proof_stays_used_for_as_long_as_it_is_fresh() {
    let world = World::with_apis().await;
    let robot = world.robot();
    let proof = DpopKey::new().token_proof(&world, &robot.brand).await;
    let iat = json!(proof.claims["iat"].as_u64().unwrap() + 9);
    let proof = proof.with("iat", iat);
    assert_eq!(ask(&world, &robot, &proof).await.status(), 200);
    for wait in [60, 20, 200, 3_600] {
        world.advance(wait).await;
        let (status, error) = refusal(ask(&world, &robot, &proof).await).await;
        // Used, or too old without a nonce.
        assert_eq!(status, 400);
        assert!(
            error == "use_dpop_nonce" || USED.contains(&error.as_str()),
            "{error}"
        );
    }
}

fn again(request: &RequestBuilder) -> RequestBuilder {
    request.try_clone().unwrap()
}

#[tokio::test]
async fn a086_of_racing_uses_of_a_proof_one_counts() {
    let world = World::with_apis().await;
    let robot = world.robot();
    let proof = DpopKey::new().token_proof(&world, &robot.brand).await;
    let request = own_token(&world, &robot, &proof).await;
    let outcomes = at_once(12, |_| {
        let request = again(&request);
        async move { request.send().await.unwrap().status().as_u16() }
    })
    .await;
    let taken = outcomes.iter().filter(|status| **status == 200).count();
    let refused = outcomes.iter().filter(|status| **status == 400).count();
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
    let (status, error) = refusal(request.send().await.unwrap()).await;
    assert_eq!(status, 401);
    assert!(
        ["invalid_dpop_proof", "invalid_token"].contains(&error.as_str()),
        "{error}"
    );
}

#[tokio::test]
async fn a_used_proof_is_a_bad_one_at_userinfo() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.conformance().holding(&key);
    let token = tokens(&world, &client).await.access;
    let proof = key.userinfo_proof(&world, &client.brand, &token).await.signed();
    let request = client.bound_userinfo(&token, &proof);
    assert_eq!(again(&request).send().await.unwrap().status(), 200);
    refuses(request.send().await.unwrap(), "invalid_dpop_proof", "replay").await;
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
