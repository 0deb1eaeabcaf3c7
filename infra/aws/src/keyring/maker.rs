//! Making the keyring and turning it, for the operator's tool.

use std::{fmt, sync::Arc};

use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_kms::Client as Kms;
use symbolon::{
    ports::{Clock, Random, Unavailable},
    types::{Secret, Timestamp},
};

use super::item::{ITEM, KeyringItem, SealingKey, SealingState, WrappedKey};
use crate::{
    document::{Documents, Versioned},
    wrapping::Wrapping,
};

/// How long a key must be coming before it may seal: twice what a process may keep an old keyring for.
const NOTICE: u64 = 120;

/// Outcome of [`KeyringMaker::create`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeKeyring {
    /// This call made it.
    Now,
    /// There was one, and it stays: every member's `sub` hangs on it.
    Already,
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyringError {
    /// The table or KMS did not answer, or refused.
    Unavailable(Unavailable),
    /// There is none yet.
    None,
    /// The keyring is not where this step begins.
    Order(&'static str),
    /// Not every process can know the coming key before this time.
    TooEarly(Timestamp),
    /// Somebody else changed the keyring in between; look and try again.
    Conflict,
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(Unavailable(what)) => f.write_str(what),
            Self::None => f.write_str("there is no keyring; create it first"),
            Self::Order(why) => f.write_str(why),
            Self::TooEarly(at) => write!(f, "not before {} seconds after 1970", at.0),
            Self::Conflict => f.write_str("somebody else changed the keyring at the same time"),
        }
    }
}

impl std::error::Error for KeyringError {}

impl From<Unavailable> for KeyringError {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

/// Changes the stored keyring. Each method is one conditional write.
pub struct KeyringMaker {
    documents: Documents,
    wrapping: Wrapping,
    random: Arc<dyn Random>,
    clock: Arc<dyn Clock>,
}

impl KeyringMaker {
    /// A keyring in this table, wrapped under this key.
    pub fn new(
        (dynamodb, table): (DynamoDb, String),
        (kms, wrapping_key): (Kms, String),
        random: Arc<dyn Random>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            documents: Documents::new(dynamodb, table, "keyring"),
            wrapping: Wrapping::new(kms, wrapping_key, "keyring"),
            random,
            clock,
        }
    }

    /// Makes the keyring if there is none.
    pub async fn create(&self) -> Result<MadeKeyring, KeyringError> {
        if self.documents.read::<KeyringItem>(ITEM).await?.is_some() {
            return Ok(MadeKeyring::Already);
        }
        let item = KeyringItem {
            identity: self.fresh().await?,
            sealing: vec![self.sealing(1, SealingState::Current).await?],
        };
        let written = self.documents.write(ITEM, None, &item).await?;
        Ok(if written {
            MadeKeyring::Now
        } else {
            MadeKeyring::Already
        })
    }

    /// Rotation, first step: a new sealing key that every process learns to open. Two minutes later,
    /// [`Self::promote`] it.
    pub async fn announce(&self) -> Result<(), KeyringError> {
        let (seen, mut item) = self.read().await?;
        if item.find(SealingState::Coming).is_some() {
            return Err(KeyringError::Order("a key is coming already; promote it"));
        }
        let last = item.sealing.iter().map(|key| key.id).max().unwrap_or(0);
        item.sealing
            .push(self.sealing(last.saturating_add(1), SealingState::Coming).await?);
        self.write(seen, &item).await
    }

    /// Second step: the coming key seals from now on, and the current one opens what it sealed. Once the longest life
    /// of a refresh token is over, [`Self::drop_earlier`].
    pub async fn promote(&self) -> Result<(), KeyringError> {
        let (seen, mut item) = self.read().await?;
        let coming = item.find(SealingState::Coming);
        let coming = coming.ok_or(KeyringError::Order("no key is coming; announce one"))?;
        let (now, earliest) = (self.clock.now(), Timestamp(coming.since.0 + NOTICE));
        if now < earliest {
            return Err(KeyringError::TooEarly(earliest));
        }
        for key in &mut item.sealing {
            let next = match key.state {
                SealingState::Coming => SealingState::Current,
                SealingState::Current => SealingState::Earlier,
                SealingState::Earlier => continue,
            };
            (key.state, key.since) = (next, now);
        }
        self.write(seen, &item).await
    }

    /// Last step: forgets every earlier key. What they sealed opens no more: members with an older session sign in
    /// again, apps with an older refresh token ask them to.
    pub async fn drop_earlier(&self) -> Result<(), KeyringError> {
        let (seen, mut item) = self.read().await?;
        if item.find(SealingState::Earlier).is_none() {
            return Err(KeyringError::Order("there is no earlier key"));
        }
        item.sealing.retain(|key| key.state != SealingState::Earlier);
        self.write(seen, &item).await
    }

    async fn sealing(&self, id: u32, state: SealingState) -> Result<SealingKey, KeyringError> {
        Ok(SealingKey {
            id,
            key: self.fresh().await?,
            state,
            since: self.clock.now(),
        })
    }

    async fn fresh(&self) -> Result<WrappedKey, KeyringError> {
        let key = Secret::new(self.random.bytes());
        Ok(WrappedKey::wrap(&self.wrapping, &key).await?)
    }

    async fn read(&self) -> Result<(u64, KeyringItem), KeyringError> {
        let Versioned { version, value } = self.documents.read(ITEM).await?.ok_or(KeyringError::None)?;
        Ok((version, value))
    }

    async fn write(&self, seen: u64, item: &KeyringItem) -> Result<(), KeyringError> {
        let written = self.documents.write(ITEM, Some(seen), item).await?;
        if written {
            Ok(())
        } else {
            Err(KeyringError::Conflict)
        }
    }
}
