//! Health: whether the process answers, on whatever host it is asked.

use bytes::Bytes;
use http::{Method, Response, StatusCode, header};
use serde_json::json;
use symbolon::wire::respond::{self, Caching};

/// The answer, if the path is a health path.
pub(super) fn answer(method: &Method, path: &str) -> Option<Response<Bytes>> {
    // Everything was opened before the port was; a process that answers at all is ready.
    let body = match path {
        "/health/ready" => json!({ "status": "ready" }),
        "/health/alive" => json!({ "status": "alive" }),
        _ => return None,
    };
    if method == Method::GET || method == Method::HEAD {
        return Some(respond::json(StatusCode::OK, &body, Caching::NoStore));
    }
    let mut response = respond::json(StatusCode::METHOD_NOT_ALLOWED, &json!({}), Caching::NoStore);
    respond::put(&mut response, header::ALLOW, "GET, HEAD");
    Some(response)
}
