//! Tenants and clients in table config, one item each: what the operator's tool writes and every function reads.

mod contents;
mod items;
mod reader;
mod writer;

pub use self::{
    contents::{Contents, Leftover, TenantItem},
    reader::TableRegistry,
    writer::{RegistryWriter, WriteError, Written},
};
