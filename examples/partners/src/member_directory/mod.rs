//! Urban Trend's member directory: answers the identity provider who a member is (`docs/member-connector.md`).
//!
//! One route, `POST /members`. It believes a request for its signature and its age, and for nothing else.

mod signature;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};

use self::signature::Signatures;
use crate::{Clock, SettingsError};

/// Somebody in the loyalty programme.
#[derive(Clone, Debug)]
pub struct Record {
    /// Her membership number, hers for ever.
    pub id: String,
    /// Her mobile number, E.164.
    pub number: String,
    /// Whether the programme has suspended her.
    pub suspended: bool,
    /// What she is called.
    pub given_name: String,
}

/// Whom the directory answers, and about whom.
pub struct Settings {
    /// The secrets agreed with the provider: one, or two while it is being changed.
    pub secrets: Vec<String>,
    /// The members.
    pub members: Vec<Record>,
    /// Seconds since the Unix epoch.
    pub clock: Clock,
}

struct Directory {
    signatures: Signatures,
    members: Vec<Record>,
}

/// What the provider asks: one of the two.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Question {
    Number(String),
    Id(String),
}

/// The whole directory.
pub fn router(settings: Settings) -> Result<Router, SettingsError> {
    let directory = Directory {
        signatures: Signatures::new(settings.secrets, settings.clock)?,
        members: settings.members,
    };
    Ok(Router::new()
        .route("/members", post(find))
        .layer(DefaultBodyLimit::max(4096))
        .with_state(Arc::new(directory)))
}

async fn find(State(directory): State<Arc<Directory>>, headers: HeaderMap, body: Bytes) -> Response {
    // The signature is over these very bytes, so it is checked before anybody reads them as JSON.
    if !directory.signatures.hold(&headers, &body) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(question) = serde_json::from_slice::<Question>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match directory.find(&question) {
        Some(member) => answer(&member.shown()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Directory {
    fn find(&self, question: &Question) -> Option<&Record> {
        self.members.iter().find(|member| match question {
            Question::Number(number) => member.number == *number,
            Question::Id(id) => member.id == *id,
        })
    }
}

impl Record {
    fn shown(&self) -> Value {
        json!({
            "id": self.id,
            "number": self.number,
            "status": if self.suspended { "suspended" } else { "active" },
            "profile": { "given_name": self.given_name },
        })
    }
}

fn answer(member: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, member.to_string()).into_response()
}
