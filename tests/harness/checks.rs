use std::{future::Future, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{DecodingKey, EncodingKey, Validation, decode, decode_header, jwk::Jwk};
use reqwest::Response;
use serde_json::Value;
use tokio::{sync::Barrier, task::JoinSet};

use super::{Brand, Browser, World, claims_of};

/// What a JSON endpoint refused with: its status and `error`. Every refusal is JSON that nobody may keep.
pub async fn refusal(answer: Response) -> (u16, String) {
    not_cacheable(&answer);
    error_of(answer).await
}

/// The same where the clause says nothing of keeping an answer.
pub async fn error_of(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    assert_eq!(media_type(&answer), "application/json");
    let body: Value = answer.json().await.unwrap();
    assert!(body.get("access_token").is_none(), "refused, but {body}");
    let error = body["error"].as_str();
    (
        status,
        error.unwrap_or_else(|| panic!("not refused: {body}")).to_owned(),
    )
}

/// A header of an answer as text; empty if absent.
pub fn answer_header(answer: &Response, name: &str) -> String {
    let value = answer.headers().get(name);
    value.map_or_else(String::new, |v| v.to_str().unwrap().to_owned())
}

/// What kind of document an answer is, whatever its parameters: `charset` means nothing to JSON (RFC 8259 s11).
pub fn media_type(answer: &Response) -> String {
    let value = answer_header(answer, "content-type");
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Borrowed pairs as the fields of a form.
pub fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(n, v): &(&str, &str)| ((*n).to_owned(), (*v).to_owned());
    pairs.iter().map(own).collect()
}

/// The same fields with one of them replaced; an empty `value` leaves it out.
pub fn replaced(fields: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut fields = fields.to_vec();
    fields.retain(|(n, _)| n != name);
    if !value.is_empty() {
        fields.push((name.to_owned(), value.to_owned()));
    }
    fields
}

/// Runs `count` of the same call at the same time.
pub async fn at_once<F, T>(count: usize, call: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let barrier = Arc::new(Barrier::new(count));
    let mut running = JoinSet::new();
    for n in 0..count {
        let (barrier, call) = (barrier.clone(), call(n));
        running.spawn(async move {
            barrier.wait().await;
            call.await
        });
    }
    running.join_all().await
}

/// The value of an HTTP Basic header, from text that is already as it should be inside base64.
pub fn basic(inside: &str) -> String {
    format!("Basic {}", STANDARD.encode(inside))
}

impl Brand {
    /// A request to the token endpoint, with the fields and nothing else.
    pub fn token_request(&self, fields: &[(String, String)]) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::POST, "/oauth2/token").form(fields)
    }

    /// The claims of a JWT whose signature holds under the published key it names.
    pub async fn verified(&self, jwt: &str) -> Value {
        let header = decode_header(jwt).unwrap();
        let keys = self.keys().await;
        let key = &keys[header.kid.as_deref().unwrap()];
        assert_eq!(
            key["alg"],
            serde_json::json!(header.alg),
            "a key signs with its own alg"
        );
        let key: Jwk = serde_json::from_value(key.clone()).unwrap();
        let mut validation = Validation::new(header.alg);
        validation.validate_exp = false;
        // Not every JWT of ours ends: what is answered once says when it was true.
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        decode::<Value>(jwt, &DecodingKey::from_jwk(&key).unwrap(), &validation)
            .unwrap()
            .claims
    }
}

impl World {
    /// A private key of Urban Trend, as an attacker of the data directory would have it.
    pub fn stolen_rsa_key(&self, algorithm: &str) -> EncodingKey {
        let path = self.data().join(format!("keys/urbantrend.{algorithm}.p8"));
        let der = STANDARD.encode(std::fs::read(path).unwrap());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n");
        EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
    }
}

impl Browser {
    /// Takes an app's permissions back on the account page.
    pub async fn disconnect(&mut self, brand: &Brand, client: &str) {
        let page = self
            .get(&format!("{}/account/revoke?client={client}", brand.issuer))
            .await;
        let page = self.submit(&page, "form#revoke-form", &[]).await;
        assert!(page.has("main#account"), "{}", page.body);
    }

    /// Signs out at the brand, and confirms it.
    pub async fn sign_out(&mut self, brand: &Brand) {
        let page = self
            .get(&format!("{}/oauth2/sessions/logout", brand.issuer))
            .await;
        let page = self.submit(&page, "form#logout-form", &[]).await;
        assert!(page.has("main#signed-out"), "{}", page.body);
    }
}

/// A claim of a JWT as a number.
pub fn number(jwt: &str, claim: &str) -> u64 {
    claims_of(jwt)[claim].as_u64().unwrap()
}

/// Asserts the answer may not be kept.
pub fn not_cacheable(answer: &Response) {
    assert_eq!(
        answer_header(answer, "cache-control"),
        "no-store",
        "{}",
        answer.url()
    );
}
