//! What can become of an authorization request, each said once: tokens, a page of ours, or a redirect to the partner.

use std::collections::BTreeMap;

use reqwest::Method;
use url::Url;

use super::{Authorization, Browser, Client, Page, Tokens, World, query_of};

impl Browser {
    /// Sends a request as a link does, and looks at the very first answer.
    pub async fn ask(&mut self, request: &Authorization) -> Page {
        self.once(Method::GET, &Url::parse(&request.url()).unwrap(), None)
            .await
    }
}

impl Client {
    /// The tokens for the code a callback brought.
    pub async fn redeem(&self, world: &World, sent: &Authorization, callback: &Page) -> Tokens {
        let answer = callback.callback();
        let code = answer
            .get("code")
            .unwrap_or_else(|| panic!("no code at {}:\n{}", callback.url, callback.body));
        let fields = self.exchange(code, &sent.verifier);
        Tokens::of(self.token(world, fields).await).await
    }
}

impl Page {
    /// 400, an error page of this cause, nowhere to go from it, nothing of what was sent on it.
    pub fn assert_error_page(&self, cause: &str, sent: &[(String, String)]) {
        assert_eq!(self.status, 400, "{sent:?}\n{}", self.body);
        assert!(!self.headers.contains_key("location"), "{sent:?}");
        assert!(self.header("content-type").starts_with("text/html"), "{sent:?}");
        assert_eq!(self.error(), cause, "{sent:?}");
        let text = self
            .body
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
        // Shorter ones (`code`, `openid`) are words a page may hold of itself.
        for (name, value) in sent.iter().filter(|(_, v)| v.len() > 6) {
            assert!(!text.contains(value), "{name} is reflected:\n{}", self.body);
        }
    }

    /// 303 to the redirect URI asked for, with this error, the unchanged `state`, `iss`, and nothing of a code.
    pub fn assert_refusal(&self, error: &str, sent: &Authorization) -> BTreeMap<String, String> {
        assert_eq!(self.status, 303, "{:?}\n{}", sent.params, self.body);
        let location = self.header("location");
        let query = location
            .strip_prefix(sent.get("redirect_uri"))
            .unwrap_or_else(|| panic!("{location} for {:?}", sent.params));
        assert!(query.starts_with(['?', '&']), "{location} for {:?}", sent.params);
        let answer = query_of(&Url::parse(location).unwrap());
        assert_eq!(answer["error"], error, "{:?} {answer:?}", sent.params);
        let issuer = sent
            .url()
            .split_once("/oauth2/auth")
            .map(|(issuer, _)| issuer.to_owned());
        assert_eq!(answer.get("iss"), issuer.as_ref());
        let state = Some(sent.get("state")).filter(|s| !s.is_empty());
        assert_eq!(answer.get("state").map(String::as_str), state);
        assert!(!answer.contains_key("code"), "{answer:?}");
        let plain = |b: u8| (0x20..=0x7e).contains(&b) && b != b'"' && b != b'\\';
        let description = answer.get("error_description").cloned().unwrap_or_default();
        assert!(description.bytes().all(plain), "{description:?}");
        assert!(!location.contains('#'), "{location}");
        answer
    }
}
