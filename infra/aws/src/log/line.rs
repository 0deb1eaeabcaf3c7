//! One line: what a request was, what happened in it, and its metrics in CloudWatch's embedded metric format
//! (specification, "Root node" and "`MetricDirective` object").

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use serde_json::{Map, Value, json};
use symbolon::{endpoints::audit::AuditEvent, types::Timestamp};
use tracing::Level;

use super::{Invocation, collector::Said, counter::Counter, fields::Fields};

/// The CloudWatch namespace.
const NAMESPACE: &str = "Symbolon";
/// The one dimension. Its name is also that of the member that holds it.
const DIMENSION: &str = "Function";
const LATENCY: &str = "Latency";

/// A line in the making. Members are written in this order; what is not known is left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Line {
    #[serde(skip)]
    level: Option<Level>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<Map<String, Value>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Map<String, Value>>,
    #[serde(skip)]
    latency: Option<Duration>,
    #[serde(skip)]
    counts: BTreeMap<Counter, u64>,
}

/// The whole of it.
#[derive(Serialize)]
struct Text<'a> {
    level: &'static str,
    #[serde(flatten)]
    line: &'a Line,
    #[serde(flatten)]
    metrics: Map<String, Value>,
}

impl Line {
    pub(super) fn of(invocation: &Invocation<'_>) -> Self {
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            method: known(invocation.method),
            path: known(path(invocation.path)),
            request_id: known(invocation.request_id),
            trace: invocation.trace.map(root_of).and_then(known),
            ..Self::default()
        }
    }

    pub(super) fn set(&mut self, counter: Counter, value: u64) {
        self.counts.insert(counter, value);
    }

    fn count(&mut self, counter: Counter) {
        *self.counts.entry(counter).or_default() += 1;
    }

    pub(super) fn hear(&mut self, level: Level, said: Said) {
        self.raise(level);
        match said {
            Said::Audit(fields) => {
                let event = fields.text("event").and_then(AuditEvent::named);
                if let Some(counter) = event.and_then(Counter::of) {
                    self.count(counter);
                }
                self.events.push(fields.0);
            }
            Said::Count(counter, fields) => {
                self.count(counter);
                if fields.text("step").is_some() {
                    self.note(level, fields);
                }
            }
            // There is one in a request: what a member or partner quotes leads to this line.
            Said::Refusal(mut fields) => {
                self.error_id = fields.take("id");
                self.error = fields.take("error").or_else(|| fields.take("cause"));
                self.reason = fields.take("reason");
                self.tenant = fields.take("tenant");
            }
            Said::Note(fields) => self.note(level, fields),
        }
    }

    fn note(&mut self, level: Level, mut fields: Fields) {
        fields.0.insert("level".to_owned(), name_of(level).into());
        self.notes.push(fields.0);
    }

    pub(super) fn answered(&mut self, answer: Option<(Option<u16>, Duration)>) {
        let failed = if let Some((status, latency)) = answer {
            self.status = status;
            self.latency = Some(latency);
            status.is_some_and(|status| status >= 500)
        } else {
            self.reason = Some("ended without an answer".to_owned());
            true
        };
        self.set(Counter::ServerErrors, u64::from(failed));
        if failed {
            self.raise(Level::ERROR);
        }
    }

    /// More severe is less.
    fn raise(&mut self, level: Level) {
        self.level = Some(self.level.map_or(level, |before| before.min(level)));
    }

    /// The line without its end.
    pub(super) fn text(&self, function: &str, now: Timestamp) -> String {
        let text = Text {
            level: name_of(self.level.unwrap_or(Level::INFO)),
            line: self,
            metrics: self.metrics(function, now),
        };
        serde_json::to_string(&text).unwrap_or_default()
    }

    /// The dimension, the values, and what says that these are metrics; without values just the first.
    fn metrics(&self, function: &str, now: Timestamp) -> Map<String, Value> {
        let mut root = Map::new();
        root.insert(DIMENSION.to_owned(), function.into());
        let mut declared = Vec::new();
        if let Some(latency) = self.latency {
            declared.push(json!({ "Name": LATENCY, "Unit": "Milliseconds" }));
            root.insert(LATENCY.to_owned(), milliseconds(latency).into());
        }
        for (counter, value) in &self.counts {
            declared.push(json!({ "Name": counter.name(), "Unit": "Count" }));
            root.insert(counter.name().to_owned(), (*value).into());
        }
        if !declared.is_empty() {
            let directive =
                json!({ "Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": declared });
            let metadata =
                json!({ "Timestamp": now.0.saturating_mul(1_000), "CloudWatchMetrics": [directive] });
            root.insert("_aws".to_owned(), metadata);
        }
        root
    }
}

/// Never the query: codes, numbers and tokens travel there. And not more than an address of ours is long.
fn path(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.char_indices()
        .nth(128)
        .map_or(path, |(end, _)| path.get(..end).unwrap_or_default())
}

/// `1-67…` of `Root=1-67…;Parent=…;Sampled=1`: the name of the trace.
fn root_of(header: &str) -> &str {
    let mut parts = header.split(';');
    parts
        .find_map(|part| part.trim().strip_prefix("Root="))
        .unwrap_or_default()
}

fn name_of(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        _ => "info",
    }
}

/// To a tenth.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}
