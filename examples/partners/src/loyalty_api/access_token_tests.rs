use std::sync::{Arc, OnceLock};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header};
use rsa::{RsaPrivateKey, pkcs1::EncodeRsaPrivateKey, traits::PublicKeyParts};
use serde_json::{Value, json};

use super::*;
use crate::loyalty_api::member_ref::seal;

const NOW: u64 = 1_800_000_000;
const ISSUER: &str = "http://auth.example";
const AUDIENCE: &str = "http://loyalty.example";
const MEMBER_KEY: [u8; 32] = [9; 32];

/// Generated once: RSA keys are slow to make.
fn rsa_key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut rand_core::OsRng, 2048).unwrap())
}

fn modulus() -> String {
    URL_SAFE_NO_PAD.encode(rsa_key().n().to_bytes_be())
}

fn rsa_jwk(alg: Option<&str>) -> Jwk {
    let e = URL_SAFE_NO_PAD.encode(rsa_key().e().to_bytes_be());
    let mut jwk = json!({"kty": "RSA", "kid": "k1", "use": "sig", "n": modulus(), "e": e});
    if let Some(alg) = alg {
        jwk["alg"] = alg.into();
    }
    serde_json::from_value(jwk).unwrap()
}

fn signed(header: &Header, claims: &Value) -> String {
    let key = EncodingKey::from_rsa_der(rsa_key().to_pkcs1_der().unwrap().as_bytes());
    jsonwebtoken::encode(header, claims, &key).unwrap()
}

fn header(alg: Algorithm) -> Header {
    Header {
        typ: Some("at+jwt".into()),
        kid: Some("k1".into()),
        ..Header::new(alg)
    }
}

fn claims() -> Value {
    let member = seal(&MEMBER_KEY, r#"{"alg":"dir","enc":"A256GCM"}"#, "ut-1001");
    json!({
        "iss": ISSUER, "aud": [AUDIENCE, "other"], "sub": "pairwise", "client_id": "shopease", "iat": NOW,
        "exp": NOW + 300, "scope": "openid loyalty.points.read", "member_ref": member,
    })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn verify_at(now: u64, token: &str, jwk: &Jwk) -> Result<Caller, &'static str> {
    let http = crate::http_client(None).unwrap();
    let jwks = Jwks::new(ISSUER.into(), None, http, Arc::new(|| NOW));
    let members = MemberRefs::new(&MEMBER_KEY);
    let verifier = Verifier::new(
        ISSUER.into(),
        AUDIENCE.into(),
        jwks,
        members,
        Arc::new(move || now),
    );
    let (algorithm, _) = parse_header(token)?;
    verifier.check(token, algorithm, jwk)
}

fn verify(token: &str) -> Result<Caller, &'static str> {
    verify_at(NOW, token, &rsa_jwk(Some("RS256")))
}

#[test]
fn a_good_token_names_member_client_and_scope() {
    let caller = verify(&signed(&header(Algorithm::RS256), &claims())).unwrap();
    assert_eq!(
        (caller.member.as_str(), caller.client_id.as_str()),
        ("ut-1001", "shopease")
    );
    assert!(caller.may("loyalty.points.read"));
    assert!(!caller.may("loyalty.points"));
    assert!(!caller.may("loyalty.tier.read"));
}

#[test]
fn ps256_and_es256_are_known() {
    let token = signed(&header(Algorithm::PS256), &claims());
    assert!(verify_at(NOW, &token, &rsa_jwk(Some("PS256"))).is_ok());

    let secret = p256::SecretKey::from_slice(&[7; 32]).unwrap();
    let der = p256::pkcs8::EncodePrivateKey::to_pkcs8_der(&secret).unwrap();
    let key = EncodingKey::from_ec_der(der.as_bytes());
    let token = jsonwebtoken::encode(&header(Algorithm::ES256), &claims(), &key).unwrap();
    let point = p256::elliptic_curve::sec1::ToEncodedPoint::to_encoded_point(&secret.public_key(), false);
    let [x, y] = [point.x(), point.y()].map(|half| URL_SAFE_NO_PAD.encode(half.unwrap()));
    let jwk = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "x": x, "y": y});
    assert!(verify_at(NOW, &token, &serde_json::from_value(jwk).unwrap()).is_ok());
}

