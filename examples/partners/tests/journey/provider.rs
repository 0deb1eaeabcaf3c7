//! A provider just large enough for the apps: one member, one key, no pages.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use axum::{
    Form, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::{
    elliptic_curve::sec1::ToEncodedPoint,
    pkcs8::{EncodePrivateKey, LineEnding},
};
use partners::{Clock, fashionboard, loyalty_api, shopease};
use serde_json::{Value, json};

pub(crate) const FASHIONBOARD: &str = "fashionboard";
pub(crate) const SHOPEASE: &str = "shopease";
const MEMBER_KEY: [u8; 32] = [9; 32];
const START: u64 = 1_800_000_000;

#[derive(Default)]
pub(crate) struct Memory {
    scope: String,
    /// Put into ID tokens instead of the request's own.
    pub(crate) forged_nonce: Option<&'static str>,
    pub(crate) refresh: String,
    pub(crate) refreshes: u64,
    pub(crate) withheld: Option<&'static str>,
}

#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) origin: String,
    pub(crate) api: String,
    pub(crate) clock: Arc<AtomicU64>,
    pub(crate) state: Arc<Mutex<Memory>>,
}

fn key() -> p256::SecretKey {
    p256::SecretKey::from_slice(&[7; 32]).unwrap()
}

fn sign(typ: &str, claims: &Value) -> String {
    let header = Header {
        typ: Some(typ.into()),
        kid: Some("k1".into()),
        ..Header::new(Algorithm::ES256)
    };
    let der = key().to_pkcs8_der().unwrap();
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(der.as_bytes())).unwrap()
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let bind = || tokio::net::TcpListener::bind("127.0.0.1:0");
        let (own, api) = (bind().await.unwrap(), bind().await.unwrap());
        let [origin, api_origin] = [&own, &api].map(|l| format!("http://{}", l.local_addr().unwrap()));
        let clock = Arc::new(AtomicU64::new(START));
        let provider = Self {
            origin,
            api: api_origin,
            clock,
            state: Arc::default(),
        };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        let settings = loyalty_api::Settings {
            issuer: provider.origin.clone(),
            audience: provider.api.clone(),
            jwks_uri: None,
            member_key: MEMBER_KEY,
            ledger: vec![loyalty_api::Account {
                member: "ut-1001".into(),
                tier: "VIP".into(),
                points: 1240,
            }],
            ledger_file: None,
            clock: provider.time(),
        };
        let loyalty = loyalty_api::router(settings, partners::http_client(None).unwrap()).unwrap();
        tokio::spawn(async { axum::serve(own, routes).await });
        tokio::spawn(async { axum::serve(api, loyalty).await });
        provider
    }

    fn time(&self) -> Clock {
        let clock = Arc::clone(&self.clock);
        Arc::new(move || clock.load(SeqCst))
    }

    pub(crate) fn fashionboard(&self) -> Router {
        fashionboard_at(&self.origin, &self.api)
    }

    pub(crate) fn shopease(&self) -> Router {
        let settings = shopease::Settings {
            issuer: self.origin.clone(),
            client_id: SHOPEASE.into(),
            signing_key_pem: key().to_pkcs8_pem(LineEnding::LF).unwrap().to_string(),
            signing_key_id: "shop-1".into(),
            redirect_uri: "http://app.example/callback".into(),
            home: "http://app.example".into(),
            loyalty_api: self.api.clone(),
            clock: self.time(),
        };
        shopease::router(settings, partners::http_client(None).unwrap()).unwrap()
    }

    /// What the authorization endpoint would answer, at once: the callback's path and query. The code is the nonce.
    pub(crate) fn authorize(&self, url: &str) -> String {
        let query: HashMap<_, _> = url::Url::parse(url).unwrap().query_pairs().into_owned().collect();
        assert_eq!(query["code_challenge_method"], "S256");
        let mut memory = self.state.lock().unwrap();
        let granted = query["scope"]
            .split(' ')
            .filter(|scope| Some(*scope) != memory.withheld);
        memory.scope = granted.collect::<Vec<_>>().join(" ");
        format!(
            "/callback?code={}&state={}&iss={}",
            query["nonce"], query["state"], self.origin
        )
    }

    pub(crate) fn access_token(&self, client: &str, scope: &str) -> String {
        let now = self.clock.load(SeqCst);
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A256GCM"}"#);
        let payload = Payload {
            msg: b"ut-1001",
            aad: head.as_bytes(),
        };
        let sealed = Aes256Gcm::new(&MEMBER_KEY.into())
            .encrypt(&Nonce::from([3; 12]), payload)
            .unwrap();
        let (text, tag) = sealed.split_at(sealed.len() - 16);
        let [iv, text, tag] = [&[3; 12], text, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        let claims = json!({
            "iss": self.origin, "aud": self.api, "sub": "pairwise", "client_id": client, "scope": scope,
            "iat": now, "exp": now + 300, "member_ref": format!("{head}..{iv}.{text}.{tag}"),
        });
        sign("at+jwt", &claims)
    }
}

