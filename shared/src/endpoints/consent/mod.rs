//! Consent: what a member allows a partner, in the brand's own words. Finishes one step and goes back to `authorize`.

mod question;

use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode};

use self::question::{Decision, Meets, Question};
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
    model::{DeviceOutcome, DeviceVisit, Errand, Grant, Stage, Tenant, Transaction},
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
            // No consent is kept for a device that nothing will ever connect.
            let client = question.client.id.clone();
            let transaction = question.transaction;
            return Ok(device_ended(
                question.browser,
                transaction,
                client,
                DeviceOutcome::TooLate,
            ));
        }
        let before = match question.seen {
            // What she was asked against: if it has changed since, `put` says so.
            Some(_) => self.stored(&question).await?,
            None => None,
        };
        let (grant, put) = self
            .write_down(&question, decision, form, (before, question.seen))
            .await?;
        match (decision, put) {
            (Decision::Allow, Put::Done) => question.consented(&grant),
            (Decision::Allow, Put::Conflict) => self.allowed_before(question, form).await,
            // Saying no twice is saying no.
            (Decision::Deny, _) => self.denied(question).await,
        }
    }

    async fn stored(&self, question: &Question<'_>) -> PortResult<Option<Grant>> {
        let tenant = question.browser.tenant;
        self.grants
            .get(&tenant.id, &question.who.member, &question.client.id)
            .await
    }

    /// Makes her answer the consent, if that is still at the version seen.
    async fn write_down(
        &self,
        question: &Question<'_>,
        decision: Decision,
        form: &Params,
        (before, seen): (Option<Grant>, Option<u64>),
    ) -> PortResult<(Grant, Put)> {
        let tenant = question.browser.tenant;
        let fresh = GrantId::from_bytes(self.random.bytes());
        let grant = question.grant_after(decision, before, fresh, form);
        // A repeat is the same call, so a lost answer is no conflict with herself.
        let put = once_more(|| self.grants.put(&tenant.id, &grant, seen)).await?;
        if put == Put::Done {
            let event = match decision {
                Decision::Allow => AuditEvent::ConsentGiven,
                Decision::Deny => AuditEvent::ConsentDenied,
            };
            audit::line(event, tenant)
                .client(&grant.client)
                .subject(&self.keyring, &grant.member)
                .write();
        }
        Ok((grant, put))
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

    /// The consent changed between question and "Allow". Pressed twice, it is one answer; what another tab left open is
    /// asked again; what was denied or withdrawn stays so.
    async fn allowed_before(&self, question: Question<'_>, form: &Params) -> Result<Response, PageFault> {
        let again = |question: &Question<'_>| respond::see_other(&question.transaction.link(path::AUTHORIZE));
        let now = self.stored(&question).await?;
        match question.meets(now.as_ref(), form) {
            Meets::Itself(grant) => question.consented(grant),
            Meets::More(grant) => {
                // Nothing new is allowed by a page that was out of date, but what it takes away is.
                let stored = (Some(grant.clone()), Some(grant.version));
                self.write_down(&question, Decision::Allow, form, stored).await?;
                Ok(again(&question))
            }
            Meets::Open => Ok(again(&question)),
            Meets::Closed => Err(PageFault::finished(
                Some(&question.client),
                "the question was answered before",
            )),
        }
    }
}
