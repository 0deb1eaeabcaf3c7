use serde::{Deserialize, Serialize};

use super::Authentication;
use crate::{
    ports::Polled,
    types::{ClientId, Digest, GrantId, IssueId, MemberId, ScopeSet, SessionId, Timestamp},
};

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
    /// When it may ask again.
    pub may_ask_at: Timestamp,
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
    /// The APIs asked for; empty: all its scopes lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// When and how she signed in.
    pub authentication: Authentication,
}

/// By how many seconds a device that asks too soon has to wait longer from then on (RFC 8628 s3.5).
const SLOW_DOWN: u64 = 5;

/// For how many seconds an expired request is kept, so that the replay of its device code is told and answered by
/// revocation.
const AFTERLIFE: u64 = 15 * 60;

impl DeviceRequest {
    /// Whether it still waits for a member.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.decision == DeviceDecision::Pending && !self.expires_at.is_past(now)
    }

    /// Writes down what a member decided; answers whether that is what stands. Once decided it stays so, and the
    /// repeat of a decision is that decision.
    pub fn decide(&mut self, approval: Option<&DeviceApproval>, now: Timestamp) -> bool {
        let said = match approval {
            Some(approval) => DeviceDecision::Allowed(Box::new(approval.clone())),
            None => DeviceDecision::Denied,
        };
        if self.is_open(now) {
            self.decision = said;
            return true;
        }
        match &self.decision {
            DeviceDecision::Redeemed(earlier, _) => Some(&**earlier) == approval,
            decision => *decision == said,
        }
    }

    /// What a device's question finds. The request afterwards is what the store keeps.
    ///
    /// The order is the contract: a stranger changes nothing and learns nothing; only who still waits is slowed down.
    pub fn poll(
        &mut self,
        client: &ClientId,
        device_code: &Digest,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> Polled {
        if self.client != *client || !self.device_code.matches(device_code) {
            return Polled::Mismatch;
        }
        if let DeviceDecision::Redeemed(approval, earlier) = &self.decision {
            let approval = (**approval).clone();
            return if earlier == nonce {
                Polled::Now(approval)
            } else {
                Polled::Already(approval)
            };
        }
        // A redeemed one stays for telling a replay; any other simply ends.
        if self.expires_at.is_past(now) {
            return Polled::Absent;
        }
        match &self.decision {
            DeviceDecision::Allowed(approval) => {
                let approval = approval.clone();
                self.decision = DeviceDecision::Redeemed(approval.clone(), *nonce);
                Polled::Now(*approval)
            }
            DeviceDecision::Denied => Polled::Denied,
            _ if self.may_ask_at > now => {
                self.interval = self.interval.saturating_add(SLOW_DOWN);
                self.may_ask_at = now + self.interval;
                Polled::TooSoon
            }
            _ => {
                self.may_ask_at = now + self.interval;
                Polled::Pending
            }
        }
    }

    /// Takes back a redemption of this `nonce`; answers whether there was one.
    pub fn release(&mut self, nonce: &[u8; 16]) -> bool {
        match &self.decision {
            DeviceDecision::Redeemed(approval, by) if by == nonce => {
                self.decision = DeviceDecision::Allowed(approval.clone());
                true
            }
            _ => false,
        }
    }

    /// When its replay need not be told any more.
    pub fn forget_at(&self) -> Timestamp {
        self.expires_at + AFTERLIFE
    }
}