pub(crate) fn fashionboard_at(issuer: &str, loyalty_api: &str) -> Router {
    let settings = fashionboard::Settings {
        issuer: issuer.into(),
        client_id: FASHIONBOARD.into(),
        client_secret: "a secret".into(),
        redirect_uri: "http://app.example/callback".into(),
        home: "http://app.example".into(),
        loyalty_api: loyalty_api.into(),
        clock: Arc::new(|| START),
    };
    fashionboard::router(settings, partners::http_client(None).unwrap()).unwrap()
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

async fn discovery(State(provider): State<Provider>) -> Response {
    let at = |path: &str| format!("{}{path}", provider.origin);
    json_answer(
        StatusCode::OK,
        &json!({
            "issuer": provider.origin, "authorization_endpoint": at("/auth"), "token_endpoint": at("/token"),
            "userinfo_endpoint": at("/userinfo"), "jwks_uri": at("/jwks"), "end_session_endpoint": at("/logout"),
            "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }),
    )
}

async fn jwks() -> Response {
    let point = key().public_key().to_encoded_point(false);
    let [x, y] = [point.x(), point.y()].map(|half| URL_SAFE_NO_PAD.encode(half.unwrap()));
    let key = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "k1", "x": x, "y": y});
    json_answer(StatusCode::OK, &json!({ "keys": [key] }))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let client = if let Some(basic) = headers.get(header::AUTHORIZATION) {
        // RFC 6749 s2.3.1: both halves are form-encoded before they are joined.
        assert_eq!(basic, "Basic ZmFzaGlvbmJvYXJkOmErc2VjcmV0");
        FASHIONBOARD
    } else {
        let form = |name: &str| form.get(name).map(String::as_str);
        assert_eq!(
            form("client_assertion_type"),
            Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        );
        assert_eq!(form("client_assertion").unwrap().split('.').count(), 3);
        assert_eq!(form("client_secret"), None);
        SHOPEASE
    };
    let now = provider.clock.load(SeqCst);
    let mut memory = provider.state.lock().unwrap();
    if form["grant_type"] == "refresh_token" {
        if form["refresh_token"] != memory.refresh {
            return json_answer(StatusCode::BAD_REQUEST, &json!({ "error": "invalid_grant" }));
        }
        memory.refreshes += 1;
    } else {
        assert!(form["code_verifier"].len() >= 43);
    }
    let mut answer = json!({
        "access_token": provider.access_token(client, &memory.scope), "token_type": "Bearer", "expires_in": 300,
        "scope": memory.scope,
        "id_token": sign("JWT", &json!({
            "iss": provider.origin, "aud": client, "sub": "pairwise", "iat": now, "exp": now + 300,
            "nonce": memory.forged_nonce.or(form.get("code").map(String::as_str)),
        })),
    });
    if memory.scope.contains("offline_access") {
        memory.refresh = format!("refresh-{}", memory.refreshes);
        answer["refresh_token"] = memory.refresh.clone().into();
    }
    json_answer(StatusCode::OK, &answer)
}

async fn userinfo() -> Response {
    json_answer(StatusCode::OK, &json!({ "sub": "pairwise", "name": "Alice <b>" }))
}
