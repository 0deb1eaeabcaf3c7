use serde::{Deserialize, Serialize};

use crate::types::{Digest, MemberId, SessionId, Timestamp};

/// When and how a member proved who she is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// `auth_time` (Core s2): the real authentication, carried unchanged through SSO and refresh.
    pub auth_time: Timestamp,
    /// `amr` (RFC 8176): `otp`, `sms`.
    pub amr: Vec<String>,
}

impl Authentication {
    /// `acr` (Core s2): the one way members authenticate, a code sent to their number.
    pub const ACR: &'static str = "urn:symbolon:acr:otp";
}

/// An SSO session of a member at a brand's host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its public name: `sid`.
    pub id: SessionId,
    /// Digest of the secret in the cookie.
    pub secret: Digest,
    /// Whose it is.
    pub member: MemberId,
    /// How it began.
    pub authentication: Authentication,
    /// Last visit, to within an eighth of the idle time.
    pub last_seen: Timestamp,
    /// Ends then without a visit.
    pub idle_expires_at: Timestamp,
    /// Ends then in any case.
    pub expires_at: Timestamp,
    /// A few words on the browser, for the account page.
    pub device: String,
}

impl Session {
    /// Whether it has ended by our clock, whatever the store still holds.
    pub const fn is_past(&self, now: Timestamp) -> bool {
        self.idle_expires_at.is_past(now) || self.expires_at.is_past(now)
    }
}
