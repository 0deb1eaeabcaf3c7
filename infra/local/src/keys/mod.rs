//! Keys kept in the data directory, for development: each tenant's signing keys and the provider's master keys.
//!
//! Everything lies in `keys/`, readable by its owner only. This module knows no token and no endpoint: it signs
//! digests. A brand in production has its keys in KMS instead.

mod file;
mod generate;
mod lives;
mod master;
mod signer;
mod states;

use std::{fmt, io, path::PathBuf};

pub(crate) use self::file::{private_dir, write_private};
pub use self::{lives::LocalKeyLives, master::MasterKeys, signer::LocalKeys};

/// Why keys could not be read or made. Prints as one line that names the file.
#[derive(Debug)]
pub enum KeyError {
    /// The file system refused.
    File(PathBuf, io::Error),
    /// The file is there, but it is not the key it should be. It is never replaced: tokens and subjects hang on it.
    Damaged(PathBuf),
    /// No key could be made.
    Generate(&'static str),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Damaged(path) => write!(f, "{}: not a key this release wrote", path.display()),
            Self::Generate(what) => write!(f, "cannot make a key: {what}"),
        }
    }
}

impl std::error::Error for KeyError {}
