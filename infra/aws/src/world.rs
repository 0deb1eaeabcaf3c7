//! What a function is made of. Read once, in init; a function that cannot be built does not start.

use std::{fmt, sync::Arc};

use ring::rand::{SecureRandom, SystemRandom};
use symbolon::{
    config::{Configuration, ConfiguredRegistry},
    keyring::Keyring,
    ports::{Clock, Random, Registry},
    types::{Secret, Timestamp},
};

use super::Unbound;

/// Why a function does not start. One line that names the setting.
#[derive(Debug)]
pub struct SetupError(String);

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SetupError {}

/// The adapters of this build.
pub struct World {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Stored state, members, messages, keys: no adapter yet.
    pub unbound: Arc<Unbound>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Sealing.
    pub keyring: Arc<Keyring>,
}

impl World {
    /// Reads the function's environment.
    pub fn from_environment() -> Result<Self, SetupError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the composition root is where settings are read"
        )]
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads settings from a lookup.
    ///
    /// | setting | what | mandatory |
    /// |---|---|---|
    /// | `SYMBOLON_CONFIG` | tenants and clients as JSON, the shape of the local server's TOML | yes |
    fn read(setting: impl Fn(&str) -> Option<String>) -> Result<Self, SetupError> {
        let text =
            setting("SYMBOLON_CONFIG").ok_or_else(|| SetupError("SYMBOLON_CONFIG is not set".to_owned()))?;
        let refused = |why: String| SetupError(format!("SYMBOLON_CONFIG: {why}"));
        let configuration = Configuration::read(&mut serde_json::Deserializer::from_str(&text))
            .map_err(|e| refused(e.to_string()))?;
        let random: Arc<dyn Random> = Arc::new(OsRandom::new());
        // Nothing can be stored in this build, so nothing sealed by one process is ever opened by another.
        let keyring = Keyring::new(fresh(&*random), Vec::new(), fresh(&*random), Arc::clone(&random));
        Ok(Self {
            registry: Arc::new(ConfiguredRegistry::new(&configuration.tenants)),
            unbound: Arc::new(Unbound),
            clock: Arc::new(SystemClock),
            random,
            keyring: Arc::new(keyring),
        })
    }
}

fn fresh(random: &dyn Random) -> Secret<[u8; 32]> {
    Secret::new(random.bytes())
}

struct OsRandom(SystemRandom);

impl OsRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the source of randomness")]
    fn new() -> Self {
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

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |d| d.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_without_its_configuration_says_which_setting_is_missing() {
        let error = World::read(|_| None).err().unwrap();
        assert_eq!(error.to_string(), "SYMBOLON_CONFIG is not set");
        let error = World::read(|_| Some("{\"tenant\":1}".to_owned())).err().unwrap();
        assert!(error.to_string().starts_with("SYMBOLON_CONFIG: "), "{error}");
    }
}
