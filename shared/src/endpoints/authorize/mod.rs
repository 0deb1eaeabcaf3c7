//! The authorization endpoint (RFC 6749 s3.1, Core s3.1.2) and the only router of the browser flow.
//!
//! Login and consent each finish one step and send the browser back here; no page decides what comes next.

mod answer;
mod checks;
mod claims;
mod decide;
mod errand;

use std::sync::Arc;

use async_trait::async_trait;
use http::Method;

pub(super) use self::answer::{Answers, Way, finish};
use self::errand::Errands;
use super::{
    Endpoint, form_post,
    page_fault::PageFault,
    transaction_cookie::Transactions,
    visit::{self, admit},
};
use crate::{
    keyring::Keyring,
    model::{AuthorizationRequest, Errand, Prompt, Stage, Tenant, Transaction},
    ports::{Clock, Codes, Grants, PublicKeys, Random, Registry, Sessions, Unavailable},
    types::{Locale, TransactionId},
    wire::{Request, Response, metadata::path, params::Params, respond},
};

/// `/oauth2/auth`: `GET` and `POST` with a partner's request, `GET` with `tx` to go on with one.
pub struct Authorize {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Is she signed in?
    pub sessions: Arc<dyn Sessions>,
    /// Has she consented?
    pub grants: Arc<dyn Grants>,
    /// The answer.
    pub codes: Arc<dyn Codes>,
    /// Public keys, to read an `id_token_hint`.
    pub public_keys: Arc<dyn PublicKeys>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Codes, ids, nonces.
    pub random: Arc<dyn Random>,
    /// Sealed cookies.
    pub keyring: Arc<Keyring>,
}

/// No `HEAD`: with a session, the answer is a code.
const METHODS: &[Method] = &[Method::GET, Method::POST];

#[async_trait]
impl Endpoint for Authorize {
    /// Answers with a redirect: to a page of ours, or to the partner with a code or an error. An error page
    /// only where no redirect URI is proven.
    async fn handle(&self, request: Request) -> Response {
        let tenant = match admit(&*self.registry, &request, METHODS).await {
            Ok(tenant) => tenant,
            Err(ended) => return ended,
        };
        match self.answer(&request, &tenant).await {
            Ok(response) => response,
            Err(fault) => fault.page(&tenant, &request, &*self.random),
        }
    }
}

impl Authorize {
    async fn answer(&self, request: &Request, tenant: &Tenant) -> Result<Response, PageFault> {
        let params = read_params(request)?;
        let browser = Transactions {
            keyring: &self.keyring,
            tenant,
            headers: request.headers(),
            now: self.clock.now(),
        };
        if let Some(id) = params.get("tx").filter(|_| params.get("client_id").is_none()) {
            return self.go_on(browser.load(Some(id))?, &browser).await;
        }
        let named = params.get("ui_locales").and_then(Locale::from_ui_locales);
        let answers = Answers {
            tenant,
            random: &*self.random,
            locale: visit::locale(tenant, request.headers(), named),
        };
        let asked = match self.check(&params, &answers).await? {
            Ok(asked) => asked,
            Err(refused) => return Ok(refused),
        };
        if request.method() == Method::POST {
            // A cross-site POST comes without her session cookie; the GET that follows has it (assertion 11).
            return Ok(respond::see_other(&format!(
                "{}?{}",
                path::AUTHORIZE,
                params.only(&checks::PARAMETERS).encode()
            )));
        }
        let transaction = Transaction {
            id: TransactionId::from_bytes(self.random.bytes()),
            started_at: browser.now,
            locale: named,
            errand: Errand::Authorization(Box::new(asked.clone())),
            challenges: 0,
            stage: Stage::Start,
        };
        let errands = Errands {
            ports: self,
            browser: &browser,
        };
        match errands.authorization(transaction, asked.clone(), false).await {
            Err(fault) if asked.prompt == Prompt::None => Ok(silent(&answers, &asked, fault)),
            ended => ended,
        }
    }

    /// Goes on with a transaction after a step.
    async fn go_on(
        &self,
        transaction: Transaction,
        browser: &Transactions<'_>,
    ) -> Result<Response, PageFault> {
        let errands = Errands { ports: self, browser };
        match transaction.errand.clone() {
            Errand::Authorization(asked) => errands.authorization(transaction, *asked, true).await,
            Errand::Account => errands.account(transaction),
        }
    }
}

/// `prompt=none` is asked by a frame nobody looks at: what is out of reach is told to the partner, not on a page.
fn silent(answers: &Answers<'_>, asked: &AuthorizationRequest, fault: PageFault) -> Response {
    tracing::error!(
        tenant = answers.tenant.id.as_str(),
        reason = fault.reason,
        "no silent answer"
    );
    let fault = Unavailable(fault.reason).into();
    answers.refusal(&Way::back(asked), &fault)
}

/// Query and body together; a parameter in both counts as sent twice.
fn read_params(request: &Request) -> Result<Params, PageFault> {
    let query = form_post::query(request)?;
    if request.method() == Method::POST {
        Ok(query.and(form_post::params(request)?))
    } else {
        Ok(query)
    }
}
