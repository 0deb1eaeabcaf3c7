//! The protocol's nouns, each as a type that can only be built right.
//!
//! This module knows no storage, no HTTP and no pages.

mod id;
mod locale;
mod phone_number;
mod pkce;
mod redirect_uri;
mod scope;
mod sealable;
mod secret;
mod server;
mod thumbprint;
mod timestamp;
mod user_code;

pub use id::{
    ChallengeId, ClientId, FamilyId, GrantId, IssueId, KeyId, MemberId, SessionId, TenantId, TokenId,
    TransactionId,
};
pub use locale::{Direction, Locale};
pub use phone_number::{Country, PhoneError, PhoneNumber};
pub(crate) use phone_number::{ascii_digit, is_separator};
pub use pkce::{ChallengeError, CodeChallenge, CodeVerifier};
pub use redirect_uri::{ApplicationType, RedirectTarget, RegisteredRedirectUri, UriRefused};
pub use scope::{Scope, ScopeSet};
pub use sealable::{Sealable, StillSealed};
pub use secret::{Digest, Secret};
pub(crate) use server::is_localhost;
pub use server::{has_port_of_its_own, is_this_machine};
pub use thumbprint::JwkThumbprint;
pub use timestamp::Timestamp;
pub use user_code::UserCode;
