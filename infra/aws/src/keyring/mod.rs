//! The provider's own secrets: item `KEYRING` of table config, each key in it wrapped by KMS.
//!
//! [`StoredKeyring`] opens them for a process and follows their rotation. [`KeyringMaker`] is the operator's: it makes
//! the keyring and turns it, and no function holds it.

mod item;
mod maker;
mod stored;

pub use self::{
    maker::{KeyringError, KeyringMaker, MadeKeyring},
    stored::StoredKeyring,
};
