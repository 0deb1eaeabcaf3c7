//! Who may give back what, and how.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{PATH, begin, is, refresh_token, refreshed};
use crate::harness::{Client, World, answer_header, error_of, fields};

#[tokio::test]
async fn a091_only_a_proven_client_revokes_and_only_by_a_form() {
    let world = World::start().await;
    let (client, brand) = (world.conformance(), world.urbantrend());
    let tokens = begin(&world, &client).await;
    let token = ("token", refresh_token(&tokens));
    for (case, more) in [
        ("the name alone", vec![("client_id", "conformance")]),
        (
            "a wrong secret",
            vec![("client_id", "conformance"), ("client_secret", "guessed")],
        ),
    ] {
        let form = fields(&[&[token], more.as_slice()].concat());
        let answer = brand
            .request(Method::POST, PATH)
            .form(&form)
            .send()
            .await
            .unwrap();
        assert_eq!(error_of(answer).await, is(401, "invalid_client"), "{case}");
    }
    let wrong = Client::basic(brand.clone(), "conformance", "guessed", "");
    let answer = wrong.revoke(&world, token.1).await;
    assert!(answer_header(&answer, "www-authenticate").starts_with("Basic"));
    for (case, form) in [
        ("no token", fields(&[("token_type_hint", "refresh_token")])),
        ("an empty one", fields(&[("token", "")])),
        ("two tokens", fields(&[token, token])),
    ] {
        let answer = client.form(&world, PATH, form).await.send().await.unwrap();
        assert_eq!(error_of(answer).await, is(400, "invalid_request"), "{case}");
    }
    let in_the_address = brand
        .request(Method::POST, &format!("{PATH}?token={}", token.1))
        .basic_auth("conformance", Some("conformance-demo-secret"));
    assert_eq!(
        error_of(in_the_address.send().await.unwrap()).await,
        is(400, "invalid_request")
    );
    let as_json = brand
        .request(Method::POST, PATH)
        .basic_auth("conformance", Some("conformance-demo-secret"))
        .json(&json!({ "token": token.1 }));
    assert_eq!(
        error_of(as_json.send().await.unwrap()).await,
        is(400, "invalid_request"),
        "ht4"
    );
    refreshed(&world, &client, &tokens).await;
}

#[tokio::test]
async fn a091_who_does_not_say_who_it_is_has_failed_to_prove_it() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    let request = world.urbantrend().request(Method::POST, PATH);
    let answer = request.form(&[("token", refresh_token(&tokens))]).send().await;
    assert_eq!(error_of(answer.unwrap()).await, is(401, "invalid_client"));
    refreshed(&world, &client, &tokens).await;
}

#[tokio::test]
async fn a091_ht4_any_other_method_is_405() {
    let world = World::start().await;
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = world.urbantrend().request(method.clone(), PATH).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer_header(&answer, "allow"), "POST, OPTIONS");
    }
}

#[tokio::test]
async fn te1_a_client_of_another_brand_is_unknown() {
    let world = World::start().await;
    let stranger = Client::basic(world.northpeak(), "fashionboard", "fashionboard-demo-secret", "");
    let found = error_of(stranger.revoke(&world, "x").await).await;
    assert_eq!(found, is(401, "invalid_client"));
}

#[tokio::test]
async fn a091_another_clients_token_is_left_as_it_is() {
    let world = World::start().await;
    let owner = world.conformance();
    let tokens = begin(&world, &owner).await;
    for other in [world.spa(), world.fashionboard()] {
        for token in [refresh_token(&tokens), &tokens.access] {
            other.revoke(&world, token).await;
        }
    }
    assert_eq!(owner.userinfo(&tokens.access).await.status(), 200);
    refreshed(&world, &owner, &tokens).await;
}

/// Asserts that who gives back another client's tokens is told that they are not its own.
async fn is_told(world: &World, other: &Client) {
    let tokens = begin(world, &world.conformance()).await;
    for token in [refresh_token(&tokens), &tokens.access] {
        let (status, error) = error_of(other.revoke(world, token).await).await;
        assert_eq!(status, 400);
        // RFC 7009 s2.1 names no error; these are those of RFC 6749 s5.2 that are not about something else.
        let fitting = ["invalid_request", "invalid_grant", "unauthorized_client"];
        assert!(fitting.contains(&error.as_str()), "{error}");
    }
}

#[tokio::test]
async fn a091_who_gives_back_what_is_anothers_is_told() {
    let world = World::start().await;
    is_told(&world, &world.fashionboard()).await;
}

#[tokio::test]
async fn a091_a_public_client_is_told_as_well() {
    let world = World::start().await;
    is_told(&world, &world.spa()).await;
}
