use reqwest::{Method, Response};
use serde_json::json;

use super::{PAR, callers, is, kept};
use crate::harness::{Client, World, answer_header, basic, fields, refusal, replaced, tampered};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Posts a client's request with other proof than its own.
async fn post(client: &Client, authorization: Option<&str>, more: &[(&str, &str)]) -> Response {
    let mut form = client.authorize("openid").params;
    form.extend(fields(more));
    let mut request = client.brand.request(Method::POST, PAR).form(&form);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn a084_every_client_pushes_with_its_own_method() {
    let posting = r#"token_endpoint_auth_method = "client_secret_post"
client_secret = "fashionboard-demo-secret""#;
    let basic = posting.replace("_post", "_basic");
    let world = World::edited(&[(&basic, posting)]).await;
    for client in callers(&world) {
        kept(client.push(&world, &client.authorize("openid")).await).await;
    }
    let client = world.fashionboard();
    let answer = post(&client, None, &[("client_secret", "fashionboard-demo-secret")]).await;
    kept(answer).await;
}

#[tokio::test]
async fn a084_a_client_that_does_not_prove_itself_is_refused() {
    let world = World::start().await;
    let (confidential, jwt) = (world.conformance(), world.shopease());
    let wrong = basic("conformance:wrong");
    let forged = tampered(&jwt.assertion(world.now().await, &json!({})), "jti", json!("new"));
    let assertion = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &forged),
    ];
    for (client, authorization, more) in [
        (&confidential, None, &[][..]),
        (&confidential, Some(wrong.as_str()), &[]),
        (&jwt, None, &[]),
        (&jwt, None, &assertion),
    ] {
        let answer = post(client, authorization, more).await;
        let challenge = answer_header(&answer, "www-authenticate");
        let refused = refusal(answer).await;
        assert_eq!(refused, is(401, "invalid_client"), "{} {more:?}", client.id);
        assert_eq!(challenge.starts_with("Basic"), authorization.is_some());
    }
    // An empty secret is none, and none is what a public client has.
    let answer = post(&world.spa(), None, &[("client_secret", "")]).await;
    assert_eq!(answer.status(), 201);
    let mut nobody = confidential.clone();
    nobody.id = "nobody".to_owned();
    let unknown = basic("nobody:conformance-demo-secret");
    let found = refusal(post(&nobody, Some(&unknown), &[]).await).await;
    assert_eq!(found, is(401, "invalid_client"));
}

#[tokio::test]
async fn a084_a053_who_says_two_things_of_itself_is_refused() {
    let world = World::start().await;
    let client = world.conformance();
    let right = basic("conformance:conformance-demo-secret");
    let two = post(
        &client,
        Some(&right),
        &[("client_secret", "conformance-demo-secret")],
    )
    .await;
    assert_eq!(refusal(two).await, is(400, "invalid_request"), "two methods");
    let other = replaced(&client.authorize("openid").params, "client_id", "fashionboard");
    let found = refusal(client.form(&world, PAR, other).await.send().await.unwrap()).await;
    assert_eq!(found, is(400, "invalid_request"), "another client's name");
}

#[tokio::test]
async fn a053_only_the_registered_method_pushes() {
    let world = World::start().await;
    let secret = [("client_secret", "conformance-demo-secret")];
    let answer = post(&world.conformance(), None, &secret).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(refusal(answer).await, is(401, "invalid_client"));
}

#[tokio::test]
async fn a049_credentials_in_the_address_push_nothing() {
    let world = World::start().await;
    let client = world.conformance();
    let right = basic("conformance:conformance-demo-secret");
    for name in ["client_id", "client_secret", "client_assertion"] {
        let request = client.brand.request(Method::POST, &format!("{PAR}?{name}=x"));
        let form = client.authorize("openid").params;
        let request = request.header("authorization", &right).form(&form);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 400, "{name} in the address");
        assert_eq!(refusal(answer).await, is(400, "invalid_request"));
    }
}

#[tokio::test]
async fn ca1_ca2_an_assertion_is_for_the_issuer_and_for_one_request_here_too() {
    let world = World::start().await;
    let client = world.shopease();
    let with = async |assertion: &str| {
        let more = [
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion),
        ];
        post(&client, None, &more).await
    };
    let now = world.now().await;
    for aud in [
        json!(format!("{}{PAR}", client.brand.issuer)),
        json!([client.brand.issuer, "https://elsewhere.example"]),
        json!(world.northpeak().issuer),
    ] {
        let assertion = client.assertion(now, &json!({ "aud": aud }));
        assert_eq!(
            refusal(with(&assertion).await).await,
            is(401, "invalid_client"),
            "{aud}"
        );
    }
    let assertion = client.assertion(now, &json!({}));
    kept(with(&assertion).await).await;
    assert_eq!(refusal(with(&assertion).await).await, is(401, "invalid_client"));
    // One request at any endpoint: what was used here is used up there.
    let form = fields(&[
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", "x"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &assertion),
    ]);
    let answer = client.brand.token_request(&form).send().await.unwrap();
    assert_eq!(refusal(answer).await, is(401, "invalid_client"));
}

#[tokio::test]
async fn te1_a_client_of_another_brand_is_unknown_here() {
    let world = World::start().await;
    for secret in ["conformance-north-secret", "trailmix-demo-secret"] {
        let client = world.conformance();
        let id = if secret.starts_with("trailmix") {
            "trailmix"
        } else {
            "conformance"
        };
        let mut foreign = client.clone();
        foreign.id = id.to_owned();
        let answer = post(&foreign, Some(&basic(&format!("{id}:{secret}"))), &[]).await;
        assert_eq!(refusal(answer).await, is(401, "invalid_client"), "{id}");
    }
}
