use reqwest::Response;

use super::{is, refused, refuses, tokens};
use crate::harness::{APIS, Client, DpopKey, DpopProof, World, answer_header, fields, refusal};

const UNKNOWN: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "nothing")];
const ADDRESS: &str = "[tenants.urbantrend.policy.otp.address]\n";

pub(super) async fn demanding() -> World {
    let demand = format!("[tenants.urbantrend.policy.dpop]\nnonce = \"required\"\n\n{ADDRESS}");
    World::edited(&[(ADDRESS, &demand)]).await
}

async fn ask(world: &World, client: &Client, proof: &DpopProof) -> Response {
    let request = client.token_request(world, fields(&UNKNOWN)).await;
    request.header("dpop", proof.signed()).send().await.unwrap()
}

pub(super) fn nonce_of(answer: &Response) -> String {
    let nonce = answer_header(answer, "dpop-nonce");
    assert_eq!(nonce.len(), 43, "{nonce}");
    nonce
}

#[tokio::test]
async fn a088_where_nonces_are_demanded_the_refusal_brings_one() {
    let world = demanding().await;
    let (key, client) = (DpopKey::new(), world.spa());
    let proof = key.token_proof(&world, &client.brand).await;
    let answer = ask(&world, &client, &proof).await;
    let nonce = nonce_of(&answer);
    assert_eq!(refusal(answer).await, is("use_dpop_nonce"));
    // The refused proof was not used up: the same, with the nonce, is taken.
    let answer = ask(&world, &client, &proof.clone().with("nonce", nonce)).await;
    assert_eq!(refusal(answer).await, is("invalid_grant"));
    let made_up = key
        .token_proof(&world, &client.brand)
        .await
        .with("nonce", "made-up");
    assert_eq!(
        refusal(ask(&world, &client, &made_up).await).await,
        is("use_dpop_nonce")
    );
    // Another brand has its own, and does not demand it.
    let north = world.conformance_north();
    let theirs = key.token_proof(&world, &north.brand).await;
    let answer = ask(&world, &north, &theirs).await;
    let theirs = nonce_of(&answer);
    assert_eq!(refusal(answer).await, is("invalid_grant"));
    let carried = key.token_proof(&world, &client.brand).await.with("nonce", theirs);
    assert_eq!(
        refusal(ask(&world, &client, &carried).await).await,
        is("use_dpop_nonce")
    );
}

#[tokio::test]
async fn a088_a_client_assertion_survives_the_demand() {
    let world = demanding().await;
    let (key, client) = (DpopKey::new(), world.shopease());
    let request = client.token_request(&world, fields(&UNKNOWN)).await;
    let send = async |proof: DpopProof| {
        let request = request.try_clone().unwrap();
        request.header("dpop", proof.signed()).send().await.unwrap()
    };
    let answer = send(key.token_proof(&world, &client.brand).await).await;
    let nonce = nonce_of(&answer);
    assert_eq!(refusal(answer).await, is("use_dpop_nonce"));
    let proof = key.token_proof(&world, &client.brand).await.with("nonce", nonce);
    assert_eq!(refusal(send(proof).await).await, is("invalid_grant"));
}

/// RFC 9449 s8.2: who uses the nonce it was given last is never held up.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a088_a_nonce_ends_and_its_successor_comes_in_time() {
    let world = demanding().await;
    let (key, client) = (DpopKey::new(), world.spa());
    let proof = async || key.token_proof(&world, &client.brand).await;
    let first = nonce_of(&ask(&world, &client, &proof().await).await);
    let mut last = first.clone();
    for seconds in [0, 120, 240, 360, 480, 600] {
        let proof = proof().await.with("nonce", last.as_str());
        let answer = ask(&world, &client, &proof).await;
        let next = answer_header(&answer, "dpop-nonce");
        assert_eq!(refusal(answer).await, is("invalid_grant"), "after {seconds} s");
        if !next.is_empty() {
            last = next;
        }
        world.advance(120).await;
    }
    assert_ne!(first, last);
    let old = proof().await.with("nonce", first);
    let answer = ask(&world, &client, &old).await;
    nonce_of(&answer);
    assert_eq!(refusal(answer).await, is("use_dpop_nonce"));
}

#[tokio::test]
async fn a088_a_wrong_clock_goes_on_with_a_nonce() {
    let world = World::start().await;
    let (key, client) = (DpopKey::new(), world.spa());
    let now = world.now().await;
    for iat in [now - 200, now + 200] {
        let proof = key.token_proof(&world, &client.brand).await.with("iat", iat);
        let answer = ask(&world, &client, &proof).await;
        let nonce = nonce_of(&answer);
        assert_eq!(refusal(answer).await, is("use_dpop_nonce"), "{iat}");
        let proof = proof.with("nonce", nonce.as_str());
        assert_eq!(
            refusal(ask(&world, &client, &proof).await).await,
            is("invalid_grant"),
            "{iat}"
        );
        let far = key
            .token_proof(&world, &client.brand)
            .await
            .with("iat", now - 3_600);
        let far = far.with("nonce", nonce);
        assert_eq!(
            refusal(ask(&world, &client, &far).await).await,
            is("invalid_dpop_proof")
        );
    }
}

#[tokio::test]
async fn a088_a_proof_with_a_nonce_works_once_too() {
    let demand = format!("[tenants.urbantrend.policy.dpop]\nnonce = \"required\"\n\n{ADDRESS}");
    let world = World::edited(&[APIS, (ADDRESS, &demand)]).await;
    let (key, robot) = (DpopKey::new(), world.robot());
    let proof = key.token_proof(&world, &robot.brand).await;
    let own = fields(&[("grant_type", "client_credentials"), ("scope", "stock.read")]);
    let send = async |proof: &DpopProof| {
        let request = robot.token_request(&world, own.clone()).await;
        request.header("dpop", proof.signed()).send().await.unwrap()
    };
    let nonce = nonce_of(&send(&proof).await);
    let proof = proof.with("nonce", nonce);
    assert_eq!(send(&proof).await.status(), 200);
    assert!(refused(send(&proof).await, ["invalid_dpop_proof", "invalid_grant"]).await);
}

#[tokio::test]
async fn a088_userinfo_demands_and_hands_out_nonces_too() {
    let mut world = World::start().await;
    let key = DpopKey::new();
    let client = world.conformance().holding(&key);
    let token = tokens(&world, &client).await.access;
    let answer = client.proven_userinfo(&world, &token).await;
    assert_eq!(answer.status(), 200, "offered");
    nonce_of(&answer);
    let demand = format!("[tenants.urbantrend.policy.dpop]\nnonce = \"required\"\n\n{ADDRESS}");
    world.restart_edited(&[(ADDRESS, &demand)]).await;
    let answer = client.proven_userinfo(&world, &token).await;
    let nonce = nonce_of(&answer);
    refuses(answer, "use_dpop_nonce", "demanded").await;
    let proof = key
        .userinfo_proof(&world, &client.brand, &token)
        .await
        .with("nonce", nonce);
    let answer = client
        .bound_userinfo(&token, &proof.signed())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a088_without_a_proof_there_is_no_nonce() {
    let world = World::start().await;
    let client = world.spa();
    for answer in [
        client.token(&world, fields(&UNKNOWN)).await,
        client.userinfo("nothing").await,
    ] {
        assert_eq!(answer_header(&answer, "dpop-nonce"), "");
    }
}
