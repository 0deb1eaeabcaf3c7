use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::ALL;
use crate::harness::{ALICE, Tokens, World, claims_of, header_of, number};

fn names(claims: &Value) -> Vec<&str> {
    claims.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a058_the_id_token_says_what_it_must_and_no_more() {
    let world = World::start().await;
    let client = world.conformance();
    let scope = "openid profile email phone address offline_access";
    let mut browser = world.browser();
    let (request, page) = client.code(&world, &mut browser, scope, ALICE).await;
    let form = client.exchange(&page.callback()["code"], &request.verifier);
    world.advance(5).await;
    let before = world.now().await;
    let tokens = Tokens::of(client.token(&world, form).await).await;
    let id = tokens.id.as_deref().unwrap();
    let claims = world.urbantrend().verified(id).await;
    assert_eq!(header_of(id)["alg"], "RS256");
    // RFC 7519 s5.1 recommends it, and says so of this value.
    assert!(header_of(id).get("typ").is_none_or(|typ| typ == "JWT"));
    assert_eq!(claims["iss"], world.urbantrend().issuer.as_str());
    assert_eq!(claims["aud"], "conformance");
    assert_eq!(claims["nonce"], request.get("nonce"));
    assert_eq!(claims["amr"], json!(["otp", "sms"]));
    let (iat, exp) = (number(id, "iat"), number(id, "exp"));
    assert!((before..=world.now().await).contains(&iat), "{iat}");
    assert_eq!(exp - iat, 600);
    assert!(number(id, "auth_time") + 5 <= iat);
    let sub = claims["sub"].as_str().unwrap();
    assert!(sub.is_ascii() && !sub.is_empty() && sub.len() <= 255, "{sub}");
    let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(&tokens.access)[..16]);
    assert!(claims.get("at_hash").is_none_or(|sent| *sent == hash), "{claims}");
    let allowed = [
        "acr",
        "amr",
        "at_hash",
        "aud",
        "auth_time",
        "exp",
        "iat",
        "iss",
        "nonce",
        "sid",
        "sub",
    ];
    let extra: Vec<_> = names(&claims)
        .into_iter()
        .filter(|n| !allowed.contains(n))
        .collect();
    assert!(
        extra.is_empty(),
        "claims of the scopes belong to userinfo: {extra:?}"
    );
}

#[tokio::test]
async fn a058_no_nonce_in_none_out_and_sub_stays() {
    let world = World::start().await;
    let client = world.conformance();
    let mut subs = Vec::new();
    for nonce in [None, Some("n".repeat(64)), Some("ä \"<>&+%".to_owned())] {
        let mut request = client.authorize("openid").without("nonce");
        if let Some(nonce) = &nonce {
            request = request.with("nonce", nonce);
        }
        let page = world.browser().through(&world, &request.url(), ALICE).await;
        let form = client.exchange(&page.callback()["code"], &request.verifier);
        let tokens = Tokens::of(client.token(&world, form).await).await;
        let claims = tokens.id_claims();
        assert_eq!(claims.get("nonce"), nonce.map(Value::from).as_ref());
        subs.push(claims["sub"].clone());
    }
    subs.dedup();
    assert_eq!(subs.len(), 1, "one member, one name");
}

