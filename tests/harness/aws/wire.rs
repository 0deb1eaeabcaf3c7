use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
    },
    result::ConnectorError,
};
use serde_json::Value;

/// What passes between the SDK and the table: each call is written down as it was sent, and some go wrong on request.
#[derive(Debug, Default)]
pub struct Wire {
    sent: Mutex<Vec<Sent>>,
    faults: Mutex<VecDeque<Fault>>,
}

/// One call, repeats by the SDK included.
#[derive(Debug, Clone)]
pub struct Sent {
    /// `PutItem`
    pub operation: String,
    pub body: Value,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    LostAnswer,
    Refusal(&'static str),
}

impl Wire {
    /// What was sent since the last time.
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// After `calls` more calls, one is carried out and its answer is lost.
    pub fn lose_answer_after(&self, calls: usize) {
        let mut faults = self.faults.lock().unwrap();
        faults.extend((0..calls).map(|_| Fault::None));
        faults.push_back(Fault::LostAnswer);
    }

    /// The next `calls` calls are refused with this code, and not carried out.
    pub fn refuse(&self, calls: usize, code: &'static str) {
        let faults = (0..calls).map(|_| Fault::Refusal(code));
        self.faults.lock().unwrap().extend(faults);
    }

    /// The HTTP client with this wire in between.
    pub(super) fn tapped(self: &Arc<Self>, real: SharedHttpClient) -> SharedHttpClient {
        let wire = Arc::clone(self);
        http_client_fn(move |settings, components| {
            SharedHttpConnector::new(Tapped {
                wire: Arc::clone(&wire),
                real: real.http_connector(settings, components),
            })
        })
    }

    fn note(&self, request: &HttpRequest) -> Fault {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.sent.lock().unwrap().push(Sent { operation, body });
        self.faults.lock().unwrap().pop_front().unwrap_or(Fault::None)
    }
}

impl fmt::Display for Sent {
    /// `PutItem ephemeral CODE`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = ["/Key/pk/S", "/Item/pk/S", "/ExpressionAttributeValues/:pk/S"];
        let key = keys
            .iter()
            .find_map(|at| self.body.pointer(at)?.as_str())
            .unwrap_or_default();
        let kind = key.split('#').next().unwrap_or_default();
        let table = self.body["TableName"].as_str().unwrap_or_default();
        write!(f, "{} {table} {kind}", self.operation)
    }
}

#[derive(Debug)]
struct Tapped {
    wire: Arc<Wire>,
    real: SharedHttpConnector,
}

impl HttpConnector for Tapped {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let fault = self.wire.note(&request);
        if let Fault::Refusal(code) = fault {
            return HttpConnectorFuture::ready(Ok(refusal(code)));
        }
        let answer = self.real.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await;
            match fault {
                Fault::LostAnswer => Err(ConnectorError::timeout("the answer is lost".into())),
                _ => answer,
            }
        })
    }
}

fn refusal(code: &str) -> HttpResponse {
    let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"no"}}"#);
    HttpResponse::new(400.try_into().unwrap(), body.into())
}
