//! Keys of clients: what a client signs counts by every listed algorithm, and by the one its key is meant for.

use jsonwebtoken::Algorithm;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::{ALICE, Client, RSA_KEY, RSA_MODULUS, Tokens, Trap, World, claims_of, refusal};

const METHOD: &str = "token_endpoint_auth_method = \"private_key_jwt\"\n# The private half is examples/partners/demo-keys/shopease.pem";
const REGISTERED: &str = r#""kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "shopease-demo",
    "x": "KBfYx4XsipH9ILoMzldrd_eSE2x6TozrivyUAVkcs0c",
    "y": "O4lhPhBFUeLphrK5Odv18hIMSPSSlejnyHCEDJeC7qk""#;
const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::RS256, Algorithm::PS256];

/// The demo, in which ShopEase has this algorithm's key; `alg` is what the key says of itself.
async fn world_with(algorithm: Algorithm, alg: Option<&str>) -> (World, Client) {
    let name = format!("{algorithm:?}");
    let signs = format!("request_object_signing_alg = \"{name}\"\n{METHOD}");
    if algorithm == Algorithm::ES256 {
        let world = World::edited(&[(METHOD, &signs)]).await;
        let client = world.shopease();
        return (world, client);
    }
    let alg = alg.map_or_else(String::new, |alg| format!(r#""alg": "{alg}", "#));
    let key =
        format!(r#""kty": "RSA", "use": "sig", {alg}"kid": "rsa-test", "e": "AQAB", "n": "{RSA_MODULUS}""#);
    let world = World::edited(&[(METHOD, &signs), (REGISTERED, &key)]).await;
    let client = world.shopease().with_key(RSA_KEY.by(algorithm));
    (world, client)
}

/// Every endpoint where a client proves who it is, and what its tokens are then.
async fn assert_is_believed(world: &World, client: &Client) {
    let tokens = client
        .tokens(world, &mut world.browser(), "openid offline_access", ALICE)
        .await;
    let refreshed = Tokens::of(client.refresh(world, &tokens.refresh.unwrap()).await).await;
    let told: Value = client
        .introspect(world, &refreshed.access)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(told["active"], true, "{told}");
    let pushed = client
        .form(world, "/oauth2/par", client.authorize("openid").params)
        .await;
    assert_eq!(pushed.send().await.unwrap().status(), 201);
    assert_eq!(client.revoke(world, &refreshed.access).await.status(), 200);
    assert_eq!(client.userinfo(&refreshed.access).await.status(), 401);
}

#[tokio::test]
async fn a054_a075_every_listed_algorithm_of_assertions_is_taken() {
    let listed = json!(ALGORITHMS.map(|algorithm| format!("{algorithm:?}")));
    for algorithm in ALGORITHMS {
        let (world, client) = world_with(algorithm, None).await;
        assert_is_believed(&world, &client).await;
        let metadata = client.brand.json("/.well-known/openid-configuration").await;
        for endpoint in ["token", "revocation", "introspection"] {
            let name = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
            // RFC 8414 s2: only the token endpoint has to say.
            if endpoint != "token" && metadata[&name].is_null() {
                continue;
            }
            let (mut found, mut all) = (texts(&metadata[&name]), texts(&listed));
            found.sort_unstable();
            all.sort_unstable();
            assert_eq!(found, all, "{name}");
        }
    }
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a014_a075_every_listed_algorithm_of_requests_is_taken() {
    for algorithm in ALGORITHMS {
        let (world, client) = world_with(algorithm, None).await;
        let request = client.authorize("openid");
        let object = client.object(world.now().await, &request, &json!({}));
        let link = request.naming(&client.id, "request", &object);
        let page = world.browser().through(&world, &link.url(), ALICE).await;
        let tokens = client.redeem(&world, &request, &page).await;
        assert_eq!(tokens.id_claims()["nonce"], request.get("nonce"), "{algorithm:?}");
    }
}

/// One key, two algorithms that fit it: where it says which it is for, the other is a forgery.
#[tokio::test]
async fn tk3_a_key_of_a_client_is_for_the_algorithm_it_says() {
    for (meant, other) in [
        (Algorithm::RS256, Algorithm::PS256),
        (Algorithm::PS256, Algorithm::RS256),
    ] {
        let (world, client) = world_with(meant, Some(&format!("{meant:?}"))).await;
        assert_is_believed(&world, &client).await;
        let confused = client.clone().with_key(RSA_KEY.by(other));
        let answer = confused
            .form(&world, "/oauth2/par", confused.authorize("openid").params)
            .await;
        let found = refusal(answer.send().await.unwrap()).await;
        assert_eq!(found, (401, "invalid_client".to_owned()), "{other:?}");
        let request = client.authorize("openid");
        let object = confused.object(world.now().await, &request, &json!({}));
        let link = request.naming(&client.id, "request", &object);
        let page = world.browser().get(&link.url()).await;
        assert!(!page.has("form#phone-form"), "{other:?}");
    }
}

/// One of two registered algorithms is not the other, though the key would do for both.
#[tokio::test]
async fn a014_a_request_is_signed_by_the_algorithm_registered_for_it() {
    let (world, client) = world_with(Algorithm::PS256, None).await;
    let request = client.authorize("openid");
    let other = client.clone().with_key(RSA_KEY.by(Algorithm::RS256));
    for (by, taken) in [(&client, true), (&other, false)] {
        let object = by.object(world.now().await, &request, &json!({}));
        let link = request.naming(&client.id, "request", &object);
        let page = world.browser().get(&link.url()).await;
        assert_eq!(page.has("form#phone-form"), taken);
    }
}

/// What a JWT says of its key is not followed: the registered key decides, and this one is genuine.
#[tokio::test]
async fn tk4_an_address_of_a_key_in_a_jwt_of_a_client_is_never_asked() {
    let (world, client) = world_with(Algorithm::ES256, None).await;
    let trap = Trap::set();
    for (name, value, taken) in [
        ("jku", json!(trap.address()), true),
        ("x5u", json!(trap.address()), true),
        ("x5c", json!(["MIIB"]), true),
        (
            "jwk",
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }),
            true,
        ),
        ("crit", json!(["exp"]), false),
        ("kid", json!("../../../../dev/null"), false),
        ("kid", json!("' OR 1=1 --"), false),
        ("kid", json!(""), false),
        ("kid", json!(["shopease-demo"]), false),
    ] {
        let now = world.now().await;
        let assertion = client.signed_saying(name, &value, &client.assertion_claims(now, &json!({})));
        let found = refusal(post_assertion(&client, &assertion).await).await;
        let expected = if taken {
            (400, "invalid_grant")
        } else {
            (401, "invalid_client")
        };
        assert_eq!((found.0, &*found.1), expected, "{name}: {value}");

        let request = client.authorize("openid");
        let claims = claims_of(&client.object(now, &request, &json!({})));
        let object = client.signed_saying(name, &value, &claims);
        let link = request.naming(&client.id, "request", &object);
        let page = world.browser().get(&link.url()).await;
        assert_eq!(page.has("form#phone-form"), taken, "{name}: {value}");
    }
    trap.assert_untouched();
}

/// A refresh token that there is not: `invalid_grant` says that the client itself was accepted.
async fn post_assertion(client: &Client, assertion: &str) -> Response {
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "x"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion),
    ];
    let request = client.brand.request(Method::POST, "/oauth2/token");
    request.form(&fields).send().await.unwrap()
}
