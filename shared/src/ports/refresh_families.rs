use async_trait::async_trait;

use super::PortResult;
use crate::{
    model::{RefreshFamily, RefreshLine},
    types::{ClientId, FamilyId, JwkThumbprint, TenantId, Timestamp},
};

/// One presented refresh token, asking to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The family.
    pub family: FamilyId,
    /// The authenticated client; another client's request leaves the family as it was.
    pub client: ClientId,
    /// Generation of the presented token.
    pub generation: u32,
    /// Whether the next generation takes its place. If not, it stays the current one, and only its idle end moves.
    pub replaces: bool,
    /// The key its successor is bound to (RFC 9449 s5).
    pub key: Option<JwkThumbprint>,
    /// For how many seconds the previous generation still yields the same successor.
    pub retry_window: u64,
    /// When the family ends if it is not used again.
    pub idle_expires_at: Timestamp,
}

/// Outcome of [`RefreshFamilies::rotate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotated {
    /// The presented generation was the current one; its successor is current now.
    Now,
    /// The presented generation was the current one, and goes on being it.
    Kept,
    /// The presented generation was the previous one, within the window: the successor is the one already given.
    Again,
    /// The previous one, within the window, but the successor already given is bound to another key, or to one at all.
    /// The family is left as it was.
    Mismatch,
    /// Older, or outside the window: the token was used twice. The family is revoked by this very call, and from now
    /// on answers this to any generation that its client presents, until it expires: a caller whose next step failed
    /// learns it once more.
    Reused,
    /// Expired, ended by [`RefreshFamilies::revoke`], another client's, or never there.
    Dead,
}

/// Lines of refresh tokens (RFC 9700 s4.14.2).
#[async_trait]
pub trait RefreshFamilies: Send + Sync {
    /// Stores a new family at generation 0; one that is there already stays as it is.
    async fn create(&self, tenant: &TenantId, family: &RefreshFamily) -> PortResult<()>;

    /// Takes the presented generation, and replaces it by the next where that is asked, in one conditional call.
    async fn rotate(&self, tenant: &TenantId, rotation: &Rotation, now: Timestamp) -> PortResult<Rotated>;

    /// The family as it is at this moment, if it still yields tokens. Strongly consistent; changes nothing.
    async fn get(
        &self,
        tenant: &TenantId,
        family: &FamilyId,
        now: Timestamp,
    ) -> PortResult<Option<RefreshLine>>;

    /// Ends a family. Already ended, be it by reuse: nothing to do.
    async fn revoke(&self, tenant: &TenantId, family: &FamilyId) -> PortResult<()>;
}
