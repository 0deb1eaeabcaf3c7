//! The development side: the start page, the phones, time, signing keys, counts and faults. Only ever on a loopback address.

mod answer;
mod clock;
mod fault;
mod gate;
mod keys;

use std::net::IpAddr;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use self::answer::{json, method_not_allowed, page, problem};
use crate::{
    provider::Workbench,
    start_page::{self, Shown},
};

/// How often the inbox page comes anew, in seconds.
const REFRESH: &str = "3";

/// What answers on `localhost`.
pub struct Development {
    bench: Workbench,
    shown: Shown,
}

impl Development {
    /// The development side of a running provider.
    pub(crate) const fn new(bench: Workbench, shown: Shown) -> Self {
        Self { bench, shown }
    }

    /// Answers one request that came from `peer`.
    pub async fn handle(&self, peer: IpAddr, request: &Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        let post = match path {
            "/" | "/inbox" | "/dev/inbox" | "/dev/keys" | "/dev/counts" => false,
            "/dev/clock" | "/dev/keys/rotate" | "/dev/counts/reset" | "/dev/fault" => true,
            "/favicon.ico" => return json(StatusCode::NO_CONTENT, None),
            _ => return problem(StatusCode::NOT_FOUND, "no such path on this host"),
        };
        if *request.method() != (if post { Method::POST } else { Method::GET }) {
            return method_not_allowed(if post { "POST" } else { "GET, HEAD" });
        }
        // Links to the pages may come from anywhere; what the pages and tests work with may not.
        let pages = matches!(path, "/" | "/inbox");
        if let Err(cause) = gate::check(peer, request.headers(), pages) {
            return problem(StatusCode::FORBIDDEN, cause);
        }
        match path {
            "/" => page(&start_page::start(&self.shown), None),
            "/inbox" => self.inbox_page(request),
            "/dev/inbox" => {
                let messages = self.bench.inbox.messages(query(request, "to").as_deref());
                json(StatusCode::OK, serde_json::to_value(messages).ok().as_ref())
            }
            "/dev/clock" => clock::advance(&self.bench, request.body()).await,
            "/dev/keys" => keys::list(&self.bench.rotate).await,
            "/dev/keys/rotate" => {
                let _turn = self.bench.turns.lock().await;
                keys::rotate(&self.bench.rotate, request.body()).await
            }
            "/dev/counts" => json(
                StatusCode::OK,
                serde_json::to_value(self.bench.probe.counts()).ok().as_ref(),
            ),
            "/dev/counts/reset" => {
                self.bench.probe.reset();
                json(StatusCode::OK, Some(&serde_json::json!({ "reset": true })))
            }
            _ => fault::plan(&self.bench.probe, request.body()),
        }
    }

    fn inbox_page(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let to = query(request, "to").filter(|to| !to.is_empty());
        let live = query(request, "live").is_none_or(|live| live != "0");
        let messages = self.bench.inbox.messages(to.as_deref());
        let markup = start_page::inbox(&self.shown, &messages, to.as_deref(), live);
        page(&markup, live.then_some(REFRESH))
    }
}

fn query(request: &Request<Bytes>, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
