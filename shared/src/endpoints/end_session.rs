//! Ending a session, wherever it is asked for: logout, the account page, a change of member.

use super::lost_answer::once_more;
use crate::{
    model::Tenant,
    ports::{Grants, PortResult, Sessions, Taint},
    types::{MemberId, SessionId, Timestamp},
};

/// For how long an "Allow" stands for a look at the session, in seconds: one redirect, on any network.
pub(super) const CONSENT_HOLDS: u64 = 60;

/// Ends a session and the tokens bound to it. Offline access goes on (Back-Channel Logout s2.7).
///
/// The marks come first: if a call fails in between, the session still stands and the whole can be repeated.
pub(super) async fn end_session(
    sessions: &dyn Sessions,
    grants: &dyn Grants,
    tenant: &Tenant,
    member: &MemberId,
    session: SessionId,
    now: Timestamp,
) -> PortResult<()> {
    // A consent given a moment ago may still become a code, and that a token; all have expired by then.
    let until = now + CONSENT_HOLDS + tenant.policy.tokens.code + tenant.policy.tokens.access_token;
    for grant in grants
        .of_member(&tenant.id, member)
        .await?
        .iter()
        .filter(|g| g.is_active())
    {
        grants
            .taint(
                &tenant.id,
                member,
                &grant.client,
                Taint::Session(session),
                until,
                now,
            )
            .await?;
    }
    // After this she is a stranger who cannot repeat it.
    once_more(|| sessions.end(&tenant.id, member, &session)).await
}
