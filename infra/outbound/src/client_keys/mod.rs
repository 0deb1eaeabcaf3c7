//! The keys that clients publish, read over the guarded way out.

mod held;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;
use symbolon::{
    config::client_key,
    ports::{ClientKeys, Clock, Jwk, PortResult},
    types::Timestamp,
};
use tokio::sync::Mutex as Turn;

use self::held::Held;
use crate::{Outbound, OutboundError};

/// Longest wait for a client's server.
const TIMEOUT: Duration = Duration::from_secs(3);
/// More keys of one client than this are not tried against a signature.
const MOST_KEYS: usize = 32;
/// More sets than this are not held at a time.
const MOST_SETS: usize = 1_000;

/// Reads clients' keys and holds them for a while (Core s10.1.1).
pub struct FetchedClientKeys {
    outbound: Arc<Outbound>,
    clock: Arc<dyn Clock>,
    sets: Mutex<HashMap<String, Arc<Set>>>,
}

/// One `jwks_uri`.
#[derive(Default)]
struct Set {
    held: Mutex<Held>,
    /// Who holds it reads; whoever else needs what is read waits for it.
    turn: Turn<()>,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl FetchedClientKeys {
    /// Reads over this client.
    pub fn new(outbound: Arc<Outbound>, clock: Arc<dyn Clock>) -> Self {
        Self {
            outbound,
            clock,
            sets: Mutex::default(),
        }
    }

    fn set(&self, jwks_uri: &str) -> Arc<Set> {
        let mut sets = lock(&self.sets);
        if sets.len() >= MOST_SETS && !sets.contains_key(jwks_uri) {
            sets.clear();
        }
        Arc::clone(sets.entry(jwks_uri.to_owned()).or_default())
    }

    async fn read(&self, jwks_uri: &str) -> Result<Vec<Jwk>, OutboundError> {
        let target = self.outbound.target(jwks_uri).map_err(OutboundError::Refused)?;
        let body = self.outbound.get_json(&target, TIMEOUT).await?;
        let document: Document = serde_json::from_slice(&body).map_err(|_| OutboundError::NotJson)?;
        // Keys for other purposes, and of kinds we do not know, may stand beside ours (RFC 7517 s5).
        let usable = document.keys.iter().filter_map(|key| client_key(key).ok());
        Ok(usable.take(MOST_KEYS).collect())
    }
}

#[async_trait]
impl ClientKeys for FetchedClientKeys {
    async fn published_at(&self, jwks_uri: &str, kid: Option<&str>) -> PortResult<Vec<Jwk>> {
        let (set, now) = (self.set(jwks_uri), self.clock.now());
        if set.held().answers(kid, now) {
            return Ok(set.keys(now));
        }
        let _turn = set.turn.lock().await;
        // Whoever had the turn before may have read what is needed.
        let mine = set.held().begin(kid, now);
        if mine {
            match self.read(jwks_uri).await {
                Ok(keys) => set.held().take(keys),
                // The client's fault and not the world's: no signature of its holds, and that is all that a stranger
                // who names it can make happen.
                Err(cause) => {
                    let reason = format!("jwks_uri {jwks_uri} {cause}");
                    tracing::warn!(reason, "a client's keys were not read");
                }
            }
        }
        Ok(set.keys(now))
    }
}

impl Set {
    fn held(&self) -> MutexGuard<'_, Held> {
        lock(&self.held)
    }

    fn keys(&self, now: Timestamp) -> Vec<Jwk> {
        self.held().keys(now).to_vec()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
