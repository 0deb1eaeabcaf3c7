use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::{fraction, is_taken, signing};
use crate::harness::{Authorization, Client, FAPI_KEY, World, claims_of, fields, refusal, tampered};

/// An object begins nothing, in a browser or pushed, whatever stands beside it.
async fn is_refused(world: &World, client: &Client, request: &Authorization, object: &str, what: &str) {
    let beside = request.clone().with("request", object);
    let answer = world.browser().ask(&beside).await;
    if answer.status == 303 {
        answer.assert_refusal("invalid_request_object", &beside);
    } else {
        answer.assert_error_page("invalid_request", &[]);
    }
    let bare = request.naming(&client.id, "request", object);
    let page = world.browser().ask(&bare).await;
    let told = (page.status.as_u16(), page.error());
    assert_eq!(told, (400, "invalid_request".to_owned()), "{what}");
    let found = refusal(client.push(world, &bare).await).await;
    assert_eq!(found, (400, "invalid_request_object".to_owned()), "{what}");
}

/// Where an object cannot be used, a registered redirect URI beside it says where to tell so.
#[tokio::test]
async fn an_unusable_object_is_told_of_by_redirect() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    for changes in [
        json!({ "client_id": null }),
        json!({ "exp": now - 60 }),
        json!({ "iat": now + 600 }),
        json!({ "state": "with a \u{0} in it" }),
        json!({ "x": "x".repeat(5_000) }),
    ] {
        let object = client.object(now, &request, &changes);
        is_refused(&world, &client, &request, &object, &changes.to_string()).await;
        let beside = request.clone().with("request", &object);
        let answer = world.browser().ask(&beside).await;
        answer.assert_refusal("invalid_request_object", &beside);
    }
}

#[tokio::test]
async fn a014_an_object_must_say_exactly_who_to_whom_and_until_when() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    let issuer = client.brand.issuer.as_str();
    for changes in [
        json!({ "iss": null }),
        json!({ "iss": "conformance" }),
        json!({ "client_id": null }),
        json!({ "client_id": "conformance" }),
        json!({ "aud": null }),
        json!({ "aud": [] }),
        json!({ "aud": format!("{issuer}/") }),
        json!({ "aud": format!("{issuer}/oauth2/par") }),
        json!({ "aud": world.northpeak().issuer }),
        json!({ "aud": ["https://elsewhere.example"] }),
        json!({ "exp": null }),
        json!({ "exp": now - 60 }),
        json!({ "exp": now + 3_660 }),
        json!({ "exp": fraction(now - 60) }),
        json!({ "exp": "tomorrow" }),
        json!({ "exp": u64::MAX }),
        json!({ "nbf": null }),
        json!({ "nbf": now + 600, "exp": now + 660 }),
        json!({ "nbf": now - 3_700 }),
        json!({ "request": "x.y.z" }),
        json!({ "request_uri": "urn:ietf:params:oauth:request_uri:x" }),
    ] {
        let object = client.object(now, &request, &changes);
        is_refused(&world, &client, &request, &object, &changes.to_string()).await;
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn a014_tk3_tk4_only_the_clients_key_in_its_algorithm_counts() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    let genuine = client.object(now, &request, &json!({}));
    let parts: Vec<&str> = genuine.split('.').collect();
    let claims: Value = claims_of(&genuine);
    let header = |header: Value| URL_SAFE_NO_PAD.encode(header.to_string());
    let kid = "shopease-demo";
    let public = URL_SAFE_NO_PAD
        .decode("KBfYx4XsipH9ILoMzldrd_eSE2x6TozrivyUAVkcs0c")
        .unwrap();
    let by = |algorithm, key: &EncodingKey| {
        let header = Header {
            kid: Some(kid.to_owned()),
            ..Header::new(algorithm)
        };
        encode(&header, &claims, key).unwrap()
    };
    let none = header(json!({ "alg": "none", "kid": kid }));
    let elsewhere = header(json!({ "alg": "ES256", "kid": kid, "jku": "https://evil.example/jwks" }));
    for (what, object) in [
        ("none", format!("{none}.{}.", parts[1])),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        (
            "r=s=0",
            format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode([0; 64])),
        ),
        ("HMAC", by(Algorithm::HS256, &EncodingKey::from_secret(&public))),
        (
            "the brand's key",
            by(Algorithm::RS256, &world.stolen_rsa_key("rs256")),
        ),
        (
            "another client's key",
            FAPI_KEY.sign(Some("oauth-authz-req+jwt"), &claims),
        ),
        (
            "changed claims",
            tampered(&genuine, "scope", json!("openid profile")),
        ),
        ("another header", format!("{elsewhere}.{}.{}", parts[1], parts[2])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("no JWT", "request".to_owned()),
    ] {
        is_refused(&world, &client, &request, &object, what).await;
    }
    assert!(is_taken(&world, &request.naming(&client.id, "request", &genuine)).await);
}

/// ES256 is what ShopEase's key can; the registration says PS256, so nothing it signs counts.
#[tokio::test]
async fn a014_the_registered_algorithm_is_the_only_one() {
    let purpose = "purpose = \"To let you pay with points at the till.\"\n";
    let more = format!("{purpose}request_object_signing_alg = \"PS256\"\n");
    let world = World::edited(&[(purpose, &more)]).await;
    let client = world.shopease();
    let request = client.authorize("openid");
    let object = client.object(world.now().await, &request, &json!({}));
    is_refused(&world, &client, &request, &object, "ES256").await;
}

/// RFC 9101 s10.8: a JWT for one purpose is none for the other.
#[tokio::test]
async fn a014_a_client_assertion_is_no_request() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    let assertion = client.assertion(now, &json!({ "client_id": client.id, "nbf": now }));
    let beside = request.clone().with("request", &assertion);
    assert!(!is_taken(&world, &beside).await);
    let bare = request.naming(&client.id, "request", &assertion);
    assert!(!is_taken(&world, &bare).await);
    assert_eq!(client.push(&world, &bare).await.status(), 400);
}

#[tokio::test]
async fn a014_what_could_be_an_assertion_or_says_that_it_is_another_jwt_is_no_request() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    let object = client.object(now, &request, &json!({ "sub": "shopease" }));
    is_refused(&world, &client, &request, &object, "sub").await;
    for typ in ["client-authentication+jwt", "at+jwt", "logout+jwt", "dpop+jwt"] {
        let object = client.object_typed(Some(typ), now, &request, &json!({}));
        is_refused(&world, &client, &request, &object, typ).await;
    }
}

#[tokio::test]
async fn a014_a_request_is_no_client_assertion() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    let object = client.object(now, &request, &json!({ "jti": "one" }));
    let form = fields(&[
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", "x"),
        ("client_id", &client.id),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", &object),
    ]);
    let answer = client.brand.token_request(&form).send().await.unwrap();
    assert_eq!(refusal(answer).await, (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn a014_a_request_has_one_object_or_none() {
    let world = signing().await;
    let client = world.shopease();
    let (now, request) = (world.now().await, client.authorize("openid"));
    let object = client.object(now, &request, &json!({}));
    let good = request.clone().with("request", &object);
    for two in [
        good.clone().and("request", &object),
        good.clone()
            .and("request_uri", "https://elsewhere.example/request.jwt"),
    ] {
        world
            .browser()
            .ask(&two)
            .await
            .assert_refusal("invalid_request", &request);
    }
    // Another client's name beside it.
    let other = good.clone().with("client_id", "conformance");
    let page = world.browser().ask(&other).await;
    page.assert_error_page("invalid_redirect_uri", &[]);
}
