//! The steps of a sign-in one by one, for tests that do something odd in between.

use reqwest::{Method, header};
use url::Url;

use super::{Authorization, Browser, Page, Tokens, World};

/// The host of Urban Trend's issuer.
const URBAN_TREND: &str = "auth.urbantrend.localhost";
const SESSION: &str = "__Host-session";

impl Browser {
    /// From a partner's request to the code page of a number.
    pub async fn reach_code(&mut self, request: &Authorization, number: &str) -> Page {
        let page = self.get(&request.url()).await;
        let page = self.type_number(&page, number).await;
        assert!(page.has("form#code-form"), "no code page:\n{}", page.body);
        page
    }

    /// From a partner's request to the consent page.
    pub async fn reach_consent(&mut self, world: &World, request: &Authorization, number: &str) -> Page {
        let mut page = self.get(&request.url()).await;
        if page.has("form#phone-form") {
            page = self.sign_in(world, &page, number).await;
        }
        assert!(
            page.has("form#consent-form"),
            "no consent page at {}:\n{}",
            page.url,
            page.body
        );
        page
    }

    pub async fn type_number(&mut self, page: &Page, number: &str) -> Page {
        self.submit(page, "form#phone-form", &[("phone", number), ("action", "phone")])
            .await
    }

    pub async fn type_code(&mut self, page: &Page, code: &str) -> Page {
        self.submit(page, "form#code-form", &[("code", code), ("action", "code")])
            .await
    }

    /// "Send the code again": its form has the hidden fields of the code's.
    pub async fn resend(&mut self, page: &Page) -> Page {
        self.submit(page, "form#code-form", &[("action", "resend")]).await
    }

    /// Submits a form and looks at the very answer, redirects not followed.
    pub async fn submit_once(&mut self, page: &Page, form: &str, changes: &[(&str, &str)]) -> Page {
        let (action, fields) = filled(page, form, changes);
        self.once(Method::POST, &action, Some(&fields)).await
    }

    /// Posts a body that is no form.
    pub async fn post_body(&mut self, world: &World, url: &Url, content_type: &str, body: &str) -> Page {
        let jar = self
            .cookies
            .entry(url.host_str().unwrap().to_owned())
            .or_default();
        let line: Vec<String> = jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = world
            .http()
            .post(url.clone())
            .header(header::COOKIE, line.join("; "))
            .header(header::CONTENT_TYPE, content_type)
            .body(body.to_owned());
        let answer = request.send().await.unwrap();
        Page {
            status: answer.status(),
            url: url.clone(),
            headers: answer.headers().clone(),
            body: answer.text().await.unwrap(),
        }
    }

    /// Urban Trend's session cookie.
    pub fn session(&self) -> Option<String> {
        self.cookies.get(URBAN_TREND)?.get(SESSION).cloned()
    }

    /// Puts another session cookie of Urban Trend in its place.
    pub fn plant_session(&mut self, value: &str) {
        let jar = self.cookies.entry(URBAN_TREND.to_owned()).or_default();
        jar.insert(SESSION.to_owned(), value.to_owned());
    }

    /// What a request without any page ends with: `code`, or the name of the error.
    pub async fn silently(&mut self, request: &Authorization) -> String {
        let page = self.get(&request.clone().with("prompt", "none").url()).await;
        let answer = page.callback();
        if answer.contains_key("code") {
            "code".to_owned()
        } else {
            answer["error"].clone()
        }
    }
}

impl Tokens {
    /// The scope of the answer, sorted.
    pub fn scope(&self) -> Vec<&str> {
        let mut scope: Vec<_> = self.all["scope"].as_str().unwrap().split(' ').collect();
        scope.sort_unstable();
        scope
    }
}

impl Page {
    /// Every `Set-Cookie`.
    pub fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.map(|c| c.to_str().unwrap()).collect()
    }
}

/// Where a form goes and what it says after some changes.
pub fn filled(page: &Page, form: &str, changes: &[(&str, &str)]) -> (Url, Vec<(String, String)>) {
    let (action, mut fields) = page.form(form);
    for (name, value) in changes {
        fields.retain(|(n, _)| n != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    (action, fields)
}

/// A code that is not this one.
pub fn wrong(code: &str) -> String {
    let digit = code.chars().next().and_then(|c| c.to_digit(10)).unwrap();
    format!("{}{}", (digit + 1) % 10, &code[1..])
}
