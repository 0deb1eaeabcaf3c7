use serde::{Deserialize, Serialize};

use super::Authentication;
use crate::types::{ClientId, Digest, GrantId, IssueId, MemberId, ScopeSet, SessionId, Timestamp};

/// A device's request to be signed in by somebody at another screen (RFC 8628 s3.1). Stored under a keyed hash of its
/// user code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRequest {
    /// Who asks.
    pub client: ClientId,
    /// Digest of the device code, which only the device knows.
    pub device_code: Digest,
    /// What it asks for.
    pub scope: ScopeSet,
    /// The APIs it asks for (RFC 8707 s2.1); empty: all its scopes lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What became of it.
    pub decision: DeviceDecision,
    /// Seconds the device has to wait between two questions; grows with `slow_down` (s3.5).
    pub interval: u64,
    /// When it asked last.
    pub polled_at: Option<Timestamp>,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// What a member decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceDecision {
    /// Nobody has yet.
    Pending,
    /// She allowed it.
    Allowed(Box<DeviceApproval>),
    /// She did not.
    Denied,
    /// She allowed it, and the device has its tokens: the nonce of the call that redeemed it.
    Redeemed(Box<DeviceApproval>, [u8; 16]),
}

/// Who allowed a device, and under which consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceApproval {
    /// The member.
    pub member: MemberId,
    /// The consent it rests on.
    pub grant: GrantId,
    /// Names everything that will be issued from it.
    pub issue: IssueId,
    /// The session at the screen she allowed it on.
    pub session: SessionId,
    /// What was granted.
    pub scope: ScopeSet,
    /// When and how she signed in.
    pub authentication: Authentication,
}
