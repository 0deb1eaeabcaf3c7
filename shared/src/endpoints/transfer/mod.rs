//! From the brand's own app to a browser: what the app was given for its refresh token becomes a session here, once she
//! has said that it is she. Reading a page, be it by whoever looks ahead, uses nothing up.

mod go_on;
mod show;

use std::sync::Arc;

use async_trait::async_trait;
use http::Method;

use super::{
    Endpoint, form_post,
    page_fault::PageFault,
    transaction_cookie::Transactions,
    transfer_token::{self, ANSWERED_WITHIN},
    visit::{self, READ_AND_POST, admit_person},
};
use crate::{
    keyring::Keyring,
    model::{Client, Errand, SessionTransfer, Stage, Tenant, Transaction, TransferVisit},
    pages::ErrorCause,
    ports::{Assertions, Clock, Grants, LogoutNotices, Members, Random, RefreshFamilies, Registry, Sessions},
    types::{ClientId, Digest, Locale, Timestamp, TransactionId},
    wire::{Request, Response, metadata::path, params::Params, respond},
};

/// `/session/transfer`: `GET` opens what the app was given, and asks; `POST` takes the answer.
pub struct Transfer {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// What was used.
    pub assertions: Arc<dyn Assertions>,
    /// The app's refresh tokens.
    pub families: Arc<dyn RefreshFamilies>,
    /// Her consent to the app, and the tokens of a replaced session of another member.
    pub grants: Arc<dyn Grants>,
    /// Whether she may still sign in.
    pub members: Arc<dyn Members>,
    /// The session that begins, and the one it replaces.
    pub sessions: Arc<dyn Sessions>,
    /// Partners to be told of an end.
    pub notices: Arc<dyn LogoutNotices>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids, nonces.
    pub random: Arc<dyn Random>,
    /// Sealed tokens and cookies, session secrets.
    pub keyring: Arc<Keyring>,
}

/// One browser at one visit.
struct Step<'a> {
    browser: &'a Transactions<'a>,
    request: &'a Request,
    transaction: Transaction,
    params: Params,
    locale: Locale,
    /// Where she is on her way to, if that is still there.
    partner: Option<Arc<Client>>,
}

/// What she is asked about.
struct Question<'a> {
    transfer: &'a SessionTransfer,
    token: &'a Digest,
    until: Timestamp,
}

#[async_trait]
impl Endpoint for Transfer {
    /// Answers with its page, or sends the browser on.
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

impl Transfer {
    async fn answer(&self, request: &Request, tenant: &Tenant) -> Result<Response, PageFault> {
        let posted = request.method() == Method::POST;
        let params = form_post::params(request)?;
        let browser = Transactions {
            keyring: &self.keyring,
            tenant,
            headers: request.headers(),
            now: self.clock.now(),
        };
        if !posted && params.get("tx").is_none() {
            return self.open(&browser, &params);
        }
        let mut transaction = browser.load(params.get("tx"))?;
        if posted {
            let context = transaction.id.to_string();
            form_post::from_our_page(request, &params, &self.keyring, tenant, &context)?;
        }
        let Errand::Transfer(visit) = transaction.errand.clone() else {
            let other = "the transaction is for something else";
            return Err(PageFault::new(ErrorCause::TransactionNotFound, other));
        };
        let chosen = params.get("lang").and_then(Locale::lookup);
        transaction.locale = chosen.or(transaction.locale);
        let step = Step {
            browser: &browser,
            request,
            locale: visit::locale(tenant, request.headers(), transaction.locale),
            transaction,
            params,
            partner: self.partner(tenant, visit.partner()).await?,
        };
        let page = match &*visit {
            TransferVisit::Ended { went_on: true, .. } => return Ok(onward(&step)),
            TransferVisit::Ended { went_on: false, .. } => self.declined_page(&step),
            TransferVisit::Asking {
                transfer,
                token,
                until,
            } => {
                let question = Question {
                    transfer,
                    token,
                    until: *until,
                };
                if posted {
                    return self.decide(&step, &question).await;
                }
                self.ask(&step, &question).await?
            }
        };
        Ok(browser.in_language(&step.transaction, chosen, page))
    }

    /// Opens what the app was given, and keeps it for the page: from here on it is in no address.
    fn open(&self, browser: &Transactions<'_>, params: &Params) -> Result<Response, PageFault> {
        let (tenant, now) = (browser.tenant, browser.now);
        let unknown = |why: &str| PageFault::new(ErrorCause::TransferUnknown, why);
        if params.is_repeated("token") {
            return Err(unknown("token is repeated"));
        }
        let text = params.get("token").ok_or_else(|| unknown("token is missing"))?;
        let transfer = transfer_token::open(&self.keyring, tenant, text)
            .ok_or_else(|| unknown("token is none of this brand's"))?;
        if transfer.expires_at.is_past(now) {
            return Err(PageFault::new(ErrorCause::TransferExpired, "opened too late"));
        }
        let asking = TransferVisit::Asking {
            until: transfer.expires_at + ANSWERED_WITHIN,
            token: Digest::of(text.as_bytes()),
            transfer,
        };
        let transaction = Transaction {
            id: TransactionId::from_bytes(self.random.bytes()),
            started_at: now,
            errand: Errand::Transfer(Box::new(asking)),
            locale: params.get("ui_locales").and_then(Locale::from_ui_locales),
            challenges: 0,
            stage: Stage::Start,
        };
        let cookies = browser.save(&transaction)?;
        let page = respond::see_other(&transaction.link(path::SESSION_TRANSFER));
        Ok(respond::with_cookies(page, cookies))
    }

    async fn partner(
        &self,
        tenant: &Tenant,
        named: Option<&ClientId>,
    ) -> Result<Option<Arc<Client>>, PageFault> {
        let Some(id) = named else { return Ok(None) };
        let partner = self.registry.client(&tenant.id, id).await?;
        Ok(partner.filter(|partner| partner.initiate_login_uri.is_some()))
    }
}

impl Step<'_> {
    fn tenant(&self) -> &Tenant {
        self.browser.tenant
    }

    /// An error page that leads on to where she can sign in otherwise.
    fn fault(&self, cause: ErrorCause, why: &str) -> PageFault {
        let tenant = self.tenant();
        let partner = self.partner.as_ref();
        let account = || (tenant.brand.name.clone(), tenant.issuer.at(path::ACCOUNT));
        PageFault {
            back: partner
                .and_then(|p| Some((p.name.clone(), p.uri.clone()?)))
                .or_else(|| Some(account())),
            ..PageFault::new(cause, why)
        }
    }
}

/// Where she was on her way to: a sign-in at the partner, which she is not asked anything for any more (Core s4); or her
/// account page, also where the partner has gone in the meantime.
fn onward(step: &Step<'_>) -> Response {
    let target = step.partner.as_ref().and_then(|partner| partner.sign_in_target());
    match target {
        Some(target) => {
            let issuer = step.tenant().issuer.as_str();
            respond::see_other(&target.with_params(&[("iss", issuer)]))
        }
        None => respond::see_other(path::ACCOUNT),
    }
}
