//! The answer to the partner: always by redirect to the proven URI, always with `iss` (RFC 9207).

use crate::{
    endpoints::transaction_cookie::Transactions,
    model::{AuthorizationRequest, Errand, Stage, Tenant, Transaction},
    types::{RedirectTarget, Secret},
    wire::{Response, error::Fault, respond},
};

/// An error for the partner (RFC 6749 s4.1.2.1).
pub(in crate::endpoints) fn refusal(
    tenant: &Tenant,
    target: &RedirectTarget,
    state: Option<&str>,
    fault: &Fault,
) -> Response {
    let (tenant_id, error, reason) = (tenant.id.as_str(), fault.code.name(), fault.reason.as_deref());
    tracing::info!(tenant = tenant_id, error, reason, "authorization refused");
    let params = [
        ("error", fault.code.name()),
        ("error_description", fault.description),
    ];
    redirect(tenant, target, state, &params)
}

/// The code for the partner (RFC 6749 s4.1.2).
pub(super) fn code(tenant: &Tenant, request: &AuthorizationRequest, code: &Secret<String>) -> Response {
    redirect(
        tenant,
        &request.redirect_uri,
        request.state.as_deref(),
        &[("code", code.expose())],
    )
}

fn redirect(
    tenant: &Tenant,
    target: &RedirectTarget,
    state: Option<&str>,
    params: &[(&str, &str)],
) -> Response {
    let mut all = params.to_vec();
    all.extend(state.map(|s| ("state", s)));
    all.push(("iss", tenant.issuer.as_str()));
    respond::see_other(&target.with_params(&all))
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
