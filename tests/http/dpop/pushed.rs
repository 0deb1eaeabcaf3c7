use reqwest::Response;

use super::{
    is,
    nonce::{demanding, nonce_of},
    refused,
};
use crate::harness::{
    ALICE, Authorization, Client, DpopKey, DpopProof, Tokens, World, answer_header, refusal,
};

async fn push(world: &World, client: &Client, request: &Authorization, proof: &DpopProof) -> Response {
    let form = client.form(world, "/oauth2/par", request.params.clone()).await;
    form.header("dpop", proof.signed()).send().await.unwrap()
}

/// The fields that redeem the code of what was pushed.
async fn code_of(
    world: &World,
    client: &Client,
    request: &Authorization,
    kept: Response,
) -> Vec<(String, String)> {
    assert_eq!(kept.status(), 201);
    let body: serde_json::Value = kept.json().await.unwrap();
    let named = request.naming(&client.id, "request_uri", body["request_uri"].as_str().unwrap());
    let page = world.browser().through(world, &named.url(), ALICE).await;
    client.exchange(&page.callback()["code"], &request.verifier)
}

#[tokio::test]
async fn a087_a_proof_with_a_pushed_request_binds_the_code() {
    let world = World::start().await;
    let (key, other) = (DpopKey::new(), DpopKey::new());
    for client in [world.spa(), world.conformance()] {
        for named in [false, true] {
            let code = async || {
                let mut request = client.authorize("openid");
                if named {
                    request = request.with("dpop_jkt", &key.thumbprint());
                }
                let proof = key.push_proof(&world, &client.brand).await;
                let kept = push(&world, &client, &request, &proof).await;
                assert!(!answer_header(&kept, "dpop-nonce").is_empty());
                code_of(&world, &client, &request, kept).await
            };
            for thief in [client.clone(), client.clone().holding(&other)] {
                let stolen = thief.token(&world, code().await).await;
                assert_eq!(refusal(stolen).await, is("invalid_grant"));
            }
            let owner = client.clone().holding(&key);
            Tokens::of(owner.token(&world, code().await).await).await;
        }
    }
}

#[tokio::test]
async fn a087_a_pushed_dpop_jkt_binds_without_a_proof() {
    let world = World::start().await;
    let (key, client) = (DpopKey::new(), world.conformance());
    let code = async || {
        let request = client.authorize("openid").with("dpop_jkt", &key.thumbprint());
        let kept = client.push(&world, &request).await;
        code_of(&world, &client, &request, kept).await
    };
    let stolen = client.token(&world, code().await).await;
    assert_eq!(refusal(stolen).await, is("invalid_grant"));
    let owner = client.clone().holding(&key);
    Tokens::of(owner.token(&world, code().await).await).await;
}

#[tokio::test]
async fn a087_a_proof_with_a_pushed_request_is_checked_as_every_other() {
    let world = World::start().await;
    let (key, client) = (DpopKey::new(), world.conformance());
    let good = key.push_proof(&world, &client.brand).await;
    let request = client.authorize("openid");
    let elsewhere = key.token_proof(&world, &client.brand).await;
    let misdirected = push(&world, &client, &request, &elsewhere).await;
    assert_eq!(refusal(misdirected).await, is("invalid_dpop_proof"), "htu");
    assert_eq!(push(&world, &client, &request, &good).await.status(), 201);
    let again = push(&world, &client, &request, &good).await;
    assert!(
        refused(again, ["invalid_dpop_proof", "invalid_request"]).await,
        "replay"
    );
    let another = client
        .authorize("openid")
        .with("dpop_jkt", &DpopKey::new().thumbprint());
    let proof = key.push_proof(&world, &client.brand).await;
    let refused = push(&world, &client, &another, &proof).await;
    assert_eq!(
        refusal(refused).await,
        is("invalid_request"),
        "another key is named"
    );
}

/// The FAPI 2.0 Security Profile, and its shortcuts.
#[tokio::test]
async fn a087_a_client_of_the_profile_goes_the_whole_way() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.fapi().holding(&key);
    let open = client.authorize("openid offline_access");
    let page = world.browser().get(&open.url()).await;
    assert!(!page.has("form#phone-form"), "unpushed");

    let request = client
        .authorize("openid profile offline_access")
        .with("prompt", "consent");
    let proof = key.push_proof(&world, &client.brand).await;
    let kept = push(&world, &client, &request, &proof).await;
    let form = code_of(&world, &client, &request, kept).await;
    let bare = client
        .token_request(&world, form.clone())
        .await
        .send()
        .await
        .unwrap();
    assert!(
        refused(bare, ["invalid_dpop_proof", "invalid_grant"]).await,
        "no proof"
    );
    let tokens = Tokens::of(client.token(&world, form).await).await;
    assert_eq!(tokens.all["token_type"], "DPoP");
    assert_eq!(client.proven_userinfo(&world, &tokens.access).await.status(), 200);
    assert_eq!(
        client.userinfo(&tokens.access).await.status(),
        401,
        "as a bearer token"
    );
    let fresh = client.refresh(&world, &tokens.refresh.unwrap()).await;
    assert_eq!(Tokens::of(fresh).await.all["token_type"], "DPoP");
}

#[tokio::test]
async fn a088_pushing_demands_and_hands_out_nonces_too() {
    let world = demanding().await;
    let (key, client) = (DpopKey::new(), world.shopease());
    let request = client.authorize("openid");
    let proof = key.push_proof(&world, &client.brand).await;
    let answer = push(&world, &client, &request, &proof).await;
    let nonce = nonce_of(&answer);
    assert_eq!(refusal(answer).await, is("use_dpop_nonce"));
    // Neither the proof nor the request was used up, and the code is bound as ever.
    let kept = push(&world, &client, &request, &proof.with("nonce", nonce)).await;
    let form = code_of(&world, &client, &request, kept).await;
    let nonce = nonce_of(&{
        let bare = key.token_proof(&world, &client.brand).await;
        let call = client.token_request(&world, form.clone()).await;
        call.header("dpop", bare.signed()).send().await.unwrap()
    });
    let proof = key.token_proof(&world, &client.brand).await.with("nonce", nonce);
    let call = client.token_request(&world, form).await;
    let tokens = Tokens::of(call.header("dpop", proof.signed()).send().await.unwrap()).await;
    assert_eq!(tokens.all["token_type"], "DPoP");
}
