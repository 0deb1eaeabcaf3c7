use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_kms::Client as Kms;
use futures_util::future::{try_join, try_join_all};
use symbolon::{
    keyring::Keyring,
    ports::{Clock, PortResult, Random},
    types::{Secret, Timestamp},
};

use super::item::{ITEM, KeyringItem, SealingState, WrappedKey};
use crate::{
    document::{Documents, Versioned},
    wrapping::Wrapping,
};

/// The keyring of a process, and what of the stored one it was made from.
pub struct StoredKeyring {
    keyring: Arc<Keyring>,
    documents: Documents,
    wrapping: Wrapping,
    identity: WrappedKey,
    clock: Arc<dyn Clock>,
    cache_seconds: u64,
    seen: Mutex<Seen>,
}

#[derive(Clone, Copy)]
struct Seen {
    version: u64,
    at: Timestamp,
}

impl StoredKeyring {
    /// Reads the keyring from this table and opens it under this key. Two steps one after the other: the item, then
    /// all its keys at once.
    pub async fn load(
        (dynamodb, table): (DynamoDb, String),
        (kms, wrapping_key): (Kms, String),
        random: Arc<dyn Random>,
        clock: Arc<dyn Clock>,
        cache_seconds: u64,
    ) -> PortResult<Self> {
        let documents = Documents::new(dynamodb, table, "keyring");
        let wrapping = Wrapping::new(kms, wrapping_key, "keyring");
        let at = clock.now();
        let Versioned { version, value } = read(&documents).await?;
        let (identity, (current, others)) = try_join(
            value.identity.open(&wrapping),
            open(&documents, &wrapping, &value),
        )
        .await?;
        Ok(Self {
            keyring: Arc::new(Keyring::new(current, others, identity, random)),
            documents,
            wrapping,
            identity: value.identity,
            clock,
            cache_seconds,
            seen: Mutex::new(Seen { version, at }),
        })
    }

    /// The keyring. It stays the same one; [`Self::refresh`] changes what is on it.
    pub fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.keyring)
    }

    /// Follows a rotation: looks at most once in `cache_seconds`, and opens keys only if the item was changed. To be
    /// called before each request. On an error the keys are as they were, and the next call looks again.
    pub async fn refresh(&self) -> PortResult<()> {
        let (seen, now) = (self.seen(), self.clock.now());
        if now.0.saturating_sub(seen.at.0) < self.cache_seconds {
            return Ok(());
        }
        let Versioned { version, value } = read(&self.documents).await?;
        if version != seen.version {
            // With another identity key every member would be a stranger, and this process would tell partners so.
            if value.identity != self.identity {
                return Err(self.documents.unavailable("the identity key was exchanged"));
            }
            let (current, others) = open(&self.documents, &self.wrapping, &value).await?;
            self.keyring.replace(current, others);
        }
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen { version, at: now };
        Ok(())
    }

    fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(documents: &Documents) -> PortResult<Versioned<KeyringItem>> {
    let found = documents.read(ITEM).await?;
    found.ok_or_else(|| documents.missing("a keyring"))
}

/// The key that seals and those that only open.
async fn open(
    documents: &Documents,
    wrapping: &Wrapping,
    item: &KeyringItem,
) -> PortResult<(Secret<[u8; 32]>, Vec<Secret<[u8; 32]>>)> {
    let opened = item.sealing.iter().map(|sealing| async {
        let key = sealing.key.open(wrapping).await?;
        PortResult::Ok((sealing.state, key))
    });
    let opened = try_join_all(opened).await?;
    let (current, others): (Vec<_>, Vec<_>) = opened
        .into_iter()
        .partition(|(state, _)| *state == SealingState::Current);
    let [(_, current)] = <[_; 1]>::try_from(current)
        .map_err(|_| documents.unavailable("there is not one current sealing key"))?;
    Ok((current, others.into_iter().map(|(_, key)| key).collect()))
}
