//! One thing of one brand, presented at the other, and what must come of it.

use std::collections::BTreeMap;

use reqwest::{Method, header};
use serde_json::Value;

use super::loot::Place;
use crate::harness::Page;

/// What a refusal looks like.
#[derive(Debug)]
pub(super) enum Refused {
    /// JSON with this status and error.
    Json(u16, &'static str),
    /// Nothing to say: it is as if it had never been.
    Nothing,
    /// Not active, and nothing else.
    Inactive,
    /// An error page of this status and cause.
    Page(u16, &'static str),
    /// Back at the partner with this error and no code.
    Callback(&'static str),
    /// A page of ours with this status, which shows this.
    Shows(u16, &'static str),
    /// A redirect to sign in.
    SignIn,
}

impl Refused {
    pub(super) fn check(&self, what: &str, page: &Page) {
        let location = page.header("location");
        let ok = match self {
            Self::Json(status, error) => {
                page.status == *status
                    && serde_json::from_str::<Value>(&page.body).is_ok_and(|body| body["error"] == *error)
            }
            Self::Nothing => page.status == 200 && page.body.is_empty(),
            Self::Inactive => page.status == 200 && page.body == "{\"active\":false}",
            Self::Page(status, cause) => page.status == *status && page.error() == *cause,
            Self::Callback(error) => {
                location.contains(&format!("error={error}")) && !location.contains("code=")
            }
            Self::Shows(status, selector) => page.status == *status && page.has(selector),
            Self::SignIn => page.status == 303 && location.starts_with("/login?tx="),
        };
        assert!(
            ok,
            "{what}: {} {location:?}, not {self:?}\n{}",
            page.status,
            page.main()
        );
        let set = page.headers.get_all(header::SET_COOKIE).iter();
        let session = set.filter(|c| {
            c.to_str()
                .is_ok_and(|c| c.starts_with("__Host-session=") && !c.contains("Max-Age=0"))
        });
        assert_eq!(session.count(), 0, "{what}: a session began");
    }
}

/// One thing of home, presented abroad.
pub(super) struct Row {
    pub(super) what: &'static str,
    method: Method,
    pub(super) path: String,
    cookies: BTreeMap<String, String>,
    basic: Option<(String, String)>,
    bearer: Option<String>,
    fields: Vec<(String, String)>,
    pub(super) refused: Refused,
}

impl Row {
    pub(super) fn get(what: &'static str, path: String, refused: Refused) -> Self {
        Self {
            what,
            method: Method::GET,
            path,
            cookies: BTreeMap::new(),
            basic: None,
            bearer: None,
            fields: Vec::new(),
            refused,
        }
    }

    pub(super) fn post(what: &'static str, path: &str, fields: &[(&str, &str)], refused: Refused) -> Self {
        let fields = fields
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        Self {
            method: Method::POST,
            fields,
            ..Self::get(what, path.to_owned(), refused)
        }
    }

    pub(super) fn cookies(self, cookies: &BTreeMap<String, String>) -> Self {
        Self {
            cookies: cookies.clone(),
            ..self
        }
    }

    pub(super) fn basic(self, id: &str, secret: &str) -> Self {
        Self {
            basic: Some((id.to_owned(), secret.to_owned())),
            ..self
        }
    }

    pub(super) fn bearer(self, token: &str) -> Self {
        Self {
            bearer: Some(token.to_owned()),
            ..self
        }
    }

    pub(super) async fn present(&self, at: &Place) -> Page {
        let mut request = at.brand.request(self.method.clone(), &self.path);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        if let Some((id, secret)) = &self.basic {
            request = request.basic_auth(id, Some(secret));
        }
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        if self.method == Method::POST {
            request = request.form(&self.fields);
        }
        let answer = request.send().await.unwrap();
        Page {
            status: answer.status(),
            url: answer.url().clone(),
            headers: answer.headers().clone(),
            body: answer.text().await.unwrap(),
        }
    }
}
