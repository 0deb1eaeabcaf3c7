//! What is signed for a client of the profile, and how it proves its key.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::{SCOPE, by_rsa, callback, rsa, sign_in};
use crate::harness::{ALICE, Tokens, World, claims_of, fields, header_of, refusal};

const PROFILE: &str = "security_profile = \"fapi2\"\n";

#[tokio::test]
async fn a059_nothing_is_signed_in_rs256_for_a_client_of_the_profile() {
    for (more, algorithm) in [
        ("", "ES256"),
        ("id_token_signed_response_alg = \"PS256\"\n", "PS256"),
    ] {
        let world = World::edited(&[(PROFILE, &format!("{PROFILE}{more}"))]).await;
        let (client, brand) = (world.fapi(), world.urbantrend());
        let first = sign_in(&world, &client).await;
        let second = Tokens::of(client.refresh(&world, first.refresh.as_deref().unwrap()).await).await;
        for tokens in [&first, &second] {
            for jwt in [&tokens.access, tokens.id.as_ref().unwrap()] {
                assert_eq!(header_of(jwt)["alg"], algorithm);
                brand.verified(jwt).await;
            }
            assert_eq!(client.proven_userinfo(&world, &tokens.access).await.status(), 200);
        }
        let asking = client
            .form(&world, "/oauth2/introspect", fields(&[("token", &first.access)]))
            .await;
        let asking = asking.header("accept", "application/token-introspection+jwt");
        let said = asking.send().await.unwrap().text().await.unwrap();
        assert_eq!(header_of(&said)["alg"], algorithm);
        assert_eq!(brand.verified(&said).await["token_introspection"]["active"], true);
        client.gives_back(&world, &first.access).await;
        assert_eq!(client.proven_userinfo(&world, &first.access).await.status(), 401);
        assert_eq!(client.proven_userinfo(&world, &second.access).await.status(), 200);
    }
}

/// Each key verifies its own algorithm and no other, whatever a header says.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads keys from the data directory")]
async fn a059_an_access_token_is_verified_in_the_algorithm_of_the_key_it_names() {
    let world = World::start().await;
    let client = world.fapi();
    let genuine = sign_in(&world, &client).await.access;
    let keys = world.urbantrend().keys().await;
    let kid = |alg: &str| keys.iter().find(|(_, key)| key["alg"] == alg).unwrap().0.clone();
    let (rs, ps) = (world.stolen_rsa_key("rs256"), world.stolen_rsa_key("ps256"));
    let public = EncodingKey::from_secret(keys[&kid("RS256")]["n"].as_str().unwrap().as_bytes());
    for (alg, named, key, active) in [
        (Algorithm::RS256, "RS256", &rs, true),
        (Algorithm::PS256, "PS256", &ps, true),
        (Algorithm::PS256, "RS256", &rs, false),
        (Algorithm::RS256, "PS256", &ps, false),
        (Algorithm::RS256, "ES256", &rs, false),
        (Algorithm::PS256, "ES256", &ps, false),
        (Algorithm::RS256, "PS256", &rs, false),
        (Algorithm::HS256, "RS256", &public, false),
        (Algorithm::HS256, "ES256", &public, false),
    ] {
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(kid(named)),
            ..Header::new(alg)
        };
        let forged = encode(&header, &claims_of(&genuine), key).unwrap();
        let said = client.asks(&world, &forged).await;
        assert_eq!(said["active"], active, "{alg:?} under the key for {named}");
    }
}

/// Proofs of one RSA key in either algorithm that fits it.
async fn proof(world: &World, algorithm: Algorithm, path: &str, more: Value) -> String {
    let public = rsa(world).await;
    let jwk = json!({ "kty": "RSA", "n": public["n"], "e": public["e"] });
    let brand = world.urbantrend();
    let method = if path == "/userinfo" { "GET" } else { "POST" };
    let url = format!("{}{path}", brand.issuer);
    let mut claims = crate::harness::DpopKey::new()
        .proof(method, &url, world.now().await)
        .claims;
    claims
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    by_rsa(world, algorithm, "dpop+jwt", Some(jwk), &claims)
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads a key from the data directory")]
async fn a059_a086_a_client_of_the_profile_proves_its_key_with_anything_but_rs256() {
    let world = World::start().await;
    let client = world.fapi();
    let is = |status, error: &str| (status, error.to_owned());

    let request = client.authorize(SCOPE);
    let push = async |algorithm| {
        let form = client.form(&world, "/oauth2/par", request.params.clone()).await;
        let proof = proof(&world, algorithm, "/oauth2/par", json!({})).await;
        form.header("dpop", proof).send().await.unwrap()
    };
    assert_eq!(
        refusal(push(Algorithm::RS256).await).await,
        is(400, "invalid_dpop_proof")
    );
    assert_eq!(push(Algorithm::PS256).await.status(), 201);

    let (request, page) = callback(&world, &client).await;
    let redeem = async |algorithm| {
        let callback = page.callback();
        let form = fields(&[
            ("grant_type", "authorization_code"),
            ("code", &callback["code"]),
            ("redirect_uri", &client.redirect_uri),
            ("code_verifier", &request.verifier),
        ]);
        let proof = proof(&world, algorithm, "/oauth2/token", json!({})).await;
        let form = client.token_request(&world, form).await;
        form.header("dpop", proof).send().await.unwrap()
    };
    assert_eq!(
        refusal(redeem(Algorithm::RS256).await).await,
        is(400, "invalid_dpop_proof")
    );
    let tokens = Tokens::of(redeem(Algorithm::PS256).await).await;

    let ath = crate::harness::DpopKey::new()
        .proof("GET", "", 0)
        .for_token(&tokens.access)
        .claims["ath"]
        .clone();
    let userinfo = async |algorithm| {
        let proof = proof(&world, algorithm, "/userinfo", json!({ "ath": ath })).await;
        client
            .bound_userinfo(&tokens.access, &proof)
            .send()
            .await
            .unwrap()
    };
    assert_eq!(
        refusal(userinfo(Algorithm::RS256).await).await,
        is(401, "invalid_dpop_proof")
    );
    assert_eq!(userinfo(Algorithm::PS256).await.status(), 200);
}

/// RS256 is what every gateway verifies, so nothing else signs where no profile forbids it.
#[tokio::test]
async fn a059_access_tokens_of_others_stay_in_rs256() {
    let section = "[tenants.urbantrend.clients.conformance]\n";
    let registered = format!("{section}id_token_signed_response_alg = \"ES256\"\n");
    let world = World::edited(&[(section, &registered)]).await;
    let client = world.conformance();
    let tokens = client.tokens(&world, &mut world.browser(), "openid", ALICE).await;
    assert_eq!(header_of(&tokens.access)["alg"], "RS256");
    assert_eq!(header_of(tokens.id.as_ref().unwrap())["alg"], "ES256");
}
