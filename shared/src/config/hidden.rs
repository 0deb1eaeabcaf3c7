//! A secret as it is written: in clear by a person, sealed in a stored document, and never the other way round.

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error};

use super::setting::{ConfigError, Setting};
use crate::{
    keyring::Keyring,
    types::{Sealable, Secret, TenantId},
};

/// What a sealed value begins with.
const SEALED: &str = "sealed:";

/// A setting that nobody may see.
#[derive(Clone)]
pub(super) enum Hidden {
    Clear(Secret<String>),
    Sealed(String),
}

/// Who reads such a setting.
#[derive(Clone, Copy)]
pub(super) enum Secrecy<'a> {
    /// Whoever reads a person's file.
    File,
    /// Whoever reads a stored document of this brand, with the keyring or without.
    Document {
        tenant: &'a TenantId,
        keyring: Option<&'a Keyring>,
    },
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        Ok(match text.strip_prefix(SEALED) {
            Some(sealed) => Self::Sealed(sealed.to_owned()),
            None => Self::Clear(Secret::new(text)),
        })
    }
}

/// Only what is sealed can be written.
impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Sealed(sealed) => to.collect_str(&format_args!("{SEALED}{sealed}")),
            Self::Clear(_) => Err(S::Error::custom("a secret is not sealed")),
        }
    }
}

impl Hidden {
    pub(super) fn read(
        &self,
        at: &Setting,
        secrecy: Secrecy<'_>,
    ) -> Result<Sealable<Secret<String>>, ConfigError> {
        match (self, secrecy) {
            (Self::Clear(secret), Secrecy::File) => Ok(Sealable::Open(secret.clone())),
            (Self::Sealed(_), Secrecy::File) => Err(at.refused("is sealed; a file holds the secret itself")),
            (Self::Clear(_), Secrecy::Document { .. }) => {
                Err(at.refused("is not sealed; a document holds no secret in clear"))
            }
            (Self::Sealed(_), Secrecy::Document { keyring: None, .. }) => Ok(Sealable::Sealed),
            (
                Self::Sealed(sealed),
                Secrecy::Document {
                    tenant,
                    keyring: Some(keyring),
                },
            ) => {
                let opened = keyring.open_setting(tenant, at.path(), sealed);
                let secret = opened.ok_or_else(|| at.refused("does not open with this keyring"))?;
                Ok(Sealable::Open(secret))
            }
        }
    }

    /// The same, fit to be stored: bound to its brand and to its setting.
    pub(super) fn sealed(
        &self,
        at: &Setting,
        tenant: &TenantId,
        keyring: &Keyring,
    ) -> Result<Self, ConfigError> {
        let Self::Clear(secret) = self else {
            return Err(at.refused("is sealed; a file holds the secret itself"));
        };
        let sealed = keyring.seal_setting(tenant, at.path(), secret);
        sealed
            .map(Self::Sealed)
            .ok_or_else(|| at.refused("could not be sealed"))
    }
}
