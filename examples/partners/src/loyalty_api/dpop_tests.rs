use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use jsonwebtoken::{EncodingKey, Header};
use p256::{elliptic_curve::sec1::ToEncodedPoint, pkcs8::EncodePrivateKey};
use serde_json::json;

use super::*;

const NOW: u64 = 1_800_000_000;
const ORIGIN: &str = "http://loyalty.example:4444";
const TOKEN: &str = "a.b.c";

struct Api {
    proofs: Proofs,
    now: Arc<AtomicU64>,
}

impl Api {
    fn new() -> Self {
        let now = Arc::new(AtomicU64::new(NOW));
        let clock = Arc::clone(&now);
        Self {
            proofs: Proofs::new(ORIGIN.to_owned(), Arc::new(move || clock.load(Ordering::Relaxed))),
            now,
        }
    }

    fn check(&self, proof: &str, key: &str) -> Result<(), &'static str> {
        let headers = HeaderMap::from_iter([("dpop".parse().unwrap(), proof.parse().unwrap())]);
        self.check_all(&headers, key)
    }

    fn check_all(&self, headers: &HeaderMap, key: &str) -> Result<(), &'static str> {
        let bound = Bound {
            method: &Method::GET,
            path: "/v1/tier",
            token: TOKEN,
            key,
        };
        self.proofs.check(headers, &bound)
    }
}

fn jwk() -> Value {
    let point = secret().public_key().to_encoded_point(false);
    let [x, y] = [point.x(), point.y()].map(|half| URL_SAFE_NO_PAD.encode(half.unwrap()));
    json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
}

fn secret() -> p256::SecretKey {
    p256::SecretKey::from_slice(&[7; 32]).unwrap()
}

fn key() -> String {
    let jwk: Jwk = serde_json::from_value(jwk()).unwrap();
    jwk.thumbprint(ThumbprintHash::SHA256).unwrap()
}

fn claims() -> Value {
    let ath = URL_SAFE_NO_PAD.encode(Sha256::digest(TOKEN));
    json!({"jti": "one", "htm": "GET", "htu": format!("{ORIGIN}/v1/tier"), "iat": NOW, "ath": ath})
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

fn header() -> Header {
    Header {
        typ: Some("dpop+jwt".to_owned()),
        jwk: Some(serde_json::from_value(jwk()).unwrap()),
        ..Header::new(Algorithm::ES256)
    }
}

fn signed(header: &Header, claims: &Value) -> String {
    let der = secret().to_pkcs8_der().unwrap();
    jsonwebtoken::encode(header, claims, &EncodingKey::from_ec_der(der.as_bytes())).unwrap()
}

#[test]
fn a_proof_is_good_once_for_its_own_request() {
    let api = Api::new();
    let proof = signed(&header(), &claims());
    assert_eq!(api.check(&proof, &key()), Ok(()));
    assert_eq!(api.check(&proof, &key()), Err("used before"));
    for (case, claims) in [
        ("method", with("htm", "POST")),
        ("path", with("htu", format!("{ORIGIN}/v1/points"))),
        ("origin", with("htu", "http://other.example/v1/tier")),
        ("no address", with("htu", "tier")),
        ("token", with("ath", "another")),
        ("old", with("iat", NOW - 61)),
        ("ahead", with("iat", NOW + 11)),
    ] {
        assert!(
            Api::new().check(&signed(&header(), &claims), &key()).is_err(),
            "{case}"
        );
    }
    let same = with("htu", "HTTP://Loyalty.example:4444/v1/tier?x#y");
    assert_eq!(Api::new().check(&signed(&header(), &same), &key()), Ok(()));
}

#[test]
fn a_proof_is_remembered_for_as_long_as_it_is_good() {
    let api = Api::new();
    let proof = signed(&header(), &with("iat", NOW + 10));
    assert_eq!(api.check(&proof, &key()), Ok(()));
    api.now.store(NOW + 70, Ordering::Relaxed);
    assert_eq!(api.check(&proof, &key()), Err("used before"));
    api.now.store(NOW + 71, Ordering::Relaxed);
    assert_eq!(api.check(&proof, &key()), Err("old, or from the future"));
}

#[test]
fn only_a_proof_of_the_bound_key_counts() {
    let good = signed(&header(), &claims());
    assert_eq!(Api::new().check(&good, "another-key"), Err("another key"));
    let typ = Header {
        typ: Some("JWT".to_owned()),
        ..header()
    };
    let keyless = Header {
        jwk: None,
        ..header()
    };
    let critical = Header {
        crit: Some(vec!["b64".to_owned()]),
        ..header()
    };
    for header in [typ, keyless, critical] {
        assert!(Api::new().check(&signed(&header, &claims()), &key()).is_err());
    }
    let (head, rest) = good.split_once('.').unwrap();
    let mut private: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap();
    private["jwk"]["d"] = "AAAA".into();
    let private = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(private.to_string()));
    assert_eq!(Api::new().check(&private, &key()), Err("a private key"));
    assert!(Api::new().check(&good[..good.len() - 2], &key()).is_err());
    assert!(Api::new().check("", &key()).is_err());
    let twice = HeaderMap::from_iter([("dpop".parse().unwrap(), good.parse().unwrap())]);
    let mut twice = twice;
    twice.append("dpop", good.parse().unwrap());
    assert_eq!(Api::new().check_all(&twice, &key()), Err("not exactly one proof"));
    assert!(Api::new().check_all(&HeaderMap::new(), &key()).is_err());
}
