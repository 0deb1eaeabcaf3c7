//! The answer to the partner: always at the proven URI, always with `iss` (RFC 9207).

use http::StatusCode;

use crate::{
    endpoints::{screen::Screen, transaction_cookie::Transactions},
    model::{AuthorizationRequest, Errand, ResponseMode, Stage, Tenant, Transaction},
    pages::{self, FormPostPage},
    ports::Random,
    types::{Locale, RedirectTarget, Secret},
    wire::{Response, error::Fault, respond},
};

/// Where the answer to one request goes, and how it travels.
pub(in crate::endpoints) struct Way<'a> {
    pub(in crate::endpoints) target: &'a RedirectTarget,
    pub(in crate::endpoints) state: Option<&'a str>,
    pub(in crate::endpoints) mode: ResponseMode,
}

impl<'a> Way<'a> {
    pub(in crate::endpoints) fn back(request: &'a AuthorizationRequest) -> Self {
        Self {
            target: &request.redirect_uri,
            state: request.state.as_deref(),
            mode: request.response_mode,
        }
    }
}

/// What answers to partners are made with.
pub(in crate::endpoints) struct Answers<'a> {
    pub(in crate::endpoints) tenant: &'a Tenant,
    pub(in crate::endpoints) random: &'a dyn Random,
    pub(in crate::endpoints) locale: Locale,
}

impl Answers<'_> {
    /// An error for the partner (RFC 6749 s4.1.2.1).
    pub(in crate::endpoints) fn refusal(&self, way: &Way<'_>, fault: &Fault) -> Response {
        let (tenant, error, reason) = (
            self.tenant.id.as_str(),
            fault.code.name(),
            fault.reason.as_deref(),
        );
        tracing::info!(tenant, error, reason, "authorization refused");
        self.send(
            way,
            &[
                ("error", fault.code.name()),
                ("error_description", fault.description),
            ],
        )
    }

    /// The code for the partner (RFC 6749 s4.1.2).
    pub(super) fn code(&self, way: &Way<'_>, code: &Secret<String>) -> Response {
        self.send(way, &[("code", code.expose())])
    }

    fn send(&self, way: &Way<'_>, params: &[(&str, &str)]) -> Response {
        let mut all = params.to_vec();
        all.extend(way.state.map(|s| ("state", s)));
        all.push(("iss", self.tenant.issuer.as_str()));
        match way.mode {
            ResponseMode::Query => respond::see_other(&way.target.with_params(&all)),
            ResponseMode::FormPost => self.form_post(way.target, &all),
        }
    }

    /// A page that posts itself (Form Post Response Mode s2): nothing of the answer is in an address.
    fn form_post(&self, target: &RedirectTarget, fields: &[(&str, &str)]) -> Response {
        let host = target.display_host();
        let page = FormPostPage {
            action: target.as_str(),
            host: &host,
            fields,
        };
        Screen::new(self.tenant, self.locale, self.random).show(
            StatusCode::OK,
            &target.form_action(),
            |shell| pages::form_post(shell, &page),
        )
    }
}

/// Leaves a mark instead of the transaction, so that the back button meets a page that understands.
pub(in crate::endpoints) fn finish(
    browser: &Transactions<'_>,
    transaction: Transaction,
    response: Response,
) -> Response {
    let mut finished = Transaction {
        stage: Stage::Finished,
        ..transaction
    };
    if let Errand::Authorization(request) = &mut finished.errand {
        // Only whose request it was is of use any more.
        (
            request.state,
            request.nonce,
            request.challenge,
            request.subject_hint,
        ) = (None, None, None, None);
    }
    respond::with_cookies(response, browser.save(&finished).unwrap_or_default())
}
