//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode};

use super::{
    Endpoint,
    audit::{self, AuditEvent},
    end_session::Endings,
    form_post,
    page_fault::PageFault,
    screen::Screen,
    session_cookie::{self, SessionCookie},
    visit::{self, admit_person},
};
use crate::{
    jwt,
    keyring::Keyring,
    model::{Client, Session, Tenant},
    pages::{self, ErrorCause, LogoutPage, SignedOutPage},
    ports::{Clock, Grants, LogoutNotices, PublicKeys, Random, Registry, Sessions},
    types::{ClientId, Locale},
    wire::{Request, Response, metadata::path, params::Params, respond},
};

/// `/oauth2/sessions/logout`: `GET` and `POST` from a partner, `POST` from our own confirmation page.
pub struct Logout {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// The session to end.
    pub sessions: Arc<dyn Sessions>,
    /// Tokens bound to it.
    pub grants: Arc<dyn Grants>,
    /// Partners to be told.
    pub notices: Arc<dyn LogoutNotices>,
    /// Public keys, to read the `id_token_hint`.
    pub public_keys: Arc<dyn PublicKeys>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Nonces.
    pub random: Arc<dyn Random>,
    /// Sealed cookies.
    pub keyring: Arc<Keyring>,
}

/// What the partner's request proves.
struct Hinted {
    client: Arc<Client>,
    /// Whom it wants to sign out, by the name it knows her by.
    subject: String,
    /// The session it wants to end, by the name it knows that by.
    session: Option<String>,
    /// Where it wants her back: registered, with `state`.
    back: Option<String>,
}

/// No `HEAD`: with a hint, the answer ends a session (RFC 9110 s9.2.1).
const METHODS: &[Method] = &[Method::GET, Method::POST];

/// The session at this browser.
struct Here {
    cookie: SessionCookie,
    session: Session,
}

#[async_trait]
impl Endpoint for Logout {
    /// Answers with a redirect to the partner, a confirmation, or the page that says she is signed out.
    async fn handle(&self, request: Request) -> Response {
        let tenant = match admit_person(&*self.registry, &*self.random, &request, METHODS).await {
            Ok(tenant) => tenant,
            Err(ended) => return ended,
        };
        match self.answer(&request, &tenant).await {
            Ok(response) => response,
            Err(fault) => fault.page(&tenant, &request, &*self.random),
        }
    }
}

impl Logout {
    async fn answer(&self, request: &Request, tenant: &Tenant) -> Result<Response, PageFault> {
        let query = form_post::query(request)?;
        if request.method() == Method::POST {
            let form = form_post::params(request)?;
            if form.get("csrf").is_some() {
                return self.confirmed(request, tenant, &form).await;
            }
            // A partner's POST is cross-site and comes without her cookie; the GET that follows has it.
            return Ok(respond::see_other(&format!(
                "{}?{}",
                path::LOGOUT,
                query.and(form).encode()
            )));
        }
        if query.has_repetition() {
            return Err(PageFault::new(
                ErrorCause::InvalidRequest,
                "a parameter is sent more than once",
            ));
        }
        let hinted = self.hinted(tenant, &query).await?;
        let here = self.here(request, tenant).await?;
        match (here, hinted) {
            (None, hinted) => Ok(self.signed_out(request, tenant, hinted.as_ref())),
            (Some(here), Some(hinted)) if self.names(tenant, &hinted, &here) => {
                self.end(tenant, &here, Some(&hinted.client.id)).await?;
                Ok(self.signed_out(request, tenant, Some(&hinted)))
            }
            // Nobody proves that she wants this: she is asked, and no partner is sent anything.
            (Some(here), hinted) => Ok(self.ask(request, tenant, &query, &here, hinted.as_ref())),
        }
    }

    /// Reads the hint and what hangs on it. Whatever does not hold is as if it were not there (assertion 80).
    async fn hinted(&self, tenant: &Tenant, query: &Params) -> Result<Option<Hinted>, PageFault> {
        let Some(token) = query.get("id_token_hint") else {
            return Ok(None);
        };
        let keys = jwt::verification_keys(&self.public_keys.hint_keys(&tenant.id).await?);
        let Some(claims) = jwt::read_id_token_hint(token, tenant.issuer.as_str(), &keys) else {
            return Ok(None);
        };
        if query.get("client_id").is_some_and(|id| id != claims.aud) {
            return Ok(None);
        }
        let Some(client) = self
            .registry
            .client(&tenant.id, &ClientId::new(claims.aud))
            .await?
        else {
            return Ok(None);
        };
        let asked = query.get("post_logout_redirect_uri");
        let registered = asked.and_then(|uri| {
            client
                .post_logout_redirect_uris
                .iter()
                .find_map(|r| r.matches(uri))
        });
        let back = registered.map(|uri| match query.get("state") {
            Some(state) => uri.with_params(&[("state", state)]),
            None => uri.as_str().to_owned(),
        });
        Ok(Some(Hinted {
            client,
            subject: claims.sub,
            session: claims.sid,
            back,
        }))
    }

