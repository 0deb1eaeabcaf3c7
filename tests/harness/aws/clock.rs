use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use symbolon::{ports::Clock, types::Timestamp};

/// A clock a test moves.
pub struct Moved(AtomicU64);

impl Moved {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(1_800_000_000.into()))
    }

    /// A clock that shows this time.
    pub fn at(now: Timestamp) -> Arc<Self> {
        Arc::new(Self(now.0.into()))
    }

    pub fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}
