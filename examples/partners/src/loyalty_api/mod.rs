//! Urban Trend's loyalty API: a protected resource (RFC 6750) that trusts the provider's keys and nothing else.
//!
//! `GET /v1/tier`, `GET /v1/points`, `POST /v1/redemptions` with an `Idempotency-Key`. It never calls the provider
//! for a request: tokens are verified with published keys, and those bound to a key (RFC 9449) with a proof of it.

mod access_token;
mod dpop;
mod jwks;
mod ledger;
mod member_ref;

use std::{convert::Infallible, path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequestParts, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

pub use self::ledger::Account;
use self::{
    access_token::{Caller, Verifier},
    dpop::{Bound, Proofs},
    jwks::Jwks,
    ledger::Ledger,
    member_ref::MemberRefs,
};
use crate::{Clock, SettingsError};

const PROGRAMME: &str = "Trendy Rewards";

/// Whom the API trusts, and what it keeps.
pub struct Settings {
    /// The only issuer whose tokens count.
    pub issuer: String,
    /// This API's own origin, which a token must name as audience.
    pub audience: String,
    /// Where the issuer's keys are; found by discovery when absent.
    pub jwks_uri: Option<String>,
    /// The AES-256 key to which the provider encrypts `member_ref`.
    pub member_key: [u8; 32],
    /// The members and what they start with.
    pub ledger: Vec<Account>,
    /// Where redemptions are kept; in memory when absent.
    pub ledger_file: Option<PathBuf>,
    /// Seconds since the Unix epoch.
    pub clock: Clock,
}

struct Api {
    verifier: Verifier,
    proofs: Proofs,
    ledger: Ledger,
}

/// The whole API. Reads the journal now, the provider's keys with the first token.
pub fn router(settings: Settings, http: reqwest::Client) -> Result<Router, SettingsError> {
    let Settings {
        issuer,
        audience,
        jwks_uri,
        member_key,
        ledger,
        ledger_file,
        clock,
    } = settings;
    let jwks = Jwks::new(issuer.clone(), jwks_uri, http, Arc::clone(&clock));
    let api = Api {
        proofs: Proofs::new(audience.clone(), Arc::clone(&clock)),
        verifier: Verifier::new(issuer, audience, jwks, MemberRefs::new(&member_key), clock),
        ledger: Ledger::open(ledger, ledger_file)
            .map_err(|error| SettingsError::new("ledger_file", error))?,
    };
    Ok(Router::new()
        .route("/v1/tier", get(tier))
        .route("/v1/points", get(points))
        .route("/v1/redemptions", post(redeem))
        .layer(DefaultBodyLimit::max(4096))
        .with_state(Arc::new(api)))
}

async fn tier(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Problem> {
    let caller = api.caller(&call, "loyalty.tier.read").await?;
    let tier = api.ledger.tier(&caller.member).ok_or(Problem::NotAMember)?;
    Ok(json_answer(
        StatusCode::OK,
        &json!({ "tier": tier, "programme": PROGRAMME }),
    ))
}

async fn points(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Problem> {
    let caller = api.caller(&call, "loyalty.points.read").await?;
    let points = api.ledger.points(&caller.member).ok_or(Problem::NotAMember)?;
    Ok(json_answer(StatusCode::OK, &json!({ "points": points })))
}

async fn redeem(State(api): State<Arc<Api>>, call: Call, body: Bytes) -> Result<Response, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        points: u64,
    }
    let caller = api.caller(&call, "loyalty.points.redeem").await?;
    let key = call
        .headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok())
        .filter(|key| is_key(key));
    let key = key
        .ok_or(Problem::Bad(
            "Idempotency-Key must be 1 to 128 printable characters",
        ))?
        .to_owned();
    let request: Request = serde_json::from_slice(&body)
        .map_err(|_| Problem::Bad("body must be {\"points\": whole number above 0}"))?;
    if request.points == 0 {
        return Err(Problem::Bad("points must be above 0"));
    }
    // The ledger waits for the disk.
    let redeemed = tokio::task::spawn_blocking(move || {
        api.ledger
            .redeem(&caller.member, &caller.client_id, &key, request.points)
    });
    let made = redeemed.await.map_err(|_| Problem::Unavailable)??;
    Ok(json_answer(
        StatusCode::CREATED,
        &json!({ "redeemed": made.redeemed, "points": made.points }),
    ))
}

