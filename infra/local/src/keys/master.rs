use std::path::Path;

use symbolon::{ports::Random, types::Secret};

use super::{
    KeyError,
    file::{private_dir, read, write_private},
};

/// The provider's own two secrets, made once and kept: every sealed value and every name of a member hangs on them.
#[derive(Debug, Clone)]
pub struct MasterKeys {
    /// What cookies and refresh tokens are sealed with derives from it.
    pub sealing: Secret<[u8; 32]>,
    /// What pairwise subjects and hashes of numbers derive from. With another one, every member is a stranger.
    pub identity: Secret<[u8; 32]>,
}

impl MasterKeys {
    /// Reads `keys/master` of the data directory, or makes it on the first start.
    pub fn open(data: &Path, random: &dyn Random) -> Result<Self, KeyError> {
        let dir = data.join("keys");
        let path = dir.join("master");
        let file = |error| KeyError::File(path.clone(), error);
        if let Some(content) = read(&path).map_err(file)? {
            return Self::split(&content).ok_or_else(|| KeyError::Damaged(path.clone()));
        }
        let content: [u8; 64] = random.bytes();
        private_dir(&dir).map_err(file)?;
        write_private(&path, &content).map_err(file)?;
        Self::split(&content).ok_or(KeyError::Damaged(path))
    }

    fn split(content: &[u8]) -> Option<Self> {
        let (sealing, identity) = content.split_first_chunk()?;
        Some(Self {
            sealing: Secret::new(*sealing),
            identity: Secret::new(identity.try_into().ok()?),
        })
    }
}
