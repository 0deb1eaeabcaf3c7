//! The token endpoint's answer.

use serde::Serialize;

/// What a grant comes to.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Granted {
    /// Tokens.
    Tokens(TokenResponse),
    /// What takes a session to a browser.
    Transfer(TransferResponse),
}

/// RFC 6749 s5.1 and Core s3.1.3.3. `expires_in` in seconds. `scope` is always said, so nobody has to guess.
#[derive(Serialize)]
#[expect(missing_docs, reason = "named and defined by the clauses above")]
pub struct TokenResponse {
    pub access_token: String,
    pub token_type: &'static str,
    pub expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    pub scope: String,
}

/// RFC 8693 s2.2.1. What is called `access_token` there is none, as `token_type` says.
#[derive(Serialize)]
#[expect(missing_docs, reason = "named and defined by the clause above")]
pub struct TransferResponse {
    pub access_token: String,
    pub issued_token_type: &'static str,
    pub token_type: &'static str,
    pub expires_in: u64,
}
