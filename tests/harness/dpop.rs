use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Brand, Client, World};

fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A key that tokens are bound to (RFC 9449). Nothing here is the provider's code.
#[derive(Clone)]
pub struct DpopKey(SigningKey);

/// A proof in the making. Its parts may be changed before it is signed.
#[derive(Clone)]
pub struct DpopProof {
    key: DpopKey,
    pub header: Value,
    pub claims: Value,
}

impl DpopKey {
    /// Another one each time.
    pub fn new() -> Self {
        let secret = Sha256::digest(format!("dpop key {}", unique()));
        Self(SigningKey::from_slice(&secret).unwrap())
    }

    pub fn jwk(&self) -> Value {
        let point = self.0.verifying_key().to_encoded_point(false);
        let [x, y] = [point.x(), point.y()].map(|half| URL_SAFE_NO_PAD.encode(half.unwrap()));
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
    }

    /// RFC 7638 s3.
    pub fn thumbprint(&self) -> String {
        let jwk = self.jwk();
        let mut members = String::new();
        for name in ["crv", "kty", "x", "y"] {
            write!(members, ",\"{name}\":{}", jwk[name]).unwrap();
        }
        let members = format!("{{{}}}", members.trim_start_matches(','));
        URL_SAFE_NO_PAD.encode(Sha256::digest(members))
    }

    /// A complete proof for one request.
    pub fn proof(&self, method: &str, url: &str, now: u64) -> DpopProof {
        DpopProof {
            key: self.clone(),
            header: json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() }),
            claims: json!({ "jti": format!("proof-{}", unique()), "htm": method, "htu": url, "iat": now }),
        }
    }

    /// One for the token endpoint.
    pub async fn token_proof(&self, world: &World, brand: &Brand) -> DpopProof {
        let url = format!("{}/oauth2/token", brand.issuer);
        self.proof("POST", &url, world.now().await)
    }

    /// One for pushing a request.
    pub async fn push_proof(&self, world: &World, brand: &Brand) -> DpopProof {
        let url = format!("{}/oauth2/par", brand.issuer);
        self.proof("POST", &url, world.now().await)
    }

    /// One for userinfo with this token.
    pub async fn userinfo_proof(&self, world: &World, brand: &Brand, token: &str) -> DpopProof {
        let url = format!("{}/userinfo", brand.issuer);
        self.proof("GET", &url, world.now().await).for_token(token)
    }
}

impl DpopProof {
    /// Replaces a claim; null leaves it out.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.claims, name, value.into());
        self
    }

    /// Replaces a member of the header; null leaves it out.
    pub fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.header, name, value.into());
        self
    }

    /// `ath`: the token it accompanies.
    pub fn for_token(self, token: &str) -> Self {
        self.with("ath", URL_SAFE_NO_PAD.encode(Sha256::digest(token)))
    }

    pub fn signed(&self) -> String {
        let [header, claims] =
            [&self.header, &self.claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signature: Signature = self.key.0.sign(format!("{header}.{claims}").as_bytes());
        format!(
            "{header}.{claims}.{}",
            URL_SAFE_NO_PAD.encode(signature.to_bytes())
        )
    }
}

fn set(of: &mut Value, name: &str, value: Value) {
    let of = of.as_object_mut().unwrap();
    if value.is_null() {
        of.remove(name);
    } else {
        of.insert(name.to_owned(), value);
    }
}

impl Client {
    /// The same client, which proves a key with each token request.
    pub fn holding(mut self, key: &DpopKey) -> Self {
        self.dpop = Some(key.clone());
        self
    }

    /// The key this client holds.
    pub fn dpop_key(&self) -> &DpopKey {
        self.dpop.as_ref().unwrap()
    }

    /// A userinfo request with a bound token, not yet sent.
    pub fn bound_userinfo(&self, token: &str, proof: &str) -> RequestBuilder {
        self.brand
            .request(Method::GET, "/userinfo")
            .header("authorization", format!("DPoP {token}"))
            .header("dpop", proof)
    }

    /// Userinfo with a token bound to the key this client holds.
    pub async fn proven_userinfo(&self, world: &World, token: &str) -> Response {
        let proof = self
            .dpop_key()
            .userinfo_proof(world, &self.brand, token)
            .await
            .signed();
        self.bound_userinfo(token, &proof).send().await.unwrap()
    }
}
