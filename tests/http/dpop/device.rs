use serde_json::json;

use super::{is, refused};
use crate::harness::{ALICE, Client, DpopKey, Tokens, World, claims_of, refusal};

const TV: &str = "name = \"Urban Trend TV\"\n";

/// The device code of a television that Alice has allowed.
async fn allowed(world: &World, tv: &Client) -> String {
    let codes = tv.device_codes(world, "openid offline_access").await;
    let mut browser = world.browser();
    let question = browser.reach_question(world, &tv.brand, &codes.user, ALICE).await;
    let done = browser.allow(&question).await;
    assert_eq!(done.attr("main#device-done", "data-outcome"), "allowed");
    codes.device
}

#[tokio::test]
async fn a087_a093_what_a_device_gets_is_bound_to_the_key_it_proved() {
    let world = World::start().await;
    let (key, other) = (DpopKey::new(), DpopKey::new());
    let tv = world.tv().holding(&key);
    let device_code = allowed(&world, &tv).await;
    let tokens = Tokens::of(tv.poll(&world, &device_code).await).await;
    assert_eq!(tokens.all["token_type"], "DPoP");
    assert_eq!(tv.proven_userinfo(&world, &tokens.access).await.status(), 200);
    assert_eq!(
        tv.userinfo(&tokens.access).await.status(),
        401,
        "as a bearer token"
    );
    let stolen = world.tv().holding(&other);
    assert_eq!(stolen.proven_userinfo(&world, &tokens.access).await.status(), 401);
    // A public client's refresh token is bound too (RFC 9449 s5).
    let refresh = tokens.refresh.as_deref().unwrap();
    for thief in [world.tv(), world.tv().holding(&other)] {
        let found = refusal(thief.refresh(&world, refresh).await).await;
        assert!(
            found == is("invalid_grant") || found == is("invalid_dpop_proof"),
            "{found:?}"
        );
    }
    let next = Tokens::of(tv.refresh(&world, refresh).await).await;
    assert_eq!(next.all["token_type"], "DPoP");
    assert_eq!(tv.proven_userinfo(&world, &next.access).await.status(), 200);
}

/// Ours for userinfo are JWTs as well (decision 0004).
#[tokio::test]
async fn every_access_token_of_a_device_says_which_key_it_is_bound_to() {
    let world = World::start().await;
    let key = DpopKey::new();
    let tv = world.tv().holding(&key);
    let device_code = allowed(&world, &tv).await;
    let tokens = Tokens::of(tv.poll(&world, &device_code).await).await;
    let next = Tokens::of(tv.refresh(&world, tokens.refresh.as_deref().unwrap()).await).await;
    for access in [tokens.access, next.access] {
        assert_eq!(claims_of(&access)["cnf"], json!({ "jkt": key.thumbprint() }));
    }
}

/// The refused question is no use of the code: with a proof the same code is good.
#[tokio::test]
async fn a087_a093_a_device_that_must_prove_a_key_gets_nothing_without_one() {
    let bound = format!("{TV}dpop_bound_access_tokens = true\n");
    let world = World::edited(&[(TV, &bound)]).await;
    let tv = world.tv();
    let device_code = allowed(&world, &tv).await;
    // RFC 9449 s5.2 says that it is refused, not by which name.
    let bare = tv.poll(&world, &device_code).await;
    assert!(refused(bare, ["invalid_dpop_proof", "invalid_grant"]).await);
    let tv = tv.holding(&DpopKey::new());
    let tokens = Tokens::of(tv.poll(&world, &device_code).await).await;
    assert_eq!(tokens.all["token_type"], "DPoP");
}
