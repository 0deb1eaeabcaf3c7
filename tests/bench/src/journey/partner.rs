use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use symbolon::types::Digest;

use super::{Line, form::encode};
use crate::failure::{Failure, Result};

/// Where a partner waits for its answer. Nobody listens there; a browser of ours stops before it.
pub(crate) const CALLBACK: &str = "http://127.0.0.1:3999/callback";
/// What every partner asks for: all three tokens.
pub(crate) const SCOPE: &str = "openid profile offline_access";

/// A registered client that has a secret.
#[derive(Debug, Clone)]
pub(crate) struct Partner {
    pub(crate) client: String,
    pub(crate) secret: String,
}

/// Its side of one authorization.
pub(super) struct Authorization {
    partner: Partner,
    verifier: String,
    number: usize,
}

/// What the token endpoint answers with.
#[derive(Deserialize)]
pub(super) struct Tokens {
    #[serde(rename = "access_token")]
    pub(super) access: String,
    /// None where the one it came from goes on.
    #[serde(rename = "refresh_token")]
    pub(super) refresh: Option<String>,
    /// Read, so that an answer without one is a failure.
    #[serde(rename = "id_token")]
    _id: String,
}

impl Authorization {
    /// A request of its own each time: `number` is what makes state, nonce and verifier differ.
    pub(super) fn new(partner: &Partner, number: usize) -> Self {
        Self {
            partner: partner.clone(),
            verifier: URL_SAFE_NO_PAD.encode(Digest::of(format!("verifier {number}").as_bytes()).as_bytes()),
            number,
        }
    }

    /// Where the partner sends the browser.
    pub(super) fn target(&self) -> String {
        let query = encode([
            ("client_id", self.partner.client.as_str()),
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
        self.partner.tokens(line, &body)
    }
}

impl Partner {
    pub(super) fn refresh(&self, line: &mut Line, old: &Tokens) -> Result<Tokens> {
        let token = old.refresh.as_deref().unwrap_or_default();
        let body = encode([("grant_type", "refresh_token"), ("refresh_token", token)]);
        let fresh = self.tokens(line, &body)?;
        Ok(Tokens {
            refresh: fresh.refresh.or_else(|| old.refresh.clone()),
            ..fresh
        })
    }

    fn tokens(&self, line: &mut Line, body: &str) -> Result<Tokens> {
        let proof = STANDARD.encode(format!("{}:{}", self.client, self.secret));
        let proof = format!("Basic {proof}");
        let answer = line.ask("/oauth2/token", &[("authorization", &proof)], Some(body))?;
        if answer.status() != 200 {
            let (status, text) = (answer.status(), answer.text());
            return Err(Failure::new(format!("/oauth2/token answered {status}: {text}")));
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }
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
    let (status, text) = (answer.status(), answer.text());
    Err(Failure::new(format!("/userinfo answered {status}: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_one_of_its_own() {
        let partner = Partner {
            client: "partner-3".to_owned(),
            secret: "s".to_owned(),
        };
        let target = Authorization::new(&partner, 1).target();
        assert!(target.starts_with("/oauth2/auth?client_id=partner-3&redirect_uri=http%3A%2F%2F127.0.0.1"));
        assert_ne!(target, Authorization::new(&partner, 2).target());
    }
}
