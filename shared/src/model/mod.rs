//! What is configured and what is stored. Plain data with the rules that need no outside world.
//!
//! Stored types serialise with serde; adapters decide how a field becomes a column or an attribute. Nothing here
//! holds a raw secret: codes, sessions and client secrets appear as digests only.

mod brand;
mod challenge;
mod client;
mod code;
mod grant;
mod member;
mod number_item;
mod policy;
mod refresh_family;
mod refresh_line;
mod scope_catalogue;
mod session;
mod tenant;
mod transaction;

pub use brand::{Brand, Colour, FontStack, Text, Theme};
pub use challenge::Challenge;
pub use client::{Client, ClientAuthentication, GrantType, Pkce, SubjectType};
pub use code::AuthorizationCode;
pub use grant::{ConsentEvent, Grant, GrantState, Receipt, TaintMark};
pub use member::{Address, Member, MemberStatus, Profile};
pub use number_item::{NumberItem, OpenChallenge, SendWindow};
pub use policy::{AddressLimit, CodePolicy, OtpPolicy, Policy, RefreshPolicy, SessionPolicy};
pub use refresh_family::RefreshFamily;
pub use refresh_line::{LineState, RefreshLine};
pub use scope_catalogue::{CatalogueScope, ScopeCatalogue};
pub use session::{Authentication, Session};
pub use tenant::{Issuer, Resource, Tenant};
pub use transaction::{AuthorizationRequest, Errand, Presence, Prompt, SignedIn, Stage, Transaction};
