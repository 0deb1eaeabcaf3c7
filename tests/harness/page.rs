use std::collections::BTreeMap;

use reqwest::{StatusCode, header::HeaderMap};
use scraper::{Html, Selector};
use url::Url;

/// What a browser ends up with: an answer that is not one of our redirects.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    fn document(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// Whether an element is there.
    pub fn has(&self, selector: &str) -> bool {
        self.document()
            .select(&Selector::parse(selector).unwrap())
            .next()
            .is_some()
    }

    /// The text of the first element found.
    pub fn text(&self, selector: &str) -> String {
        let document = self.document();
        let selected = Selector::parse(selector).unwrap();
        let element = document
            .select(&selected)
            .next()
            .unwrap_or_else(|| panic!("no {selector}:\n{}", self.body));
        element
            .text()
            .collect::<String>()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// An attribute of the first element found.
    pub fn attr(&self, selector: &str, name: &str) -> String {
        self.attrs(selector, name)
            .first()
            .unwrap_or_else(|| panic!("no {selector}:\n{}", self.body))
            .clone()
    }

    /// An attribute of every element found.
    pub fn attrs(&self, selector: &str, name: &str) -> Vec<String> {
        let document = self.document();
        let selected = Selector::parse(selector).unwrap();
        document
            .select(&selected)
            .filter_map(|e| e.value().attr(name))
            .map(str::to_owned)
            .collect()
    }

    /// What a person reads, for the message of a failed assertion; the body if it is no page.
    pub fn main(&self) -> String {
        if self.has("main") {
            self.text("main")
        } else {
            self.body.clone()
        }
    }

    /// The scopes a consent page asks for.
    pub fn scopes(&self) -> Vec<String> {
        self.attrs("[data-scope]", "data-scope")
    }

    /// The cause on an error page.
    pub fn error(&self) -> String {
        self.attr("main#error", "data-error")
    }

    /// The address a form posts to and every field it holds; ticked and unticked boxes are left out.
    pub fn form(&self, selector: &str) -> (Url, Vec<(String, String)>) {
        let action = self.attrs(selector, "action").first().cloned();
        let action = self.url.join(
            action
                .as_deref()
                .unwrap_or_else(|| panic!("no {selector}:\n{}", self.body)),
        );
        let document = self.document();
        let inputs = Selector::parse(&format!("{selector} input, {selector} select")).unwrap();
        let fields = document
            .select(&inputs)
            .filter(|e| e.value().attr("type") != Some("checkbox"))
            .filter_map(|e| {
                let chosen = Selector::parse("option[selected]").unwrap();
                let option = e.select(&chosen).next().and_then(|o| o.value().attr("value"));
                let value = option.or_else(|| e.value().attr("value")).unwrap_or_default();
                Some((e.value().attr("name")?.to_owned(), value.to_owned()))
            });
        (action.unwrap(), fields.collect())
    }

    /// What the page's script posts at once: the only thing any script does that this browser plays along with. Ours
    /// have none on the way through an issuer.
    pub fn posts_itself(&self) -> Option<(Url, Vec<(String, String)>)> {
        self.body
            .contains("document.forms[0].submit()")
            .then(|| self.form("form"))
    }

    /// The callback's parameters.
    pub fn callback(&self) -> BTreeMap<String, String> {
        query_of(&self.url)
    }

    /// The header as text; empty if absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

/// Query parameters; a repeated one is a mistake of ours.
pub fn query_of(url: &Url) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        assert!(
            map.insert(name.to_string(), value.to_string()).is_none(),
            "{name} twice in {url}"
        );
    }
    map
}
