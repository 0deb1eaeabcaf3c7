//! Sign-in by mobile number and one-time code. Finishes one step and sends the browser back to `authorize`.

mod code;
mod message;
mod phone;
mod resend;
mod show;

use std::sync::Arc;

use async_trait::async_trait;
use http::Method;

use super::{
    Endpoint,
    audit::{self, AuditEvent},
    form_post,
    page_fault::PageFault,
    session_cookie::SessionCookie,
    transaction_cookie::Transactions,
    visit::{self, READ_AND_POST, admit_person},
};
use crate::{
    keyring::Keyring,
    model::{Presence, Stage, Tenant, Transaction},
    pages::ErrorCause,
    ports::{Challenges, Clock, Grants, LogoutNotices, Members, OtpSender, Random, Registry, Sessions},
    types::Locale,
    wire::{Request, Response, metadata::path, params::Params, respond},
};

/// `/login`: `GET` shows the page of the transaction's step and never sends anything; `POST` takes one step.
pub struct Login {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Codes on their way, and how often a number and an address may ask.
    pub challenges: Arc<dyn Challenges>,
    /// Whose number it is.
    pub members: Arc<dyn Members>,
    /// The session that begins, and the one it replaces.
    pub sessions: Arc<dyn Sessions>,
    /// Tokens of a replaced session of another member.
    pub grants: Arc<dyn Grants>,
    /// Partners to be told of an end.
    pub notices: Arc<dyn LogoutNotices>,
    /// Text messages.
    pub sender: Arc<dyn OtpSender>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids, session secrets, nonces.
    pub random: Arc<dyn Random>,
    /// Sealed cookies, one-time codes.
    pub keyring: Arc<Keyring>,
}

/// One browser at one step of one transaction.
struct Step<'a> {
    browser: &'a Transactions<'a>,
    transaction: Transaction,
    request: &'a Request,
    params: Params,
    /// The partner's name; empty for a visit to the account page.
    app: String,
    locale: Locale,
}

impl Step<'_> {
    fn tenant(&self) -> &Tenant {
        self.browser.tenant
    }

    /// A line of the trail about this step, with the partner she is on her way to.
    fn audit(&self, event: AuditEvent) -> audit::Line<'_> {
        audit::line(event, self.tenant()).client(self.transaction.errand.client())
    }
}

#[async_trait]
impl Endpoint for Login {
    /// Answers with the page of the step, or sends the browser on.
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

impl Login {
    async fn answer(&self, request: &Request, tenant: &Tenant) -> Result<Response, PageFault> {
        let posted = request.method() == Method::POST;
        let params = form_post::params(request)?;
        let browser = Transactions {
            keyring: &self.keyring,
            tenant,
            headers: request.headers(),
            now: self.clock.now(),
        };
        let step = self.step(request, &browser, params).await?;
        if posted {
            self.post(step).await
        } else {
            Ok(self.get(step))
        }
    }

    async fn step<'a>(
        &self,
        request: &'a Request,
        browser: &'a Transactions<'a>,
        params: Params,
    ) -> Result<Step<'a>, PageFault> {
        let transaction = browser.load(params.get("tx"))?;
        let client = match transaction.errand.client() {
            Some(id) => self.registry.client(&browser.tenant.id, id).await?,
            None => None,
        };
        if transaction.stage == Stage::Finished {
            return Err(PageFault::finished(
                client.as_deref(),
                "the answer was given before",
            ));
        }
        let locale = visit::locale(browser.tenant, request.headers(), transaction.locale);
        let app = client.map(|c| c.name.clone()).unwrap_or_default();
        Ok(Step {
            browser,
            transaction,
            request,
            params,
            app,
            locale,
        })
    }

    /// Shows where the transaction is. Reading a page twice, or ahead of time, changes nothing.
    fn get(&self, mut step: Step<'_>) -> Response {
        let chosen = step.params.get("lang").and_then(Locale::lookup);
        if let Some(locale) = chosen {
            step.locale = locale;
            step.transaction.locale = Some(locale);
        }
        let wants_phone = step.params.get("change").is_some() || step.params.get("switch").is_some();
        let page = match &step.transaction.stage {
            Stage::Start | Stage::Consented { .. } | Stage::Denied { .. } | Stage::Finished => {
                back_to_authorize(&step.transaction)
            }
            Stage::Present { .. } | Stage::Consent { .. } if !wants_phone => {
                back_to_authorize(&step.transaction)
            }
            Stage::Code { .. } if !wants_phone => self.code_page(&step, None, false),
            _ => self.phone_page(&step, None, None),
        };
        step.browser.in_language(&step.transaction, chosen, page)
    }

    async fn post(&self, step: Step<'_>) -> Result<Response, PageFault> {
        let context = step.transaction.id.to_string();
        form_post::from_our_page(step.request, &step.params, &self.keyring, step.tenant(), &context)?;
        match step.params.get("action") {
            Some("phone") => self.take_phone(step).await,
            Some("code") => self.take_code(step).await,
            Some("resend") => self.resend(step).await,
            Some("continue") => self.go_on_as_herself(step).await,
            _ => Err(PageFault::new(ErrorCause::InvalidRequest, "unknown action")),
        }
    }

    /// `prompt=select_account`: she chose the account she is signed in with.
    async fn go_on_as_herself(&self, step: Step<'_>) -> Result<Response, PageFault> {
        let cookie = SessionCookie::read(&self.keyring, step.tenant(), step.request.headers());
        let (Stage::Phone { choose: true }, Some(cookie)) = (&step.transaction.stage, cookie) else {
            return Ok(back_to_authorize(&step.transaction));
        };
        match cookie
            .session(&*self.sessions, step.tenant(), step.browser.now)
            .await?
        {
            Some(session) => {
                let stage = Stage::Present {
                    who: (&session).into(),
                    by: Presence::Chosen,
                };
                move_on(&step, stage, path::AUTHORIZE)
            }
            None => Ok(self.phone_page(&step, None, None)),
        }
    }
}

fn back_to_authorize(transaction: &Transaction) -> Response {
    respond::see_other(&transaction.link(path::AUTHORIZE))
}

/// Keeps the transaction at a new stage and goes to a page.
fn move_on(step: &Step<'_>, stage: Stage, page: &str) -> Result<Response, PageFault> {
    keep(
        step,
        &Transaction {
            stage,
            ..step.transaction.clone()
        },
        page,
    )
}

/// Keeps the transaction and goes to a page (POST, redirect, GET: a reload repeats nothing).
fn keep(step: &Step<'_>, transaction: &Transaction, page: &str) -> Result<Response, PageFault> {
    let cookies = step.browser.save(transaction)?;
    Ok(respond::with_cookies(
        respond::see_other(&transaction.link(page)),
        cookies,
    ))
}
