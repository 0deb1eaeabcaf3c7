//! The API as any client sees it.

use axum::http::header;

use super::provider::{FASHIONBOARD, Provider, SHOPEASE};

#[tokio::test]
async fn the_api_challenges_by_rfc_6750() {
    let provider = Provider::start().await;
    let http = partners::http_client(None).unwrap();
    let token = |client, scope| provider.access_token(client, scope);
    for (authorization, path, status, challenge) in [
        (None, "points", 401, "Bearer"),
        (Some("Basic x".to_owned()), "points", 401, "Bearer"),
        (
            Some("Bearer rubbish".to_owned()),
            "points",
            401,
            r#"Bearer error="invalid_token""#,
        ),
        (
            Some(format!("Bearer {}", token(FASHIONBOARD, "loyalty.tier.read"))),
            "points",
            403,
            r#"Bearer error="insufficient_scope", scope="loyalty.points.read""#,
        ),
        (
            Some(format!("bearer {}", token(SHOPEASE, "loyalty.points.read"))),
            "points",
            200,
            "",
        ),
    ] {
        let mut request = http.get(format!("{}/v1/{path}", provider.api));
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let answer = request.send().await.unwrap();
        let challenged = answer
            .headers()
            .get(header::WWW_AUTHENTICATE)
            .map_or("", |value| value.to_str().unwrap());
        assert_eq!((answer.status().as_u16(), challenged), (status, challenge));
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    }
    let redeem = |key: &'static str, body: &'static str| {
        let request = http.post(format!("{}/v1/redemptions", provider.api)).body(body);
        let request = request.bearer_auth(token(SHOPEASE, "loyalty.points.redeem"));
        let request = if key.is_empty() {
            request
        } else {
            request.header("Idempotency-Key", key)
        };
        async { request.send().await.unwrap().status().as_u16() }
    };
    for (key, body, status) in [
        ("", r#"{"points":1}"#, 400),
        ("a", r#"{"points":0}"#, 400),
        ("a", r#"{"points":-1}"#, 400),
        ("a", r#"{"points":1.5}"#, 400),
        ("a", "", 400),
        ("a", r#"{"points":9999}"#, 409),
        ("a", r#"{"points":200}"#, 201),
        ("a", r#"{"points":200}"#, 201),
        ("a", r#"{"points":201}"#, 422),
    ] {
        assert_eq!(redeem(key, body).await, status, "{key} {body}");
    }
}
