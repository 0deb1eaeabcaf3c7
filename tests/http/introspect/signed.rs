use serde_json::{Value, json};

use super::{PATH, begin};
use crate::harness::{APIS, Client, World, fields, header_of, media_type, not_cacheable, refusal};

const SIGNED: &str = "application/token-introspection+jwt";

/// The answer as RFC 9701 has it.
async fn signed(world: &World, caller: &Client, token: &str) -> String {
    let request = caller.form(world, PATH, fields(&[("token", token)])).await;
    let answer = request.header("accept", SIGNED).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(media_type(&answer), SIGNED);
    not_cacheable(&answer);
    answer.text().await.unwrap()
}

fn keys(claims: &Value) -> Vec<&str> {
    claims.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a092_who_asks_for_a_signature_is_given_one() {
    let world = World::with_apis().await;
    let (client, brand) = (world.conformance(), world.urbantrend());
    let tokens = begin(&world, &client).await;
    for (caller, algorithm) in [
        (world.conformance(), "RS256"),
        (world.loyalty_api(), "RS256"),
        (world.stock_api(), "ES256"),
    ] {
        let before = world.now().await;
        let jwt = signed(&world, &caller, &tokens.access).await;
        let header = header_of(&jwt);
        assert_eq!(
            (&header["typ"], &header["alg"]),
            (&json!("token-introspection+jwt"), &json!(algorithm)),
            "{}",
            caller.id
        );
        let claims = brand.verified(&jwt).await;
        assert_eq!(keys(&claims), ["aud", "iat", "iss", "token_introspection"]);
        assert_eq!(claims["iss"], brand.issuer.as_str());
        assert_eq!(claims["aud"], caller.id.as_str());
        assert!((before..=world.now().await).contains(&claims["iat"].as_u64().unwrap()));
        // Nothing is told that would not be told without a signature.
        assert_eq!(
            claims["token_introspection"],
            caller.asks(&world, &tokens.access).await
        );
    }
    let es256 = "introspection_signed_response_alg = \"ES256\"";
    let other = (es256, "introspection_signed_response_alg = \"PS256\"");
    let registered = World::edited(&[APIS, other]).await;
    let jwt = signed(&registered, &registered.stock_api(), "dead").await;
    assert_eq!(header_of(&jwt)["alg"], "PS256");
    registered.urbantrend().verified(&jwt).await;
    let dead = brand.verified(&signed(&world, &client, "dead").await).await;
    assert_eq!(dead["token_introspection"], json!({ "active": false }));
}

#[tokio::test]
async fn a092_a_signed_answer_opens_nothing() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    let jwt = signed(&world, &client, &tokens.access).await;
    assert_eq!(client.userinfo(&jwt).await.status(), 401);
}

#[tokio::test]
async fn a092_a_signed_answer_is_no_token() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    let jwt = signed(&world, &client, &tokens.access).await;
    assert_eq!(client.asks(&world, &jwt).await, json!({ "active": false }));
}

#[tokio::test]
async fn a092_a_refusal_is_json_whatever_is_asked_for() {
    let world = World::start().await;
    let wrong = Client::basic(world.urbantrend(), "conformance", "guessed", "");
    let request = wrong.form(&world, PATH, fields(&[("token", "x")])).await;
    let answer = request.header("accept", SIGNED).send().await.unwrap();
    assert_eq!(refusal(answer).await, (401, "invalid_client".to_owned()));
}
