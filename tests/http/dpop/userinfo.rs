use std::collections::BTreeSet;

use reqwest::{Method, Response};
use serde_json::Value;

use super::{challenges, refuses, tokens};
use crate::harness::{Client, DpopKey, DpopProof, World, answer_header, refusal};

/// A bound token used as a bearer token: bare, in a form, and with a proof beside it.
async fn as_a_bearer_token(world: &World, client: &Client, token: &str) -> [Response; 3] {
    let proof = client
        .dpop_key()
        .userinfo_proof(world, &client.brand, token)
        .await;
    let get = || client.brand.request(Method::GET, "/userinfo").bearer_auth(token);
    let form = client.brand.request(Method::POST, "/userinfo");
    [
        get().send().await.unwrap(),
        form.form(&[("access_token", token)]).send().await.unwrap(),
        get().header("dpop", proof.signed()).send().await.unwrap(),
    ]
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the API keeps one of equal headers")]
async fn a087_a_bound_token_needs_key_and_proof() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.conformance().holding(&key);
    let token = tokens(&world, &client).await.access;
    let good = async || key.userinfo_proof(&world, &client.brand, &token).await;
    let send = async |proof: DpopProof| {
        client
            .bound_userinfo(&token, &proof.signed())
            .send()
            .await
            .unwrap()
    };
    assert_eq!(send(good().await).await.status(), 200);
    let other = DpopKey::new().userinfo_proof(&world, &client.brand, &token).await;
    refuses(send(other).await, "invalid_token", "another key").await;
    let endpoint = format!("{}/oauth2/token", client.brand.issuer);
    for (case, bad) in [
        ("no ath", good().await.with("ath", Value::Null)),
        ("another token's ath", good().await.for_token("another")),
        (
            "the token itself as ath",
            good().await.with("ath", token.as_str()),
        ),
        ("another method", good().await.with("htm", "POST")),
        ("another endpoint", good().await.with("htu", endpoint)),
    ] {
        refuses(send(bad).await, "invalid_dpop_proof", case).await;
    }
    let twice = client.bound_userinfo(&token, &good().await.signed());
    let twice = twice.header("dpop", good().await.signed()).send().await.unwrap();
    refuses(twice, "invalid_dpop_proof", "two proofs").await;
}

#[tokio::test]
async fn a087_a_bound_token_is_no_bearer_token() {
    let world = World::start().await;
    let client = world.conformance().holding(&DpopKey::new());
    let token = tokens(&world, &client).await.access;
    let [bare, form, _] = as_a_bearer_token(&world, &client, &token).await;
    refuses(bare, "invalid_token", "as a bearer token").await;
    refuses(form, "invalid_token", "in a form").await;
}

#[tokio::test]
async fn a087_a_proof_makes_it_no_bearer_token() {
    let world = World::start().await;
    let client = world.conformance().holding(&DpopKey::new());
    let token = tokens(&world, &client).await.access;
    let [_, _, proven] = as_a_bearer_token(&world, &client, &token).await;
    refuses(proven, "invalid_token", "with a proof").await;
}

#[tokio::test]
async fn a087_a_bound_token_without_a_proof_is_refused() {
    let world = World::start().await;
    let client = world.conformance().holding(&DpopKey::new());
    let token = tokens(&world, &client).await.access;
    let alone = client.brand.request(Method::GET, "/userinfo");
    let alone = alone.header("authorization", format!("DPoP {token}"));
    refuses(alone.send().await.unwrap(), "invalid_dpop_proof", "no proof").await;
}

