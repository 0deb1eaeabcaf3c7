use serde::{Deserialize, Serialize};

use crate::types::{ClientId, JwkThumbprint, Timestamp};

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
    /// When no flow can begin with it any more.
    pub expires_at: Timestamp,
}

/// For how many seconds it is kept after that: as long as a flow that began with it can take, so that its end is
/// told from the end of another.
const AFTERLIFE: u64 = 86_400;

impl PushedRequest {
    /// What a flow begins with, given the `nonce` of the flow that ended. A flow that began changes nothing: the page
    /// may be loaded again.
    pub fn begin(self, consumed_by: Option<[u8; 16]>, now: Timestamp) -> Option<Self> {
        (consumed_by.is_none() && !self.expires_at.is_past(now)).then_some(self)
    }

    /// Whether the flow of `nonce` is the one that ends it, given the `nonce` of the one that did before. If so, the
    /// store marks it. A sign-in may take longer than its link lives, so `expires_at` is no bar.
    pub fn consume(&self, consumed_by: Option<[u8; 16]>, nonce: &[u8; 16], now: Timestamp) -> bool {
        !self.forget_at().is_past(now) && consumed_by.is_none_or(|earlier| earlier == *nonce)
    }

    /// When nothing can come of it any more.
    pub fn forget_at(&self) -> Timestamp {
        self.expires_at + AFTERLIFE
    }
}
