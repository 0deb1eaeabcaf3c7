//! The log of a function: one line of JSON for each request, written at its end, with everything that was said while it
//! was answered: the audit trail, errors and their ids, warnings, and the metrics. What is said outside a request is a
//! line of its own.
//!
//! Refuses to know addresses behind `?`, headers and bodies: nothing here takes one. Lambda adds the time.

mod collector;
mod counter;
mod desk;
mod fields;
#[cfg(test)]
pub(crate) mod heard;
mod line;

use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use symbolon::ports::Clock;
use tracing::Subscriber;

use self::{collector::Collector, desk::Desk};

pub use counter::{Counter, count, count_trouble};

/// The log of this process.
#[derive(Clone)]
pub struct Log(Arc<Desk>);

/// What is known of a request when it begins. Empty texts are left out, so that one from a queue has neither method
/// nor path.
#[derive(Debug, Clone, Copy, Default)]
pub struct Invocation<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path; a query that comes with it is cut off.
    pub path: &'a str,
    /// Lambda's id of this invocation.
    pub request_id: &'a str,
    /// The tracing header, `Root=…;Parent=…;Sampled=…`.
    pub trace: Option<&'a str>,
}

/// A request under way. Dropped before it is finished, it says so: a panic is an error, not a silence.
#[must_use = "the line is written when the request is finished"]
pub struct Entry {
    desk: Arc<Desk>,
    number: u64,
    finished: bool,
}

/// Opens the log of a function on standard output, and hears from now on what the whole process says.
pub fn open(function: &str, clock: Arc<dyn Clock>) -> Log {
    let log = Log::to(function, clock, Box::new(io::stdout()));
    // Where somebody listens already, it stays so; no function opens two logs.
    let _ = tracing::subscriber::set_global_default(log.listener());
    log
}

impl Log {
    /// A log that is written elsewhere and hears nobody yet.
    pub fn to(function: &str, clock: Arc<dyn Clock>, out: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Desk::new(function.to_owned(), clock, out)))
    }

    /// What hears for it.
    pub fn listener(&self) -> impl Subscriber + Send + Sync + 'static {
        Collector(Arc::clone(&self.0))
    }

    /// Begins the line of a request.
    pub fn begin(&self, invocation: &Invocation<'_>) -> Entry {
        Entry {
            desk: Arc::clone(&self.0),
            number: self.0.begin(invocation),
            finished: false,
        }
    }
}

impl Entry {
    /// Writes the line: the status that was answered, if anybody waits for one, and how long it took.
    pub fn finish(mut self, status: Option<u16>, took: Duration) {
        self.finished = true;
        self.desk.finish(self.number, Some((status, took)));
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if !self.finished {
            self.desk.finish(self.number, None);
        }
    }
}
