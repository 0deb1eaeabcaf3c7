//! What the provider needs from the world: one trait a file, each method one atomic step.
//!
//! "Atomic" is meant as one conditional call of DynamoDB. A method answers with an enum that says what it found,
//! so that no caller has to look first and act second. Every read takes `now` and treats expired as absent.
//! Every storage method takes the tenant; an adapter puts it into the key.

mod assertions;
mod challenges;
mod client_keys;
mod clock;
mod codes;
mod device_requests;
mod grants;
mod logout_notices;
mod members;
mod otp_sender;
mod partners;
mod public_keys;
mod pushed_requests;
mod random;
mod refresh_families;
mod registry;
mod sessions;
mod signer;
mod signing_keys;

pub use assertions::{Assertions, FirstUse};
pub use challenges::{Attempt, Challenges, Consumed, Opened, Resent, SendLimits};
pub use client_keys::{ClientKeys, Jwk};
pub use clock::Clock;
pub use codes::{Bindings, Codes, Redeemed};
pub use device_requests::{DeviceRequests, Polled};
pub use grants::{Grants, Put, Taint};
pub use logout_notices::LogoutNotices;
pub use members::Members;
pub use otp_sender::OtpSender;
pub use partners::{Partners, Told};
pub use public_keys::PublicKeys;
pub use pushed_requests::PushedRequests;
pub use random::Random;
pub use refresh_families::{RefreshFamilies, Rotated, Rotation};
pub use registry::Registry;
pub use sessions::Sessions;
pub use signer::{Algorithm, PublicKey, Signer, SigningKey};
pub use signing_keys::{Advanced, SigningKeys};

use crate::types::StillSealed;

/// The world did not answer. The caller shows a retryable error; nothing half-done may remain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable(
    /// What failed, for the log. Holds no secret and no personal data.
    pub String,
);

impl From<StillSealed> for Unavailable {
    fn from(sealed: StillSealed) -> Self {
        Self(sealed.to_string())
    }
}

/// The answer of a port that may be out of reach.
pub type PortResult<T> = Result<T, Unavailable>;