#[test]
fn wrong_claims_are_refused() {
    for (case, claims) in [
        ("wrong audience", with("aud", "http://shop.example")),
        (
            "audience that contains ours as text",
            with("aud", format!("{AUDIENCE}.evil")),
        ),
        ("no audience", without("aud")),
        ("wrong issuer", with("iss", "http://auth.other")),
        ("no issuer", without("iss")),
        ("expired", with("exp", NOW - 6)),
        ("no expiry", without("exp")),
        ("issued in the future", with("iat", NOW + 60)),
        ("not yet valid", with("nbf", NOW + 60)),
        ("no subject", without("sub")),
        ("no client", without("client_id")),
        ("no member", without("member_ref")),
        ("member in the clear", with("member_ref", "ut-1001")),
        (
            "bound in a way we do not know",
            with("cnf", json!({"x5t#S256": "x"})),
        ),
    ] {
        assert!(
            verify(&signed(&header(Algorithm::RS256), &claims)).is_err(),
            "{case}"
        );
    }
}

#[test]
fn time_is_our_clock_with_a_small_leeway() {
    let token = signed(&header(Algorithm::RS256), &claims());
    let key = rsa_jwk(None);
    assert!(verify_at(NOW + 304, &token, &key).is_ok());
    assert_eq!(verify_at(NOW + 305, &token, &key).unwrap_err(), "expired");
    assert_eq!(verify_at(NOW - 6, &token, &key).unwrap_err(), "from the future");
}

#[test]
fn an_id_token_is_no_access_token() {
    for typ in [Some("JWT"), None, Some("at+jwtx")] {
        let header = Header {
            typ: typ.map(str::to_owned),
            ..header(Algorithm::RS256)
        };
        assert!(verify(&signed(&header, &claims())).is_err(), "{typ:?}");
    }
}

#[test]
fn weak_algorithms_and_odd_headers_are_refused() {
    let hmac = |secret: &[u8]| {
        jsonwebtoken::encode(
            &header(Algorithm::HS256),
            &claims(),
            &EncodingKey::from_secret(secret),
        )
        .unwrap()
    };
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let none = json!({"alg": "none", "typ": "at+jwt", "kid": "k1"});
    let critical = Header {
        crit: Some(vec!["exp".into()]),
        ..header(Algorithm::RS256)
    };
    for (case, token) in [
        // The public key as HMAC secret: the old confusion attack.
        ("HS256 with the public key", hmac(modulus().as_bytes())),
        ("none", format!("{}.{}.", encode(&none), encode(&claims()))),
        ("RS512", signed(&header(Algorithm::RS512), &claims())),
        ("crit", signed(&critical, &claims())),
        (
            "no kid",
            signed(
                &Header {
                    kid: None,
                    ..header(Algorithm::RS256)
                },
                &claims(),
            ),
        ),
        (
            "PS256 with a key for RS256",
            signed(&header(Algorithm::PS256), &claims()),
        ),
        ("rubbish", "a.b.c".to_owned()),
        ("nothing", String::new()),
    ] {
        assert!(verify(&token).is_err(), "{case}");
    }
}

#[test]
fn a_changed_token_is_refused() {
    let token = signed(&header(Algorithm::RS256), &claims());
    let mut parts = token.split('.');
    let [head, _, signature] = std::array::from_fn(|_| parts.next().unwrap());
    let more = with("scope", "loyalty.points.redeem");
    let payload = URL_SAFE_NO_PAD.encode(more.to_string());
    assert!(verify(&format!("{head}.{payload}.{signature}")).is_err());
    assert!(verify(&format!("{head}.{payload}.")).is_err());
}
