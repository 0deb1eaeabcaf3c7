use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{clients, is, refused};
use crate::harness::{ALICE, DpopKey, DpopProof, World, answer_header, basic, fields, refusal};

/// A refresh of what is no refresh token: `invalid_grant` says that the proof was taken.
const UNKNOWN: [(&str, &str); 3] = [
    ("grant_type", "refresh_token"),
    ("refresh_token", "nothing"),
    ("client_id", "spa-demo"),
];

async fn outcome(world: &World, proofs: &[String]) -> (u16, String) {
    let mut request = world.urbantrend().token_request(&fields(&UNKNOWN));
    for proof in proofs {
        request = request.header("dpop", proof);
    }
    let answer = request.send().await.unwrap();
    refusal(answer).await
}

/// Whoever sends a proof, right or wrong, is offered the nonce of this moment (decision 0043).
#[tokio::test]
async fn every_proof_is_answered_with_a_nonce() {
    let world = World::start().await;
    let good = proof(&world).await;
    let none = good.clone().with_header("alg", "none");
    for sent in [good.signed(), none.signed(), "proof".to_owned()] {
        let request = world.urbantrend().token_request(&fields(&UNKNOWN));
        let answer = request.header("dpop", &sent).send().await.unwrap();
        assert_eq!(answer_header(&answer, "dpop-nonce").len(), 43, "{sent}");
    }
}

async fn of(world: &World, proof: DpopProof) -> (u16, String) {
    outcome(world, &[proof.signed()]).await
}

async fn proof(world: &World) -> DpopProof {
    DpopKey::new().token_proof(world, &world.urbantrend()).await
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the API joins equal headers before a function is asked"
)]
async fn a086_a_proof_is_one_header_of_the_right_form() {
    let world = World::start().await;
    let good = proof(&world).await;
    assert_eq!(of(&world, good.clone()).await, is("invalid_grant"));
    let (one, two) = (proof(&world).await.signed(), proof(&world).await.signed());
    assert_eq!(
        outcome(&world, &[one, two]).await,
        is("invalid_dpop_proof"),
        "two headers"
    );
    let signed = proof(&world).await.signed();
    let mut cut = signed.clone();
    cut.truncate(signed.len() - 2);
    for (case, text) in [
        ("text", "proof".to_owned()),
        ("dots", "..".to_owned()),
        ("cut", cut),
        (
            "no signature",
            signed.rsplit_once('.').unwrap().0.to_owned() + ".",
        ),
        ("two in one header", format!("{signed}, {signed}")),
        ("long", "a".repeat(9_000)),
    ] {
        assert_eq!(outcome(&world, &[text]).await, is("invalid_dpop_proof"), "{case}");
    }
}

#[tokio::test]
async fn a086_an_empty_proof_is_not_an_absent_one() {
    let world = World::start().await;
    assert_eq!(outcome(&world, &[String::new()]).await, is("invalid_dpop_proof"));
}

#[tokio::test]
async fn a086_every_claim_and_header_of_a_proof_counts() {
    let world = World::start().await;
    let url = |path: &str| format!("{}{path}", world.urbantrend().issuer);
    let good = proof(&world).await;
    let jwk = |name: &str, value: Value| {
        let mut jwk = good.header["jwk"].clone();
        jwk[name] = value;
        jwk
    };
    let other = DpopKey::new().jwk();
    for (case, bad) in [
        ("no typ", good.clone().with_header("typ", Value::Null)),
        ("an access token's typ", good.clone().with_header("typ", "at+jwt")),
        ("tk3: none", good.clone().with_header("alg", "none")),
        ("tk3: HMAC", good.clone().with_header("alg", "HS256")),
        ("tk3: another kind", good.clone().with_header("alg", "RS256")),
        ("no jwk", good.clone().with_header("jwk", Value::Null)),
        ("another's jwk", good.clone().with_header("jwk", other.clone())),
        (
            "a private jwk",
            good.clone().with_header("jwk", jwk("d", "AAAA".into())),
        ),
        (
            "another curve",
            good.clone().with_header("jwk", jwk("crv", "P-384".into())),
        ),
        (
            "off the curve",
            good.clone().with_header("jwk", jwk("y", other["y"].clone())),
        ),
        ("tk4: crit", good.clone().with_header("crit", json!(["b64"]))),
        ("no jti", good.clone().with("jti", Value::Null)),
        ("empty jti", good.clone().with("jti", "")),
        ("no htm", good.clone().with("htm", Value::Null)),
        ("another method", good.clone().with("htm", "GET")),
        ("no htu", good.clone().with("htu", Value::Null)),
        ("another path", good.clone().with("htu", url("/userinfo"))),
        ("a longer path", good.clone().with("htu", url("/oauth2/token/"))),
        (
            "another brand",
            good.clone()
                .with("htu", format!("{}/oauth2/token", world.northpeak().issuer)),
        ),
        ("no iat", good.clone().with("iat", Value::Null)),
    ] {
        assert_eq!(of(&world, bad).await, is("invalid_dpop_proof"), "{case}");
    }
}

