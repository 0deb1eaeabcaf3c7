//! Where what is said comes together: requests under way, and the one place that writes.

use std::{
    io::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use symbolon::ports::Clock;
use tracing::Level;

use super::{Invocation, collector::Said, counter::Counter, line::Line};

/// The log's inside.
pub(super) struct Desk {
    function: String,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    out: Mutex<Box<dyn Write + Send>>,
}

/// Requests under way: one, except where a platform sends several to one process.
#[derive(Default)]
struct State {
    begun: u64,
    open: Vec<(u64, Line)>,
}

/// Nothing that is locked here is left half-written by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(super) fn new(function: String, clock: Arc<dyn Clock>, out: Box<dyn Write + Send>) -> Self {
        Self {
            function,
            clock,
            state: Mutex::default(),
            out: Mutex::new(out),
        }
    }

    /// Opens the line of a request; answers its number.
    pub(super) fn begin(&self, invocation: &Invocation<'_>) -> u64 {
        let mut state = lock(&self.state);
        let cold = state.begun == 0;
        state.begun += 1;
        let number = state.begun;
        let mut line = Line::of(invocation);
        line.set(Counter::ColdStart, u64::from(cold));
        state.open.push((number, line));
        number
    }

    /// Closes and writes it. Without an answer, that is the error.
    pub(super) fn finish(&self, number: u64, answer: Option<(Option<u16>, Duration)>) {
        let mut state = lock(&self.state);
        let Some(at) = state.open.iter().position(|(open, _)| *open == number) else {
            return;
        };
        let (_, mut line) = state.open.remove(at);
        drop(state);
        line.answered(answer);
        self.write(&line);
    }

    /// Takes down what was said: for the request under way, the youngest if there are several, otherwise at once.
    pub(super) fn hear(&self, level: Level, said: Said) {
        let mut state = lock(&self.state);
        if let Some((_, line)) = state.open.last_mut() {
            line.hear(level, said);
            return;
        }
        drop(state);
        let mut line = Line::default();
        line.hear(level, said);
        self.write(&line);
    }

    fn write(&self, line: &Line) {
        let mut text = line.text(&self.function, self.clock.now());
        text.push('\n');
        let mut out = lock(&self.out);
        // A log that cannot be written must not end a request; there is nobody to tell.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}
