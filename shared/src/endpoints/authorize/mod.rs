//! The authorization endpoint (RFC 6749 s3.1, Core s3.1.2) and the only router of the browser flow.
//!
//! Login and consent each finish one step and send the browser back here; no page decides what comes next.

mod answer;
mod checks;
mod claims;
mod decide;
mod device;
mod errand;
pub(super) mod pushed;
mod reader;
mod request_object;

use std::sync::Arc;

use async_trait::async_trait;
use http::Method;

use self::errand::Errands;
pub(super) use self::{
    answer::{Answers, Way, finish},
    checks::scope as requested_scope,
    device::ended as device_ended,
    reader::{Came, Reader, Taken, Untaken},
};
use super::{
    Endpoint, form_post,
    page_fault::PageFault,
    transaction_cookie::Transactions,
    visit::{self, admit_person},
};
use crate::{
    keyring::Keyring,
    model::{AuthorizationRequest, Client, Errand, Prompt, Stage, Tenant, Transaction},
    pages::ErrorCause,
    ports::{
        ClientKeys, Clock, Codes, DeviceRequests, Grants, PublicKeys, PushedRequests, Random, Registry,
        Sessions, Unavailable,
    },
    types::{ClientId, Locale, Timestamp, TransactionId},
    wire::{Request, Response, error::Fault, metadata::path, params::Params, respond},
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
    /// What clients pushed.
    pub pushed: Arc<dyn PushedRequests>,
    /// What clients publish at their `jwks_uri`, to read a signed request.
    pub client_keys: Arc<dyn ClientKeys>,
    /// Requests of devices: what she decided.
    pub devices: Arc<dyn DeviceRequests>,
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
        let answers = |params: &Params| Answers {
            tenant,
            random: &*self.random,
            locale: visit::locale(tenant, request.headers(), named(params)),
        };
        let (asked, stated) = match self.check(&params, tenant, browser.now).await {
            Ok(taken) => (taken.request, taken.params),
            Err(Untaken::Nowhere(fault)) => return Err(fault),
            Err(Untaken::Unreadable(fault)) => {
                return Err(PageFault::new(ErrorCause::InvalidRequest, fault.description));
            }
            Err(Untaken::Answerable {
                target,
                state,
                mode,
                fault,
            }) => {
                let way = Way {
                    target: &target,
                    state: state.as_deref(),
                    mode,
                };
                return Ok(answers(&params).refusal(&way, &fault));
            }
        };
        if request.method() == Method::POST {
            // A cross-site POST comes without her session cookie; the GET that follows has it (assertion 11).
            let onward = format!(
                "{}?{}",
                path::AUTHORIZE,
                params.only(&checks::PARAMETERS).encode()
            );
            if onward.len() > visit::MAX_TARGET {
                let fault = Fault::request("the request is too large for an address; push it");
                return Ok(answers(&params).refusal(&Way::back(&asked), &fault));
            }
            return Ok(respond::see_other(&onward));
        }
        let transaction = Transaction {
            id: TransactionId::from_bytes(self.random.bytes()),
            started_at: browser.now,
            locale: named(&stated),
            errand: Errand::Authorization(Box::new(asked.clone())),
            challenges: 0,
            stage: Stage::Start,
        };
        let errands = Errands {
            ports: self,
            browser: &browser,
        };
        match errands.authorization(transaction, asked.clone(), false).await {
            Err(fault) if asked.prompt == Prompt::None && fault.status().is_server_error() => {
                Ok(silent(&answers(&stated), &asked, fault))
            }
            ended => ended,
        }
    }

    /// The checked request: what the browser brings, or what it says was pushed. Of that, nothing beside it counts but
    /// who asks (RFC 9126 s4).
    async fn check(&self, sent: &Params, tenant: &Tenant, now: Timestamp) -> Result<Taken, Untaken> {
        let client = self.client(sent, tenant).await?;
        let reader = |came| Reader {
            tenant,
            client: &client,
            came,
            public_keys: &*self.public_keys,
            client_keys: &*self.client_keys,
            now,
        };
        let Some(digest) = pushed::named_in(sent)? else {
            return reader(Came::ByBrowser).read(sent).await;
        };
        let found = self.pushed.get(&tenant.id, &digest, now).await?;
        let (kept, params) = pushed::open(&self.keyring, tenant, &client, found)?;
        let mut taken = reader(Came::Pushed(kept.origin(digest))).read(&params).await?;
        taken.request.dpop_jkt = kept.dpop_jkt.or(taken.request.dpop_jkt);
        Ok(taken)
    }

    async fn client(&self, params: &Params, tenant: &Tenant) -> Result<Arc<Client>, PageFault> {
        let fault = |why: &str| PageFault::new(ErrorCause::InvalidClient, why);
        if params.is_repeated("client_id") {
            return Err(PageFault::new(
                ErrorCause::InvalidRequest,
                "client_id is repeated",
            ));
        }
        let id = params
            .get("client_id")
            .ok_or_else(|| fault("client_id is missing"))?;
        self.registry
            .client(&tenant.id, &ClientId::new(id))
            .await?
            .ok_or_else(|| fault("client_id is not registered here"))
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
            Errand::Device(visit) => errands.device(transaction, *visit).await,
            Errand::Transfer(_) => Ok(respond::see_other(&transaction.link(path::SESSION_TRANSFER))),
        }
    }
}

/// The language a request asks for.
fn named(params: &Params) -> Option<Locale> {
    params.get("ui_locales").and_then(Locale::from_ui_locales)
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
