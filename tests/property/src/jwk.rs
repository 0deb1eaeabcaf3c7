//! Public keys of clients (RFC 7517, RFC 7518 s6): what a JWK set may register, and what a key may be used for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use serde_json::{Value, json};
use symbolon::{
    config::Configuration,
    jwt::{VerificationKey, verify_assertion},
    model::ClientJwks,
};

/// One key, or a set of them, in JSON.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return;
    };
    if let Ok(key) = serde_json::from_value::<Jwk>(value.clone()) {
        has_few_uses(&key);
    }
    let set = if value.get("keys").is_some() {
        value
    } else {
        json!({ "keys": [value] })
    };
    let as_table = registered(&set);
    let as_text = registered(&Value::String(set.to_string()));
    assert_eq!(as_table.is_some(), as_text.is_some());
    if let Some(keys) = as_table {
        assert!(!keys.is_empty());
        let named: Vec<_> = keys.iter().filter_map(|key| key.common.key_id.as_ref()).collect();
        assert!(named.iter().enumerate().all(|(at, id)| !named[..at].contains(id)));
        for key in &keys {
            is_public_and_strong(key);
            assert!(
                !VerificationKey::of_client(key).is_empty(),
                "a key that verifies nothing is registered"
            );
        }
    }
}

/// A key verifies with the algorithm it names, or with those of its type; never a shared secret.
fn has_few_uses(key: &Jwk) {
    let uses = VerificationKey::of_client(key).len();
    let most = match &key.algorithm {
        AlgorithmParameters::RSA(_) => 2,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => 1,
        _ => 0,
    };
    assert!(
        uses <= if key.common.key_algorithm.is_some() {
            most.min(1)
        } else {
            most
        }
    );
    for header in [
        "eyJhbGciOiJSUzI1NiJ9",
        "eyJhbGciOiJQUzI1NiJ9",
        "eyJhbGciOiJFUzI1NiJ9",
    ] {
        let forged = format!("{header}.e30.{}", "AQAB".repeat(22));
        assert!(verify_assertion(&forged, &VerificationKey::of_client(key)).is_none());
    }
}

/// The keys of a client that is registered with this set.
fn registered(jwks: &Value) -> Option<Vec<Jwk>> {
    let read = Configuration::read(json!({ "tenants": { "a": {
        "issuer": "https://a.tld",
        "countries": ["GB"],
        "brand": { "name": "A", "monogram": "A", "theme": { "primary": "#7a1f5c", "primary_dark": "#f0a6d6" } },
        "clients": { "app": {
            "name": "App",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": jwks,
            "redirect_uris": ["https://app.tld/cb"],
            "scopes": ["openid"],
        } },
    } } }));
    match read {
        Ok(configuration) => match &configuration.tenants[0].1[0].jwks {
            Some(ClientJwks::Registered(keys)) => Some(keys.clone()),
            other => panic!("{other:?}"),
        },
        Err(error) => {
            let line = error.to_string();
            assert!(
                line.starts_with("tenants.a.clients.app.jwks") && !line.contains('\n'),
                "{line}"
            );
            None
        }
    }
}

fn is_public_and_strong(key: &Jwk) {
    let written = serde_json::to_value(key).unwrap();
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        assert_eq!(written.get(name), None);
    }
    let number = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    match &key.algorithm {
        AlgorithmParameters::RSA(rsa) => {
            let n = number(&rsa.n);
            let significant = n.iter().skip_while(|byte| **byte == 0).collect::<Vec<_>>();
            let bits = significant.len() * 8 - significant[0].leading_zeros() as usize;
            assert!((2048..=4096).contains(&bits), "RFC 7518 s3.3: {bits} bits");
            assert!(!number(&rsa.e).is_empty());
        }
        AlgorithmParameters::EllipticCurve(point) => {
            assert_eq!(point.curve, EllipticCurve::P256);
            let point = [vec![4], number(&point.x), number(&point.y)].concat();
            assert!(
                p256::PublicKey::from_sec1_bytes(&point).is_ok(),
                "not a point of the curve"
            );
        }
        _ => panic!("neither RSA nor P-256"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const X: &str = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs";
    const Y: &str = "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA";

    proptest! {
        #![proptest_config(crate::quick(256))]

        #[test]
        fn ca4_a_key_of_any_kind(
            kty in "RSA|EC|oct|OKP", alg in prop::option::of("ES256|RS256|PS256|HS256|ES384|none|EdDSA"),
            usage in prop::option::of("sig|enc|x"), curve in "P-256|P-384|secp256k1|Ed25519",
            private in prop::option::of("d|p|k|oth"), (zeros, ones) in (0..300_usize, 40..344_usize), e in "AQAB|AA||A|Aw",
        ) {
            let mut key = json!({
                "kty": kty, "crv": curve, "x": X, "y": Y, "e": e, "n": "A".repeat(zeros) + &"_".repeat(ones), "k": "AA",
            });
            let members = [("alg", alg), ("use", usage), ("kid", Some("1".to_owned()))];
            for (name, value) in members.into_iter().filter_map(|(name, value)| Some((name, value?))) {
                key[name] = json!(value);
            }
            if kty != "oct" {
                key.as_object_mut().unwrap().remove("k");
            }
            if let Some(name) = private {
                key[name] = json!("AQ");
            }
            holds(key.to_string().as_bytes());
            holds(json!({ "keys": [key, key] }).to_string().as_bytes());
        }

        #[test]
        fn ca4_a_point_nearly_on_the_curve(x in "[A-Za-z0-9_-]{42,44}=?", use_own in any::<bool>()) {
            let x = if use_own { X } else { &x };
            holds(json!({ "kty": "EC", "crv": "P-256", "x": x, "y": Y }).to_string().as_bytes());
        }
    }
}
