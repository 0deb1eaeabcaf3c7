use std::collections::BTreeMap;

use super::{
    CALLBACK, Line,
    form::{Form, value_of},
};
use crate::{
    failure::{Failure, Result, While},
    http::Message,
};

/// A browser without JavaScript: cookies, redirects, forms. It stops at a partner's callback.
#[derive(Default)]
pub(super) struct Browser {
    cookies: BTreeMap<String, String>,
}

/// What a browser ends up with.
pub(super) enum Seen {
    Page(String),
    /// The query of the partner's callback.
    Callback(String),
}

impl Browser {
    pub(super) fn get(&mut self, line: &mut Line, target: &str) -> Result<Seen> {
        self.follow(line, target, None)
    }

    pub(super) fn submit(&mut self, line: &mut Line, form: &Form) -> Result<Seen> {
        self.follow(line, &form.action, Some(form.body()))
    }

    fn follow(&mut self, line: &mut Line, target: &str, body: Option<String>) -> Result<Seen> {
        let (mut target, mut body) = (target.to_owned(), body);
        for _ in 0..10 {
            let cookies = self.line_of_cookies();
            let headers = [("cookie", cookies.as_str())];
            let headers = if cookies.is_empty() { &[][..] } else { &headers[..] };
            let answer = line.ask(&target, headers, body.take().as_deref())?;
            self.keep(&answer);
            let location = answer.header("location");
            match answer.status() {
                200 => return Ok(Seen::Page(answer.text())),
                302 | 303 => {}
                status => {
                    return Err(Failure::new(format!(
                        "{target} answered {status}: {}",
                        answer.text()
                    )));
                }
            }
            if let Some(query) = location.strip_prefix(CALLBACK) {
                return Ok(Seen::Callback(query.trim_start_matches('?').to_owned()));
            }
            // Ours are relative, or name the issuer.
            let issuer = line.issuer();
            location
                .strip_prefix(&issuer)
                .unwrap_or(location)
                .clone_into(&mut target);
        }
        Err(Failure::new(format!("too many redirects, last {target}")))
    }

    fn line_of_cookies(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, answer: &Message) {
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Seen {
    /// The form of a page.
    pub(super) fn form(&self, id: &str) -> Result<Form> {
        match self {
            Self::Page(page) => {
                Form::find(page, id).ok_or_else(|| Failure::new(format!("no #{id} in {page}")))
            }
            Self::Callback(query) => Err(Failure::new(format!(
                "no #{id}, but back at the partner: {query}"
            ))),
        }
    }

    /// The authorization code of a callback.
    pub(super) fn code(&self) -> Result<String> {
        match self {
            Self::Callback(query) => value_of(query, "code").while_(format!("a code in {query}")),
            Self::Page(page) => Err(Failure::new(format!("a page instead of the callback: {page}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_kept_and_taken_away() {
        let answer = |cookies: &[&str]| Message {
            headers: cookies
                .iter()
                .map(|c| ("set-cookie".to_owned(), (*c).to_owned()))
                .collect(),
            ..Message::default()
        };
        let mut browser = Browser::default();
        browser.keep(&answer(&["__Host-a=1; Path=/; Secure", "b=2=3"]));
        assert_eq!(browser.line_of_cookies(), "__Host-a=1; b=2=3");
        browser.keep(&answer(&["__Host-a=; Path=/; Max-Age=0"]));
        assert_eq!(browser.line_of_cookies(), "b=2=3");
    }
}
