//! What every relying party needs: the protocol, sign-in routes, sessions, pages, and calls to the loyalty API.

pub(crate) mod assertion;
pub(crate) mod id_token;
pub(crate) mod logout_token;
pub(crate) mod loyalty;
pub(crate) mod page;
pub(crate) mod provider;
pub(crate) mod relying_party;
pub(crate) mod sign_in;
pub(crate) mod store;
