//! The ports of signing keys: what is signed verifies with the keys that are published, by a library that is not ours.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test"
)]

use std::{collections::HashSet, fs, path::Path};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, Validation, decode, jwk::Jwk};
use serde_json::{Value, json};
use symbolon::{
    ports::{Algorithm, PublicKey, PublicKeys, Signer, SigningKey},
    types::{Digest, KeyId, TenantId},
};
use symbolon_local::{
    keys::{KeyError, LocalKeys, MasterKeys},
    random::OsRandom,
};
use tempfile::TempDir;

const ALL: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::Ps256];

fn tenant(name: &str) -> TenantId {
    TenantId::new(name)
}

fn open(data: &Path, algorithms: &[Algorithm]) -> LocalKeys {
    let tenants = [
        (tenant("urban"), algorithms.to_vec()),
        (tenant("north"), algorithms.to_vec()),
    ];
    LocalKeys::open(data, &tenants).unwrap()
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

#[tokio::test]
async fn a_signature_verifies_with_the_published_key_and_no_other_tenants() {
    let data = TempDir::new().unwrap();
    let keys = open(data.path(), &ALL);
    let (urban, north) = (tenant("urban"), tenant("north"));
    for algorithm in ALL {
        let key = keys.active_key(&urban, algorithm).await.unwrap().unwrap();
        assert_eq!(key.algorithm, algorithm);
        let token = token(&keys, &urban, &key).await;
        for (owner, expected) in [(&urban, true), (&north, false)] {
            let published = keys.public_keys(owner).await.unwrap();
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

#[tokio::test]
async fn an_es256_signature_is_64_bytes() {
    let data = TempDir::new().unwrap();
    let keys = open(data.path(), &[Algorithm::Es256]);
    let key = keys
        .active_key(&tenant("urban"), Algorithm::Es256)
        .await
        .unwrap()
        .unwrap();
    for n in 0..32 {
        assert_eq!(
            keys.sign(&tenant("urban"), &key, &[n; 32]).await.unwrap().len(),
            64
        );
    }
}

#[tokio::test]
async fn every_published_key_is_named_by_its_thumbprint_and_unlike_any_other() {
    let data = TempDir::new().unwrap();
    let keys = open(data.path(), &ALL);
    let mut names = HashSet::new();
    for owner in ["urban", "north"] {
        for key in keys.public_keys(&tenant(owner)).await.unwrap() {
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

#[tokio::test]
async fn keys_survive_a_restart() {
    let data = TempDir::new().unwrap();
    let before = open(data.path(), &ALL)
        .public_keys(&tenant("urban"))
        .await
        .unwrap();
    let keys = open(data.path(), &ALL);
    assert_eq!(keys.public_keys(&tenant("urban")).await.unwrap(), before);
    let key = keys
        .active_key(&tenant("urban"), Algorithm::Rs256)
        .await
        .unwrap()
        .unwrap();
    let token = token(&keys, &tenant("urban"), &key).await;
    assert!(
        before
            .iter()
            .any(|published| verifies(&token, published, Algorithm::Rs256))
    );
}

#[tokio::test]
async fn a_tenant_has_the_keys_it_was_given_and_signs_with_no_others() {
    let data = TempDir::new().unwrap();
    let keys = open(data.path(), &[Algorithm::Es256]);
    let (urban, north, nobody) = (tenant("urban"), tenant("north"), tenant("nobody"));
    assert_eq!(keys.active_key(&urban, Algorithm::Rs256).await, Ok(None));
    assert_eq!(keys.active_key(&nobody, Algorithm::Es256).await, Ok(None));
    assert_eq!(keys.public_keys(&nobody).await, Ok(Vec::new()));
    let theirs = keys.active_key(&north, Algorithm::Es256).await.unwrap().unwrap();
    assert!(keys.sign(&urban, &theirs, &[0; 32]).await.is_err());
    // Nor with a key under another algorithm's name.
    let confused = SigningKey {
        algorithm: Algorithm::Rs256,
        ..theirs
    };
    assert!(keys.sign(&north, &confused, &[0; 32]).await.is_err());
}

#[tokio::test]
async fn oddly_named_tenants_share_no_file() {
    let data = TempDir::new().unwrap();
    let names = ["a", "A", "../a", "a/b", "a%2fb", "ए", ""];
    let tenants: Vec<_> = names
        .iter()
        .map(|name| (tenant(name), vec![Algorithm::Es256]))
        .collect();
    let keys = LocalKeys::open(data.path(), &tenants).unwrap();
    let mut kids = HashSet::new();
    for (owner, _) in &tenants {
        kids.insert(
            keys.active_key(owner, Algorithm::Es256)
                .await
                .unwrap()
                .unwrap()
                .kid
                .as_str()
                .to_owned(),
        );
    }
    assert_eq!(kids.len(), names.len());
    let files: HashSet<String> = fs::read_dir(data.path().join("keys"))
        .unwrap()
        .map(|file| file.unwrap().file_name().to_str().unwrap().to_lowercase())
        .collect();
    assert_eq!(files.len(), names.len());
}

#[test]
fn a_damaged_key_stops_the_start_and_is_not_replaced() {
    let data = TempDir::new().unwrap();
    open(data.path(), &[Algorithm::Es256]);
    MasterKeys::open(data.path(), &OsRandom).unwrap();
    for name in ["urban.es256.p8", "master"] {
        fs::write(data.path().join("keys").join(name), "cut").unwrap();
    }
    let refused = LocalKeys::open(data.path(), &[(tenant("urban"), vec![Algorithm::Es256])])
        .err()
        .unwrap();
    assert!(
        matches!(&refused, KeyError::Damaged(path) if path.ends_with("urban.es256.p8")),
        "{refused}"
    );
    assert!(matches!(
        MasterKeys::open(data.path(), &OsRandom),
        Err(KeyError::Damaged(_))
    ));
    assert_eq!(fs::read(data.path().join("keys/master")).unwrap(), b"cut");
}

#[test]
fn master_keys_are_made_once_and_differ() {
    let data = TempDir::new().unwrap();
    let made = MasterKeys::open(data.path(), &OsRandom).unwrap();
    let read = MasterKeys::open(data.path(), &OsRandom).unwrap();
    assert_eq!(made.sealing, read.sealing);
    assert_eq!(made.identity, read.identity);
    assert_ne!(made.sealing, made.identity);
    let elsewhere = MasterKeys::open(TempDir::new().unwrap().path(), &OsRandom).unwrap();
    assert_ne!(made.identity, elsewhere.identity);
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let data = TempDir::new().unwrap();
    open(data.path(), &[Algorithm::Es256]);
    MasterKeys::open(data.path(), &OsRandom).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let dir = data.path().join("keys");
    assert_eq!(mode(&dir), 0o700);
    let files: Vec<_> = fs::read_dir(&dir)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), 3);
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}
