use serde_json::Value;

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
        let claims = client.brand.verified(&tokens.access).await;
        assert_eq!(claims["cnf"]["jkt"], key.thumbprint().as_str(), "{}", client.id);
        assert_eq!(header_of(&tokens.access)["typ"], "at+jwt");
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
async fn a087_without_a_proof_nothing_is_bound() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = tokens(&world, &client).await;
    assert_eq!(tokens.all["token_type"], "Bearer");
    assert!(client.brand.verified(&tokens.access).await.get("cnf").is_none());
}

#[tokio::test]
async fn a087_a047_a_bound_code_needs_its_key_and_survives_every_other() {
    let world = World::start().await;
    let (key, other) = (DpopKey::new(), DpopKey::new());
    for client in [world.spa(), world.conformance()] {
        let form = bound_code(&world, &client, &key.thumbprint()).await;
        let without = client.token(&world, form.clone()).await;
        assert_eq!(refusal(without).await, is("invalid_grant"), "no proof");
        let stolen = client.clone().holding(&other).token(&world, form.clone()).await;
        assert_eq!(refusal(stolen).await, is("invalid_grant"), "another key");
        let owner = client.clone().holding(&key);
        let tokens = Tokens::of(owner.token(&world, form.clone()).await).await;
        assert_eq!(tokens.all["token_type"], "DPoP");
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
        let page = world.browser().get(&request.url()).await;
        assert_eq!(page.callback()["error"], "invalid_request", "{wrong}");
    }
    let twice = client
        .authorize("openid")
        .with("dpop_jkt", &right)
        .and("dpop_jkt", &right);
    let page = world.browser().get(&twice.url()).await;
    assert_eq!(page.callback()["error"], "invalid_request", "a009");
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
