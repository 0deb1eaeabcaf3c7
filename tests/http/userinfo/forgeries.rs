use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::{dead, tokens};
use crate::harness::{ALICE, APIS, Client, Tokens, Trap, World, claims_of, fields, header_of, tampered};

const SCOPE: &str = "openid loyalty.tier.read";

/// Asserts that no place takes it, and that giving it back is giving back nothing.
async fn nowhere(world: &World, client: &Client, forged: &str, case: &str) {
    assert!(world.takers(client, forged).await.is_empty(), "{case}");
    client.gives_back(world, forged).await;
}

fn raw(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    format!(
        "{}.{}.{}",
        part(header),
        part(claims),
        URL_SAFE_NO_PAD.encode(signature)
    )
}

/// The object with changes; `null` leaves a member out.
fn with(object: &Value, changes: &Value) -> Value {
    let mut all = object.as_object().unwrap().clone();
    all.extend(changes.as_object().unwrap().clone());
    all.retain(|_, v| !v.is_null());
    all.into()
}

#[tokio::test]
async fn tk3_the_key_decides_the_algorithm() {
    let world = World::start().await;
    let client = world.conformance();
    let genuine = tokens(&world, SCOPE, ALICE).await.access;
    let (header, claims) = (header_of(&genuine), claims_of(&genuine));
    let keys = world.urbantrend().keys().await;
    let kid_of = |alg: &str| keys.values().find(|k| k["alg"] == alg).unwrap()["kid"].clone();
    let signature = genuine.rsplit('.').next().unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let modulus = keys[header["kid"].as_str().unwrap()]["n"]
        .as_str()
        .unwrap()
        .to_owned();
    let secret = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(modulus).unwrap());
    let hmac = Header {
        typ: Some("at+jwt".to_owned()),
        kid: header["kid"].as_str().map(str::to_owned),
        ..Header::new(Algorithm::HS256)
    };
    let es256 = json!({ "alg": "ES256", "kid": kid_of("ES256") });
    for (case, forged) in [
        (
            "none",
            raw(&with(&header, &json!({ "alg": "none" })), &claims, b""),
        ),
        (
            "None",
            raw(&with(&header, &json!({ "alg": "None" })), &claims, b""),
        ),
        ("no signature", raw(&header, &claims, b"")),
        ("HMAC with the modulus", encode(&hmac, &claims, &secret).unwrap()),
        (
            "called PS256",
            raw(&with(&header, &json!({ "alg": "PS256" })), &claims, &signature),
        ),
        (
            "called PS256, that key",
            raw(
                &with(&header, &json!({ "alg": "PS256", "kid": kid_of("PS256") })),
                &claims,
                &signature,
            ),
        ),
        ("r=s=0", raw(&with(&header, &es256), &claims, &[0; 64])),
        ("called ES256", raw(&with(&header, &es256), &claims, &signature)),
        (
            "another curve",
            raw(&with(&header, &json!({ "alg": "ES384" })), &claims, &[1; 96]),
        ),
        (
            "changed scope",
            tampered(&genuine, "scope", json!("openid profile phone")),
        ),
        ("changed exp", tampered(&genuine, "exp", json!(u64::MAX))),
    ] {
        nowhere(&world, &client, &forged, case).await;
    }
    assert_eq!(world.takers(&client, &genuine).await, world.everywhere());
}

