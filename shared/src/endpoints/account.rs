//! The member's own page: which apps are connected, where she is signed in, and how to end either.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use http::{Method, StatusCode};

use super::{
    Endpoint,
    audit::{self, AuditEvent},
    end_session::Endings,
    form_post,
    lost_answer::once_more,
    page_fault::PageFault,
    screen::Screen,
    session_cookie::{self, SessionCookie},
    transaction_cookie::Transactions,
    visit::{self, READ, READ_AND_POST, admit_person},
};
use crate::{
    keyring::Keyring,
    model::{Client, Errand, Grant, Session, Stage, Tenant, Transaction},
    pages::{self, AccountNotice, AccountPage, ConnectedApp, ErrorCause, RevokePage, SessionLine},
    ports::{Clock, Grants, LogoutNotices, Members, Put, Random, Registry, Sessions, Unavailable},
    types::{ClientId, Locale, Scope, ScopeSet, SessionId, TransactionId},
    wire::{Request, Response, metadata::path, params::Params, respond},
};

/// `/account`, `/account/revoke` and `/account/end-session`.
pub struct Account {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Her sessions.
    pub sessions: Arc<dyn Sessions>,
    /// Whether she may still sign in.
    pub members: Arc<dyn Members>,
    /// Her consents.
    pub grants: Arc<dyn Grants>,
    /// Partners to be told of an end.
    pub notices: Arc<dyn LogoutNotices>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Nonces, transaction ids.
    pub random: Arc<dyn Random>,
    /// Sealed cookies.
    pub keyring: Arc<Keyring>,
}

/// A signed-in visit.
struct Visit<'a> {
    request: &'a Request,
    tenant: &'a Tenant,
    params: Params,
    cookie: SessionCookie,
    session: Session,
}

#[async_trait]
impl Endpoint for Account {
    /// Answers with her page, or sends her to sign in first.
    async fn handle(&self, request: Request) -> Response {
        let tenant = match admit_person(&*self.registry, &*self.random, &request, methods(&request)).await {
            Ok(tenant) => tenant,
            Err(ended) => return ended,
        };
        match self.answer(&request, &tenant).await {
            Ok(response) => response,
            Err(fault) => fault.page(&tenant, &request, &*self.random),
        }
    }
}

impl Account {
    async fn answer(&self, request: &Request, tenant: &Tenant) -> Result<Response, PageFault> {
        let posted = request.method() == Method::POST;
        let params = form_post::params(request)?;
        let Some(visit) = self.visit(request, tenant, params).await? else {
            return self.sign_in_first(request, tenant);
        };
        if posted {
            let context = context(&visit);
            form_post::from_our_page(request, &visit.params, &self.keyring, tenant, &context)?;
        }
        match (request.uri().path(), posted) {
            (path::ACCOUNT_REVOKE, true) => self.revoke(&visit).await,
            (path::ACCOUNT_REVOKE, false) => self.confirm(&visit).await,
            (path::ACCOUNT_END_SESSION, _) => self.end(&visit).await,
            _ => self.show(&visit).await,
        }
    }

