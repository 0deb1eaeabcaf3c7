use serde_json::{Value, json};

use super::{clients, is, tokens};
use crate::harness::{ALICE, Client, DpopKey, Tokens, World, header_of, refusal};

/// A code bound to a key by `dpop_jkt`, and the fields that redeem it.
async fn bound_code(world: &World, client: &Client, jkt: &str) -> Vec<(String, String)> {
    let request = client.authorize("openid profile").with("dpop_jkt", jkt);
    let page = world.browser().through(world, &request.url(), ALICE).await;
    client.exchange(&page.callback()["code"], &request.verifier)
}

#[tokio::test]
async fn a087_a_proof_binds_the_tokens_to_its_key() {
    let world = World::start().await;
    let key = DpopKey::new();
    for client in clients(&world, &key) {
        let tokens = tokens(&world, &client).await;
        assert_eq!(tokens.all["token_type"], "DPoP", "{}", client.id);
        let info: Value = client
            .proven_userinfo(&world, &tokens.access)
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(info["sub"], tokens.id_claims()["sub"]);
    }
}

#[tokio::test]
async fn a087_a_jwt_says_which_key_it_is_bound_to() {
    let world = World::start().await;
    let key = DpopKey::new();
    for client in [world.spa(), world.conformance()] {
        let bound = client.clone().holding(&key);
        let scope = "loyalty.tier.read";
        let token = bound
            .tokens(&world, &mut world.browser(), scope, ALICE)
            .await
            .access;
        assert_eq!(header_of(&token)["typ"], "at+jwt");
        let claims = client.brand.verified(&token).await;
        assert_eq!(claims["cnf"], json!({ "jkt": key.thumbprint() }), "{}", client.id);
        let free = client.tokens(&world, &mut world.browser(), scope, ALICE).await;
        assert_eq!(free.all["token_type"], "Bearer");
        let claims = client.brand.verified(&free.access).await;
        assert!(claims.get("cnf").is_none());
    }
}

/// Ours for userinfo are JWTs as well (decision 0004).
#[tokio::test]
async fn every_access_token_says_which_key_it_is_bound_to() {
    let world = World::start().await;
    let key = DpopKey::new();
    for client in clients(&world, &key) {
        let token = tokens(&world, &client).await.access;
        let claims = client.brand.verified(&token).await;
        assert_eq!(claims["cnf"]["jkt"], key.thumbprint().as_str(), "{}", client.id);
    }
}

#[tokio::test]
async fn a087_without_a_proof_nothing_is_bound() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = tokens(&world, &client).await;
    assert_eq!(tokens.all["token_type"], "Bearer");
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
}

#[tokio::test]
async fn a087_a_bound_code_needs_its_key() {
    let world = World::start().await;
    let (key, other) = (DpopKey::new(), DpopKey::new());
    for client in [world.spa(), world.conformance()] {
        for thief in [client.clone(), client.clone().holding(&other)] {
            let form = bound_code(&world, &client, &key.thumbprint()).await;
            let stolen = thief.token(&world, form).await;
            assert_eq!(refusal(stolen).await, is("invalid_grant"));
        }
        let form = bound_code(&world, &client, &key.thumbprint()).await;
        let tokens = Tokens::of(client.holding(&key).token(&world, form).await).await;
        assert_eq!(tokens.all["token_type"], "DPoP");
    }
}

#[tokio::test]
async fn a087_a047_a_bound_code_survives_every_other_key() {
    let world = World::start().await;
    let (key, other) = (DpopKey::new(), DpopKey::new());
    for client in [world.spa(), world.conformance()] {
        let form = bound_code(&world, &client, &key.thumbprint()).await;
        for thief in [client.clone(), client.clone().holding(&other)] {
            let stolen = thief.token(&world, form.clone()).await;
            assert_eq!(refusal(stolen).await, is("invalid_grant"));
        }
        let owner = client.clone().holding(&key);
        let tokens = Tokens::of(owner.token(&world, form.clone()).await).await;
        // Who has the code but not the key can neither use it nor end what came of it.
        let replay = client.holding(&other).token(&world, form).await;
        assert_eq!(refusal(replay).await, is("invalid_grant"), "ac3");
        assert_eq!(owner.proven_userinfo(&world, &tokens.access).await.status(), 200);
    }
}

#[tokio::test]
async fn a087_dpop_jkt_is_a_thumbprint() {
    let world = World::start().await;
    let client = world.spa();
    let right = DpopKey::new().thumbprint();
    for wrong in [
        "x".to_owned(),
        format!("{right}A"),
        right[..42].to_owned(),
        format!("{right}="),
        right.replacen(&right[..1], "!", 1),
    ] {
        let request = client.authorize("openid").with("dpop_jkt", &wrong);
        let answer = world.browser().ask(&request).await;
        answer.assert_refusal("invalid_request", &request);
    }
}

#[tokio::test]
async fn a009_dpop_jkt_is_said_once() {
    let world = World::start().await;
    let key = DpopKey::new().thumbprint();
    let request = world.spa().authorize("openid");
    let twice = request.with("dpop_jkt", &key).and("dpop_jkt", &key);
    let answer = world.browser().ask(&twice).await;
    answer.assert_refusal("invalid_request", &twice);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st4_a_code_works_again_with_a_new_proof() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.spa().holding(&key);
    let form = bound_code(&world, &client, &key.thumbprint()).await;
    world.fault("signer", "fail", 1, 1).await;
    let failed = client.token(&world, form.clone()).await;
    assert_eq!(refusal(failed).await, (503, "temporarily_unavailable".to_owned()));
    Tokens::of(client.token(&world, form).await).await;
}
