//! Health: whether the process answers, on whatever host it is asked.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};

/// The answer, if the path is a health path.
pub(super) fn answer(method: &Method, path: &str) -> Option<Response<Bytes>> {
    // Everything was opened before the port was; a process that answers at all is ready.
    let body = match path {
        "/health/ready" => r#"{"status":"ready"}"#,
        "/health/alive" => r#"{"status":"alive"}"#,
        _ => return None,
    };
    let allowed = method == Method::GET || method == Method::HEAD;
    let mut response = Response::new(Bytes::from_static(if allowed { body.as_bytes() } else { b"{}" }));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !allowed {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    }
    Some(response)
}
