use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder, header};
use url::Url;

use super::{Page, World};

/// A browser without JavaScript: cookies per host, redirects, forms. It stops at a partner's callback.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    port: u16,
    /// Cookies by host, as the demo names it.
    pub cookies: BTreeMap<String, BTreeMap<String, String>>,
    /// Whether partner apps of the demo are visited, or only looked at from outside.
    pub visits_partners: bool,
    /// Every issuer page that was shown, by path.
    pub seen: Vec<String>,
    /// Sent with every request.
    pub headers: Vec<(&'static str, String)>,
}

impl Browser {
    pub fn new(http: reqwest::Client, port: u16) -> Self {
        Self {
            http,
            port,
            cookies: BTreeMap::new(),
            visits_partners: false,
            seen: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Opens an address as a person would.
    pub async fn get(&mut self, url: &str) -> Page {
        let url = Url::parse(url).unwrap();
        self.follow(Method::GET, url, None).await
    }

    /// Posts fields as they are.
    pub async fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let body = fields
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        self.follow(Method::POST, Url::parse(url).unwrap(), Some(body))
            .await
    }

    /// Fills a form of a page in and presses a button.
    pub async fn submit(&mut self, page: &Page, form: &str, changes: &[(&str, &str)]) -> Page {
        let (action, mut fields) = page.form(form);
        for (name, value) in changes {
            fields.retain(|(n, _)| n != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        self.follow(Method::POST, action, Some(fields)).await
    }

    /// Follows a link of a page.
    pub async fn click(&mut self, page: &Page, link: &str) -> Page {
        let target = page.url.join(&page.attr(link, "href")).unwrap();
        self.follow(Method::GET, target, None).await
    }

    /// One request and its answer, redirects not followed, cookies kept.
    pub async fn once(&mut self, method: Method, url: &Url, body: Option<&[(String, String)]>) -> Page {
        let host = demo_name(url.host_str().unwrap()).to_owned();
        let mut request: RequestBuilder = self.http.request(method, url.clone());
        request = request.header(header::ACCEPT, "text/html,*/*;q=0.8");
        let jar = self.cookies.entry(host.clone()).or_default();
        if !jar.is_empty() {
            let sent: Vec<_> = jar
                .iter()
                .filter_map(|(n, v)| Some(format!("{}={v}", sent_to(n, url.path())?)))
                .collect();
            request = request.header(header::COOKIE, sent.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.form(body);
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            keep(jar, cookie.to_str().unwrap());
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        Page {
            status,
            url: url.clone(),
            headers,
            body: answer.text().await.unwrap(),
        }
    }

    async fn follow(&mut self, method: Method, url: Url, body: Option<Vec<(String, String)>>) -> Page {
        let (mut method, mut url, mut body) = (method, url, body);
        for _ in 0..20 {
            if !self.visits(&url) {
                return Page {
                    status: reqwest::StatusCode::OK,
                    url,
                    headers: header::HeaderMap::new(),
                    body: String::new(),
                };
            }
            let page = self.once(method, &url, body.as_deref()).await;
            let Some(location) = page
                .headers
                .get(header::LOCATION)
                .filter(|_| page.status.is_redirection())
            else {
                if let Some((action, fields)) = page.posts_itself().filter(|(to, _)| self.visits(to)) {
                    (method, url, body) = (Method::POST, action, Some(fields));
                    continue;
                }
                if is_issuer(page.url.host_str().unwrap()) {
                    self.seen.push(page.url.path().to_owned());
                }
                return page;
            };
            assert!(
                [302, 303].contains(&page.status.as_u16()),
                "a019: {} from {url}",
                page.status
            );
            url = page.url.join(location.to_str().unwrap()).unwrap();
            (method, body) = (Method::GET, None);
        }
        panic!("too many redirects, last {url}")
    }

    fn visits(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        url.port() == Some(self.port) && (self.visits_partners || is_issuer(host) || host == "localhost")
    }

    /// Types a number and the code that arrives, and ends at whatever comes next.
    pub async fn sign_in(&mut self, world: &World, page: &Page, number: &str) -> Page {
        let code_page = self
            .submit(page, "form#phone-form", &[("phone", number), ("action", "phone")])
            .await;
        assert!(
            code_page.has("form#code-form"),
            "no code page:\n{}",
            code_page.body
        );
        let code = if number == super::TEST_MEMBER {
            "424242".to_owned()
        } else {
            world.code(number).await
        };
        self.submit(
            &code_page,
            "form#code-form",
            &[("code", &code), ("action", "code")],
        )
        .await
    }

    /// Presses "Allow".
    pub async fn allow(&mut self, page: &Page) -> Page {
        self.submit(page, "form#consent-form", &[("decision", "allow")])
            .await
    }

    /// Presses "Don't allow".
    pub async fn deny(&mut self, page: &Page) -> Page {
        self.submit(page, "form#consent-form", &[("decision", "deny")])
            .await
    }

    /// Signs in and allows, whatever of it is asked, and ends at the callback.
    pub async fn through(&mut self, world: &World, url: &str, number: &str) -> Page {
        let mut page = self.get(url).await;
        if page.has("form#phone-form") {
            page = self.sign_in(world, &page, number).await;
        }
        if page.has("form#consent-form") {
            page = self.allow(&page).await;
        }
        page
    }
}

fn is_issuer(host: &str) -> bool {
    demo_name(host).starts_with("auth.")
}

/// A host as the demo has it: on a stack, a label of the test's own stands before it.
fn demo_name(host: &str) -> &str {
    match host.split_once('.') {
        Some((_, rest)) if rest.starts_with("auth.") => rest,
        _ => host,
    }
}

/// A cookie for all paths, as ours are, is kept by its name; the name of any other is followed by its path.
fn keep(jar: &mut BTreeMap<String, String>, cookie: &str) {
    let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
    let (name, value) = pair.split_once('=').unwrap();
    let attribute = |wanted: &str| {
        let mut all = attributes.split(';').filter_map(|a| a.trim().split_once('='));
        all.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value)
    };
    let name = match attribute("path") {
        None | Some("/") => name.to_owned(),
        Some(path) => format!("{name} {path}"),
    };
    let over =
        attribute("max-age") == Some("0") || attribute("expires").is_some_and(|date| date.contains(" 1970 "));
    if over {
        jar.remove(&name);
    } else {
        jar.insert(name, value.to_owned());
    }
}

/// The name a kept cookie is sent under to a path, if it is for that path (RFC 6265 s5.1.4).
fn sent_to<'a>(kept: &'a str, path: &str) -> Option<&'a str> {
    let Some((name, own)) = kept.split_once(' ') else {
        return Some(kept);
    };
    let rest = path.strip_prefix(own)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(name)
}
