//! Both sides of the device grant (RFC 8628): a device that asks, a member who types its code elsewhere.

use reqwest::Response;
use serde_json::Value;

use super::{Brand, Browser, Client, Page, World, fields};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a device was given.
#[derive(Debug, Clone)]
pub struct DeviceCodes {
    pub device: String,
    pub user: String,
    pub all: Value,
}

impl Client {
    /// Asks for a pair of codes.
    pub async fn begin(&self, world: &World, pairs: &[(&str, &str)]) -> Response {
        let request = self.form(world, "/oauth2/device/auth", fields(pairs)).await;
        request.send().await.unwrap()
    }

    /// A pair of codes.
    pub async fn device_codes(&self, world: &World, scope: &str) -> DeviceCodes {
        let answer = self.begin(world, &[("scope", scope)]).await;
        assert_eq!(answer.status(), 200);
        let all: Value = answer.json().await.unwrap();
        DeviceCodes {
            device: all["device_code"].as_str().unwrap().to_owned(),
            user: all["user_code"].as_str().unwrap().to_owned(),
            all,
        }
    }

    /// The device asks.
    pub async fn poll(&self, world: &World, device_code: &str) -> Response {
        self.token(
            world,
            fields(&[("grant_type", GRANT), ("device_code", device_code)]),
        )
        .await
    }
}

impl Browser {
    /// Types a code at the device page and ends at whatever comes next.
    pub async fn connect(&mut self, brand: &Brand, user_code: &str) -> Page {
        let page = self.get(&format!("{}/device", brand.issuer)).await;
        self.type_user_code(&page, user_code).await
    }

    pub async fn type_user_code(&mut self, page: &Page, user_code: &str) -> Page {
        self.submit(page, "form#device-form", &[("user_code", user_code)])
            .await
    }

    /// Types a code, signs in if that is asked, and ends at the question.
    pub async fn reach_question(
        &mut self,
        world: &World,
        brand: &Brand,
        user_code: &str,
        number: &str,
    ) -> Page {
        let mut page = self.connect(brand, user_code).await;
        if page.has("form#phone-form") {
            page = self.sign_in(world, &page, number).await;
        }
        assert!(
            page.has("form#consent-form"),
            "no question at {}:\n{}",
            page.url,
            page.body
        );
        page
    }
}