#[tokio::test]
async fn a059_the_clients_own_algorithm_signs_its_id_tokens() {
    let section = "[tenants.urbantrend.clients.conformance]\n";
    for algorithm in ["RS256", "PS256", "ES256"] {
        let registered = format!("{section}id_token_signed_response_alg = \"{algorithm}\"\n");
        let world = World::edited(&[(section, &registered)]).await;
        let client = world.conformance();
        let tokens = client.tokens(&world, &mut world.browser(), ALL, ALICE).await;
        let refreshed = client.refresh(&world, tokens.refresh.as_deref().unwrap()).await;
        for tokens in [tokens, Tokens::of(refreshed).await] {
            let id = tokens.id.as_deref().unwrap();
            assert_eq!(header_of(id)["alg"], algorithm);
            let claims = world.urbantrend().verified(id).await;
            let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(&tokens.access)[..16]);
            assert!(
                claims.get("at_hash").is_none_or(|sent| *sent == hash),
                "{algorithm}"
            );
        }
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a090_the_access_token_is_a_jwt_by_rfc_9068() {
    let world = World::start().await;
    let (client, brand) = (world.conformance(), world.urbantrend());
    let mut browser = world.browser();
    let scope = "openid profile loyalty.tier.read";
    let before = world.now().await;
    let tokens = client.tokens(&world, &mut browser, scope, ALICE).await;
    let claims = brand.verified(&tokens.access).await;
    let header = header_of(&tokens.access);
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&json!("at+jwt"), &json!("RS256"))
    );
    assert_eq!(claims["iss"], brand.issuer.as_str());
    let loyalty = world.url("loyalty.urbantrend.localhost", "");
    assert_eq!(claims["aud"], json!([brand.issuer, loyalty]));
    assert_eq!(claims["client_id"], "conformance");
    assert_eq!(claims["sub"], tokens.id_claims()["sub"]);
    assert_eq!(claims["auth_time"], tokens.id_claims()["auth_time"]);
    assert_eq!(claims["acr"], tokens.id_claims()["acr"]);
    assert_eq!(claims["scope"], tokens.all["scope"]);
    let iat = number(&tokens.access, "iat");
    assert!((before..=world.now().await).contains(&iat), "{iat}");
    assert_eq!(number(&tokens.access, "exp") - iat, 600);
    let allowed = [
        "acr",
        "aud",
        "auth_time",
        "client_id",
        "ctx",
        "exp",
        "iat",
        "iss",
        "jti",
        "member_ref",
        "scope",
        "sub",
    ];
    let extra: Vec<_> = names(&claims)
        .into_iter()
        .filter(|n| !allowed.contains(n))
        .collect();
    assert!(extra.is_empty(), "{extra:?}");
    let text = claims.to_string();
    for secret in ["ut-1001", "7700900101", "Alice"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }

    let only_here = client.tokens(&world, &mut browser, "openid", ALICE).await;
    let other = claims_of(&only_here.access);
    assert_eq!(
        other["aud"],
        json!([brand.issuer]),
        "no scope leads to the loyalty API"
    );
    assert!(other.get("member_ref").is_none());
    assert_ne!(other["jti"], claims["jti"]);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a029_a090_access_tokens_say_when_she_signed_in_as_id_tokens_do() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let first = client.tokens(&world, &mut browser, ALL, ALICE).await;
    let signed_in = number(first.id.as_ref().unwrap(), "auth_time");
    world.advance(1_000).await;
    let by_sso = client.tokens(&world, &mut browser, ALL, ALICE).await;
    let refreshed = client.refresh(&world, by_sso.refresh.as_deref().unwrap()).await;
    for tokens in [first, by_sso, Tokens::of(refreshed).await] {
        assert_eq!(number(&tokens.access, "auth_time"), signed_in);
        assert_eq!(claims_of(&tokens.access)["acr"], tokens.id_claims()["acr"]);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a029_auth_time_is_when_she_signed_in_through_sso_and_refresh() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let first = client.tokens(&world, &mut browser, ALL, ALICE).await;
    let signed_in = number(first.id.as_ref().unwrap(), "auth_time");
    world.advance(1_000).await;
    let by_sso = client.tokens(&world, &mut browser, ALL, ALICE).await;
    world.advance(1_000).await;
    let refreshed = client.refresh(&world, by_sso.refresh.as_deref().unwrap()).await;
    let refreshed = Tokens::of(refreshed).await;
    for (tokens, later) in [(by_sso, 1_000), (refreshed, 2_000)] {
        let id = tokens.id.as_ref().unwrap();
        assert_eq!(number(id, "auth_time"), signed_in);
        assert!(number(id, "iat") >= signed_in + later);
    }
    let again = client.authorize(ALL).with("prompt", "login");
    let page = browser.through(&world, &again.url(), ALICE).await;
    let form = client.exchange(&page.callback()["code"], &again.verifier);
    let tokens = Tokens::of(client.token(&world, form).await).await;
    assert!(number(tokens.id.as_ref().unwrap(), "auth_time") >= signed_in + 2_000);
}
