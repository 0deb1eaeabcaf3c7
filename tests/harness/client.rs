use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::{
    Brand, Browser, DpopKey, Page, World,
    demo_key::{DemoKey, SHOPEASE_KEY},
};

/// How a client proves who it is.
#[derive(Clone)]
enum Proof {
    Basic(String),
    Post(String),
    Public,
    PrivateKeyJwt(DemoKey),
}

/// A registered client, seen from its own side. Nothing here is the provider's code.
#[derive(Clone)]
pub struct Client {
    pub brand: Brand,
    pub id: String,
    pub redirect_uri: String,
    proof: Proof,
    pub(super) dpop: Option<DpopKey>,
}

/// An authorization request in the making.
#[derive(Clone)]
pub struct Authorization {
    pub(super) endpoint: String,
    pub verifier: String,
    pub params: Vec<(String, String)>,
}

/// A successful token answer.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
    pub id: Option<String>,
    pub all: Value,
}

fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Authorization {
    /// Sets a parameter, replacing what was there.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a parameter, even a second time.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a parameter out.
    pub fn without(mut self, name: &str) -> Self {
        self.params.retain(|(n, _)| n != name);
        self
    }

    pub fn get(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    pub fn url(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.params)
            .finish();
        format!("{}?{query}", self.endpoint)
    }
}

impl Client {
    pub fn basic(brand: Brand, id: &str, secret: &str, redirect_uri: &str) -> Self {
        Self {
            brand,
            id: id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            proof: Proof::Basic(secret.to_owned()),
            dpop: None,
        }
    }

    pub fn post(brand: Brand, id: &str, secret: &str, redirect_uri: &str) -> Self {
        Self {
            brand,
            id: id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            proof: Proof::Post(secret.to_owned()),
            dpop: None,
        }
    }

    pub fn public(brand: Brand, id: &str, redirect_uri: &str) -> Self {
        Self {
            brand,
            id: id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            proof: Proof::Public,
            dpop: None,
        }
    }

    pub fn private_key_jwt(brand: Brand, id: &str, redirect_uri: &str) -> Self {
        Self {
            brand,
            id: id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            proof: Proof::PrivateKeyJwt(SHOPEASE_KEY),
            dpop: None,
        }
    }

    /// The same with another key than ShopEase's.
    pub fn with_key(self, key: DemoKey) -> Self {
        Self {
            proof: Proof::PrivateKeyJwt(key),
            ..self
        }
    }

