use std::time::Instant;

/// `CLOCK_MONOTONIC`, which is what [`Instant`] reads on Linux.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark's business is the time that really passes"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Milliseconds from one moment to a later one; 0 if it is not later.
pub(crate) fn millis(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1_000.0
}
