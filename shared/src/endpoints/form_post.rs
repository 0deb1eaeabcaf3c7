//! Forms of our own pages: who may post them, and what they say.

use http::{HeaderMap, Method, header};

use super::{page_fault::PageFault, visit};
use crate::{
    keyring::Keyring,
    model::Tenant,
    pages::ErrorCause,
    wire::{
        Request,
        params::{Params, ParamsError},
    },
};

/// The field of the anti-forgery token.
const TOKEN: &str = "csrf";

/// The query of a request.
pub(super) fn query(request: &Request) -> Result<Params, PageFault> {
    visit::query(request).map_err(unreadable)
}

/// The form of a POST, the query of anything else.
///
/// Nothing but a form is a form: `text/plain` is what a forged one can send.
pub(super) fn params(request: &Request) -> Result<Params, PageFault> {
    if request.method() != Method::POST {
        return query(request);
    }
    if !visit::is_form(request) {
        return Err(PageFault::new(
            ErrorCause::UnsupportedMediaType,
            "the body is not a form",
        ));
    }
    Params::parse(request.body()).map_err(unreadable)
}

fn unreadable(error: ParamsError) -> PageFault {
    PageFault::new(ErrorCause::InvalidRequest, format!("parameters: {error:?}"))
}

/// Refuses a form that was not posted from our own page of this `context` (a transaction, a session).
pub(super) fn from_our_page(
    request: &Request,
    form: &Params,
    keyring: &Keyring,
    tenant: &Tenant,
    context: &str,
) -> Result<(), PageFault> {
    let refuse = |why: &str| Err(PageFault::new(ErrorCause::CrossSite, why));
    if !is_same_site(request.headers(), tenant) {
        return refuse("the browser says the form is from another site");
    }
    // Checkboxes of one list share a name; nothing else does.
    if form.repeats_besides("scope") {
        return Err(PageFault::new(
            ErrorCause::InvalidRequest,
            "a field is sent more than once",
        ));
    }
    let posted = form.get(TOKEN).unwrap_or_default();
    if keyring.is_form_token(&tenant.id, context, posted) {
        Ok(())
    } else {
        refuse("anti-forgery token")
    }
}

/// What the browser itself says. Our pages send no referrer, so it may write their origin as `null`.
fn is_same_site(headers: &HeaderMap, tenant: &Tenant) -> bool {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site").is_none_or(|s| s == "same-origin");
    let origin = text(header::ORIGIN.as_str()).is_none_or(|o| o == "null" || o == tenant.issuer.as_str());
    site && origin
}
