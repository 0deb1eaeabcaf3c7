//! Responses. Which headers an answer carries is decided here and nowhere else.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response as HttpResponse, StatusCode, header};
use serde::Serialize;

use super::{Response, error::Fault};

/// How long others may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// Not at all: everything that carries a person, a token or an error (RFC 6749 s5.1).
    NoStore,
    /// Metadata and keys: five minutes, shared caches too.
    Public,
}

impl Caching {
    fn value(self) -> HeaderValue {
        match self {
            Self::NoStore => HeaderValue::from_static("no-store"),
            Self::Public => HeaderValue::from_static("public, max-age=300, stale-while-revalidate=60"),
        }
    }
}

/// A JSON answer.
pub fn json(status: StatusCode, body: &impl Serialize, caching: Caching) -> Response {
    // Serialising our own plain structs cannot fail; an empty body would be a visible defect, not a leak.
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    let mut response = bare(status, Bytes::from(bytes), caching);
    put(&mut response, header::CONTENT_TYPE, "application/json");
    response
}

/// A JWS as the whole answer. `media_type` says what it is about.
pub fn jwt(media_type: &'static str, token: String) -> Response {
    let mut response = bare(StatusCode::OK, Bytes::from(token), Caching::NoStore);
    put(&mut response, header::CONTENT_TYPE, media_type);
    response
}

/// An OAuth error as JSON (RFC 6749 s5.2).
pub fn json_error(fault: &Fault) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a str,
        error_description: &'a str,
    }
    let body = Body {
        error: fault.code.name(),
        error_description: fault.description,
    };
    let mut response = json(fault.code.status(), &body, Caching::NoStore);
    if fault.code.status() == StatusCode::SERVICE_UNAVAILABLE {
        put(&mut response, header::RETRY_AFTER, "2");
    }
    response
}

/// What the answer rests on cannot be reached. Which issuer it was for is not even known, so it is nobody's page.
pub fn out_of_reach() -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = text(status, "configuration is out of reach; try again shortly\n");
    put(&mut response, header::RETRY_AFTER, "2");
    response
}

/// A plain text answer.
pub fn text(status: StatusCode, body: &'static str) -> Response {
    let mut response = bare(status, Bytes::from_static(body.as_bytes()), Caching::NoStore);
    put(&mut response, header::CONTENT_TYPE, "text/plain; charset=utf-8");
    response
}

/// An answer without a body.
pub fn empty(status: StatusCode) -> Response {
    bare(status, Bytes::new(), Caching::NoStore)
}

/// 303 See Other: the next request is a GET without the body of this one (RFC 9700 s4.12).
pub fn see_other(location: &str) -> Response {
    let mut response = empty(StatusCode::SEE_OTHER);
    // Targets are registered URIs or our own paths with percent-encoded queries, so they always fit a header.
    if let Ok(value) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    put(&mut response, header::REFERRER_POLICY, "no-referrer");
    response
}

/// A page. `nonce` is the one its style and script carry; `form_action` lists where its forms may lead.
pub fn html(status: StatusCode, body: String, nonce: &str, form_action: &str) -> Response {
    let mut response = bare(status, Bytes::from(body), Caching::NoStore);
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; \
         form-action 'self'{gap}{form_action}; base-uri 'none'; frame-ancestors 'none'",
        gap = if form_action.is_empty() { "" } else { " " },
    );
    put(&mut response, header::CONTENT_TYPE, "text/html; charset=utf-8");
    put(&mut response, header::CONTENT_SECURITY_POLICY, &policy);
    put(&mut response, header::X_FRAME_OPTIONS, "DENY");
    put(&mut response, header::REFERRER_POLICY, "no-referrer");
    put(
        &mut response,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    put(
        &mut response,
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    // WebOTP is the one capability the pages use.
    put(
        &mut response,
        HeaderName::from_static("permissions-policy"),
        "otp-credentials=(self), camera=(), geolocation=(), microphone=(), payment=()",
    );
    response
}

/// Sets a header whose value this crate wrote itself.
pub fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Adds another line of a header whose value this crate wrote itself.
pub fn add(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().append(name, value);
    }
}

/// Adds `Set-Cookie` headers.
#[must_use]
pub fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn bare(status: StatusCode, body: Bytes, caching: Caching) -> Response {
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, caching.value());
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=63072000; includeSubDomains"),
    );
    response
}
