//! Where a member types the code that her device shows (RFC 8628 s3.3), and where she is told that it is done. What
//! comes in between is `authorize`'s to say.

use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode, header};

use super::{
    Endpoint,
    audit::{self, AuditEvent},
    form_post,
    page_fault::PageFault,
    screen::Screen,
    transaction_cookie::Transactions,
    visit::{self, READ_AND_POST, admit_person},
};
use crate::{
    keyring::Keyring,
    model::{AskingDevice, DeviceOutcome, DeviceVisit, Errand, GrantType, Stage, Tenant, Transaction},
    pages::{self, DeviceDonePage, DevicePage, DeviceProblem, ErrorCause, FormKey},
    ports::{Challenges, Clock, DeviceRequests, Random, Registry},
    types::{ClientId, Locale, TransactionId, UserCode},
    wire::{Request, Response, metadata::path, params::Params, respond},
};

/// `/device`: `GET` asks for the code, or says that it is done; `POST` takes the code.
pub struct Device {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// The requests of devices.
    pub devices: Arc<dyn DeviceRequests>,
    /// How often an address may try.
    pub challenges: Arc<dyn Challenges>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Transaction ids, nonces.
    pub random: Arc<dyn Random>,
    /// Sealed cookies, hashed user codes.
    pub keyring: Arc<Keyring>,
}

/// One browser at one visit.
struct Step<'a> {
    browser: &'a Transactions<'a>,
    transaction: Transaction,
    params: Params,
    locale: Locale,
}

/// Codes that may be wrong in one visit.
const WRONG_CODES: u32 = 10;

#[async_trait]
impl Endpoint for Device {
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

impl Device {
    async fn answer(&self, request: &Request, tenant: &Tenant) -> Result<Response, PageFault> {
        let posted = request.method() == Method::POST;
        let params = form_post::params(request)?;
        let browser = Transactions {
            keyring: &self.keyring,
            tenant,
            headers: request.headers(),
            now: self.clock.now(),
        };
        let mut transaction = match params.get("tx") {
            None if !posted => self.new_visit(&browser),
            id => browser.load(id)?,
        };
        if posted {
            let context = transaction.id.to_string();
            form_post::from_our_page(request, &params, &self.keyring, tenant, &context)?;
        }
        let chosen = params.get("lang").and_then(Locale::lookup);
        transaction.locale = chosen.or(transaction.locale);
        let Errand::Device(visit) = transaction.errand.clone() else {
            let other = "the transaction is for something else";
            return Err(PageFault::new(ErrorCause::TransactionNotFound, other));
        };
        let locale = visit::locale(tenant, request.headers(), transaction.locale);
        let step = Step {
            browser: &browser,
            transaction,
            params,
            locale,
        };
        match *visit {
            DeviceVisit::Typing { wrong } if posted => self.take_code(request, step, wrong).await,
            DeviceVisit::Typing { .. } => {
                let page =
                    respond::with_cookies(self.code_page(&step, None), browser.save(&step.transaction)?);
                Ok(browser.in_language(&step.transaction, chosen, page))
            }
            DeviceVisit::Asking(_) => Ok(respond::see_other(&step.transaction.link(path::AUTHORIZE))),
            DeviceVisit::Ended { client, outcome } => {
                let page = self.done_page(&step, &client, outcome).await?;
                Ok(browser.in_language(&step.transaction, chosen, page))
            }
        }
    }

    fn new_visit(&self, browser: &Transactions<'_>) -> Transaction {
        Transaction {
            id: TransactionId::from_bytes(self.random.bytes()),
            started_at: browser.now,
            errand: Errand::Device(Box::new(DeviceVisit::Typing { wrong: 0 })),
            locale: None,
            challenges: 0,
            stage: Stage::Start,
        }
    }

