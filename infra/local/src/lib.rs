//! Local.

pub mod clock;
pub mod inbox;
pub mod keys;
pub mod members;
pub mod probe;
pub mod random;
pub mod store;