fn is_key(key: &str) -> bool {
    (1..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Api {
    async fn caller(&self, call: &Call, scope: &'static str) -> Result<Caller, Problem> {
        let (scheme, token) = presented(&call.headers).ok_or(Problem::NoToken)?;
        let caller = self
            .verifier
            .verify(token)
            .await
            .map_err(|refused| match refused {
                access_token::Refused::Invalid(reason) => {
                    tracing::info!(reason, "access token refused");
                    Problem::InvalidToken
                }
                access_token::Refused::Unavailable => Problem::Unavailable,
            })?;
        self.is_held(call, scheme, token, caller.key.as_deref())?;
        if caller.may(scope) {
            Ok(caller)
        } else {
            Err(Problem::InsufficientScope(scope))
        }
    }

    /// A bound token is worth nothing without its key, and no other passes for one (RFC 9449 s7).
    fn is_held(&self, call: &Call, scheme: Scheme, token: &str, key: Option<&str>) -> Result<(), Problem> {
        match (scheme, key) {
            (Scheme::Bearer, None) => Ok(()),
            (Scheme::Dpop, Some(key)) => {
                let bound = Bound {
                    method: &call.method,
                    path: &call.path,
                    token,
                    key,
                };
                self.proofs.check(&call.headers, &bound).map_err(|reason| {
                    tracing::info!(reason, "proof refused");
                    Problem::InvalidProof
                })
            }
            (Scheme::Bearer, Some(_)) | (Scheme::Dpop, None) => Err(Problem::InvalidToken),
        }
    }
}

/// What of a request a proof speaks of.
struct Call {
    method: Method,
    path: String,
    headers: HeaderMap,
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            headers: parts.headers.clone(),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Dpop,
}

fn presented(headers: &HeaderMap) -> Option<(Scheme, &str)> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Scheme::Bearer,
        "dpop" => Scheme::Dpop,
        _ => return None,
    };
    Some((scheme, token.trim_start_matches(' ')))
}

/// Every answer that is not a success; the one table of statuses and challenges.
enum Problem {
    NoToken,
    InvalidToken,
    InvalidProof,
    InsufficientScope(&'static str),
    NotAMember,
    Bad(&'static str),
    NotEnough,
    KeyReused,
    Unavailable,
}

impl From<ledger::Refused> for Problem {
    fn from(refused: ledger::Refused) -> Self {
        match refused {
            ledger::Refused::NoSuchMember => Self::NotAMember,
            ledger::Refused::NotEnough => Self::NotEnough,
            ledger::Refused::KeyReused => Self::KeyReused,
            ledger::Refused::Storage(error) => {
                tracing::error!(%error, "the ledger could not be written");
                Self::Unavailable
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // RFC 6750 s3: a request without a token learns the scheme and no error.
        let challenge = match self {
            Self::NoToken => Some("Bearer".to_owned()),
            Self::InvalidToken => Some(r#"Bearer error="invalid_token""#.to_owned()),
            Self::InvalidProof => {
                Some(r#"DPoP error="invalid_dpop_proof", algs="ES256 RS256 PS256""#.to_owned())
            }
            Self::InsufficientScope(scope) => {
                Some(format!(r#"Bearer error="insufficient_scope", scope="{scope}""#))
            }
            _ => None,
        };
        let (status, error, detail) = match self {
            Self::NoToken => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "an access token is needed",
            ),
            Self::InvalidToken => (
                StatusCode::UNAUTHORIZED,
                "invalid_token",
                "the access token is not valid here",
            ),
            Self::InvalidProof => (
                StatusCode::UNAUTHORIZED,
                "invalid_dpop_proof",
                "the token needs a proof of its key",
            ),
            Self::InsufficientScope(scope) => (StatusCode::FORBIDDEN, "insufficient_scope", scope),
            Self::NotAMember => (StatusCode::NOT_FOUND, "not_a_member", "no loyalty record"),
            Self::Bad(detail) => (StatusCode::BAD_REQUEST, "invalid_request", detail),
            Self::NotEnough => (StatusCode::CONFLICT, "not_enough_points", "the balance is lower"),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "this key was used with another body",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "try again",
            ),
        };
        let mut response = json_answer(status, &json!({ "error": error, "error_description": detail }));
        if let Some(challenge) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body.to_string()).into_response()
}