    /// Count first, look second: a guess costs a try whether it is right or not (RFC 8628 s5.1).
    async fn take_code(&self, request: &Request, step: Step<'_>, wrong: u32) -> Result<Response, PageFault> {
        let (tenant, now) = (step.browser.tenant, step.browser.now);
        let typed = step.params.get("user_code").unwrap_or_default();
        let Some(user_code) = UserCode::parse(typed) else {
            // It cannot be anybody's, so it is no guess.
            let problem = if typed.trim().is_empty() {
                DeviceProblem::Empty
            } else {
                DeviceProblem::Wrong
            };
            return Ok(self.code_page(&step, Some(problem)));
        };
        let limit = tenant.policy.device.address;
        let address = self
            .keyring
            .device_address_index(&tenant.id, visit::address(request));
        let counted = self
            .challenges
            .count_address(&tenant.id, &address, limit.window, now)
            .await?;
        if counted > limit.requests || wrong >= WRONG_CODES {
            let line = audit::line(AuditEvent::DeviceCodeLimited, tenant);
            if wrong >= WRONG_CODES {
                line.because("visit").write();
            } else {
                line.because("address").write();
            }
            let minutes = limit.window.div_ceil(60);
            return Ok(self.code_page(&step, Some(DeviceProblem::TryLater { minutes })));
        }
        let index = self.keyring.user_code_index(&tenant.id, &user_code);
        let found = self.devices.pending(&tenant.id, &index, now).await?;
        let device = match found {
            Some(found) => {
                let client = self.registry.client(&tenant.id, &found.client).await?;
                client.filter(|c| c.may(GrantType::DeviceCode)).map(|_| found)
            }
            None => None,
        };
        let Some(device) = device else {
            audit::line(AuditEvent::DeviceCodeRejected, tenant).write();
            let transaction = visiting(
                &step,
                DeviceVisit::Typing {
                    wrong: wrong.saturating_add(1),
                },
            );
            let cookies = step.browser.save(&transaction)?;
            let page = self.code_page(&step, Some(DeviceProblem::Wrong));
            return Ok(respond::with_cookies(page, cookies));
        };
        let asking = AskingDevice {
            user_code,
            client: device.client,
            scope: device.scope,
            resources: device.resources,
        };
        let transaction = visiting(&step, DeviceVisit::Asking(asking));
        let cookies = step.browser.save(&transaction)?;
        let onward = respond::see_other(&transaction.link(path::AUTHORIZE));
        Ok(respond::with_cookies(onward, cookies))
    }

    fn code_page(&self, step: &Step<'_>, problem: Option<DeviceProblem>) -> Response {
        let id = step.transaction.id.to_string();
        let csrf = self.keyring.form_token(&step.browser.tenant.id, &id);
        let typed = step.params.get("user_code").unwrap_or_default();
        let known = UserCode::parse(typed).map(|code| code.to_string());
        // What came with the link is shown only if it is a code: an address is anybody's to write.
        let value = known.as_deref().unwrap_or(problem.map_or("", |_| typed));
        let page = DevicePage {
            form: FormKey {
                transaction: &id,
                csrf: &csrf,
            },
            value,
            came_with_link: problem.is_none() && known.is_some(),
            problem,
        };
        let mut here = step.transaction.link(path::DEVICE);
        if let Some(code) = &known {
            here = format!("{here}&user_code={code}");
        }
        let status = match problem {
            None => StatusCode::OK,
            Some(DeviceProblem::TryLater { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Some(_) => StatusCode::BAD_REQUEST,
        };
        let mut response = Screen::new(step.browser.tenant, step.locale, &*self.random)
            .at(here)
            .show(status, "", |shell| pages::device(shell, &page));
        if let Some(DeviceProblem::TryLater { minutes }) = problem {
            respond::put(&mut response, header::RETRY_AFTER, &(minutes * 60).to_string());
        }
        response
    }

    async fn done_page(
        &self,
        step: &Step<'_>,
        client: &ClientId,
        outcome: DeviceOutcome,
    ) -> Result<Response, PageFault> {
        let tenant = step.browser.tenant;
        let client = self.registry.client(&tenant.id, client).await?;
        let page = DeviceDonePage {
            app: client.as_ref().map_or("", |c| &c.name),
            outcome,
        };
        Ok(Screen::new(tenant, step.locale, &*self.random)
            .at(step.transaction.link(path::DEVICE))
            .show(StatusCode::OK, "", |shell| pages::device_done(shell, &page)))
    }
}

/// The transaction at another step of the visit.
fn visiting(step: &Step<'_>, visit: DeviceVisit) -> Transaction {
    Transaction {
        errand: Errand::Device(Box::new(visit)),
        stage: Stage::Start,
        ..step.transaction.clone()
    }
}
