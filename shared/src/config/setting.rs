//! Where a setting stands, and the one line that refuses it.

use std::fmt;

use serde_path_to_error::{Path, Segment};

use super::reading::one_line;

/// Why a configuration cannot be used: one line that names the setting and the cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    path: String,
    cause: String,
}

impl ConfigError {
    fn new(path: String, cause: impl fmt::Display) -> Self {
        let cause = one_line(&cause.to_string());
        Self { path, cause }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.cause)
        } else {
            write!(f, "{}: {}", self.path, self.cause)
        }
    }
}

impl std::error::Error for ConfigError {}

/// The path of one setting, such as `tenants.urbantrend.clients.shopease.redirect_uris[0]`.
pub(super) struct Setting(String);

impl Setting {
    pub(super) fn root(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// Where a parser stopped.
    pub(super) fn of(path: &Path) -> Self {
        path.iter()
            .fold(Self(String::new()), |at, segment| match segment {
                Segment::Map { key } => at.key(key),
                Segment::Seq { index } => at.at(*index),
                Segment::Enum { .. } | Segment::Unknown => at,
            })
    }

    /// As it stands in a message.
    pub(super) fn path(&self) -> &str {
        &self.0
    }

    /// A setting of this table. A name with a dot in it is quoted, as in TOML.
    pub(super) fn key(&self, name: &str) -> Self {
        let bare = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let name = if bare {
            name.to_owned()
        } else {
            format!("{name:?}")
        };
        Self(if self.0.is_empty() {
            name
        } else {
            format!("{}.{name}", self.0)
        })
    }

    /// An element of this list.
    pub(super) fn at(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    pub(super) fn refused(&self, cause: impl fmt::Display) -> ConfigError {
        ConfigError::new(self.0.clone(), cause)
    }

    /// `Err` with the cause unless the condition holds.
    pub(super) fn require(&self, holds: bool, cause: impl fmt::Display) -> Result<(), ConfigError> {
        if holds { Ok(()) } else { Err(self.refused(cause)) }
    }

    /// Refuses a second element equal to an earlier one.
    pub(super) fn distinct<T: PartialEq + fmt::Display>(&self, list: &[T]) -> Result<(), ConfigError> {
        for (index, item) in list.iter().enumerate() {
            self.at(index).require(
                !list.iter().take(index).any(|i| i == item),
                format!("`{item}` is there twice"),
            )?;
        }
        Ok(())
    }

    /// A text people read: something visible, no control or direction characters, not too long.
    pub(super) fn readable(&self, text: &str, longest: usize) -> Result<(), ConfigError> {
        self.require(!text.trim().is_empty(), "is empty")?;
        self.require(
            text.chars().count() <= longest,
            format!("is longer than {longest} characters"),
        )?;
        // Direction overrides could make one name look like another on a consent page.
        let hidden = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        self.require(
            !text.contains(hidden),
            "has a control or text direction character",
        )
    }

    /// A name that becomes part of keys and addresses.
    pub(super) fn name(&self, text: &str, longest: usize, others: &[u8]) -> Result<(), ConfigError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || others.contains(&b);
        let fits = !text.is_empty() && text.len() <= longest && text.bytes().all(plain);
        let marks = others
            .iter()
            .map(|b| char::from(*b).to_string())
            .collect::<Vec<_>>()
            .join(" ");
        self.require(
            fits,
            format!("is not a name of 1 to {longest} letters, digits and {marks}"),
        )
    }
}
