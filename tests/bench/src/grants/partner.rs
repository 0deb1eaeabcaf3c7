use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use symbolon::types::Digest;

use super::{
    browser::Line,
    configuration::{CALLBACK, SCOPE, SECRET, client},
    form::encode,
};
use crate::failure::{Failure, Result};

/// A partner app's side of one authorization.
pub(super) struct Authorization {
    client: String,
    verifier: String,
    number: usize,
}

/// What the token endpoint answers with.
#[derive(Deserialize)]
pub(super) struct Tokens {
    #[serde(rename = "access_token")]
    pub(super) access: String,
    #[serde(rename = "refresh_token")]
    pub(super) refresh: String,
    /// Read, so that an answer without one is a failure.
    #[serde(rename = "id_token")]
    _id: String,
}

impl Authorization {
    /// A request of its own each time: `number` is what makes state, nonce and verifier differ.
    pub(super) fn new(partner: usize, number: usize) -> Self {
        Self {
            client: client(partner),
            verifier: URL_SAFE_NO_PAD.encode(Digest::of(format!("verifier {number}").as_bytes()).as_bytes()),
            number,
        }
    }

    /// Where the partner sends the browser.
    pub(super) fn target(&self) -> String {
        let query = encode([
            ("client_id", self.client.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("state", &format!("state-{}", self.number)),
            ("nonce", &format!("nonce-{}", self.number)),
            (
                "code_challenge",
                &URL_SAFE_NO_PAD.encode(Digest::of(self.verifier.as_bytes()).as_bytes()),
            ),
            ("code_challenge_method", "S256"),
        ]);
        format!("/oauth2/auth?{query}")
    }

    pub(super) fn redeem(&self, line: &mut Line, code: &str) -> Result<Tokens> {
        let body = encode([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &self.verifier),
        ]);
        tokens(line, &self.client, &body)
    }
}

pub(super) fn refresh(line: &mut Line, partner: usize, token: &str) -> Result<Tokens> {
    let body = encode([("grant_type", "refresh_token"), ("refresh_token", token)]);
    tokens(line, &client(partner), &body)
}

pub(super) fn userinfo(line: &mut Line, token: &str) -> Result<()> {
    let answer = line.ask(
        "/userinfo",
        &[("authorization", &format!("Bearer {token}"))],
        None,
    )?;
    if answer.status() == 200 {
        return Ok(());
    }
    Err(Failure::new(format!(
        "/userinfo answered {}: {}",
        answer.status(),
        answer.text()
    )))
}

fn tokens(line: &mut Line, client: &str, body: &str) -> Result<Tokens> {
    let proof = format!("Basic {}", STANDARD.encode(format!("{client}:{SECRET}")));
    let answer = line.ask("/oauth2/token", &[("authorization", &proof)], Some(body))?;
    if answer.status() != 200 {
        return Err(Failure::new(format!(
            "/oauth2/token answered {}: {}",
            answer.status(),
            answer.text()
        )));
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_one_of_its_own() {
        let target = Authorization::new(3, 1).target();
        assert!(target.starts_with("/oauth2/auth?client_id=partner-3&redirect_uri=http%3A%2F%2F127.0.0.1"));
        assert_ne!(target, Authorization::new(3, 2).target());
    }
}
