//! Events in, answers out.

use std::net::IpAddr;

use lambda_http::{Body, RequestExt, request::RequestContext};
use symbolon::wire::{ClientAddress, Request, Response};

/// The event as a plain request. The target is origin-form: which host it is for is the `Host` header's word alone.
pub(crate) fn request_of(event: lambda_http::Request) -> Request {
    let address = client_address(&event);
    let (mut parts, body) = event.into_parts();
    if let Some(target) = parts.uri.path_and_query().cloned() {
        parts.uri = target.into();
    }
    parts.extensions.clear();
    if let Some(address) = address {
        parts.extensions.insert(ClientAddress(address));
    }
    Request::from_parts(parts, body.to_vec().into())
}

/// The address API Gateway saw. Forwarding headers are the client's word and are not read.
fn client_address(event: &lambda_http::Request) -> Option<IpAddr> {
    match event.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    }
}

/// The answer as Lambda takes it.
pub(crate) fn answer_of(response: Response) -> lambda_http::Response<Body> {
    response.map(|bytes| body_of(&bytes))
}

/// Text goes out as text, everything else as base64; `lambda_http` decides by the content type.
fn body_of(bytes: &bytes::Bytes) -> Body {
    match String::from_utf8(bytes.to_vec()) {
        Ok(text) => Body::Text(text),
        Err(error) => Body::Binary(error.into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::{http::header, request::LambdaRequest};

    use super::*;

    #[test]
    fn br6_another_applications_cookie_in_any_bytes_takes_none_of_ours_with_it() {
        let event = serde_json::json!({
            "version": "2.0",
            "routeKey": "GET /login",
            "rawPath": "/login",
            "rawQueryString": "",
            "headers": { "host": "auth.brand.tld" },
            "cookies": ["utm=café", "__Host-session=AAAA"],
            "requestContext": {
                "http": { "method": "GET", "path": "/login", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9" },
                "stage": "$default",
                "timeEpoch": 1_795_348_800_000_u64,
            },
            "isBase64Encoded": false,
        });
        let event: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
        let request = request_of(event.into());
        let cookies = request.headers()[header::COOKIE].as_bytes();
        assert_eq!(cookies, "utm=café; __Host-session=AAAA".as_bytes());
    }
}
