//! The ports of signing keys: what is signed verifies with the keys that are published, by a library that is not ours.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test"
)]

#[cfg(feature = "aws")]
mod aws;
mod backend;
mod local;
mod schedule;

use std::collections::HashSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, Validation, decode, jwk::Jwk};
use serde_json::{Value, json};
use symbolon::{
    ports::{Algorithm, PublicKey, Signer, SigningKey},
    types::{Digest, KeyId, TenantId},
};

use self::backend::{ALL, Bench, on_every_backend};

on_every_backend!(
    a_signature_verifies_with_the_published_key_and_no_other_tenants,
    an_es256_signature_is_64_bytes,
    every_published_key_is_named_by_its_thumbprint_and_unlike_any_other,
    keys_survive_a_restart,
    a_tenant_has_the_keys_it_was_given_and_signs_with_no_others,
);

fn tenant(name: &str) -> TenantId {
    TenantId::new(name)
}

/// The key that signs, which must be there.
async fn active(signer: &dyn Signer, tenant: &TenantId, algorithm: Algorithm) -> SigningKey {
    signer.active_key(tenant, algorithm).await.unwrap().unwrap()
}

fn parts(key: &PublicKey) -> (&KeyId, Value) {
    match key {
        PublicKey::Rsa { kid, algorithm, n, e } => (
            kid,
            json!({"kty": "RSA", "use": "sig", "alg": algorithm.name(), "kid": kid.as_str(), "n": n, "e": e}),
        ),
        PublicKey::P256 { kid, x, y } => (
            kid,
            json!({"kty": "EC", "use": "sig", "alg": "ES256", "kid": kid.as_str(), "crv": "P-256", "x": x, "y": y}),
        ),
    }
}

async fn token(signer: &dyn Signer, tenant: &TenantId, key: &SigningKey) -> String {
    let header = json!({"alg": key.algorithm.name(), "kid": key.kid.as_str()}).to_string();
    let input = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(r#"{"sub":"alice"}"#)
    );
    let signature = signer
        .sign(tenant, key, Digest::of(input.as_bytes()).as_bytes())
        .await
        .unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn verifies(token: &str, key: &PublicKey, algorithm: Algorithm) -> bool {
    let jwk: Jwk = serde_json::from_value(parts(key).1).unwrap();
    let mut validation = Validation::new(algorithm.name().parse().unwrap());
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    decode::<Value>(token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation).is_ok()
}

async fn a_signature_verifies_with_the_published_key_and_no_other_tenants(bench: Bench) {
    let keys = bench.open();
    let (urban, north) = (tenant("urban"), tenant("north"));
    for algorithm in ALL {
        let key = active(&*keys.signer, &urban, algorithm).await;
        assert_eq!(key.algorithm, algorithm);
        let token = token(&*keys.signer, &urban, &key).await;
        for (owner, expected) in [(&urban, true), (&north, false)] {
            let published = keys.public.public_keys(owner).await.unwrap();
            let ours = |k: &&PublicKey| parts(k).1["alg"] == algorithm.name();
            let same_kind = published.iter().find(ours).unwrap();
            assert_eq!(
                verifies(&token, same_kind, algorithm),
                expected,
                "{algorithm:?} {owner}"
            );
            assert_eq!(parts(same_kind).0 == &key.kid, expected);
        }
    }
}

async fn an_es256_signature_is_64_bytes(bench: Bench) {
    let (signer, urban) = (bench.open().signer, tenant("urban"));
    let key = active(&*signer, &urban, Algorithm::Es256).await;
    for n in 0..32 {
        assert_eq!(signer.sign(&urban, &key, &[n; 32]).await.unwrap().len(), 64);
    }
}

async fn every_published_key_is_named_by_its_thumbprint_and_unlike_any_other(bench: Bench) {
    let public = bench.open().public;
    let mut names = HashSet::new();
    for owner in ["urban", "north"] {
        for key in public.public_keys(&tenant(owner)).await.unwrap() {
            let (kid, json) = parts(&key);
            let jwk: Jwk = serde_json::from_value(json).unwrap();
            assert_eq!(
                jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap(),
                kid.as_str()
            );
            names.insert(kid.as_str().to_owned());
        }
    }
    assert_eq!(names.len(), 6);
}

async fn keys_survive_a_restart(bench: Bench) {
    let urban = tenant("urban");
    let before = bench.open().public.public_keys(&urban).await.unwrap();
    let keys = bench.open();
    assert_eq!(keys.public.public_keys(&urban).await.unwrap(), before);
    let key = active(&*keys.signer, &urban, Algorithm::Rs256).await;
    let token = token(&*keys.signer, &urban, &key).await;
    assert!(
        before
            .iter()
            .any(|published| verifies(&token, published, Algorithm::Rs256))
    );
}

async fn a_tenant_has_the_keys_it_was_given_and_signs_with_no_others(bench: Bench) {
    let keys = bench.open();
    let (urban, few, nobody) = (tenant("urban"), tenant("few"), tenant("nobody"));
    assert_eq!(keys.signer.active_key(&few, Algorithm::Rs256).await, Ok(None));
    assert_eq!(keys.signer.active_key(&nobody, Algorithm::Es256).await, Ok(None));
    assert_eq!(keys.public.public_keys(&nobody).await, Ok(Vec::new()));
    let theirs = active(&*keys.signer, &few, Algorithm::Es256).await;
    assert!(keys.signer.sign(&urban, &theirs, &[0; 32]).await.is_err());
    // Nor with a key under another algorithm's name.
    let confused = SigningKey {
        algorithm: Algorithm::Rs256,
        ..theirs
    };
    assert!(keys.signer.sign(&few, &confused, &[0; 32]).await.is_err());
}
