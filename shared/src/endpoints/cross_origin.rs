//! Which scripts of other origins may call an endpoint (Fetch standard, CORS; RFC 9700 s2.6).

use http::{HeaderName, Method, StatusCode, header};

use crate::{
    model::Tenant,
    wire::{Request, Response, respond},
};

/// Documents that are the same for everybody.
pub(super) fn open_to_all(mut response: Response) -> Response {
    respond::put(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response
}

/// The answer to a preflight, if the request is one.
pub(super) fn preflight(request: &Request, tenant: &Tenant) -> Option<Response> {
    if request.method() != Method::OPTIONS {
        return None;
    }
    let mut response = respond::empty(StatusCode::NO_CONTENT);
    respond::put(&mut response, header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
    respond::put(
        &mut response,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "authorization, content-type, dpop",
    );
    respond::put(&mut response, header::ACCESS_CONTROL_MAX_AGE, "600");
    Some(for_clients(request, tenant, response))
}

/// Opens an answer to the origins registered by the tenant's clients. `null` is no origin.
pub(super) fn for_clients(request: &Request, tenant: &Tenant, mut response: Response) -> Response {
    respond::put(&mut response, header::VARY, "origin");
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .and_then(|o| o.to_str().ok());
    if let Some(origin) = origin.filter(|o| tenant.allowed_origins.iter().any(|a| a == o)) {
        respond::put(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let expose = HeaderName::from_static("access-control-expose-headers");
        respond::put(&mut response, expose, "www-authenticate, dpop-nonce");
    }
    response
}
