//! Answers of the development side.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use maud::Markup;
use serde_json::{Value, json};

/// Nothing is loaded and nothing is sent anywhere: these pages are text and one style sheet in themselves.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

pub(super) fn json(status: StatusCode, body: Option<&Value>) -> Response<Bytes> {
    let bytes = body.map_or_else(Bytes::new, |value| Bytes::from(value.to_string()));
    answer(status, "application/json", bytes)
}

/// What is wrong with the request, as `{"error": cause}`.
pub(super) fn problem(status: StatusCode, cause: &str) -> Response<Bytes> {
    json(status, Some(&json!({ "error": cause })))
}

pub(super) fn method_not_allowed(allow: &'static str) -> Response<Bytes> {
    let mut response = problem(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("this path takes {allow}"),
    );
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}

/// A page; with `refresh`, the browser asks for it again after so many seconds.
pub(super) fn page(markup: &Markup, refresh: Option<&'static str>) -> Response<Bytes> {
    let bytes = Bytes::from(markup.0.clone());
    let mut response = answer(StatusCode::OK, "text/html; charset=utf-8", bytes);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(seconds) = refresh {
        headers.insert(header::REFRESH, HeaderValue::from_static(seconds));
    }
    response
}

fn answer(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    let corp = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(corp, HeaderValue::from_static("same-origin"));
    response
}
