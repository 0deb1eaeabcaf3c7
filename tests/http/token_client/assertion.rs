use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Response;
use serde_json::json;

use super::{JWT_BEARER, is, post};
use crate::harness::{World, at_once, claims_of, refusal, tampered};

async fn with_assertion(world: &World, assertion: &str) -> Response {
    let credentials = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    post(&world.urbantrend(), None, &credentials).await
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a054_an_assertion_must_say_exactly_who_to_whom_and_until_when() {
    let world = World::start().await;
    let (client, now) = (world.shopease(), world.now().await);
    for good in [json!({}), json!({ "exp": now + 3_600 })] {
        let assertion = client.assertion(now, &good);
        let found = refusal(with_assertion(&world, &assertion).await).await;
        assert_eq!(found, is(400, "invalid_grant"), "{good}");
    }
    for bad in [
        json!({ "iss": "conformance" }),
        json!({ "sub": "conformance" }),
        json!({ "iss": "conformance", "sub": "conformance" }),
        json!({ "iss": "nobody", "sub": "nobody" }),
        json!({ "sub": null }),
        json!({ "exp": null }),
        json!({ "exp": "tomorrow" }),
        json!({ "exp": now - 60 }),
        json!({ "exp": -1 }),
        json!({ "nbf": now + 60 }),
        json!({ "jti": null }),
        json!({ "jti": 7 }),
    ] {
        let assertion = client.assertion(now, &bad);
        let found = refusal(with_assertion(&world, &assertion).await).await;
        assert_eq!(found, is(401, "invalid_client"), "{bad}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a054_a_few_seconds_between_two_clocks_are_forgiven() {
    let world = World::start().await;
    let (client, now) = (world.shopease(), world.now().await);
    for near in [
        json!({ "exp": now - 5 }),
        json!({ "iat": now + 5, "nbf": now + 5 }),
    ] {
        let assertion = client.assertion(now, &near);
        let found = refusal(with_assertion(&world, &assertion).await).await;
        assert_eq!(found, is(400, "invalid_grant"), "{near}");
    }
}

/// RFC 7519 s2: a time need not be a whole second.
fn moment(seconds: u64) -> f64 {
    format!("{seconds}.25").parse().unwrap()
}

#[tokio::test]
async fn tk1_what_a_client_signed_for_something_else_is_no_assertion() {
    let world = World::start().await;
    let (client, now) = (world.shopease(), world.now().await);
    let of_kind = |typ| client.signed(typ, &claims_of(&client.assertion(now, &json!({}))));
    for good in [
        None,
        Some("JWT"),
        Some("jwt"),
        Some("application/jwt"),
        Some("client-authentication+jwt"),
    ] {
        let found = refusal(with_assertion(&world, &of_kind(good)).await).await;
        assert_eq!(found, is(400, "invalid_grant"), "{good:?}");
    }
    for other in [
        "dpop+jwt",
        "logout+jwt",
        "at+jwt",
        "application/at+jwt",
        "oauth-authz-req+jwt",
        "token-introspection+jwt",
        "secevent+jwt",
        "",
    ] {
        let found = refusal(with_assertion(&world, &of_kind(Some(other))).await).await;
        assert_eq!(found, is(401, "invalid_client"), "{other}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a054_a_time_may_have_a_fraction() {
    let world = World::start().await;
    let (client, now) = (world.shopease(), world.now().await);
    let good = json!({ "exp": moment(now + 60), "iat": moment(now), "nbf": moment(now) });
    let found = refusal(with_assertion(&world, &client.assertion(now, &good)).await).await;
    assert_eq!(found, is(400, "invalid_grant"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a054_an_assertion_is_of_now_and_for_minutes() {
    let world = World::start().await;
    let (client, now) = (world.shopease(), world.now().await);
    for bad in [
        json!({ "exp": now + 86_400 }),
        json!({ "exp": u64::MAX }),
        json!({ "exp": 1e300 }),
        json!({ "exp": -0.5 }),
        json!({ "exp": moment(now - 60) }),
        json!({ "exp": moment(now + 86_400) }),
        json!({ "iat": now + 60 }),
        json!({ "iat": moment(now + 60) }),
        json!({ "nbf": moment(now + 60) }),
        json!({ "jti": "" }),
    ] {
        let assertion = client.assertion(now, &bad);
        let found = refusal(with_assertion(&world, &assertion).await).await;
        assert_eq!(found, is(401, "invalid_client"), "{bad}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a054_the_assertion_type_is_compared_exactly() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for kind in [
        None,
        Some("urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
        Some("URN:ietf:params:oauth:client-assertion-type:jwt-bearer"),
    ] {
        let assertion = world.shopease().assertion(world.now().await, &json!({}));
        let mut more = vec![("client_assertion", assertion.as_str())];
        more.extend(kind.map(|kind| ("client_assertion_type", kind)));
        let found = refusal(post(&brand, None, &more).await).await;
        assert_eq!(found, is(400, "invalid_request"), "{kind:?}");
    }
    let assertion = world.shopease().assertion(world.now().await, &json!({}));
    let more = [
        ("client_id", "conformance"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion.as_str()),
    ];
    let found = refusal(post(&brand, None, &more).await).await;
    assert_ne!(
        found,
        is(400, "invalid_grant"),
        "another client's name beside the assertion"
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn a054_the_key_decides_the_algorithm_and_nobody_else_signs() {
    let world = World::start().await;
    let (client, now) = (world.shopease(), world.now().await);
    let genuine = client.assertion(now, &json!({}));
    let parts: Vec<&str> = genuine.split('.').collect();
    let claims = claims_of(&genuine);
    let header =
        |alg: &str| URL_SAFE_NO_PAD.encode(json!({ "alg": alg, "kid": "shopease-demo" }).to_string());
    let zeros = URL_SAFE_NO_PAD.encode([0; 64]);
    let by = |algorithm, key: &EncodingKey| {
        let kid = Some("shopease-demo".to_owned());
        let header = Header {
            kid,
            ..Header::new(algorithm)
        };
        encode(&header, &claims, key).unwrap()
    };
    // The public half as somebody would feed it to a verifier that takes any key for HMAC.
    let public = URL_SAFE_NO_PAD
        .decode("KBfYx4XsipH9ILoMzldrd_eSE2x6TozrivyUAVkcs0c")
        .unwrap();
    let of_the_brand = world.stolen_rsa_key("rs256");
    let changed = tampered(&genuine, "jti", json!("another"));
    for (case, forged) in [
        ("none", format!("{}.{}.", header("none"), parts[1])),
        ("None", format!("{}.{}.", header("None"), parts[1])),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("r=s=0", format!("{}.{}.{zeros}", parts[0], parts[1])),
        (
            "another curve",
            format!("{}.{}.{}", header("ES384"), parts[1], parts[2]),
        ),
        ("HMAC", by(Algorithm::HS256, &EncodingKey::from_secret(&public))),
        ("another key", by(Algorithm::RS256, &of_the_brand)),
        ("changed claims", changed),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("no JWT", "assertion".to_owned()),
        ("a long one", "a".repeat(20_000)),
    ] {
        let more = [
            ("client_id", "shopease"),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", forged.as_str()),
        ];
        let (_, error) = refusal(post(&world.urbantrend(), None, &more).await).await;
        // What is not even a JWT may be called a broken request as well as a failed authentication.
        assert!(
            ["invalid_client", "invalid_request"].contains(&&*error),
            "{case}: {error}"
        );
    }
    let found = refusal(with_assertion(&world, &genuine).await).await;
    assert_eq!(
        found,
        is(400, "invalid_grant"),
        "forgeries do not use the genuine one up"
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ca1_an_assertion_is_good_for_one_request() {
    let mut world = World::start().await;
    let assertion = world
        .shopease()
        .assertion(world.now().await, &json!({ "jti": "once" }));
    let first = refusal(with_assertion(&world, &assertion).await).await;
    assert_eq!(first, is(400, "invalid_grant"));
    let second = refusal(with_assertion(&world, &assertion).await).await;
    assert_eq!(second, is(401, "invalid_client"));
    world.restart().await;
    let later = refusal(with_assertion(&world, &assertion).await).await;
    assert_eq!(later, is(401, "invalid_client"), "after a restart");
    // As long as any assertion of that name could still be taken: to its end, and the difference of clocks.
    world.advance(65).await;
    let at_the_end = refusal(with_assertion(&world, &assertion).await).await;
    assert_eq!(at_the_end, is(401, "invalid_client"), "in its last seconds");
    let same_name = world
        .shopease()
        .assertion(world.now().await, &json!({ "jti": "twice" }));
    let found = refusal(with_assertion(&world, &same_name).await).await;
    assert_eq!(found, is(400, "invalid_grant"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ca1_of_parallel_uses_of_an_assertion_one_counts() {
    let world = Arc::new(World::start().await);
    let assertion = world.shopease().assertion(world.now().await, &json!({}));
    let found = at_once(20, |_| {
        let (world, assertion) = (world.clone(), assertion.clone());
        async move { refusal(with_assertion(&world, &assertion).await).await }
    })
    .await;
    let accepted = found.iter().filter(|f| **f == is(400, "invalid_grant")).count();
    let refused = found.iter().filter(|f| **f == is(401, "invalid_client")).count();
    assert_eq!((accepted, refused), (1, 19), "{found:?}");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ca2_the_one_audience_is_this_issuer_as_one_string() {
    let world = World::start().await;
    let (client, now) = (world.shopease(), world.now().await);
    let issuer = world.urbantrend().issuer;
    for (aud, expected) in [
        (json!(issuer), is(400, "invalid_grant")),
        (json!([issuer]), is(401, "invalid_client")),
        (
            json!([issuer, "https://elsewhere.example"]),
            is(401, "invalid_client"),
        ),
        (json!(format!("{issuer}/")), is(401, "invalid_client")),
        (json!(format!("{issuer}/oauth2/token")), is(401, "invalid_client")),
        (json!(format!("{issuer}/oauth2/par")), is(401, "invalid_client")),
        (json!(issuer.to_uppercase()), is(401, "invalid_client")),
        (json!(world.northpeak().issuer), is(401, "invalid_client")),
        (json!("shopease"), is(401, "invalid_client")),
        (json!(null), is(401, "invalid_client")),
    ] {
        let assertion = client.assertion(now, &json!({ "aud": aud }));
        let found = refusal(with_assertion(&world, &assertion).await).await;
        assert_eq!(found, expected, "{aud}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a054_a_client_may_be_registered_to_name_the_token_endpoint() {
    let method = "token_endpoint_auth_method = \"private_key_jwt\"";
    let lenient = format!("{method}\nclient_assertion_audience = \"token_endpoint\"");
    let world = World::edited(&[(method, &lenient)]).await;
    let (client, now) = (world.shopease(), world.now().await);
    let issuer = world.urbantrend().issuer;
    let endpoint = format!("{issuer}/oauth2/token");
    for (aud, expected) in [
        (json!(issuer), is(400, "invalid_grant")),
        (json!([issuer]), is(400, "invalid_grant")),
        (json!(endpoint), is(400, "invalid_grant")),
        (json!([endpoint]), is(400, "invalid_grant")),
        (json!([issuer, endpoint]), is(401, "invalid_client")),
        (json!([]), is(401, "invalid_client")),
        (json!(format!("{issuer}/oauth2/par")), is(401, "invalid_client")),
        (
            json!(format!("{}/oauth2/token", world.northpeak().issuer)),
            is(401, "invalid_client"),
        ),
    ] {
        let assertion = client.assertion(now, &json!({ "aud": aud }));
        let found = refusal(with_assertion(&world, &assertion).await).await;
        assert_eq!(found, expected, "{aud}");
    }
}
