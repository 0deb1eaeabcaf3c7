use reqwest::{Method, Response};
use serde_json::json;

use super::{PAR, callers, is, kept};
use crate::harness::{Client, World, answer_header, basic, fields, refusal, replaced};

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
    let (confidential, jwt, public) = (world.conformance(), world.shopease(), world.spa());
    let wrong = basic("conformance:wrong");
    let right = basic("conformance:conformance-demo-secret");
    let unknown = basic("nobody:conformance-demo-secret");
    for (client, authorization, more) in [
        (&confidential, None, &[][..]),
        (&confidential, Some(&wrong), &[]),
        (
            &confidential,
            None,
            &[("client_secret", "conformance-demo-secret")],
        ),
        (&jwt, None, &[]),
        (
            &jwt,
            None,
            &[
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", "x.y.z"),
            ],
        ),
        (&public, None, &[("client_secret", "")]),
    ] {
        let answer = post(client, authorization.map(String::as_str), more).await;
        let challenge = answer_header(&answer, "www-authenticate");
        if client.id == "spa-demo" {
            // An empty secret is none, and none is what this client has.
            assert_eq!(answer.status(), 201);
            continue;
        }
        assert_eq!(
            refusal(answer).await,
            is(401, "invalid_client"),
            "{} {more:?}",
            client.id
        );
        assert_eq!(challenge.starts_with("Basic"), authorization.is_some());
    }
    let two = post(
        &confidential,
        Some(&right),
        &[("client_secret", "conformance-demo-secret")],
    )
    .await;
    assert_eq!(
        refusal(two).await,
        is(400, "invalid_request"),
        "a053: two methods"
    );
    let other = replaced(
        &confidential.authorize("openid").params,
        "client_id",
        "fashionboard",
    );
    let found = refusal(confidential.form(&world, PAR, other).await.send().await.unwrap()).await;
    assert_eq!(found, is(400, "invalid_request"), "another client's name");
    let mut nobody = confidential.clone();
    nobody.id = "nobody".to_owned();
    let found = refusal(post(&nobody, Some(&unknown), &[]).await).await;
    assert_eq!(found, is(401, "invalid_client"));
    for name in ["client_id", "client_secret", "client_assertion"] {
        let request = confidential
            .brand
            .request(Method::POST, &format!("{PAR}?{name}=x"));
        let form = confidential.authorize("openid").params;
        let answer = request
            .header("authorization", &right)
            .form(&form)
            .send()
            .await
            .unwrap();
        assert_eq!(
            refusal(answer).await,
            is(400, "invalid_request"),
            "{name} in the address"
        );
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
