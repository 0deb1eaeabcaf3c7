//! Which keys there are and where each is in its life: `keys/states`, one file for all tenants, written whole.
//!
//! Holds no key. A step is one write of this file: what it names is read from a file of its own beside it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use symbolon::{
    model::{KeyLife, KeyState},
    ports::Algorithm,
    types::{KeyId, TenantId, Timestamp},
};

use super::{
    KeyError,
    file::{read, write_private},
};

/// One key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) kid: KeyId,
    pub(super) algorithm: Algorithm,
    pub(super) state: KeyState,
    /// Since when it is in this state.
    pub(super) since: Timestamp,
    /// Where it is, in the directory of keys.
    pub(super) file: String,
}

impl Entry {
    pub(super) fn life(&self) -> KeyLife {
        KeyLife {
            kid: self.kid.clone(),
            state: self.state,
            since: self.since,
        }
    }
}

/// Every key of every tenant that ever had one here, in the order they were made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct States(BTreeMap<TenantId, Vec<Entry>>);

impl States {
    /// What the file says; nothing if there is none.
    pub(super) fn read(dir: &Path) -> Result<Self, KeyError> {
        let path = path(dir);
        match read(&path).map_err(|error| KeyError::File(path.clone(), error))? {
            None => Ok(Self::default()),
            Some(content) => serde_json::from_slice(&content).map_err(|_| KeyError::Damaged(path)),
        }
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), KeyError> {
        let path = path(dir);
        // Names and times always serialise.
        let content = serde_json::to_vec_pretty(self).unwrap_or_default();
        write_private(&path, &content).map_err(|error| KeyError::File(path, error))
    }

    pub(super) fn of(&self, tenant: &TenantId) -> &[Entry] {
        self.0.get(tenant).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_mut(&mut self, tenant: &TenantId) -> &mut Vec<Entry> {
        self.0.entry(tenant.clone()).or_default()
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join("states")
}