#[tokio::test]
async fn a086_iat_may_have_a_fraction() {
    let world = World::start().await;
    let good = proof(&world).await;
    let made = good.claims["iat"].as_f64().unwrap();
    assert_eq!(
        of(&world, good.with("iat", made + 0.25)).await,
        is("invalid_grant")
    );
    let old = proof(&world).await.with("iat", made - 400.5);
    let found = of(&world, old).await;
    assert!(
        ["invalid_dpop_proof", "use_dpop_nonce"].map(is).contains(&found),
        "{found:?}"
    );
}

#[tokio::test]
async fn a086_htu_is_normalised() {
    let world = World::start().await;
    let token = format!("{}/oauth2/token", world.urbantrend().issuer);
    for same in [
        token.replace("http://auth.urban", "HTTP://AUTH.Urban"),
        format!("{token}?x=1"),
        format!("{token}#x"),
    ] {
        let proof = proof(&world).await.with("htu", same.as_str());
        assert_eq!(of(&world, proof).await, is("invalid_grant"), "{same}");
    }
}

/// What a browser would make of it is not what it says.
#[tokio::test]
async fn a086_htu_is_not_repaired() {
    let world = World::start().await;
    let token = format!("{}/oauth2/token", world.urbantrend().issuer);
    let port = token.rsplit(':').next().unwrap().split('/').next().unwrap();
    for other in [
        format!(" {token}"),
        format!("{token}\t"),
        token.replace("/oauth2", "\\oauth2"),
        token.replace("http://", "http:/"),
        token.replace("http://", "http:"),
        token.replace("http://", "http://@"),
        token.replace(port, &format!("0{port}")),
        token.replace("auth.", "%61uth."),
    ] {
        assert_ne!(other, token);
        let proof = proof(&world).await.with("htu", other.as_str());
        assert_eq!(of(&world, proof).await, is("invalid_dpop_proof"), "{other}");
    }
}

#[tokio::test]
async fn a086_a_proof_is_of_this_moment() {
    let world = World::start().await;
    let now = world.now().await;
    for (iat, taken) in [
        (now + 9, true),
        (now - 10, true),
        (now - 50, true),
        (now + 3_600, false),
        (now - 3_600, false),
        (0, false),
        (u64::MAX, false),
    ] {
        let proof = proof(&world).await.with("iat", iat);
        let (status, error) = of(&world, proof).await;
        assert_eq!(status, 400);
        assert_eq!(error == "invalid_grant", taken, "{iat} at {now}: {error}");
        // RFC 9449 s8 lets a server ask for a nonce instead.
        let refused = ["invalid_dpop_proof", "use_dpop_nonce"].contains(&error.as_str());
        assert_eq!(refused, !taken, "{iat} at {now}: {error}");
    }
}

/// An hour is more than a wrong clock, and no nonce helps.
#[tokio::test]
async fn a_proof_of_another_hour_is_none() {
    let world = World::start().await;
    let now = world.now().await;
    for iat in [now + 3_600, now - 3_600, 0, u64::MAX] {
        let proof = proof(&world).await.with("iat", iat);
        assert_eq!(
            of(&world, proof).await,
            is("invalid_dpop_proof"),
            "{iat} at {now}"
        );
    }
}

