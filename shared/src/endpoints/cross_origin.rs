//! Which scripts of other origins may call an endpoint (Fetch standard, CORS; RFC 9700 s2.6).

use http::{HeaderName, Method, StatusCode, header};

use crate::{
    model::{Client, Tenant},
    wire::{Request, Response, respond},
};

/// Documents that are the same for everybody.
pub(super) fn open_to_all(mut response: Response) -> Response {
    respond::put(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response
}

/// The answer to a preflight, if the request is one. It names no client, so any client's scripts may go on; whether they
/// may read what they then ask for, [`for_client`] says.
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
    Some(for_client(request, tenant, None, response))
}

/// Opens an answer to the origins registered by the client that it concerns. One that concerns no registered client
/// tells nothing of any, and is for the scripts of all of them (decision 0010). `null` is no origin.
pub(super) fn for_client(
    request: &Request,
    tenant: &Tenant,
    client: Option<&Client>,
    mut response: Response,
) -> Response {
    let origins = client.map_or(&tenant.allowed_origins, |client| &client.allowed_origins);
    respond::put(&mut response, header::VARY, "origin");
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .and_then(|o| o.to_str().ok());
    if let Some(origin) = origin.filter(|o| origins.iter().any(|a| a == o)) {
        respond::put(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let expose = HeaderName::from_static("access-control-expose-headers");
        respond::put(&mut response, expose, "www-authenticate, dpop-nonce");
    }
    response
}
