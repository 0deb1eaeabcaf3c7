//! One request and its answer: limits, dispatch, containment of panics, the log line.

use std::{net::IpAddr, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Incoming};
use symbolon::{endpoints::MAX_BODY, wire::respond};
use tokio::{sync::watch, time};

use super::{
    admission::{self, Refused},
    health,
    sites::{Answer, Sites},
};
use crate::probe::CURRENT_ENDPOINT;

/// Who sends a body more slowly than this is not waiting for an answer.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A log line stays a line.
const LOGGED_PATH: usize = 128;

pub(super) struct Exchange {
    sites: Sites,
}

/// What the log says of a request, apart from its answer.
struct Line {
    method: Method,
    path: String,
    host: String,
    endpoint: &'static str,
}

impl Exchange {
    pub(super) const fn new(sites: Sites) -> Self {
        Self { sites }
    }

    /// Answers. `underway` is held until the answer is made, even when the client does not wait for it.
    pub(super) async fn answer(
        &self,
        peer: IpAddr,
        request: Request<Incoming>,
        underway: watch::Receiver<bool>,
    ) -> Response<Full<Bytes>> {
        let started = stopwatch();
        let mut line = Line {
            method: request.method().clone(),
            // Never the query: codes, numbers and tokens travel there.
            path: request.uri().path().chars().take(LOGGED_PATH).collect(),
            host: String::new(),
            endpoint: "server",
        };
        let answer = self.dispatch(peer, request, underway, &mut line).await;
        let response = answer.unwrap_or_else(|Refused(status, sentence)| {
            let mut response = respond::text(status, sentence);
            // The rest of the request may still be on its way.
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
            response
        });
        tracing::info!(
            method = %line.method,
            host = ?line.host,
            path = ?line.path,
            endpoint = line.endpoint,
            status = response.status().as_u16(),
            ms = started.elapsed().as_millis(),
        );
        response.map(Full::new)
    }

    async fn dispatch(
        &self,
        peer: IpAddr,
        request: Request<Incoming>,
        underway: watch::Receiver<bool>,
        line: &mut Line,
    ) -> Result<Response<Bytes>, Refused> {
        let (head, body) = request.into_parts();
        if let Some(healthy) = health::answer(&head.method, head.uri.path()) {
            line.endpoint = "health";
            return Ok(healthy);
        }
        line.host = admission::admit(&head)?;
        let nobody = Refused(
            StatusCode::MISDIRECTED_REQUEST,
            "nothing is served under this host\n",
        );
        let site = self.sites.of(&line.host).ok_or(nobody)?;
        let body = read(body).await?;
        let (endpoint, answer) = site.answer(peer, Request::from_parts(head, body));
        line.endpoint = endpoint;
        Ok(contained(endpoint, answer, underway).await)
    }
}

/// Makes the answer in a task of its own: a panic ends this request only, and a client that hangs up does not stop a
/// half-made answer between two writes.
async fn contained(
    endpoint: &'static str,
    answer: Answer,
    underway: watch::Receiver<bool>,
) -> Response<Bytes> {
    let task = tokio::spawn(CURRENT_ENDPOINT.scope(endpoint, async move {
        let response = answer.await;
        drop(underway);
        response
    }));
    task.await.unwrap_or_else(|_| {
        tracing::error!(endpoint, "a handler panicked");
        respond::text(StatusCode::INTERNAL_SERVER_ERROR, "something is broken here\n")
    })
}

async fn read(body: Incoming) -> Result<Bytes, Refused> {
    let too_long = Refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is longer than 64 KiB\n");
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(too_long);
    }
    match time::timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(too_long),
        Ok(Err(_)) => Err(Refused(StatusCode::BAD_REQUEST, "the body could not be read\n")),
        Err(_) => Err(Refused(StatusCode::REQUEST_TIMEOUT, "the body took too long\n")),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures how long an answer took, for the log; nothing is decided by it"
)]
fn stopwatch() -> time::Instant {
    time::Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_one_answer_of_500() {
        let (_stop, underway) = watch::channel(false);
        let answer: Answer = Box::pin(async { panic!("on purpose") });
        let response = contained("login", answer, underway).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[tokio::test]
    async fn an_answer_is_made_to_its_end_though_nobody_waits() {
        let (stop, underway) = watch::channel(false);
        let (made, told) = tokio::sync::oneshot::channel();
        let answer: Answer = Box::pin(async move {
            tokio::task::yield_now().await;
            let _ = made.send(());
            respond::text(StatusCode::OK, "done\n")
        });
        drop(tokio::time::timeout(Duration::ZERO, contained("login", answer, underway)).await);
        told.await.unwrap();
        stop.closed().await;
    }
}
