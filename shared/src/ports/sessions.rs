use async_trait::async_trait;

use super::PortResult;
use crate::{
    model::Session,
    types::{Digest, MemberId, SessionId, TenantId, Timestamp},
};

/// SSO sessions, by member and digest of the session secret. Read strongly consistent, by primary key.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Stores a new session; one that is there already stays as it is.
    async fn create(&self, tenant: &TenantId, session: &Session) -> PortResult<()>;

    /// The session of this secret, unless idle for too long, too old or ended.
    async fn get(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        secret: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<Session>>;

    /// Moves the idle end of a session that is live at `last_seen`. An ended one stays ended, and an earlier visit
    /// takes nothing back.
    async fn touch(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        secret: &Digest,
        last_seen: Timestamp,
        idle_expires_at: Timestamp,
    ) -> PortResult<()>;

    /// Every live session of a member, for the account page.
    async fn of_member(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        now: Timestamp,
    ) -> PortResult<Vec<Session>>;

    /// Ends a session by its public name. Already ended: nothing to do.
    async fn end(&self, tenant: &TenantId, member: &MemberId, session: &SessionId) -> PortResult<()>;
}
