//! The web side of signing in and out, the same at every app: `/sign-in`, `/callback`, `/sign-out`, `/signed-out`,
//! `/initiate-login` for who sends her here to be signed in, and `/backchannel-logout` for the provider's server.

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{
        Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::html;
use openidconnect::core::CoreIdToken;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::{
    logout_token,
    page::{self, Look, Visitor},
    provider::Failure,
    relying_party::{Attempt, RelyingParty, Tokens},
    store::{Store, random_id},
};

/// Generous: the provider lets a member come back to a sign-in she left open.
const ATTEMPT_LIFETIME: u64 = 6 * 3600;
const SESSION_LIFETIME: u64 = 30 * 24 * 3600;
const CAPACITY: usize = 10_000;

/// Binds a login attempt to the browser that began it, so nobody is signed in with someone else's callback link.
/// Separate from the session cookie, which changes at every sign-in while another tab may be half-way.
const BROWSER_COOKIE: &str = "browser";
const SESSION_COOKIE: &str = "session";

/// A signed-in visit.
pub(crate) struct Session {
    pub(crate) name: Option<String>,
    pub(crate) access: Mutex<Access>,
    id_token: CoreIdToken,
    /// The provider's name for the session it was begun in.
    sid: Option<String>,
}

/// Whether the visit can still speak for the member.
pub(crate) enum Access {
    Connected(Tokens),
    /// The provider said so: she removed the app, or the access simply ran out.
    Removed,
    Expired,
}

/// What comes back from the provider (RFC 6749 s4.1.2, RFC 9207).
#[derive(Deserialize)]
struct Callback {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// What the provider's server posts (Back-Channel Logout s2.5).
#[derive(Deserialize)]
struct LogoutNotice {
    logout_token: String,
}

/// Who asks for a sign-in to begin here (Core s4).
#[derive(Deserialize)]
struct Initiation {
    iss: Option<String>,
}

#[derive(Deserialize)]
struct More {
    more: Option<String>,
}

/// What to ask the provider for, given `/sign-in?more=...`.
pub(crate) type Scopes = fn(Option<&str>) -> &'static [&'static str];

pub(crate) struct SignIn {
    look: &'static Look,
    secure: bool,
    scopes: Scopes,
    pub(crate) relying_party: RelyingParty,
    attempts: Store<(String, Attempt)>,
    sessions: Store<Arc<Session>>,
}

impl SignIn {
    pub(crate) fn new(look: &'static Look, home: &str, scopes: Scopes, relying_party: RelyingParty) -> Self {
        Self {
            look,
            scopes,
            secure: home.starts_with("https://"),
            relying_party,
            attempts: Store::new(ATTEMPT_LIFETIME, CAPACITY),
            sessions: Store::new(SESSION_LIFETIME, CAPACITY),
        }
    }

    /// The routes every app has.
    pub(crate) fn routes(self: &Arc<Self>) -> Router {
        type App = State<Arc<SignIn>>;
        async fn start(State(app): App, headers: HeaderMap, Query(More { more }): Query<More>) -> Response {
            app.start(&headers, (app.scopes)(more.as_deref())).await
        }
        async fn initiate(
            State(app): App,
            headers: HeaderMap,
            asked: Result<Query<Initiation>, QueryRejection>,
        ) -> Response {
            app.initiate(&headers, asked).await
        }
        async fn callback(
            State(app): App,
            headers: HeaderMap,
            answer: Result<Query<Callback>, QueryRejection>,
        ) -> Response {
            app.callback(&headers, answer).await
        }
        async fn sign_out(State(app): App, headers: HeaderMap) -> Response {
            app.sign_out(&headers).await
        }
        async fn signed_out(State(app): App) -> Response {
            app.signed_out()
        }
        async fn backchannel_logout(
            State(app): App,
            notice: Result<Form<LogoutNotice>, FormRejection>,
        ) -> Response {
            app.backchannel_logout(notice).await
        }
        async fn style(State(app): App) -> Response {
            page::style(app.look)
        }
        Router::new()
            .route("/sign-in", get(start))
            .route("/initiate-login", get(initiate))
            .route("/callback", get(callback))
            .route("/sign-out", get(sign_out))
            .route("/signed-out", get(signed_out))
            .route("/backchannel-logout", post(backchannel_logout))
            .route("/style.css", get(style))
            .with_state(Arc::clone(self))
    }

    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Arc<Session>> {
        self.sessions
            .get(cookie(headers, SESSION_COOKIE)?, self.relying_party.now())
    }

    async fn start(&self, headers: &HeaderMap, scopes: &[&str]) -> Response {
        let Ok((url, state, attempt)) = self.relying_party.authorize(scopes).await else {
            return self.unavailable();
        };
        let browser = cookie(headers, BROWSER_COOKIE).map_or_else(random_id, str::to_owned);
        self.attempts
            .insert(state, (browser.clone(), attempt), self.relying_party.now());
        self.with_cookie(
            Redirect::to(url.as_str()).into_response(),
            BROWSER_COOKIE,
            &browser,
        )
    }

    /// Somebody else begins the sign-in: the brand, when she comes from its app (Core s4). Nothing of the address is
    /// believed but that it names our provider, and the sign-in that begins is bound to this browser like any other.
    async fn initiate(
        &self,
        headers: &HeaderMap,
        asked: Result<Query<Initiation>, QueryRejection>,
    ) -> Response {
        let iss = asked.ok().and_then(|Query(asked)| asked.iss);
        if iss.as_deref() == Some(self.relying_party.issuer()) {
            self.start(headers, (self.scopes)(None)).await
        } else {
            self.refused("wrong_issuer")
        }
    }

    /// The checks before the code is used come in this order: is it ours (state, browser), is it from our provider
    /// (`iss`, against mix-up), and only then what it says.
    async fn callback(
        &self,
        headers: &HeaderMap,
        answer: Result<Query<Callback>, QueryRejection>,
    ) -> Response {
        let Ok(Query(answer)) = answer else {
            return self.refused("invalid_callback");
        };
        let now = self.relying_party.now();
        let known = answer
            .state
            .as_deref()
            .and_then(|state| self.attempts.take(state, now));
        let Some((browser, attempt)) = known else {
            return self.refused("unknown_state");
        };
        if cookie(headers, BROWSER_COOKIE) != Some(browser.as_str()) {
            return self.refused("wrong_browser");
        }
        if answer.iss.as_deref() != Some(self.relying_party.issuer()) {
            return self.refused("wrong_issuer");
        }
        if let Some(error) = answer.error {
            return self.provider_error(&error);
        }
        let Some(code) = answer.code else {
            return self.refused("invalid_callback");
        };
        match self.relying_party.redeem(&attempt, code).await {
            Ok(signed_in) => {
                let session = Session {
                    sid: logout_token::session_of(&signed_in.id_token),
                    name: signed_in.name,
                    access: Mutex::new(Access::Connected(signed_in.tokens)),
                    id_token: signed_in.id_token,
                };
                let id = random_id();
                self.forget(headers);
                self.sessions.insert(id.clone(), Arc::new(session), now);
                self.with_cookie(Redirect::to("/").into_response(), SESSION_COOKIE, &id)
            }
            Err(Failure::Unavailable) => self.unavailable(),
            Err(Failure::InvalidGrant) => self.refused("code_not_accepted"),
            Err(Failure::Untrusted) => self.refused("id_token_not_accepted"),
        }
    }

    /// Ends our own session first: whatever happens at the provider, here she is signed out.
    async fn sign_out(&self, headers: &HeaderMap) -> Response {
        let session = self.forget(headers);
        let hint = session.as_ref().map(|session| &session.id_token);
        let target = self.relying_party.sign_out_url(hint).await;
        let target = target.as_ref().map_or("/signed-out", url::Url::as_str);
        self.with_cookie(Redirect::to(target).into_response(), SESSION_COOKIE, "")
    }

    /// Where the provider sends her after the logout. The `state` it brings changes nothing: all is done already.
    fn signed_out(&self) -> Response {
        let main = html! {
            main id="signed-out" {
                h1 { "You are signed out" }
                p { "Your visit to " (self.look.app) " has ended on this device." }
                (page::sign_in_button(self.look))
            }
        };
        page::page(self.look, StatusCode::OK, "Signed out", Visitor::Anonymous, &main)
    }

    /// She signed out elsewhere: her visit here ends too. It is the provider who asks and no browser, so there is no
    /// cookie, and the answer is a status (Back-Channel Logout s2.8).
    async fn backchannel_logout(&self, notice: Result<Form<LogoutNotice>, FormRejection>) -> Response {
        let status = match notice {
            Ok(Form(notice)) => match self.relying_party.ended_session(&notice.logout_token).await {
                Ok(sid) => {
                    self.sessions.forget(|session| session.sid.as_ref() == Some(&sid));
                    StatusCode::OK
                }
                // It will ask again.
                Err(Failure::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
                Err(_) => StatusCode::BAD_REQUEST,
            },
            Err(_) => StatusCode::BAD_REQUEST,
        };
        (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
    }

    fn forget(&self, headers: &HeaderMap) -> Option<Arc<Session>> {
        self.sessions
            .take(cookie(headers, SESSION_COOKIE)?, self.relying_party.now())
    }

    fn with_cookie(&self, mut response: Response, name: &str, value: &str) -> Response {
        let secure = if self.secure { "; Secure" } else { "" };
        let ended = if value.is_empty() { "; Max-Age=0" } else { "" };
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{ended}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    fn provider_error(&self, error: &str) -> Response {
        // The value comes through the browser: only a well-formed code is repeated.
        let known = error.len() <= 40
            && error
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let error = if known { error } else { "invalid_callback" };
        let brand = self.look.brand;
        let (status, title, text) = match error {
            "access_denied" => (
                StatusCode::OK,
                "Nothing was shared".to_owned(),
                format!(
                    "You chose not to share this with {}. You can change your mind at any time.",
                    self.look.app
                ),
            ),
            "invalid_scope" => (
                StatusCode::OK,
                "Not available".to_owned(),
                format!("{brand} does not offer this to {}.", self.look.app),
            ),
            _ => (
                StatusCode::BAD_GATEWAY,
                "That did not work".to_owned(),
                format!("{brand} could not sign you in this time. Please try again."),
            ),
        };
        tracing::info!(error, "authorization was not given");
        page::error(self.look, status, error, &title, &text)
    }

    fn refused(&self, cause: &str) -> Response {
        tracing::warn!(cause, "callback refused");
        let text = "This sign-in link is incomplete, was used before, or belongs to another browser. Please start again.";
        page::error(
            self.look,
            StatusCode::BAD_REQUEST,
            cause,
            "We could not complete the sign-in",
            text,
        )
    }

    fn unavailable(&self) -> Response {
        let text = format!(
            "{} cannot be reached at the moment. Please try again shortly.",
            self.look.brand
        );
        let mut response = page::error(
            self.look,
            StatusCode::SERVICE_UNAVAILABLE,
            "provider_unavailable",
            "Sign-in is not available right now",
            &text,
        );
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        response
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value)
}
