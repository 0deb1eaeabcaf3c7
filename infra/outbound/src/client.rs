//! One request, one answer.

use std::{future::Future, pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{
    Request, Response, StatusCode,
    header::{ACCEPT, CONNECTION, CONTENT_TYPE, HOST, HeaderMap, USER_AGENT},
};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;

use crate::{
    Addresses, OutboundError, Refused, Target,
    authorities::Authorities,
    connection::{Resolver, System, connect},
    is_public,
    reach::Reach,
};

/// Largest answer that is read: of its body, and of what stands before it.
pub(crate) const LARGEST: usize = 64 * 1024;

/// What came back. A redirect is an answer like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// At most 64 KB.
    pub body: Vec<u8>,
}

/// A client for addresses from a configuration. Every request has a connection of its own: one that was kept could be
/// gone when a frozen function wakes, and requests are not repeated.
pub struct Outbound {
    reach: Reach,
    authorities: Authorities,
    resolver: Box<dyn Resolver>,
}

impl Outbound {
    /// Public addresses, the system's certificate authorities.
    pub fn public() -> Self {
        Self::new(Reach::Only(is_public), Authorities::of_the_system(), System)
    }

    /// The same, for development: `localhost`, the names below it and loopback addresses may be asked too, with TLS
    /// or without.
    pub fn on_this_machine() -> Self {
        Self::new(Reach::ThisMachineToo, Authorities::of_the_system(), System)
    }

    /// Other addresses and one authority, for tests against a server of their own.
    pub fn trusting(allowed: Addresses, authority_pem: &[u8]) -> Self {
        Self::new(Reach::Only(allowed), Authorities::only(authority_pem), System)
    }

    pub(crate) fn new(reach: Reach, authorities: Authorities, resolver: impl Resolver + 'static) -> Self {
        Self {
            reach,
            authorities,
            resolver: Box::new(resolver),
        }
    }

    /// Believes these certificates too: the one that this machine made for itself.
    #[must_use]
    pub fn believing(mut self, authority_pem: &[u8]) -> Self {
        self.authorities = self.authorities.and(authority_pem);
        self
    }

    /// Checks an address as this client will.
    pub fn target(&self, url: &str) -> Result<Target, Refused> {
        Target::parse(url, self.reach)
    }

    /// Reads a JSON document whole, all within `timeout`. Every other status than 200 and every other content type is
    /// an error.
    pub async fn get_json(&self, target: &Target, timeout: Duration) -> Result<Vec<u8>, OutboundError> {
        let request = request(target, Request::get(target.path()), Bytes::new())?;
        let response = async {
            let (head, body) = self.exchange(target, request).await?.into_parts();
            match head.status {
                StatusCode::OK if is_json(&head.headers) => Ok(body),
                StatusCode::OK => Err(OutboundError::NotJson),
                status => Err(OutboundError::Status(status.as_u16())),
            }
        };
        in_time(timeout, response).await
    }

    /// Posts and reads the answer whole, all within `timeout`.
    pub async fn post(
        &self,
        target: &Target,
        content_type: &'static str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<Answer, OutboundError> {
        let post = Request::post(target.path()).header(CONTENT_TYPE, content_type);
        let post = headers
            .iter()
            .fold(post, |post, (name, value)| post.header(*name, value));
        let request = request(target, post, body.into())?;
        let answer = async {
            let (head, body) = self.exchange(target, request).await?.into_parts();
            let status = head.status.as_u16();
            Ok(Answer { status, body })
        };
        in_time(timeout, answer).await
    }

    /// Connects, sends, reads. The connection lives as long as this does, so nothing goes on after the time is over.
    async fn exchange(
        &self,
        target: &Target,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Vec<u8>>, OutboundError> {
        let stream = connect(target, self.reach, &*self.resolver, &self.authorities).await?;
        let mut http = http1::Builder::new();
        http.max_buf_size(LARGEST);
        let (mut sender, connection) = http
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broken(&error))?;
        let answer = pin!(async move {
            read(
                sender
                    .send_request(request)
                    .await
                    .map_err(|error| broken(&error))?,
            )
            .await
        });
        match select(answer, connection).await {
            Either::Left((answer, _)) => answer,
            // The other side hung up; what it had sent is still to be read.
            Either::Right((_, answer)) => answer.await,
        }
    }
}

fn request(
    target: &Target,
    request: http::request::Builder,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, OutboundError> {
    request
        .header(HOST, target.authority())
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, "symbolon")
        .header(CONNECTION, "close")
        .body(Full::new(body))
        .map_err(|_| OutboundError::Refused(Refused::Url("makes no HTTP request")))
}

async fn read(response: Response<Incoming>) -> Result<Response<Vec<u8>>, OutboundError> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, LARGEST).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            return OutboundError::TooLarge;
        }
        OutboundError::Unreachable("the answer was cut short".to_owned())
    })?;
    Ok(Response::from_parts(head, body.to_bytes().into()))
}

/// RFC 8259 and what builds on it, such as `application/jwk-set+json` (RFC 6839 s3.1).
fn is_json(headers: &HeaderMap) -> bool {
    let written = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = written
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind.strip_prefix("application/")
        .is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

async fn in_time<T>(
    timeout: Duration,
    exchange: impl Future<Output = Result<T, OutboundError>>,
) -> Result<T, OutboundError> {
    let ended = tokio::time::timeout(timeout, exchange).await;
    ended.unwrap_or(Err(OutboundError::TimedOut))
}

/// The innermost cause, which nobody sees otherwise.
fn broken(error: &hyper::Error) -> OutboundError {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    OutboundError::Unreachable(innermost.to_string())
}
