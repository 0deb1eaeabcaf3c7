//! The provider's public keys, fetched when first needed and kept, so that a token is verified without a call.

use std::collections::HashMap;

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::Clock;

/// Keys are read again after this long, so that a withdrawn key stops counting.
const LIFETIME: u64 = 600;
/// An unknown `kid` costs the provider at most one request in this time, whoever sends us rubbish.
const REFETCH_PAUSE: u64 = 10;

/// The keys could not be had. Not the caller's fault.
#[derive(Debug)]
pub(super) struct Unavailable;

pub(super) struct Jwks {
    issuer: String,
    /// Found by discovery when absent.
    uri: Option<String>,
    http: reqwest::Client,
    clock: Clock,
    known: Mutex<Option<Known>>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, Jwk>,
    tried_at: u64,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// Read one by one: a key of a kind we do not know must not hide the others.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

impl Jwks {
    pub(super) fn new(issuer: String, uri: Option<String>, http: reqwest::Client, clock: Clock) -> Self {
        Self {
            issuer,
            uri,
            http,
            clock,
            known: Mutex::default(),
        }
    }

    /// The signing key of that id, if the provider publishes one.
    pub(super) async fn key(&self, kid: &str) -> Result<Option<Jwk>, Unavailable> {
        // Held while fetching: a burst of requests makes one fetch.
        let mut known = self.known.lock().await;
        let now = (self.clock)();
        if let Some(known) = known.as_ref() {
            let age = now.saturating_sub(known.tried_at);
            let found = known.keys.get(kid);
            if age < REFETCH_PAUSE || (found.is_some() && age < LIFETIME) {
                return Ok(found.cloned());
            }
        }
        match (self.fetch().await, known.as_mut()) {
            (Ok(keys), _) => Ok(known.insert(Known { keys, tried_at: now }).keys.get(kid).cloned()),
            (Err(error), Some(known)) => {
                tracing::warn!(%error, "keys could not be read again; using those known");
                known.tried_at = now;
                Ok(known.keys.get(kid).cloned())
            }
            (Err(error), None) => {
                tracing::warn!(%error, "keys could not be read");
                Err(Unavailable)
            }
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, Jwk>, Box<dyn std::error::Error + Send + Sync>> {
        let uri = match &self.uri {
            Some(uri) => uri.clone(),
            None => self.discover().await?,
        };
        let set: KeySet = self
            .http
            .get(uri)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let keys = set
            .keys
            .into_iter()
            .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        let signing =
            keys.filter(|key| matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature)));
        Ok(signing
            .filter_map(|key| Some((key.common.key_id.clone()?, key)))
            .collect())
    }

    async fn discover(&self) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        let url = format!(
            "{}/.well-known/openid-configuration",
            self.issuer.trim_end_matches('/')
        );
        let found: Discovery = self
            .http
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        // Whoever answers must say it is the issuer we trust (OIDC Discovery s4.3).
        if found.issuer == self.issuer {
            Ok(found.jwks_uri)
        } else {
            Err("discovery names another issuer".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use axum::{Router, routing::get};

    use super::Jwks;

    #[tokio::test]
    async fn an_unknown_kid_is_looked_up_at_most_once_in_ten_seconds() {
        let fetches = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&fetches);
        let answer = async move || {
            counted.fetch_add(1, Ordering::SeqCst);
            r#"{"keys":[{"kty":"strange"},{"kty":"EC","crv":"P-256","kid":"a","use":"sig","x":"AA","y":"AA"}]}"#
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/jwks", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, Router::new().route("/jwks", get(answer))).await });
        let now = Arc::new(AtomicU64::new(1000));
        let clock = Arc::clone(&now);
        let http = crate::http_client(None).unwrap();
        let jwks = Jwks::new(
            "unused".into(),
            Some(uri),
            http,
            Arc::new(move || clock.load(Ordering::SeqCst)),
        );

        for (kid, time, found, expected) in [
            ("a", 1000, true, 1),
            ("b", 1001, false, 1),
            ("b", 1010, false, 2),
            ("b", 1019, false, 2),
            ("a", 1500, true, 2),
            ("a", 1700, true, 3),
        ] {
            now.store(time, Ordering::SeqCst);
            assert_eq!(jwks.key(kid).await.unwrap().is_some(), found, "{kid} at {time}");
            assert_eq!(fetches.load(Ordering::SeqCst), expected, "{kid} at {time}");
        }
    }

    #[tokio::test]
    async fn a_provider_that_is_down_is_not_an_unknown_key() {
        let http = crate::http_client(None).unwrap();
        let uri = Some("http://127.0.0.1:1/jwks".to_owned());
        assert!(
            Jwks::new("unused".into(), uri, http, Arc::new(|| 1000))
                .key("a")
                .await
                .is_err()
        );
    }
}
