//! A secret of the configuration where not everybody who reads the configuration may have it.

use std::fmt;

/// Something secret that is configured: at hand where the keyring is, elsewhere known to be there and no more.
///
/// There is no third state that could be taken for the secret: a function without the keyring that asks for one
/// gets [`StillSealed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealable<T> {
    /// At hand.
    Open(T),
    /// Stored under a key that this process does not have.
    Sealed,
}

/// A secret was asked for in a process that cannot have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StillSealed;

impl<T: Default> Default for Sealable<T> {
    fn default() -> Self {
        Self::Open(T::default())
    }
}

impl<T> Sealable<T> {
    /// What is sealed, where that can be had.
    pub const fn open(&self) -> Result<&T, StillSealed> {
        match self {
            Self::Open(value) => Ok(value),
            Self::Sealed => Err(StillSealed),
        }
    }

    /// The same under another type, if what is open can be read as that.
    pub fn try_map<U, E>(self, read: impl FnOnce(T) -> Result<U, E>) -> Result<Sealable<U>, E> {
        match self {
            Self::Open(value) => read(value).map(Sealable::Open),
            Self::Sealed => Ok(Sealable::Sealed),
        }
    }
}

impl fmt::Display for StillSealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a configured secret is sealed, and this process has no keyring")
    }
}
