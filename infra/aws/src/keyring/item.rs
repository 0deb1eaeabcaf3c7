//! The keyring as it is stored.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use symbolon::{
    ports::{PortResult, Unavailable},
    types::{Secret, Timestamp},
};

use crate::wrapping::{Context, Wrapping};

/// Its partition key.
pub(super) const ITEM: &str = "KEYRING";
/// What its keys are wrapped for.
const CONTEXT: Context<'static> = &[("symbolon:purpose", "keyring")];

/// Where a sealing key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SealingState {
    /// Opens already, so that every process knows it before the first one seals with it.
    Coming,
    /// Seals.
    Current,
    /// Opens what it sealed.
    Earlier,
}

/// A key of 32 bytes that only KMS opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct WrappedKey(String);

impl WrappedKey {
    pub(super) async fn wrap(wrapping: &Wrapping, key: &Secret<[u8; 32]>) -> PortResult<Self> {
        let wrapped = wrapping.wrap(CONTEXT, key.expose()).await?;
        Ok(Self(STANDARD.encode(wrapped)))
    }

    pub(super) async fn open(&self, wrapping: &Wrapping) -> PortResult<Secret<[u8; 32]>> {
        let damaged = || Unavailable("keyring: a key is damaged".to_owned());
        let wrapped = STANDARD.decode(&self.0).map_err(|_| damaged())?;
        let plain = wrapping.open(CONTEXT, wrapped).await?;
        let key = plain.expose().as_slice().try_into();
        key.map(Secret::new).map_err(|_| damaged())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SealingKey {
    pub(super) id: u32,
    pub(super) key: WrappedKey,
    pub(super) state: SealingState,
    /// Since when it is in this state.
    pub(super) since: Timestamp,
}

/// The whole keyring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyringItem {
    pub(super) identity: WrappedKey,
    pub(super) sealing: Vec<SealingKey>,
}

impl KeyringItem {
    /// The first key in a state.
    pub(super) fn find(&self, state: SealingState) -> Option<&SealingKey> {
        self.sealing.iter().find(|key| key.state == state)
    }
}
