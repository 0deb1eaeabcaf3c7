use async_trait::async_trait;

use super::PortResult;
use crate::{
    model::AuthorizationCode,
    types::{ClientId, CodeChallenge, Digest, JwkThumbprint, TenantId, Timestamp},
};

/// What a token request must match before a code counts as redeemed (RFC 6749 s4.1.3, RFC 7636 s4.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bindings {
    /// The authenticated client.
    pub client: ClientId,
    /// `redirect_uri` as sent to the token endpoint.
    pub redirect_uri: String,
    /// The challenge that the sent verifier answers; `None` if none was sent.
    pub challenge: Option<CodeChallenge>,
    /// The key of the `DPoP` proof that came with the request (RFC 9449 s10).
    pub dpop_jkt: Option<JwkThumbprint>,
}

/// Outcome of [`Codes::redeem`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// This call redeemed it.
    Now(AuthorizationCode),
    /// All bindings match, but it was redeemed before: a replay by someone who has everything.
    Already(AuthorizationCode),
    /// It exists, but a binding differs. It is left as it was.
    Mismatch,
    /// Expired or never there.
    Absent,
}

/// Authorization codes, by the digest of the code.
#[async_trait]
pub trait Codes: Send + Sync {
    /// Stores a new code; one that is there already stays as it is. The item outlives the code's own lifetime so that a replay can still be told.
    async fn put(&self, tenant: &TenantId, digest: &Digest, code: &AuthorizationCode) -> PortResult<()>;

    /// Marks the code redeemed, once, if every binding matches. A repeat with the same `nonce` is the same call.
    async fn redeem(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        bindings: &Bindings,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Redeemed>;

    /// Takes back a redemption of this `nonce` from which no token was issued, because signing failed.
    async fn release(&self, tenant: &TenantId, digest: &Digest, nonce: &[u8; 16]) -> PortResult<()>;
}