    /// A complete request with state and PKCE of its own, and a nonce where there will be an ID token.
    pub fn authorize(&self, scope: &str) -> Authorization {
        let n = unique();
        let verifier = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("verifier {n}")));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let pairs = [
            ("client_id", self.id.clone()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("response_type", "code".to_owned()),
            ("scope", scope.to_owned()),
            ("state", format!("state-{n}")),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ];
        let mut params = pairs.map(|(name, value)| (name.to_owned(), value)).to_vec();
        if scope.split(' ').any(|name| name == "openid") {
            params.push(("nonce".to_owned(), format!("nonce-{n}")));
        }
        Authorization {
            endpoint: format!("{}/oauth2/auth", self.brand.issuer),
            verifier,
            params,
        }
    }

    /// The fields that exchange a code.
    pub fn exchange(&self, code: &str, verifier: &str) -> Vec<(String, String)> {
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", verifier),
        ]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .to_vec()
    }

    /// Posts fields to the token endpoint with this client's proof.
    pub async fn token(&self, world: &World, fields: Vec<(String, String)>) -> Response {
        let request = self.token_request(world, fields).await;
        let request = match &self.dpop {
            Some(key) => request.header("dpop", key.token_proof(world, &self.brand).await.signed()),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// The request without a proof of a key, not yet sent.
    pub async fn token_request(&self, world: &World, fields: Vec<(String, String)>) -> RequestBuilder {
        self.form(world, "/oauth2/token", fields).await
    }

    /// Gives a token back.
    pub async fn revoke(&self, world: &World, token: &str) -> Response {
        let fields = vec![("token".to_owned(), token.to_owned())];
        self.form(world, "/oauth2/revoke", fields)
            .await
            .send()
            .await
            .unwrap()
    }

    /// Asks about a token.
    pub async fn introspect(&self, world: &World, token: &str) -> Response {
        let fields = vec![("token".to_owned(), token.to_owned())];
        self.form(world, "/oauth2/introspect", fields)
            .await
            .send()
            .await
            .unwrap()
    }

    /// A form with this client's proof, not yet sent.
    pub async fn form(&self, world: &World, path: &str, mut fields: Vec<(String, String)>) -> RequestBuilder {
        let mut request = self.brand.request(Method::POST, path);
        let named = |fields: &[(String, String)]| fields.iter().any(|(name, _)| name == "client_id");
        match &self.proof {
            Proof::Basic(secret) => request = request.basic_auth(&self.id, Some(secret)),
            Proof::Post(secret) => {
                if !named(&fields) {
                    fields.push(("client_id".to_owned(), self.id.clone()));
                }
                fields.push(("client_secret".to_owned(), secret.clone()));
            }
            Proof::Public if named(&fields) => {}
            Proof::Public => fields.push(("client_id".to_owned(), self.id.clone())),
            Proof::PrivateKeyJwt(_) => {
                let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                fields.push(("client_assertion_type".to_owned(), kind.to_owned()));
                fields.push((
                    "client_assertion".to_owned(),
                    self.assertion(world.now().await, &json!({})),
                ));
            }
        }
        request.form(&fields)
    }

    /// A client assertion, with claims replaced by `changes`.
    pub fn assertion(&self, now: u64, changes: &Value) -> String {
        self.signed(Some("JWT"), &self.assertion_claims(now, changes))
    }

    /// Claims signed with this client's key, under a header that says one thing more, or says it otherwise.
    pub fn signed_saying(&self, name: &str, value: &Value, claims: &Value) -> String {
        self.key().sign_saying(name, value, claims)
    }

    /// What an assertion says, with claims replaced by `changes`.
    pub fn assertion_claims(&self, now: u64, changes: &Value) -> Value {
        let mut claims = json!({
            "iss": self.id, "sub": self.id, "aud": self.brand.issuer,
            "jti": format!("jti-{}", unique()), "iat": now, "exp": now + 60,
        });
        let all = claims.as_object_mut().unwrap();
        all.extend(changes.as_object().unwrap().clone());
        claims
    }

    /// Claims signed with this client's key.
    pub fn signed(&self, typ: Option<&str>, claims: &Value) -> String {
        self.key().sign(typ, claims)
    }

    fn key(&self) -> &DemoKey {
        match &self.proof {
            Proof::PrivateKeyJwt(key) => key,
            Proof::Basic(_) | Proof::Post(_) | Proof::Public => &SHOPEASE_KEY,
        }
    }

    /// Signs a member in, allows everything, and returns request and callback.
    pub async fn code(
        &self,
        world: &World,
        browser: &mut Browser,
        scope: &str,
        number: &str,
    ) -> (Authorization, Page) {
        let request = self.authorize(scope);
        let page = browser.through(world, &request.url(), number).await;
        assert!(
            page.callback().contains_key("code"),
            "no code at {}:\n{}",
            page.url,
            page.body
        );
        (request, page)
    }

    /// The whole way to tokens.
    pub async fn tokens(&self, world: &World, browser: &mut Browser, scope: &str, number: &str) -> Tokens {
        let (request, page) = self.code(world, browser, scope, number).await;
        let fields = self.exchange(&page.callback()["code"], &request.verifier);
        Tokens::of(self.token(world, fields).await).await
    }

    /// A refresh.
    pub async fn refresh(&self, world: &World, token: &str) -> Response {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.token(world, fields.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec())
            .await
    }

    /// Userinfo with a bearer token.
    pub async fn userinfo(&self, token: &str) -> Response {
        self.brand
            .http
            .get(format!("{}/userinfo", self.brand.issuer))
            .bearer_auth(token)
            .send()
            .await
            .unwrap()
    }
}

impl Tokens {
    pub async fn of(answer: Response) -> Self {
        let status = answer.status();
        let all: Value = answer.json().await.unwrap();
        assert_eq!(status, 200, "{all}");
        let text = |name: &str| all[name].as_str().map(str::to_owned);
        Self {
            access: text("access_token").unwrap(),
            refresh: text("refresh_token"),
            id: text("id_token"),
            all,
        }
    }

    pub fn id_claims(&self) -> Value {
        claims_of(self.id.as_deref().unwrap())
    }
}

/// The payload of a JWT, unverified.
pub fn claims_of(jwt: &str) -> Value {
    part(jwt, 1)
}

/// The header of a JWT, unverified.
pub fn header_of(jwt: &str) -> Value {
    part(jwt, 0)
}

fn part(jwt: &str, at: usize) -> Value {
    let part = jwt.split('.').nth(at).filter(|_| jwt.split('.').count() == 3);
    let part = part.unwrap_or_else(|| panic!("no JWT: {jwt}"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The JWT with one claim changed and the old signature.
pub fn tampered(jwt: &str, claim: &str, value: Value) -> String {
    let parts: Vec<&str> = jwt.split('.').collect();
    let mut claims = claims_of(jwt);
    claims[claim] = value;
    format!(
        "{}.{}.{}",
        parts[0],
        URL_SAFE_NO_PAD.encode(claims.to_string()),
        parts[2]
    )
}

impl Brand {
    /// A request to this issuer, not yet sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.issuer))
    }

    /// A JSON document of this issuer.
    pub async fn json(&self, path: &str) -> Value {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// Its public keys by `kid`.
    pub async fn keys(&self) -> BTreeMap<String, Value> {
        let jwks = self.json("/.well-known/jwks.json").await;
        jwks["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|k| (k["kid"].as_str().unwrap().to_owned(), k.clone()))
            .collect()
    }
}