/// With the brand's own private keys: what is left is what the checks after the signature refuse.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn a072_a_signature_of_ours_is_not_enough() {
    let world = World::start().await;
    let client = world.conformance();
    let genuine = tokens(&world, "openid", ALICE).await;
    let (header, claims) = (header_of(&genuine.access), claims_of(&genuine.access));
    let rsa = world.stolen_rsa_key("rs256");
    let sign = |algorithm: Algorithm, header: &Value, claims: &Value| {
        let header = with(header, &json!({ "alg": algorithm }));
        let header: Header = serde_json::from_value(header).unwrap();
        encode(&header, claims, &rsa).unwrap()
    };
    let untouched = sign(Algorithm::RS256, &header, &claims);
    assert_eq!(
        client.userinfo(&untouched).await.status(),
        200,
        "the key is the brand's"
    );
    let later = sign(
        Algorithm::RS256,
        &header,
        &with(&claims, &json!({ "unknown": 1 })),
    );
    assert_eq!(
        client.userinfo(&later).await.status(),
        200,
        "unknown claims are ignored"
    );

    for (case, changes) in [
        ("typ of an ID token", json!({ "typ": "JWT" })),
        ("typ of a logout token", json!({ "typ": "logout+jwt" })),
        ("no typ", json!({ "typ": null })),
        ("no kid", json!({ "kid": null })),
        ("unknown kid", json!({ "kid": "x" })),
        ("unknown crit", json!({ "crit": ["x"], "x": 1 })),
    ] {
        let forged = sign(Algorithm::RS256, &with(&header, &changes), &claims);
        dead(&client, &forged, case).await;
    }
    dead(
        &client,
        &sign(Algorithm::PS256, &header, &claims),
        "tk3: PS256 by the RS256 key",
    )
    .await;
    dead(
        &client,
        &sign(Algorithm::RS512, &header, &claims),
        "tk3: RS512 by the RS256 key",
    )
    .await;

    let now = world.now().await;
    let northern = world.conformance_north();
    let foreign = northern
        .tokens(&world, &mut world.browser(), "openid", ALICE)
        .await;
    for (case, changes) in [
        ("expired", json!({ "exp": now })),
        ("no exp", json!({ "exp": null })),
        (
            "issuer of another brand",
            json!({ "iss": world.northpeak().issuer }),
        ),
        (
            "for the loyalty API only",
            json!({ "aud": [world.url("loyalty.urbantrend.localhost", "")] }),
        ),
        ("for nobody", json!({ "aud": [] })),
        ("of another client", json!({ "client_id": "fashionboard" })),
        (
            "context of another brand",
            json!({ "ctx": claims_of(&foreign.access)["ctx"] }),
        ),
        ("no context", json!({ "ctx": "" })),
    ] {
        let forged = sign(Algorithm::RS256, &header, &with(&claims, &changes));
        dead(&client, &forged, case).await;
    }
}

#[tokio::test]
async fn tk4_what_the_header_points_to_is_not_followed() {
    let world = World::start().await;
    let client = world.conformance();
    let genuine = tokens(&world, SCOPE, ALICE).await.access;
    let (header, claims) = (header_of(&genuine), claims_of(&genuine));
    let signature = URL_SAFE_NO_PAD
        .decode(genuine.rsplit('.').next().unwrap())
        .unwrap();
    let own = json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "mine",
        "x": "KBfYx4XsipH9ILoMzldrd_eSE2x6TozrivyUAVkcs0c", "y": "O4lhPhBFUeLphrK5Odv18hIMSPSSlejnyHCEDJeC7qk",
    });
    let shopease = include_bytes!("../../../examples/partners/demo-keys/shopease.pem");
    let attacker = EncodingKey::from_ec_pem(shopease).unwrap();
    let signed = |changes: &Value| {
        let header = with(&with(&header, &json!({ "alg": "ES256" })), changes);
        let header: Header = serde_json::from_value(header).unwrap();
        encode(&header, &claims, &attacker).unwrap()
    };
    let trap = Trap::set();
    let elsewhere = trap.address();
    let elsewhere = elsewhere.as_str();
    for (case, forged) in [
        ("jwk", signed(&json!({ "jwk": own, "kid": "mine" }))),
        ("jwk under our kid", signed(&json!({ "jwk": own }))),
        ("jku", signed(&json!({ "jku": elsewhere, "kid": "mine" }))),
        ("x5u", signed(&json!({ "x5u": elsewhere, "kid": "mine" }))),
        ("x5c", signed(&json!({ "x5c": ["MIIB"], "kid": "mine" }))),
        ("a client's kid", signed(&json!({ "kid": "shopease-demo" }))),
    ] {
        nowhere(&world, &client, &forged, case).await;
    }
    let long = "k".repeat(10_000);
    for kid in [
        "../../keys/urbantrend.rs256.p8",
        "/dev/null",
        "' OR '1'='1",
        elsewhere,
        "",
        long.as_str(),
    ] {
        let forged = raw(&with(&header, &json!({ "kid": kid })), &claims, &signature);
        nowhere(&world, &client, &forged, kid).await;
    }
    trap.assert_untouched();
    assert_eq!(world.takers(&client, &genuine).await, world.everywhere());
}

/// A token for one API is nothing at another, be it genuine.
#[tokio::test]
async fn tk2_a_token_for_another_api_is_not_taken() {
    let world = World::edited(&[APIS]).await;
    let (client, robot) = (world.conformance(), world.robot());
    let here_only = tokens(&world, "openid", ALICE).await.access;
    assert_eq!(
        world.takers(&client, &here_only).await,
        ["userinfo", "introspection"]
    );
    let ask = fields(&[("grant_type", "client_credentials"), ("scope", "stock.read")]);
    let stock_only = Tokens::of(robot.token(&world, ask).await).await.access;
    assert_eq!(world.takers(&robot, &stock_only).await, ["introspection"]);
    // And another client's is not told of, wherever it is taken.
    let hers = tokens(&world, SCOPE, ALICE).await.access;
    let told = robot.asks(&world, &hers).await;
    assert_eq!(told, json!({ "active": false }));
    assert_eq!(world.takers(&client, &hers).await, world.everywhere());
}
