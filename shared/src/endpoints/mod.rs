//! One public struct a file; its fields are exactly the ports it needs, and that list is also its IAM policy.
//!
//! Every endpoint reads `parse -> load -> decide -> commit -> render`: only `load` and `commit` await a port.
//! Errors are rendered inside `handle`; nothing escapes it.

mod access_token;
mod account;
pub mod audit;
mod authorize;
mod claims;
mod client_call;
mod client_token;
mod consent;
mod cross_origin;
mod device;
mod device_authorization;
mod device_code;
mod discovery;
mod dpop;
mod end_session;
mod endpoint;
mod form_post;
mod introspect;
mod jwks;
mod login;
mod logout;
mod lost_answer;
mod message_limit;
mod not_found;
mod notify;
mod page_fault;
mod par;
mod refusal;
mod resource;
mod revoke;
mod rotate;
mod screen;
mod session_cookie;
mod sign;
#[cfg(test)]
mod testing;
mod token;
mod token_call;
mod transaction_cookie;
mod transfer;
mod transfer_token;
mod user_agent;
mod userinfo;
mod visit;

pub use account::Account;
pub use authorize::Authorize;
pub use consent::Consent;
pub use device::Device;
pub use device_authorization::DeviceAuthorization;
pub use discovery::Discovery;
pub use endpoint::Endpoint;
pub use introspect::Introspect;
pub use jwks::Jwks;
pub use login::Login;
pub use logout::Logout;
pub use message_limit::MessageLimit;
pub use not_found::NotFound;
pub use notify::{Notified, Notify};
pub use par::Par;
pub use revoke::Revoke;
pub use rotate::Rotate;
pub use token::Token;
pub use transfer::Transfer;
pub use userinfo::Userinfo;
pub use visit::MAX_BODY;
