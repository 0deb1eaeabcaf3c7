//! Health: whether the process answers, and whether what it stands on is there.

use std::{collections::BTreeSet, sync::Mutex};

use http::{Method, StatusCode};
use serde::Serialize;
use symbolon::{
    ports::Unavailable,
    wire::{
        Request, Response,
        respond::{self, Caching},
    },
};

use crate::{failure, settings::Settings};

/// What a function stands on. Each adapter that it takes adds to this.
#[derive(Debug, Default)]
pub struct Needs(Mutex<BTreeSet<Need>>);

/// One table or key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// A table, by name.
    Table(String),
    /// A KMS key, by ARN.
    Key(String),
}

impl Needs {
    pub(crate) fn add(&self, need: Need) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(need);
    }

    fn all(&self) -> Vec<Need> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}

/// What a request asks of a function's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// `/health/alive`: does it answer?
    Alive,
    /// `/health/ready`, and `/health/ready/<function>` where each function is asked by itself.
    Ready,
}

/// What the request asks, if it is for health.
pub(crate) fn asked(request: &Request) -> Option<Asked> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return None;
    }
    let path = request.uri().path();
    match path.strip_prefix("/health/")? {
        "alive" => Some(Asked::Alive),
        "ready" => Some(Asked::Ready),
        other => other.strip_prefix("ready/").map(|_| Asked::Ready),
    }
}

#[derive(Serialize)]
struct Report<'a> {
    status: &'a str,
    function: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
}

/// 200, or 503 with the name of each table and key that is missing.
pub(crate) async fn answer(
    asked: Asked,
    settings: &Settings,
    needs: Result<&Needs, Unavailable>,
) -> Response {
    let missing = match (asked, needs) {
        (Asked::Alive, _) => Vec::new(),
        (Asked::Ready, Ok(needs)) => missing(settings, needs).await,
        (Asked::Ready, Err(cause)) => vec![cause.0],
    };
    for reason in &missing {
        tracing::error!(reason, "not healthy");
    }
    let (code, status) = match (asked, missing.is_empty()) {
        (Asked::Alive, _) => (StatusCode::OK, "alive"),
        (Asked::Ready, true) => (StatusCode::OK, "ready"),
        (Asked::Ready, false) => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    let function = &settings.function;
    respond::json(
        code,
        &Report {
            status,
            function,
            missing,
        },
        Caching::NoStore,
    )
}

async fn missing(settings: &Settings, needs: &Needs) -> Vec<String> {
    let mut missing = Vec::new();
    for need in needs.all() {
        missing.extend(match need {
            Need::Table(name) => table(settings, &name).await.err(),
            Need::Key(arn) => key(settings, &arn).await.err(),
        });
    }
    missing
}

/// Whether a table serves.
pub(crate) async fn table(settings: &Settings, name: &str) -> Result<(), String> {
    let answer = settings
        .aws
        .dynamodb()
        .describe_table()
        .table_name(name)
        .send()
        .await;
    let answer = answer.map_err(|error| format!("table {name}: {}", failure::code(&error)))?;
    let status = answer.table.and_then(|table| table.table_status);
    // While it is updated it serves.
    let serves = ["ACTIVE", "UPDATING"];
    match status {
        Some(status) if serves.contains(&status.as_str()) => Ok(()),
        Some(status) => Err(format!("table {name}: {}", status.as_str())),
        None => Err(format!("table {name}: no status")),
    }
}

/// Whether a key is enabled.
pub(crate) async fn key(settings: &Settings, arn: &str) -> Result<(), String> {
    let answer = settings.aws.kms().describe_key().key_id(arn).send().await;
    let answer = answer.map_err(|error| format!("key {arn}: {}", failure::code(&error)))?;
    let enabled = answer.key_metadata.is_some_and(|key| key.enabled);
    if enabled {
        Ok(())
    } else {
        Err(format!("key {arn}: not enabled"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_health_paths_are_health() {
        let of = |path: &str| {
            let request = http::Request::builder()
                .uri(path)
                .body(bytes::Bytes::new())
                .unwrap();
            asked(&request)
        };
        assert_eq!(of("/health/alive"), Some(Asked::Alive));
        assert_eq!(of("/health/ready"), Some(Asked::Ready));
        assert_eq!(of("/health/ready/token"), Some(Asked::Ready));
        for other in ["/health", "/health/", "/health/readying", "/oauth2/token", "/"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
