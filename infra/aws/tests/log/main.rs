//! The log of a function, read as CloudWatch reads it: each line a JSON document, its metrics by the specification of the
//! embedded metric format.
//!
//! A program of its own, so that every thread that says something has somebody who listens.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; outside `#[test]` functions clippy does not see that they are tests"
)]

mod guide;
mod line;
mod metrics;

use std::{
    collections::BTreeSet,
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use symbolon::{
    endpoints::audit::{AUDIT, AuditEvent},
    ports::Clock,
    types::Timestamp,
};
use symbolon_aws::log::{Invocation, Log};

const TOOK: Duration = Duration::from_micros(1_730);
const ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
const TRACE: &str = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";

/// What was written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Every line as the document it is.
    fn lines(&self) -> Vec<Value> {
        let text = self.text();
        assert!(
            text.is_empty() || text.ends_with('\n'),
            "a line without an end: {text}"
        );
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn only_line(&self) -> Value {
        let lines = self.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines[0].clone()
    }
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp(1_763_812_800)
    }
}

fn log() -> (Log, Paper) {
    let paper = Paper::default();
    (Log::to("token", Arc::new(Noon), Box::new(paper.clone())), paper)
}

fn post(path: &str) -> Invocation<'_> {
    Invocation {
        method: "POST",
        path,
        request_id: ID,
        trace: Some(TRACE),
    }
}

/// Says something while one request is answered with a status; the line of it.
fn answered(status: u16, say: impl FnOnce()) -> Value {
    let (log, paper) = log();
    tracing::subscriber::with_default(log.listener(), || {
        let entry = log.begin(&post("/oauth2/token"));
        say();
        assert_eq!(paper.text(), "", "written before its end");
        entry.finish(Some(status), TOOK);
    });
    paper.only_line()
}

fn happened(event: AuditEvent) {
    tracing::info!(target: AUDIT, event = event.name(), tenant = "urbantrend", "audit");
}

/// The values of the metrics that a line declares, held to the specification.
fn metrics(line: &Value) -> Vec<(String, f64)> {
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    let named = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>();
    let metadata = &line["_aws"];
    assert_eq!(keys(metadata), named(&["Timestamp", "CloudWatchMetrics"]));
    assert_eq!(metadata["Timestamp"], 1_763_812_800_000_u64, "milliseconds");
    let directives = metadata["CloudWatchMetrics"].as_array().unwrap();
    assert_eq!(directives.len(), 1);
    let directive = &directives[0];
    assert_eq!(keys(directive), named(&["Namespace", "Dimensions", "Metrics"]));
    assert_eq!(directive["Namespace"], "Symbolon");
    assert_eq!(directive["Dimensions"], json!([["Function"]]));
    assert_eq!(line["Function"], "token");
    let definitions = directive["Metrics"].as_array().unwrap();
    assert!((1..=100).contains(&definitions.len()));
    let value = |definition: &Value| {
        assert_eq!(keys(definition), named(&["Name", "Unit"]));
        let name = definition["Name"].as_str().unwrap();
        let unit = if name == "Latency" {
            "Milliseconds"
        } else {
            "Count"
        };
        assert_eq!(definition["Unit"], unit, "{name}");
        // A target member of the root, and a number.
        (name.to_owned(), line[name].as_f64().unwrap())
    };
    definitions.iter().map(value).collect()
}

fn metric(line: &Value, name: &str) -> Option<f64> {
    metrics(line)
        .into_iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}
