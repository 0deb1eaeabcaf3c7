use serde::{Deserialize, Serialize};

use crate::types::{ClientId, Digest, JwkThumbprint, Timestamp};

/// A pushed authorization request (RFC 9126 s2). Stored under the digest of its `request_uri`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedRequest {
    /// Who pushed it. Nobody else may use it.
    pub client: ClientId,
    /// Its parameters, sealed: they may name a number to prefill or hold a token as a hint.
    pub parameters: String,
    /// The key whose proof came with it (RFC 9449 s10.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<JwkThumbprint>,
    /// When no flow can begin with it any more, and it is forgotten. A flow that began takes along what its end needs.
    pub expires_at: Timestamp,
}

/// For how many seconds after that a flow that began with it may take.
const FLOW: u64 = 86_400;

impl PushedRequest {
    /// What a flow begins with. A flow that began changes nothing: the page may be loaded again.
    pub fn begin(self, now: Timestamp) -> Option<Self> {
        (!self.expires_at.is_past(now)).then_some(self)
    }

    /// What a flow that begins with it takes along.
    pub fn origin(&self, digest: Digest) -> PushedOrigin {
        PushedOrigin {
            digest,
            until: self.expires_at + FLOW,
        }
    }
}

/// The pushed request that a flow began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedOrigin {
    /// Digest of its `request_uri`.
    pub digest: Digest,
    /// When no flow may end it any more. As long is told which one did.
    pub until: Timestamp,
}

impl PushedOrigin {
    /// Whether the flow of `nonce` is the one that ends it, given the `nonce` of the one that did before. If so, the
    /// store marks it. A sign-in may take longer than its link lives, so that the request itself is forgotten is no bar.
    pub fn ends(&self, ended_by: Option<[u8; 16]>, nonce: &[u8; 16], now: Timestamp) -> bool {
        !self.until.is_past(now) && ended_by.is_none_or(|earlier| earlier == *nonce)
    }
}
