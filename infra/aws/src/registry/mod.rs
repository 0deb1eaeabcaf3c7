//! Tenants and clients in table config, one item each: what the operator's tool writes and every function reads.

mod items;
mod reader;

pub use self::reader::TableRegistry;
