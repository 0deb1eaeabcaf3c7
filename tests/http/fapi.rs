//! What the FAPI 2.0 Security Profile of a client adds to its registration (decision 0049).

mod tokens;

use jsonwebtoken::{Algorithm, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ALICE, Authorization, Client, Tokens, World, fields, refusal};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SCOPE: &str = "openid profile offline_access";

/// The demo's keys of the two clients that have any, without `alg`.
const KEYS: [(&str, &str); 2] = [
    (
        "BYZMhJHaoQCkn48Mu0kejjFgAM0lt2fhqC5qI1kVag4",
        "LDpMbjkD69WHBpOf8RXlXU2eU8Qb3Zp46v-jwk8eCXo",
    ),
    (
        "KBfYx4XsipH9ILoMzldrd_eSE2x6TozrivyUAVkcs0c",
        "O4lhPhBFUeLphrK5Odv18hIMSPSSlejnyHCEDJeC7qk",
    ),
];

/// The whole way to tokens.
async fn sign_in(world: &World, client: &Client) -> Tokens {
    let (request, page) = callback(world, client).await;
    client.redeem(world, &request, &page).await
}

async fn callback(world: &World, client: &Client) -> (Authorization, crate::harness::Page) {
    let request = client.authorize(SCOPE).with("prompt", "consent");
    let link = client.pushed(world, &request).await;
    let page = world.browser().through(world, &link.url(), ALICE).await;
    (request, page)
}

/// A world in which both clients have registered one RSA key, which serves RS256 and PS256. Its private half is the
/// brand's own of RS256, as the tests have no other.
async fn with_rsa_keys() -> World {
    let mut world = World::start().await;
    let public = rsa(&world).await;
    let set = |kid: &str| {
        let key = json!({ "kty": "RSA", "use": "sig", "kid": kid, "n": public["n"], "e": public["e"] });
        format!("jwks = '''{}'''", json!({ "keys": [key] }))
    };
    let registered = |kid: &str, (x, y): (&str, &str)| {
        format!(
            "jwks = '''{{\"keys\": [{{\n    \"kty\": \"EC\", \"crv\": \"P-256\", \"use\": \"sig\", \"alg\": \"ES256\", \
             \"kid\": \"{kid}\",\n    \"x\": \"{x}\",\n    \"y\": \"{y}\"\n}}]}}'''"
        )
    };
    let [fapi, shopease] = KEYS;
    let (fapi, shopease) = (
        registered("fapi-demo", fapi),
        registered("shopease-demo", shopease),
    );
    let edits = [(&*fapi, &*set("rsa")), (&*shopease, &*set("rsa"))];
    world.restart_edited(&edits).await;
    world
}

async fn rsa(world: &World) -> Value {
    let keys = world.urbantrend().keys().await;
    keys.values().find(|key| key["alg"] == "RS256").unwrap().clone()
}

/// Claims signed with that key.
fn by_rsa(world: &World, algorithm: Algorithm, typ: &str, jwk: Option<Value>, claims: &Value) -> String {
    let header = Header {
        typ: Some(typ.to_owned()),
        kid: jwk.is_none().then(|| "rsa".to_owned()),
        jwk: jwk.map(|jwk| serde_json::from_value(jwk).unwrap()),
        ..Header::new(algorithm)
    };
    encode(&header, claims, &world.stolen_rsa_key("rs256")).unwrap()
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads a key from the data directory")]
async fn a054_a_client_of_the_profile_signs_its_assertions_with_anything_but_rs256() {
    let world = with_rsa_keys().await;
    let unheard = [("token", "unheard-of")];
    for (client, algorithm, expected) in [
        (world.fapi(), Algorithm::PS256, 200),
        (world.fapi(), Algorithm::RS256, 401),
        // The same key serves both where no profile says otherwise.
        (world.shopease(), Algorithm::PS256, 200),
        (world.shopease(), Algorithm::RS256, 200),
    ] {
        for path in ["/oauth2/introspect", "/oauth2/revoke"] {
            let claims = claims_of_assertion(&world, &client, path).await;
            let assertion = by_rsa(&world, algorithm, "JWT", None, &claims);
            let mut form = fields(&unheard);
            form.extend(fields(&[
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", &assertion),
            ]));
            let answer = client
                .brand
                .request(Method::POST, path)
                .form(&form)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), expected, "{} {algorithm:?} {path}", client.id);
            if expected == 401 {
                assert_eq!(refusal(answer).await.1, "invalid_client");
            }
        }
    }
}

async fn claims_of_assertion(world: &World, client: &Client, salt: &str) -> Value {
    let now = world.now().await;
    let mut claims = crate::harness::claims_of(&client.assertion(now, &json!({})));
    claims["jti"] = format!("{} {salt}", claims["jti"]).into();
    claims
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a054_a_client_of_the_profile_names_the_issuer_as_one_string() {
    let world = World::start().await;
    let (client, now) = (world.fapi(), world.now().await);
    let issuer = client.brand.issuer.as_str();
    for (aud, expected) in [
        (json!(issuer), 200),
        (json!([issuer]), 401),
        (json!(format!("{issuer}/oauth2/token")), 401),
        (json!(format!("{issuer}/oauth2/revoke")), 401),
        (json!([issuer, format!("{issuer}/oauth2/token")]), 401),
    ] {
        let assertion = client.assertion(now, &json!({ "aud": aud }));
        let form = [
            ("token", "unheard-of"),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &assertion),
        ];
        let request = client.brand.request(Method::POST, "/oauth2/revoke").form(&form);
        assert_eq!(request.send().await.unwrap().status(), expected, "{aud}");
    }
}

#[tokio::test]
async fn a054_a_client_of_the_profile_is_registered_so_or_not_at_all() {
    let profile = "security_profile = \"fapi2\"\n";
    for (setting, value) in [
        ("token_endpoint_auth_method", "\"client_secret_basic\""),
        ("token_endpoint_auth_method", "\"none\""),
        ("client_assertion_audience", "\"token_endpoint\""),
        ("pkce", "\"optional\""),
        ("require_pushed_authorization_requests", "false"),
        ("dpop_bound_access_tokens", "false"),
        ("refresh_token_rotation", "true"),
        ("id_token_signed_response_alg", "\"RS256\""),
        ("userinfo_signed_response_alg", "\"RS256\""),
        ("introspection_signed_response_alg", "\"RS256\""),
    ] {
        let contradicting = format!("{profile}{setting} = {value}\n");
        let line = World::refusal(&[(profile, &contradicting)]).await;
        let expected =
            format!("tenants.urbantrend.clients.fapi-demo.{setting}: contradicts `security_profile`");
        assert!(line.ends_with(&expected), "{line}");
    }
}

#[tokio::test]
async fn a064_a_client_of_the_profile_keeps_its_refresh_token() {
    let world = World::start().await;
    let client = world.fapi();
    let tokens = sign_in(&world, &client).await;
    let token = tokens.refresh.as_deref().unwrap();
    for _ in 0..3 {
        let fresh = Tokens::of(client.refresh(&world, token).await).await;
        assert!(fresh.refresh.is_none_or(|named| named == token));
        assert_eq!(fresh.all["token_type"], "DPoP");
        assert_eq!(client.proven_userinfo(&world, &fresh.access).await.status(), 200);
    }
}