    async fn visit<'a>(
        &self,
        request: &'a Request,
        tenant: &'a Tenant,
        params: Params,
    ) -> Result<Option<Visit<'a>>, PageFault> {
        let Some(cookie) = SessionCookie::read(&self.keyring, tenant, request.headers()) else {
            return Ok(None);
        };
        let Some(session) = cookie.session(&*self.sessions, tenant, self.clock.now()).await? else {
            return Ok(None);
        };
        let member = self.members.by_id(&tenant.id, &session.member).await?;
        let visit = Visit {
            request,
            tenant,
            params,
            cookie,
            session,
        };
        Ok(member.is_some_and(|m| m.is_active()).then_some(visit))
    }

    fn sign_in_first(&self, request: &Request, tenant: &Tenant) -> Result<Response, PageFault> {
        let now = self.clock.now();
        let transaction = Transaction {
            id: TransactionId::from_bytes(self.random.bytes()),
            started_at: now,
            errand: Errand::Account,
            locale: None,
            challenges: 0,
            stage: Stage::Phone { choose: false },
        };
        let browser = Transactions {
            keyring: &self.keyring,
            tenant,
            headers: request.headers(),
            now,
        };
        let cookies = browser.save(&transaction)?;
        let login = respond::see_other(&transaction.link(path::LOGIN));
        Ok(respond::with_cookies(login, cookies))
    }

    async fn show(&self, visit: &Visit<'_>) -> Result<Response, PageFault> {
        let (tenant, member) = (visit.tenant, &visit.session.member);
        let grants = self.grants.of_member(&tenant.id, member).await?;
        let sessions = self
            .sessions
            .of_member(&tenant.id, member, self.clock.now())
            .await?;
        let mut clients = BTreeMap::new();
        for grant in grants.iter().filter(|g| g.is_active()) {
            if let Some(client) = self.registry.client(&tenant.id, &grant.client).await? {
                clients.insert(grant.client.clone(), client);
            }
        }
        let stands = |id: &ClientId| grants.iter().any(|g| g.is_active() && g.client == *id);
        // Said only where it is true: anybody can make a link.
        let removed = match visit
            .params
            .get("removed")
            .map(ClientId::new)
            .filter(|id| !stands(id))
        {
            Some(id) => self.registry.client(&tenant.id, &id).await?,
            None => None,
        };
        let removed = removed
            .as_ref()
            .map(|client| AccountNotice::Removed { app: &client.name });
        let ended = visit.params.get("ended").map(|_| AccountNotice::SessionEnded);
        let notice = removed.or(ended);
        let csrf = self.keyring.form_token(&tenant.id, &context(visit));
        let ids: Vec<String> = sessions.iter().map(|s| s.id.to_string()).collect();
        let page = AccountPage {
            csrf: &csrf,
            masked_number: &visit.cookie.masked_number,
            apps: grants
                .iter()
                .filter_map(|g| connected(tenant, g, clients.get(&g.client)?))
                .collect(),
            sessions: sessions
                .iter()
                .zip(&ids)
                .map(|(s, id)| line(s, id, &visit.session))
                .collect(),
            notice,
        };
        Ok(self.draw(visit, StatusCode::OK, |shell| pages::account(shell, &page)))
    }

    async fn confirm(&self, visit: &Visit<'_>) -> Result<Response, PageFault> {
        let client = self.client(visit).await?;
        let csrf = self.keyring.form_token(&visit.tenant.id, &context(visit));
        let page = RevokePage {
            csrf: &csrf,
            client: client.id.as_str(),
            name: &client.name,
        };
        Ok(self.draw(visit, StatusCode::OK, |shell| pages::revoke(shell, &page)))
    }

    /// Takes a consent back. Everything issued under it is dead from this write on.
    async fn revoke(&self, visit: &Visit<'_>) -> Result<Response, PageFault> {
        let (tenant, member) = (visit.tenant, &visit.session.member);
        let client = self.client(visit).await?;
        // Another tab may be writing; whoever comes second reads again.
        for _ in 0..3 {
            let stored = self.grants.get(&tenant.id, member, &client.id).await?;
            let Some(grant) = stored.filter(Grant::is_active) else {
                return Ok(respond::see_other(path::ACCOUNT));
            };
            let version = grant.version;
            let withdrawn = grant.withdraw(self.clock.now());
            let put = once_more(|| self.grants.put(&tenant.id, &withdrawn, Some(version))).await?;
            if put == Put::Done {
                audit::line(AuditEvent::ConsentWithdrawn, tenant)
                    .client(&client.id)
                    .subject(&self.keyring, member)
                    .write();
                let removed = format!("{}?removed={}", path::ACCOUNT, encoded(client.id.as_str()));
                return Ok(respond::see_other(&removed));
            }
        }
        Err(Unavailable("the consent changes faster than it can be withdrawn".to_owned()).into())
    }

    async fn end(&self, visit: &Visit<'_>) -> Result<Response, PageFault> {
        let unknown = || PageFault::new(ErrorCause::InvalidRequest, "no such session");
        let id = visit
            .params
            .get("session")
            .and_then(SessionId::parse)
            .ok_or_else(unknown)?;
        let (tenant, member, now) = (visit.tenant, &visit.session.member, self.clock.now());
        let endings = Endings {
            registry: &*self.registry,
            sessions: &*self.sessions,
            grants: &*self.grants,
            notices: &*self.notices,
        };
        endings.end(tenant, member, id, now).await?;
        audit::line(AuditEvent::SessionEnded, tenant)
            .subject(&self.keyring, member)
            .because("account")
            .write();
        let response = respond::see_other(&format!("{}?ended=1", path::ACCOUNT));
        let own = (id == visit.session.id).then(session_cookie::clear).flatten();
        Ok(respond::with_cookies(response, own))
    }

    async fn client(&self, visit: &Visit<'_>) -> Result<Arc<Client>, PageFault> {
        let unknown = || PageFault::new(ErrorCause::InvalidRequest, "no such app");
        let id = visit
            .params
            .get("client")
            .map(ClientId::new)
            .ok_or_else(unknown)?;
        self.registry
            .client(&visit.tenant.id, &id)
            .await?
            .ok_or_else(unknown)
    }

    fn draw(
        &self,
        visit: &Visit<'_>,
        status: StatusCode,
        page: impl FnOnce(&pages::Shell<'_>) -> maud::Markup,
    ) -> Response {
        let chosen = visit.params.get("lang").and_then(Locale::lookup);
        let locale = visit::locale(visit.tenant, visit.request.headers(), chosen);
        let here = match visit.params.get("client") {
            Some(client) => format!("{}?client={}", path::ACCOUNT_REVOKE, encoded(client)),
            None => format!("{}?", path::ACCOUNT),
        };
        let response = Screen::new(visit.tenant, locale, &*self.random)
            .at(here)
            .show(status, "", page);
        respond::with_cookies(response, chosen.and_then(visit::remember_language))
    }
}

fn methods(request: &Request) -> &'static [Method] {
    match request.uri().path() {
        path::ACCOUNT => READ,
        path::ACCOUNT_END_SESSION => &[Method::POST],
        _ => READ_AND_POST,
    }
}

/// What the forms of the page belong to: this session and no other.
fn context(visit: &Visit<'_>) -> String {
    format!("account {}", visit.session.id)
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn connected<'a>(tenant: &'a Tenant, grant: &'a Grant, client: &'a Client) -> Option<ConnectedApp<'a>> {
    let told: ScopeSet = grant
        .scopes
        .keys()
        .filter(|s| s.as_str() != Scope::OPENID)
        .cloned()
        .collect();
    grant.is_active().then(|| ConnectedApp {
        client: client.id.as_str(),
        name: &client.name,
        uri: client.uri.as_deref(),
        scopes: told.iter().filter_map(|s| tenant.scopes.get(s)).collect(),
        since: grant.since,
    })
}

fn line<'a>(session: &'a Session, id: &'a str, current: &Session) -> SessionLine<'a> {
    SessionLine {
        id,
        device: &session.device,
        started: session.authentication.auth_time,
        last_seen: session.last_seen,
        current: session.id == current.id,
    }
}
