use serde::{Deserialize, Serialize};

use crate::types::{ClientId, JwkThumbprint, Timestamp};

/// A pushed authorization request (RFC 9126 s2). Stored under the digest of its `request_uri`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedRequest {
    /// Who pushed it. Nobody else may use it.
    pub client: ClientId,
    /// Its parameters in their wire form, client credentials left out.
    pub parameters: String,
    /// The key whose proof came with it (RFC 9449 s10.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<JwkThumbprint>,
    /// When it stops working.
    pub expires_at: Timestamp,
}
