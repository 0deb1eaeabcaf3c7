//! The introspection endpoint's answer.

use serde::Serialize;
use serde_json::Value;

use crate::types::{Timestamp, TokenId};

/// RFC 7662 s2.2. A token that is not active has nothing else said of it.
#[derive(Serialize)]
pub struct Introspection<'a> {
    active: bool,
    #[serde(flatten)]
    token: Option<&'a ActiveToken>,
}

impl<'a> Introspection<'a> {
    /// What is said of this token.
    pub const fn of(token: Option<&'a ActiveToken>) -> Self {
        Self {
            active: token.is_some(),
            token,
        }
    }
}

/// What is said of a token that is active. `aud`, `jti` and `token_type` of access tokens only.
#[derive(Serialize)]
#[expect(
    missing_docs,
    reason = "named and defined by RFC 7662 s2.2, unless said otherwise"
)]
pub struct ActiveToken {
    pub iss: String,
    pub sub: String,
    pub client_id: String,
    pub scope: String,
    pub exp: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<TokenId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// RFC 9470 s6.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    /// RFC 9470 s6.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// The key that the token is bound to (RFC 9449 s6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Value>,
    /// As in the token (decision 0004).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_ref: Option<String>,
}

/// The same, signed (RFC 9701 s5).
#[derive(Serialize)]
#[expect(missing_docs, reason = "named and defined by RFC 9701 s5")]
pub struct SignedIntrospection<'a> {
    pub iss: &'a str,
    pub aud: &'a str,
    pub iat: Timestamp,
    pub token_introspection: Introspection<'a>,
}
