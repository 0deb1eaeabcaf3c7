//! Consent: what a member allows a partner, in the brand's own words. Finishes one step and goes back to `authorize`.

mod question;

use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode};

use self::question::{Decision, Question};
use super::{
    Endpoint,
    audit::{self, AuditEvent},
    authorize::{device_ended, pushed},
    form_post,
    lost_answer::once_more,
    page_fault::PageFault,
    screen::Screen,
    session_cookie::SessionCookie,
    transaction_cookie::Transactions,
    visit::{self, READ_AND_POST, admit_person},
};
use crate::{
    keyring::Keyring,
    model::{ConsentEvent, DeviceOutcome, DeviceVisit, Errand, Grant, Stage, Tenant, Transaction},
    pages::{self, ErrorCause, FormKey},
    ports::{Clock, DeviceRequests, Grants, PortResult, PushedRequests, Put, Random, Registry, Sessions},
    types::{GrantId, Locale},
    wire::{Request, Response, metadata::path, params::Params, respond},
};

/// `/consent`: `GET` shows what is asked, `POST` takes "Allow" or "Don't allow".
pub struct Consent {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Whether she is still signed in when she answers.
    pub sessions: Arc<dyn Sessions>,
    /// The consents.
    pub grants: Arc<dyn Grants>,
    /// What clients pushed: her "Don't allow" ends it.
    pub pushed: Arc<dyn PushedRequests>,
    /// Requests of devices: whether one still waits for her answer.
    pub devices: Arc<dyn DeviceRequests>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Grant ids, nonces.
    pub random: Arc<dyn Random>,
    /// Sealed cookies.
    pub keyring: Arc<Keyring>,
}

/// How the consent stands that an answer finds changed.
enum Standing {
    /// It allows what she allows here.
    Allows(Grant),
    /// Something of it may still be asked.
    Open,
    /// It was denied or withdrawn.
    Closed,
}

#[async_trait]
impl Endpoint for Consent {
    /// Answers with the consent page, or sends the browser on.
    async fn handle(&self, request: Request) -> Response {
        let tenant = match admit_person(&*self.registry, &*self.random, &request, READ_AND_POST).await {
            Ok(tenant) => tenant,
            Err(ended) => return ended,
        };
        match self.answer(&request, &tenant).await {
            Ok(response) => response,
            Err(fault) => fault.page(&tenant, &request, &*self.random),
        }
    }
}

impl Consent {
    async fn answer(&self, request: &Request, tenant: &Tenant) -> Result<Response, PageFault> {
        let posted = request.method() == Method::POST;
        let params = form_post::params(request)?;
        let browser = Transactions {
            keyring: &self.keyring,
            tenant,
            headers: request.headers(),
            now: self.clock.now(),
        };
        let transaction = browser.load(params.get("tx"))?;
        if posted {
            let context = transaction.id.to_string();
            form_post::from_our_page(request, &params, &self.keyring, tenant, &context)?;
        }
        match self.question(&browser, transaction.clone()).await? {
            Some(question) if posted => self.answered(question, &params).await,
            Some(question) => Ok(self.show(question, &params)),
            // Not asked yet, or no longer: `authorize` knows what comes next.
            None => Ok(respond::see_other(&transaction.link(path::AUTHORIZE))),
        }
    }

