//! Each tenant's signing keys: item `KEYS#tenant` of table config says which there are and where (docs/decisions/0024).
//!
//! [`TenantKeys`] publishes them and reaches no private key. [`KmsSigner`] signs with them. [`KeyMaker`] is the
//! operator's: it makes, activates and forgets keys, and no function holds it.

mod create;
mod der;
mod key_set;
mod signer;
mod tenant_keys;

pub use self::{
    create::{KeyMaker, KeySource, ListedKey, Made, MakeError, Wait},
    key_set::KeyState,
    signer::KmsSigner,
    tenant_keys::TenantKeys,
};