/// RS256 and PS256, under a key that the test knows both halves of.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads a key from the data directory")]
async fn a086_the_algorithms_of_the_metadata_are_taken() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let metadata = brand.json("/.well-known/openid-configuration").await;
    let listed: Vec<String> =
        serde_json::from_value(metadata["dpop_signing_alg_values_supported"].clone()).unwrap();
    assert_eq!(
        BTreeSet::from_iter(listed),
        BTreeSet::from(["ES256", "PS256", "RS256"].map(String::from))
    );
    let keys = brand.keys().await;
    for (name, algorithm) in [
        ("RS256", jsonwebtoken::Algorithm::RS256),
        ("PS256", jsonwebtoken::Algorithm::PS256),
    ] {
        let public = keys.values().find(|key| key["alg"] == name).unwrap();
        let jwk = json!({ "kty": "RSA", "n": public["n"], "e": public["e"] });
        let header = jsonwebtoken::Header {
            typ: Some("dpop+jwt".to_owned()),
            jwk: Some(serde_json::from_value(jwk).unwrap()),
            ..jsonwebtoken::Header::new(algorithm)
        };
        let claims = proof(&world).await.claims;
        let signed =
            jsonwebtoken::encode(&header, &claims, &world.stolen_rsa_key(&name.to_lowercase())).unwrap();
        assert_eq!(outcome(&world, &[signed]).await, is("invalid_grant"), "{name}");
    }
}

#[tokio::test]
async fn tk4_headers_that_point_elsewhere_are_never_followed() {
    let world = World::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let trap = format!("http://{}/keys", listener.local_addr().unwrap());
    let called = tokio::spawn(async move { listener.accept().await.is_ok() });
    for (name, value) in [
        ("jku", json!(trap)),
        ("x5u", json!(trap)),
        ("kid", json!(trap)),
        ("kid", json!("../../etc/passwd")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!("k".repeat(2_000))),
    ] {
        let decorated = proof(&world).await.with_header(name, value.clone());
        assert_eq!(of(&world, decorated.clone()).await, is("invalid_grant"), "{name}");
        let instead = decorated.with_header("jwk", Value::Null);
        assert_eq!(of(&world, instead).await, is("invalid_dpop_proof"), "{name}");
    }
    assert!(!called.is_finished(), "the provider called");
    called.abort();
}

#[tokio::test]
async fn a086_a_client_registered_for_it_must_send_a_proof() {
    let world = bound().await;
    let client = world.spa();
    for (holder, taken) in [
        (client.clone(), false),
        (client.clone().holding(&DpopKey::new()), true),
    ] {
        let (request, page) = client.code(&world, &mut world.browser(), "openid", ALICE).await;
        let form = client.exchange(&page.callback()["code"], &request.verifier);
        let answer = holder.token(&world, form).await;
        assert_eq!(answer.status() == 200, taken);
        // RFC 9449 s5.2 has no name for it.
        assert!(taken || refused(answer, ["invalid_dpop_proof", "invalid_grant"]).await);
    }
}

/// Before its code or refresh token is looked at.
#[tokio::test]
async fn a_client_that_must_send_a_proof_is_told_so_first() {
    let world = bound().await;
    let form = fields(&UNKNOWN);
    let bare = world.urbantrend().token_request(&form).send().await.unwrap();
    assert_eq!(refusal(bare).await, is("invalid_dpop_proof"));
    assert_eq!(of(&world, proof(&world).await).await, is("invalid_grant"));
}

/// The demo, with a native app whose tokens are always bound (RFC 9449 s5.2).
async fn bound() -> World {
    let section = "[tenants.urbantrend.clients.spa-demo]\n";
    let required = format!("{section}dpop_bound_access_tokens = true\n");
    World::edited(&[(section, &required)]).await
}

#[tokio::test]
async fn a052_a_proof_is_no_client_authentication() {
    let world = World::start().await;
    let key = DpopKey::new();
    let [_, confidential, signing] = clients(&world, &key);
    let wrong = world
        .urbantrend()
        .token_request(&fields(&UNKNOWN[..2]))
        .header("authorization", basic("conformance:wrong-secret-of-some-length"))
        .header("dpop", proof(&world).await.signed());
    assert_eq!(
        refusal(wrong.send().await.unwrap()).await,
        (401, "invalid_client".to_owned())
    );
    for client in [confidential, signing] {
        let answer = client.token(&world, fields(&UNKNOWN[..2])).await;
        assert!(["invalid_grant", "unauthorized_client"].contains(&refusal(answer).await.1.as_str()));
    }
}
