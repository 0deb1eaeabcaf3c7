//! Randomness of the operating system.

use std::process;

use ring::rand::{SecureRandom, SystemRandom};
use symbolon::ports::Random;

/// The operating system's generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, buffer: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this is the random port's adapter")]
        let system = SystemRandom::new();
        if system.fill(buffer).is_err() {
            // A panic would end one request and let the next one draw zeros.
            tracing::error!("the operating system gives no randomness");
            process::abort();
        }
    }
}
