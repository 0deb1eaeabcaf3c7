//! A secret as it is written: in clear by a person.

use serde::{Deserialize, Deserializer};

use super::setting::{ConfigError, Setting};
use crate::types::{Sealable, Secret};

/// What a sealed value begins with.
const SEALED: &str = "sealed:";

/// A setting that nobody may see.
pub(super) struct Hidden(Secret<String>);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        String::deserialize(source).map(|text| Self(Secret::new(text)))
    }
}

impl Hidden {
    pub(super) fn read(&self, at: &Setting) -> Result<Sealable<Secret<String>>, ConfigError> {
        at.require(
            !self.0.expose().starts_with(SEALED),
            "is sealed; a file holds the secret itself",
        )?;
        Ok(Sealable::Open(self.0.clone()))
    }
}
