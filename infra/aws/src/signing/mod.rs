//! Each tenant's signing keys: item `KEYS#tenant` of table config says which there are and where (docs/decisions/0024).
//!
//! [`TenantKeys`] publishes them and reaches no private key. [`KmsSigner`] signs with them. [`KeyMaker`] makes keys and
//! moves them on, and signs with none: the operator's tool holds it, and through [`TenantKeyLives`] the function
//! `rotate`.

mod create;
mod der;
mod key_set;
mod lives;
mod signer;
mod source;
mod tenant_keys;

pub use self::{
    create::{KeyMaker, ListedKey, Made, MakeError},
    lives::TenantKeyLives,
    signer::KmsSigner,
    source::KeySource,
    tenant_keys::TenantKeys,
};