/// The scheme that was tried comes first and says why; the other says how it would be right.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the API keeps one of equal headers")]
async fn every_refusal_names_both_schemes_and_blames_the_one_that_was_tried() {
    let world = World::start().await;
    let client = world.conformance().holding(&DpopKey::new());
    let token = tokens(&world, &client).await.access;
    for answer in as_a_bearer_token(&world, &client, &token).await {
        let told = challenges(&answer);
        assert!(told[0].starts_with("Bearer error=\"invalid_token\""), "{told:?}");
        assert_eq!(told[1], "DPoP algs=\"ES256 RS256 PS256\"");
    }
    let hour = world.now().await - 3_600;
    let proof = DpopKey::new().userinfo_proof(&world, &client.brand, &token).await;
    for (proof, error) in [
        (proof.clone(), "invalid_token"),
        (proof.clone().with("iat", hour), "invalid_dpop_proof"),
        (proof.with("ath", Value::Null), "invalid_dpop_proof"),
    ] {
        let answer = client
            .bound_userinfo(&token, &proof.signed())
            .send()
            .await
            .unwrap();
        let told = challenges(&answer);
        assert!(
            told[0].starts_with(&format!("DPoP error=\"{error}\"")),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn a087_an_unbound_token_is_no_bound_one() {
    let world = World::start().await;
    let (key, client) = (DpopKey::new(), world.conformance());
    let token = tokens(&world, &client).await.access;
    let proof = key.userinfo_proof(&world, &client.brand, &token).await.signed();
    let answer = client.bound_userinfo(&token, &proof).send().await.unwrap();
    refuses(answer, "invalid_token", "unbound").await;
    assert_eq!(client.userinfo(&token).await.status(), 200);
}

#[tokio::test]
async fn a087_the_scheme_has_no_case_and_both_methods_work() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.spa().holding(&key);
    let token = tokens(&world, &client).await.access;
    for (method, scheme) in [
        (Method::GET, "dpop"),
        (Method::GET, "DPOP"),
        (Method::POST, "DPoP"),
    ] {
        let proof = key.userinfo_proof(&world, &client.brand, &token).await;
        let request = client
            .brand
            .request(method.clone(), "/userinfo")
            .header("authorization", format!("{scheme} {token}"))
            .header("dpop", proof.with("htm", method.as_str()).signed());
        assert_eq!(request.send().await.unwrap().status(), 200, "{method} {scheme}");
    }
}

/// RFC 9110 s11.4: one space or more.
#[tokio::test]
async fn a087_between_scheme_and_token_there_are_spaces() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.spa().holding(&key);
    let token = tokens(&world, &client).await.access;
    let proof = key.userinfo_proof(&world, &client.brand, &token).await;
    let request = client
        .brand
        .request(Method::GET, "/userinfo")
        .header("authorization", format!("DPoP  {token}"))
        .header("dpop", proof.signed());
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a068_two_carriers_are_an_error_with_a_proof_too() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.spa().holding(&key);
    let token = tokens(&world, &client).await.access;
    let proof = key
        .userinfo_proof(&world, &client.brand, &token)
        .await
        .with("htm", "POST");
    let request = client
        .brand
        .request(Method::POST, "/userinfo")
        .header("authorization", format!("DPoP {token}"))
        .header("dpop", proof.signed())
        .form(&[("access_token", &token)]);
    assert_eq!(
        refusal(request.send().await.unwrap()).await,
        (400, "invalid_request".to_owned())
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the API keeps one of equal headers")]
async fn a068_a_stranger_learns_both_schemes() {
    let world = World::start().await;
    let answer = world
        .urbantrend()
        .request(Method::GET, "/userinfo")
        .send()
        .await
        .unwrap();
    let told = challenges(&answer);
    let schemes: Vec<_> = told.iter().filter_map(|one| one.split(' ').next()).collect();
    assert_eq!(schemes, ["Bearer", "DPoP"]);
    // RFC 6750 s3.1: who sent nothing did nothing wrong.
    assert!(told.iter().all(|one| !one.contains("error")), "{told:?}");
    let (_, algorithms) = told[1].split_once("algs=\"").unwrap();
    let listed: BTreeSet<_> = algorithms.trim_end_matches('"').split(' ').collect();
    assert_eq!(listed, BTreeSet::from(["ES256", "PS256", "RS256"]));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the API keeps one of equal headers")]
async fn who_fails_by_one_scheme_learns_of_the_other() {
    let world = World::start().await;
    let refused = world.conformance().userinfo("nothing").await;
    let told = challenges(&refused);
    assert!(told[0].starts_with("Bearer error=\"invalid_token\""));
    assert_eq!(told[1], "DPoP algs=\"ES256 RS256 PS256\"");
}

#[tokio::test]
async fn a072_a_bound_token_dies_as_every_other() {
    let world = World::start().await;
    let key = DpopKey::new();
    let client = world.conformance().holding(&key);
    let mut browser = world.browser();
    let token = client
        .tokens(&world, &mut browser, "openid", crate::harness::ALICE)
        .await
        .access;
    assert_eq!(client.proven_userinfo(&world, &token).await.status(), 200);
    browser.sign_out(&client.brand).await;
    let answer = client.proven_userinfo(&world, &token).await;
    refuses(answer, "invalid_token", "signed out").await;
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the emulator answers OPTIONS itself; functions/tests do"
)]
async fn a078_a_script_may_send_a_proof_and_read_the_nonce() {
    const ORIGIN: &str = "https://spa.example";
    let spa = "name = \"Native demo\"\n";
    let world = World::edited(&[(spa, &format!("{spa}allowed_origins = [\"{ORIGIN}\"]\n"))]).await;
    let key = DpopKey::new();
    let client = world.spa().holding(&key);
    let token = tokens(&world, &client).await.access;
    for path in ["/userinfo", "/oauth2/token"] {
        let preflight = client
            .brand
            .request(Method::OPTIONS, path)
            .header("origin", ORIGIN)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization, dpop");
        let preflight = preflight.send().await.unwrap();
        assert_eq!(answer_header(&preflight, "access-control-allow-origin"), ORIGIN);
        assert!(answer_header(&preflight, "access-control-allow-headers").contains("dpop"));
    }
    let proof = key.userinfo_proof(&world, &client.brand, &token).await.signed();
    let answer = client.bound_userinfo(&token, &proof).header("origin", ORIGIN);
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer_header(&answer, "access-control-allow-origin"), ORIGIN);
    assert!(!answer_header(&answer, "dpop-nonce").is_empty());
    let exposed = answer_header(&answer, "access-control-expose-headers").to_ascii_lowercase();
    assert!(
        exposed.contains("dpop-nonce") && exposed.contains("www-authenticate"),
        "{exposed}"
    );
}
