//! Events in, answers out.

use std::net::IpAddr;

use lambda_http::{Body, Error, RequestExt, request::RequestContext, service_fn};
use symbolon::{
    endpoints::Endpoint,
    wire::{ClientAddress, Request},
};

/// Runs a function until Lambda ends it. One log line a request: method, path without query, status.
pub async fn serve(endpoint: &dyn Endpoint) -> Result<(), Error> {
    // Lambda's own log line is the time stamp.
    tracing_subscriber::fmt().with_ansi(false).without_time().init();
    lambda_http::run(service_fn(|event| async move {
        Ok::<_, Error>(respond(endpoint, event).await)
    }))
    .await
}

/// Answers one event.
pub async fn respond(endpoint: &dyn Endpoint, event: lambda_http::Request) -> lambda_http::Response<Body> {
    let request = request_of(event);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = endpoint.handle(request).await;
    tracing::info!(%method, path, status = response.status().as_u16(), "answered");
    response.map(|bytes| body_of(&bytes))
}

/// The event as a plain request. The target is origin-form: which host it is for is the `Host` header's word alone.
fn request_of(event: lambda_http::Request) -> Request {
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

/// Text goes out as text, everything else as base64; `lambda_http` decides by the content type.
fn body_of(bytes: &bytes::Bytes) -> Body {
    match String::from_utf8(bytes.to_vec()) {
        Ok(text) => Body::Text(text),
        Err(error) => Body::Binary(error.into_bytes()),
    }
}