    async fn here(&self, request: &Request, tenant: &Tenant) -> Result<Option<Here>, PageFault> {
        let Some(cookie) = SessionCookie::read(&self.keyring, tenant, request.headers()) else {
            return Ok(None);
        };
        let session = cookie.session(&*self.sessions, tenant, self.clock.now()).await?;
        Ok(session.map(|session| Here { cookie, session }))
    }

    /// Whether the hint is of this session, and so of this member. One of a session that has ended, or is at another
    /// browser, says nothing of what she wants here: it may be in a log, or in a link somebody else gave her.
    fn names(&self, tenant: &Tenant, hinted: &Hinted, here: &Here) -> bool {
        let (sector, Session { id, member, .. }) = (hinted.client.subject_sector(), &here.session);
        self.keyring.subject(&tenant.id, sector, member) == hinted.subject
            && hinted.session == Some(self.keyring.session_name(&tenant.id, sector, *id))
    }

    /// Ends the session; `client` is the partner that proved that she wants it.
    async fn end(&self, tenant: &Tenant, here: &Here, client: Option<&ClientId>) -> Result<(), PageFault> {
        let (member, session) = (&here.session.member, here.session.id);
        let endings = Endings {
            registry: &*self.registry,
            sessions: &*self.sessions,
            grants: &*self.grants,
            notices: &*self.notices,
        };
        endings.end(tenant, member, session, self.clock.now()).await?;
        audit::line(AuditEvent::SignedOut, tenant)
            .client(client)
            .subject(&self.keyring, member)
            .write();
        Ok(())
    }

    /// Our own confirmation page was posted.
    async fn confirmed(
        &self,
        request: &Request,
        tenant: &Tenant,
        form: &Params,
    ) -> Result<Response, PageFault> {
        let Some(here) = self.here(request, tenant).await? else {
            return Ok(self.signed_out(request, tenant, None));
        };
        form_post::from_our_page(request, form, &self.keyring, tenant, &context(&here))?;
        self.end(tenant, &here, None).await?;
        Ok(self.signed_out(request, tenant, None))
    }

    fn ask(
        &self,
        request: &Request,
        tenant: &Tenant,
        query: &Params,
        here: &Here,
        hinted: Option<&Hinted>,
    ) -> Response {
        let csrf = self.keyring.form_token(&tenant.id, &context(here));
        let page = LogoutPage {
            csrf: &csrf,
            app: hinted.map(|h| h.client.name.as_str()),
            masked_number: Some(&here.cookie.masked_number),
        };
        let screen = Screen::new(tenant, locale(tenant, request, query), &*self.random);
        screen.show(StatusCode::OK, "", |shell| pages::confirm_logout(shell, &page))
    }

    fn signed_out(&self, request: &Request, tenant: &Tenant, hinted: Option<&Hinted>) -> Response {
        let response = if let Some(back) = hinted.and_then(|h| h.back.as_deref()) {
            respond::see_other(back)
        } else {
            let back = hinted.and_then(|h| Some((h.client.name.as_str(), h.client.uri.as_deref()?)));
            let page = SignedOutPage { back };
            let query = visit::query(request).unwrap_or_default();
            let screen = Screen::new(tenant, locale(tenant, request, &query), &*self.random);
            screen.show(StatusCode::OK, "", |shell| pages::signed_out(shell, &page))
        };
        respond::with_cookies(response, session_cookie::clear_sent(request.headers()))
    }
}

/// What the confirmation form belongs to: this session and no other.
fn context(here: &Here) -> String {
    format!("logout {}", here.session.id)
}

fn locale(tenant: &Tenant, request: &Request, query: &Params) -> Locale {
    visit::locale(
        tenant,
        request.headers(),
        query.get("ui_locales").and_then(Locale::from_ui_locales),
    )
}
