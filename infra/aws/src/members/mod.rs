//! Who a brand's members are: in our own table, or known to the brand's loyalty system alone.
//!
//! [`MemberDirectory`] picks by the tenant's settings. [`MemberImport`] fills the table and is the operator's: no
//! function holds it.

mod connector;
mod directory;
mod import;
mod item;
mod table;
#[cfg(test)]
mod tests;

pub use self::{
    connector::MemberConnector,
    directory::MemberDirectory,
    import::{ImportError, MemberImport},
    table::MemberTable,
};
