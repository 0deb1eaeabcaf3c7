//! Ending a session, wherever it is asked for: logout, the account page, a change of member.

use super::{
    audit::{self, AuditEvent},
    lost_answer::once_more,
};
use crate::{
    keyring::Keyring,
    model::{LogoutNotice, Policy, Session, Tenant},
    ports::{Grants, LogoutNotices, PortResult, Registry, Sessions, Taint},
    types::{MemberId, SessionId, Timestamp},
};

/// For how long an "Allow" stands for a look at the session, in seconds: one redirect, on any network.
pub(super) const CONSENT_HOLDS: u64 = 60;

/// For how many seconds something of an ended session may still be alive, if nobody looked at its mark. A consent given
/// a moment ago becomes a code or the approval of a device; either waits to be redeemed; and what it is redeemed for
/// has a life of its own. Whoever lets a session leave anything else behind counts it in here.
fn longest_wake(policy: &Policy) -> u64 {
    CONSENT_HOLDS + policy.tokens.code.max(policy.device.lifetime) + policy.tokens.access_token
}

/// What ending a session needs of an endpoint.
pub(super) struct Endings<'a> {
    /// Who wants to be told.
    pub(super) registry: &'a dyn Registry,
    /// The session.
    pub(super) sessions: &'a dyn Sessions,
    /// The tokens bound to it, and the partners it was used at.
    pub(super) grants: &'a dyn Grants,
    /// Where partners' notices wait.
    pub(super) notices: &'a dyn LogoutNotices,
}

impl Endings<'_> {
    /// Ends a session and the tokens bound to it, and has every partner told. Offline access goes on (Back-Channel
    /// Logout s2.7).
    ///
    /// Marks and notices come first: if a call fails in between, the session still stands and the whole can be
    /// repeated. Whoever is told twice has no such session the second time.
    pub(super) async fn end(
        &self,
        tenant: &Tenant,
        member: &MemberId,
        session: SessionId,
        now: Timestamp,
    ) -> PortResult<()> {
        let until = now + longest_wake(&tenant.policy);
        let mut notices = Vec::new();
        let grants = self.grants.of_member(&tenant.id, member).await?;
        for grant in grants.iter().filter(|g| g.is_active()) {
            let (taint, client) = (Taint::Session(session), &grant.client);
            self.grants
                .taint(&tenant.id, member, client, taint, until, now)
                .await?;
            if self
                .registry
                .client(&tenant.id, client)
                .await?
                .is_some_and(|client| client.backchannel_logout_uri.is_some())
            {
                notices.push(LogoutNotice {
                    tenant: tenant.id.clone(),
                    authority: tenant.issuer.authority().to_owned(),
                    client: client.clone(),
                    session,
                    at: now,
                });
            }
        }
        if !notices.is_empty() {
            self.notices.put(&notices).await?;
        }
        // After this she is a stranger who cannot repeat it.
        once_more(|| self.sessions.end(&tenant.id, member, &session)).await
    }
    /// Ends the session that one of `member` replaces in a browser, and answers with the name of the new one. The same
    /// member only proves again who she is: her session keeps its name, so that signing out later ends all that was
    /// issued in it. Another member's ends with everything bound to it.
    pub(super) async fn succeed(
        &self,
        keyring: &Keyring,
        tenant: &Tenant,
        old: Option<Session>,
        member: &MemberId,
        new: SessionId,
        now: Timestamp,
    ) -> PortResult<SessionId> {
        match old {
            Some(old) if old.member == *member => {
                self.sessions.end(&tenant.id, &old.member, &old.id).await?;
                Ok(old.id)
            }
            Some(old) => {
                self.end(tenant, &old.member, old.id, now).await?;
                audit::line(AuditEvent::SessionEnded, tenant)
                    .subject(keyring, &old.member)
                    .because("replaced")
                    .write();
                Ok(new)
            }
            None => Ok(new),
        }
    }
}
