//! What a function is told by its environment. Read once, in init; a function that lacks a setting does not start.

use std::{fmt, sync::Arc};

use symbolon::{
    model::key_schedule::PROCESS_CACHE,
    ports::{Clock, Random},
};

use crate::{
    client::{Aws, MissingSetting},
    system::{OsRandom, SystemClock},
    tables::Tables,
};

/// Longest that a function may rely on what it read of tables `config`, in seconds: keys wait for that long.
const LONGEST_CACHE: u64 = PROCESS_CACHE;

/// Why a function does not start: one line that names the setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError(String);

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingError {}

impl From<MissingSetting> for SettingError {
    fn from(missing: MissingSetting) -> Self {
        Self(missing.to_string())
    }
}

/// Everything that does not come over the network.
#[derive(Clone)]
pub struct Settings {
    /// Clients of AWS.
    pub aws: Aws,
    /// Names of the tables.
    pub tables: Tables,
    /// ARN of the wrapping key.
    pub wrapping_key: String,
    /// URL of the queue of messages; only where one is sent.
    pub queue: Option<String>,
    /// URL of the queue of logout notices; only where sessions end and partners are told.
    pub notices: Option<String>,
    /// For how long what was read of table `config` holds.
    pub cache_seconds: u64,
    /// The function's name in logs and metrics.
    pub function: String,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl Settings {
    /// Reads the process's environment.
    pub fn of_environment() -> Result<Self, SettingError> {
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
    /// | `SYMBOLON_TABLE_CONFIG`, `_IDENTITY`, `_EPHEMERAL` | names of the tables | yes |
    /// | `SYMBOLON_KEY` | ARN of the wrapping key | yes |
    /// | `SYMBOLON_FUNCTION` | name in logs and metrics | yes |
    /// | `SYMBOLON_QUEUE` | URL of the queue of messages | where messages are sent |
    /// | `SYMBOLON_NOTICES` | URL of the queue of logout notices | where sessions end and partners are told |
    /// | `SYMBOLON_CACHE_SECONDS` | how long tenants, clients and keys are kept, 0 to 60 | no: 60 |
    ///
    /// and those of [`Aws::read`].
    pub fn read(setting: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let setting = |name: &str| setting(name).filter(|value| !value.is_empty());
        let mandatory = |name| setting(name).ok_or_else(|| SettingError(format!("{name} is not set")));
        let cache_seconds = match setting("SYMBOLON_CACHE_SECONDS") {
            None => LONGEST_CACHE,
            Some(text) => text.parse().ok().filter(|n| *n <= LONGEST_CACHE).ok_or_else(|| {
                SettingError(format!(
                    "SYMBOLON_CACHE_SECONDS: `{text}` is not a number from 0 to {LONGEST_CACHE}"
                ))
            })?,
        };
        Ok(Self {
            aws: Aws::read(setting)?,
            tables: Tables {
                config: mandatory("SYMBOLON_TABLE_CONFIG")?,
                identity: mandatory("SYMBOLON_TABLE_IDENTITY")?,
                ephemeral: mandatory("SYMBOLON_TABLE_EPHEMERAL")?,
            },
            wrapping_key: mandatory("SYMBOLON_KEY")?,
            queue: setting("SYMBOLON_QUEUE"),
            notices: setting("SYMBOLON_NOTICES"),
            cache_seconds,
            function: mandatory("SYMBOLON_FUNCTION")?,
            clock: Arc::new(SystemClock),
            random: Arc::new(OsRandom::new()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: [(&str, &str); 8] = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("SYMBOLON_TABLE_CONFIG", "config"),
        ("SYMBOLON_TABLE_IDENTITY", "identity"),
        ("SYMBOLON_TABLE_EPHEMERAL", "ephemeral"),
        ("SYMBOLON_KEY", "arn"),
        ("SYMBOLON_FUNCTION", "token"),
    ];

    fn refusal(changed: &str, value: &str) -> String {
        let read = |name: &str| {
            let found = COMPLETE.iter().find(|(known, _)| *known == name);
            let found = if name == changed {
                Some(value)
            } else {
                found.map(|(_, value)| *value)
            };
            found.map(str::to_owned)
        };
        Settings::read(read)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn each_missing_setting_is_named() {
        for (name, _) in COMPLETE {
            assert_eq!(refusal(name, ""), format!("{name} is not set"));
        }
        assert_eq!(refusal("", ""), "");
    }

    #[test]
    fn the_cache_is_bounded() {
        for good in ["0", "60"] {
            assert_eq!(refusal("SYMBOLON_CACHE_SECONDS", good), "");
        }
        for bad in ["61", "-1", "a minute"] {
            assert!(
                refusal("SYMBOLON_CACHE_SECONDS", bad).starts_with("SYMBOLON_CACHE_SECONDS: "),
                "{bad}"
            );
        }
    }
}
