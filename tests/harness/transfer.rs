//! Both sides of a session's way from the brand's own app to a browser (RFC 8693).

use reqwest::Response;
use serde_json::Value;

use super::{ALICE, Brand, Browser, Client, Page, Tokens, World, fields};

pub const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
pub const SESSION_TRANSFER: &str = "urn:symbolon:params:oauth:token-type:session-transfer";

impl World {
    /// Urban Trend's own app.
    pub fn app(&self) -> Client {
        Client::public(self.urbantrend(), "brand-app", "http://127.0.0.1:5175/callback")
    }

    /// The app of the same name at NorthPeak.
    pub fn app_north(&self) -> Client {
        Client::public(self.northpeak(), "brand-app", "http://127.0.0.1:5175/callback")
    }

    /// The app with Alice signed in.
    pub async fn app_of_alice(&self) -> (Client, Tokens) {
        self.app_of(ALICE).await
    }

    /// The app with a member signed in.
    pub async fn app_of(&self, number: &str) -> (Client, Tokens) {
        let app = self.app();
        let scope = "openid profile offline_access";
        let tokens = app.tokens(self, &mut self.browser(), scope, number).await;
        (app, tokens)
    }
}

impl Client {
    /// Asks for a transfer, with parameters replaced, or left out where they are empty.
    pub async fn hand_on(&self, world: &World, tokens: &Tokens, changes: &[(&str, &str)]) -> Response {
        let mut pairs = vec![
            ("grant_type", EXCHANGE),
            ("subject_token", tokens.refresh.as_deref().unwrap()),
            ("subject_token_type", REFRESH_TOKEN),
            ("requested_token_type", SESSION_TRANSFER),
        ];
        for (name, value) in changes {
            pairs.retain(|(known, _)| known != name);
            if !value.is_empty() {
                pairs.push((name, value));
            }
        }
        self.token(world, fields(&pairs)).await
    }

    /// A token for a browser.
    pub async fn transfer(&self, world: &World, tokens: &Tokens, partner: Option<&str>) -> String {
        let answer = self
            .hand_on(world, tokens, &[("audience", partner.unwrap_or_default())])
            .await;
        assert_eq!(answer.status(), 200);
        let all: Value = answer.json().await.unwrap();
        all["access_token"].as_str().unwrap().to_owned()
    }
}

impl Browser {
    /// Opens what the app was given.
    pub async fn open_transfer(&mut self, brand: &Brand, token: &str) -> Page {
        self.get(&format!("{}/session/transfer?token={token}", brand.issuer))
            .await
    }

    /// Presses "Continue".
    pub async fn go_on(&mut self, page: &Page) -> Page {
        self.submit(page, "form#transfer-form", &[("decision", "continue")])
            .await
    }

    /// The same, looking at the very answer.
    pub async fn go_on_once(&mut self, page: &Page) -> Page {
        self.submit_once(page, "form#transfer-form", &[("decision", "continue")])
            .await
    }
}
