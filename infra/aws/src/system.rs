//! Time and randomness of the machine.

use ring::rand::{SecureRandom, SystemRandom};
use symbolon::{
    ports::{Clock, Random},
    types::Timestamp,
};

/// The system's generator.
pub struct OsRandom(SystemRandom);

impl OsRandom {
    /// Opens it.
    #[expect(clippy::disallowed_methods, reason = "this is the source of randomness")]
    #[expect(
        clippy::new_without_default,
        reason = "a source of randomness is not made by the way"
    )]
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Random for OsRandom {
    fn fill(&self, buffer: &mut [u8]) {
        // Without randomness every id would be guessable: the process must not go on.
        if self.0.fill(buffer).is_err() {
            std::process::abort();
        }
    }
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |d| d.as_secs()))
    }
}
