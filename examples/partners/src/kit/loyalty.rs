//! Calls to Urban Trend's loyalty API with a member's access token.

use openidconnect::AccessToken;
use reqwest::{StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};

/// How a call failed, as far as a partner app can act on it.
#[derive(Debug, PartialEq)]
pub(crate) enum Failure {
    /// 401: the token is no longer good; refresh it or sign in again.
    Unauthorized,
    /// 403: the member did not share this.
    NotShared,
    /// Another 4xx: the request itself was refused, with the API's own error code.
    Refused(String),
    /// Unreachable or broken; whether a redemption happened is unknown.
    Unavailable,
}

#[derive(Clone)]
pub(crate) struct LoyaltyApi {
    http: reqwest::Client,
    origin: String,
}

#[derive(Deserialize)]
pub(crate) struct Tier {
    pub(crate) tier: String,
    pub(crate) programme: String,
}

#[derive(Deserialize)]
struct Points {
    points: u64,
}

#[derive(Deserialize)]
pub(crate) struct Redemption {
    pub(crate) redeemed: u64,
    pub(crate) points: u64,
}

impl LoyaltyApi {
    pub(crate) fn new(http: reqwest::Client, origin: &str) -> Self {
        Self {
            http,
            origin: origin.trim_end_matches('/').to_owned(),
        }
    }

    pub(crate) async fn tier(&self, token: &AccessToken) -> Result<Tier, Failure> {
        self.call(self.http.get(self.url("tier")), token).await
    }

    pub(crate) async fn points(&self, token: &AccessToken) -> Result<u64, Failure> {
        self.call(self.http.get(self.url("points")), token)
            .await
            .map(|Points { points }| points)
    }

    /// Redeems at most once per `key`: repeating the call is safe.
    pub(crate) async fn redeem(
        &self,
        token: &AccessToken,
        key: &str,
        points: u64,
    ) -> Result<Redemption, Failure> {
        let body = serde_json::json!({ "points": points });
        self.call(
            self.http
                .post(self.url("redemptions"))
                .header("Idempotency-Key", key)
                .json(&body),
            token,
        )
        .await
    }

    fn url(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.origin)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
        token: &AccessToken,
    ) -> Result<T, Failure> {
        let request = request
            .bearer_auth(token.secret())
            .header(header::ACCEPT, "application/json");
        let answer = request.send().await.map_err(|error| unavailable(&error))?;
        match answer.status() {
            status if status.is_success() => answer.json().await.map_err(|error| unavailable(&error)),
            StatusCode::UNAUTHORIZED => Err(Failure::Unauthorized),
            StatusCode::FORBIDDEN => Err(Failure::NotShared),
            status if status.is_client_error() => {
                #[derive(Deserialize)]
                struct Problem {
                    error: String,
                }
                Err(Failure::Refused(
                    answer
                        .json()
                        .await
                        .map_or_else(|_| status.to_string(), |p: Problem| p.error),
                ))
            }
            status => {
                tracing::warn!(%status, "loyalty API failed");
                Err(Failure::Unavailable)
            }
        }
    }
}

fn unavailable(error: &reqwest::Error) -> Failure {
    tracing::warn!(%error, "loyalty API not reachable");
    Failure::Unavailable
}
