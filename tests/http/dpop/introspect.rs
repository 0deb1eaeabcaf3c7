use serde_json::json;

use super::{SECOND_ROBOT, second_robot, tokens};
use crate::harness::{DpopKey, Tokens, World, fields};

#[tokio::test]
async fn a092_a_resource_learns_which_key_a_token_is_bound_to() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.conformance().holding(&key);
    let token = tokens(&world, &client).await.access;
    let told = client.asks(&world, &token).await;
    assert_eq!(told["token_type"], "DPoP");
    assert_eq!(told["cnf"], json!({ "jkt": key.thumbprint() }));
}

#[tokio::test]
async fn a087_a_clients_own_token_is_bound_too() {
    let world = World::edited(&[SECOND_ROBOT]).await;
    let key = DpopKey::new();
    let robot = second_robot(&world).holding(&key);
    let form = fields(&[
        ("grant_type", "client_credentials"),
        ("scope", "loyalty.tier.read"),
    ]);
    let tokens = Tokens::of(robot.token(&world, form).await).await;
    assert_eq!(tokens.all["token_type"], "DPoP");
    let claims = world.urbantrend().verified(&tokens.access).await;
    assert_eq!(claims["cnf"], json!({ "jkt": key.thumbprint() }));
}
