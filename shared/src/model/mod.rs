//! What is configured and what is stored. Plain data with the rules that need no outside world.
//!
//! Stored types serialise with serde; adapters decide how a field becomes a column or an attribute. Codes,
//! sessions and client secrets appear as digests only; what a brand configures and the provider must use again is
//! a `Secret`.

mod brand;
mod challenge;
mod claims_request;
mod client;
mod code;
mod connector;
mod custody;
mod device_request;
mod device_visit;
mod directory;
mod grant;
pub mod key_schedule;
mod logout_notice;
mod member;
mod message_sender;
mod number_item;
mod offers;
mod policy;
mod pushed_request;
mod refresh_family;
mod refresh_line;
mod scope_catalogue;
mod security_profile;
mod session;
mod session_transfer;
mod tenant;
mod transaction;

pub use brand::{Brand, Colour, FontStack, Text, Theme};
pub use challenge::Challenge;
pub use claims_request::ClaimsRequest;
pub use client::{
    AssertionAudience, Client, ClientAuthentication, ClientJwks, GrantType, Pkce, SecretHash, SubjectType,
};
pub use code::AuthorizationCode;
pub use connector::Connector;
pub use custody::Custody;
pub use device_request::{DeviceApproval, DeviceDecision, DeviceRequest};
pub use device_visit::{AskingDevice, DeviceOutcome, DeviceVisit};
pub use directory::Directory;
pub use grant::{ConsentEvent, Grant, GrantState, Receipt, TaintMark};
pub use key_schedule::{KeyLife, KeyState, KeyStep, KeyWish};
pub use logout_notice::LogoutNotice;
pub use member::{Address, Member, MemberStatus, Profile};
pub use message_sender::{IndiaTemplate, MessageSender};
pub use number_item::{NumberItem, OpenChallenge, SendWindow};
pub use offers::Offers;
pub use policy::{
    AddressLimit, CodePolicy, DevicePolicy, DpopPolicy, KeyPolicy, NonceDemand, OtpPolicy, Policy,
    RefreshPolicy, SessionPolicy,
};
pub use pushed_request::{PushedOrigin, PushedRequest};
pub use refresh_family::RefreshFamily;
pub use refresh_line::{LineState, RefreshLine};
pub use scope_catalogue::{CatalogueScope, ScopeCatalogue};
pub use security_profile::SecurityProfile;
pub use session::{Authentication, Session};
pub use session_transfer::{SessionTransfer, TransferVisit};
pub use tenant::{Issuer, Resource, Tenant};
pub use transaction::{
    AuthorizationRequest, Errand, Presence, Prompt, ResponseMode, SignedIn, Stage, Transaction,
};
