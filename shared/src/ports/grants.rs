use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::PortResult;
use crate::{
    model::Grant,
    types::{ClientId, IssueId, MemberId, SessionId, TenantId, Timestamp, TokenId},
};

/// Outcome of [`Grants::put`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// Stored.
    Done,
    /// Somebody wrote in between.
    Conflict,
}

/// What makes tokens of a grant die before their time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Taint {
    /// One code was replayed or one refresh family reused: everything issued from it.
    Issue(IssueId),
    /// One session ended: everything bound to it.
    Session(SessionId),
    /// Its client revoked it: this access token alone.
    Token(TokenId),
}

/// Consents, one per member and client. Read strongly consistent, by primary key.
#[async_trait]
pub trait Grants: Send + Sync {
    /// The grant, whatever its state.
    async fn get(&self, tenant: &TenantId, member: &MemberId, client: &ClientId)
    -> PortResult<Option<Grant>>;

    /// Every grant of a member, for the account page and for ending a session.
    async fn of_member(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Vec<Grant>>;

    /// Stores the grant if the stored version is `expected` (`None`: if nothing is stored).
    /// A repeat of what is stored already is the same call; anything else of the same version is a conflict.
    /// Marks are [`Self::taint`]'s alone: a grant read before a mark was set does not erase it.
    async fn put(&self, tenant: &TenantId, grant: &Grant, expected: Option<u64>) -> PortResult<Put>;

    /// Marks tokens as dead until `until`, by when the last of them has expired. Absent grant: nothing to do.
    /// Does not change the grant's version. May drop marks that are past at `now`.
    async fn taint(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        client: &ClientId,
        taint: Taint,
        until: Timestamp,
        now: Timestamp,
    ) -> PortResult<()>;
}