    /// The question of this transaction, if it has come to one and this browser is hers.
    async fn question<'a>(
        &self,
        browser: &'a Transactions<'a>,
        transaction: Transaction,
    ) -> Result<Option<Question<'a>>, PageFault> {
        let Stage::Consent { who, asked, seen, .. } = transaction.stage.clone() else {
            return Ok(None);
        };
        let cookie =
            SessionCookie::read(&self.keyring, browser.tenant, browser.headers).filter(|c| c.is_of(&who));
        let Some(cookie) = cookie else { return Ok(None) };
        let Some(client) = transaction.errand.client() else {
            return Ok(None);
        };
        let gone = || PageFault::new(ErrorCause::InvalidClient, "the client is no longer registered");
        let client = self
            .registry
            .client(&browser.tenant.id, client)
            .await?
            .ok_or_else(gone)?;
        let locale = visit::locale(browser.tenant, browser.headers, transaction.locale);
        Ok(Some(Question {
            browser,
            transaction,
            client,
            who,
            asked,
            seen,
            cookie,
            locale,
        }))
    }

    fn show(&self, mut question: Question<'_>, params: &Params) -> Response {
        let chosen = params.get("lang").and_then(Locale::lookup);
        if let Some(locale) = chosen {
            question.locale = locale;
            question.transaction.locale = Some(locale);
        }
        let tenant = question.browser.tenant;
        let id = question.transaction.id.to_string();
        let csrf = self.keyring.form_token(&tenant.id, &id);
        let switch = format!("{}&switch=1", question.transaction.link(path::LOGIN));
        let place = question.place();
        let page = question.page(
            FormKey {
                transaction: &id,
                csrf: &csrf,
            },
            &switch,
            &place,
        );
        let screen =
            Screen::new(tenant, question.locale, &*self.random).at(question.transaction.link(path::CONSENT));
        let form_action = question.transaction.errand.form_action();
        let response = screen.show(StatusCode::OK, &form_action, |shell| pages::consent(shell, &page));
        question
            .browser
            .in_language(&question.transaction, chosen, response)
    }

    /// Takes her answer down.
    async fn answered(&self, question: Question<'_>, form: &Params) -> Result<Response, PageFault> {
        let decision = Decision::read(form)?;
        let (tenant, now) = (question.browser.tenant, question.browser.now);
        if question
            .cookie
            .session(&*self.sessions, tenant, now)
            .await?
            .is_none()
        {
            // An ended session consents to nothing: `authorize` asks who she is.
            return question.back_to_authorize(Stage::Start);
        }
        if !self.is_open(&question).await? {
            return self.answered_too_late(question, decision, form).await;
        }
        let (member, client) = (&question.who.member, &question.client.id);
        let before = match question.seen {
            // What she was asked against: if it has changed since, `put` says so.
            Some(_) => self.grants.get(&tenant.id, member, client).await?,
            None => None,
        };
        let fresh = GrantId::from_bytes(self.random.bytes());
        let grant = question.grant_after(decision, before, fresh, form);
        // A repeat is the same call, so a lost answer is no conflict with herself.
        let put = once_more(|| self.grants.put(&tenant.id, &grant, question.seen)).await?;
        if put == Put::Done {
            let event = match decision {
                Decision::Allow => AuditEvent::ConsentGiven,
                Decision::Deny => AuditEvent::ConsentDenied,
            };
            audit::line(event, tenant)
                .client(client)
                .subject(&self.keyring, member)
                .write();
        }
        match (decision, put) {
            (Decision::Allow, Put::Done) => question.consented(&grant, form),
            (Decision::Allow, Put::Conflict) => self.answered_before(question, form).await,
            // Saying no twice is saying no.
            (Decision::Deny, _) => self.denied(question).await,
        }
    }

    /// Whether an answer still leads anywhere: a device's request may be over, or answered elsewhere.
    async fn is_open(&self, question: &Question<'_>) -> PortResult<bool> {
        let (tenant, now) = (question.browser.tenant, question.browser.now);
        let Errand::Device(visit) = &question.transaction.errand else {
            return Ok(true);
        };
        let DeviceVisit::Asking(device) = &**visit else {
            return Ok(true);
        };
        let index = self.keyring.user_code_index(&tenant.id, &device.user_code);
        let waiting = self.devices.pending(&tenant.id, &index, now).await?;
        Ok(waiting.is_some())
    }

    /// The partner learns of her "Don't allow", unless another tab of the same pushed request has answered it. A device
    /// asks, and finds what `authorize` writes down.
    async fn denied(&self, question: Question<'_>) -> Result<Response, PageFault> {
        let Errand::Authorization(request) = question.transaction.errand.clone() else {
            let who = question.who.clone();
            return question.back_to_authorize(Stage::Denied { who });
        };
        let (tenant, now) = (question.browser.tenant, question.browser.now);
        let nonce = question.transaction.nonce();
        if pushed::end(&*self.pushed, tenant, &request, &nonce, now).await? {
            Ok(question.denied(&request, &*self.random))
        } else {
            Err(PageFault::finished(
                Some(&question.client),
                pushed::ENDED_ELSEWHERE,
            ))
        }
    }

    /// The consent changed in between: a double submit, another tab, a replayed page. An "Allow" of what is allowed by
    /// now stands, and what another tab left open is asked again; what was denied or withdrawn stays so.
    async fn answered_before(&self, question: Question<'_>, form: &Params) -> Result<Response, PageFault> {
        match self.standing(&question, form).await? {
            Standing::Allows(grant) => question.consented(&grant, form),
            Standing::Open => Ok(respond::see_other(&question.transaction.link(path::AUTHORIZE))),
            Standing::Closed => Err(PageFault::finished(
                Some(&question.client),
                "the question was answered before",
            )),
        }
    }

    /// The device's request is over: `authorize` knows whether it was by this very answer. No consent is kept for a
    /// device that nothing will ever connect.
    async fn answered_too_late(
        &self,
        question: Question<'_>,
        decision: Decision,
        form: &Params,
    ) -> Result<Response, PageFault> {
        match (decision, self.standing(&question, form).await?) {
            (Decision::Allow, Standing::Allows(grant)) => question.consented(&grant, form),
            (Decision::Allow, _) => {
                let client = question.client.id.clone();
                let (browser, transaction) = (question.browser, question.transaction);
                Ok(device_ended(browser, transaction, client, DeviceOutcome::TooLate))
            }
            (Decision::Deny, _) => {
                let who = question.who.clone();
                question.back_to_authorize(Stage::Denied { who })
            }
        }
    }

    /// What her "Allow" meets in the store.
    async fn standing(&self, question: &Question<'_>, form: &Params) -> PortResult<Standing> {
        let tenant = question.browser.tenant;
        let (member, client) = (&question.who.member, &question.client.id);
        let Some(grant) = self.grants.get(&tenant.id, member, client).await? else {
            return Ok(Standing::Closed);
        };
        let covered = grant.current_scopes(&tenant.scopes);
        let last = grant.history.last().map(|receipt| receipt.event);
        let given = grant.is_active() && last == Some(ConsentEvent::Given);
        let allowed = question.asked.difference(&question.left_out(form));
        Ok(if given && allowed.is_subset(&covered) {
            Standing::Allows(grant)
        } else if given || question.asked.is_subset(&covered) {
            Standing::Open
        } else {
            Standing::Closed
        })
    }
}
