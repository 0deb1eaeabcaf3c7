//! Who may ask, and how.

use reqwest::{Method, StatusCode};

use super::{PATH, begin, is, refresh_token};
use crate::harness::{Client, World, answer_header, fields, refusal};

#[tokio::test]
async fn a092_only_a_client_that_proves_who_it_is_may_ask() {
    let world = World::start().await;
    let (client, brand) = (world.conformance(), world.urbantrend());
    let tokens = begin(&world, &client).await;
    let token = ("token", tokens.access.as_str());
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
        assert_eq!(refusal(answer).await, is(401, "invalid_client"), "{case}");
    }
    for (case, form) in [
        ("no token", fields(&[("token_type_hint", "access_token")])),
        ("an empty one", fields(&[("token", "")])),
        ("two tokens", fields(&[token, token])),
    ] {
        let answer = client.form(&world, PATH, form).await.send().await.unwrap();
        assert_eq!(refusal(answer).await, is(400, "invalid_request"), "{case}");
    }
    let address = format!("{PATH}?token={}", token.1);
    let in_the_address = brand.request(Method::POST, &address);
    let in_the_address = in_the_address.basic_auth("conformance", Some("conformance-demo-secret"));
    assert_eq!(
        refusal(in_the_address.send().await.unwrap()).await,
        is(400, "invalid_request")
    );
}

#[tokio::test]
async fn a092_who_does_not_say_who_it_is_has_failed_to_prove_it() {
    let world = World::start().await;
    let tokens = begin(&world, &world.conformance()).await;
    let token = ("token", tokens.access.as_str());
    let request = || world.urbantrend().request(Method::POST, PATH).form(&[token]);
    for (case, request) in [("nobody", request()), ("itself", request().bearer_auth(token.1))] {
        let answer = request.send().await.unwrap();
        assert_eq!(refusal(answer).await, is(401, "invalid_client"), "{case}");
    }
}

/// Whoever knows its name could ask, and find out which of a heap of tokens live.
#[tokio::test]
async fn a092_a_public_client_proves_nothing_and_is_told_nothing() {
    let world = World::start().await;
    let spa = world.spa();
    let own = begin(&world, &spa).await;
    for token in ["unknown", &own.access, refresh_token(&own)] {
        let found = refusal(spa.introspect(&world, token).await).await;
        assert_eq!(found, is(401, "invalid_client"));
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the API itself answers what no route has")]
async fn a092_ht4_any_other_method_is_405() {
    let world = World::start().await;
    for method in [Method::GET, Method::OPTIONS, Method::PUT] {
        let answer = world.urbantrend().request(method.clone(), PATH).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer_header(&answer, "allow"), "POST");
    }
}

#[tokio::test]
async fn te1_a_client_of_another_brand_is_unknown() {
    let world = World::start().await;
    let stranger = Client::basic(world.northpeak(), "fashionboard", "fashionboard-demo-secret", "");
    assert_eq!(
        refusal(stranger.introspect(&world, "x").await).await,
        is(401, "invalid_client")
    );
}
