use jsonwebtoken::{EncodingKey, Header};
use p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint, pkcs8::EncodePrivateKey};
use serde_json::json;

use super::*;

const NOW: u64 = 1_800_000_000;

struct Provider {
    key: EncodingKey,
    keys: CoreJsonWebKeySet,
}

impl Provider {
    fn new() -> Self {
        let secret = SecretKey::random(&mut rand_core::OsRng);
        let point = secret.public_key().to_encoded_point(false);
        let part = |bytes: Option<_>| URL_SAFE_NO_PAD.encode::<&[u8]>(bytes.unwrap());
        let keys = json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k",
            "x": part(point.x().map(|x| &x[..])), "y": part(point.y().map(|y| &y[..])),
        }] });
        let der = secret.to_pkcs8_der().unwrap();
        Self {
            key: EncodingKey::from_ec_der(der.as_bytes()),
            keys: serde_json::from_value(keys).unwrap(),
        }
    }

    fn sign(&self, typ: &str, kid: &str, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(kid.to_owned());
        jsonwebtoken::encode(&header, claims, &self.key).unwrap()
    }

    fn verify(&self, token: &str) -> Result<String, &'static str> {
        let expected = Expected {
            issuer: "https://auth.example",
            client_id: "shop",
            keys: &self.keys,
            now: NOW,
        };
        verify(token, &expected)
    }
}

fn good() -> Value {
    json!({
        "iss": "https://auth.example", "aud": "shop", "iat": NOW, "exp": NOW + 120, "jti": "j", "sid": "s",
        "events": { EVENT: {} },
    })
}

#[test]
fn a_good_token_names_the_session() {
    let provider = Provider::new();
    for typ in ["logout+jwt", "application/logout+jwt", "Logout+JWT"] {
        assert_eq!(
            provider.verify(&provider.sign(typ, "k", &good())),
            Ok("s".to_owned())
        );
    }
}

#[test]
fn each_claim_that_does_not_hold_is_refused() {
    let provider = Provider::new();
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", Value::Null),
        ("aud", json!("other")),
        ("aud", Value::Null),
        ("exp", json!(NOW - 6)),
        ("exp", Value::Null),
        ("iat", json!(NOW + 6)),
        ("iat", Value::Null),
        ("sid", Value::Null),
        ("events", json!({})),
        ("events", json!({ EVENT: "x" })),
        ("events", json!({ "https://other.example": {} })),
        ("events", Value::Null),
        ("nonce", json!("n")),
    ] {
        let mut claims = good();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        } else {
            claims[claim] = value.clone();
        }
        let refused = provider.verify(&provider.sign("logout+jwt", "k", &claims));
        assert!(refused.is_err(), "{claim} {value}");
    }
}

#[test]
fn what_another_key_or_nobody_signed_is_refused() {
    let (provider, stranger) = (Provider::new(), Provider::new());
    let token = provider.sign("logout+jwt", "k", &good());
    let (_, body) = token.split_once('.').unwrap();
    let (payload, _) = body.split_once('.').unwrap();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"logout+jwt","kid":"k"}"#);
    let mut header = Header::new(Algorithm::HS256);
    (header.typ, header.kid) = (Some("logout+jwt".to_owned()), Some("k".to_owned()));
    let shared = EncodingKey::from_secret(b"shop");
    for token in [
        stranger.sign("logout+jwt", "k", &good()),
        provider.sign("logout+jwt", "other", &good()),
        provider.sign("JWT", "k", &good()),
        provider.sign("at+jwt", "k", &good()),
        jsonwebtoken::encode(&header, &good(), &shared).unwrap(),
        format!("{none}.{payload}."),
        "x".to_owned(),
        String::new(),
    ] {
        assert!(provider.verify(&token).is_err(), "{token}");
    }
}
