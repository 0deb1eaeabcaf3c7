//! The first tokens of an issue, and its end when what it came from is sent again. The same for every kind of code.

use super::{
    Token,
    issue::{Basis, Lifetime},
};
use crate::{
    endpoints::{
        audit::{self, AuditEvent},
        client_call::AuthenticatedClient,
    },
    model::{RefreshFamily, Tenant},
    ports::Taint,
    types::{ClientId, FamilyId, IssueId, MemberId, Scope, ScopeSet, SessionId},
    wire::{error::Fault, token_response::TokenResponse},
};

impl Lifetime {
    /// Offline access outlives the session; everything else dies with it.
    pub(super) fn of(scope: &ScopeSet, session: SessionId) -> Self {
        if scope.contains(Scope::OFFLINE_ACCESS) {
            Self::Offline(Some(session))
        } else {
            Self::Session(session)
        }
    }
}

impl Token {
    /// Tokens for a code, with a refresh token where it is for offline access.
    pub(super) async fn first_tokens(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        basis: Basis,
    ) -> Result<TokenResponse, Fault> {
        let member = basis.member.clone();
        let family = matches!(basis.lifetime, Lifetime::Offline(_)).then(|| family_of(basis.issue));
        let (tokens, ()) =
            futures_util::try_join!(self.issue(tenant, client, basis, family.map(|f| (f, 0))), async {
                if let Some(id) = family {
                    self.families
                        .create(&tenant.id, &self.new_family(tenant, client, id))
                        .await?;
                }
                Ok(())
            })?;
        audit::line(AuditEvent::TokensIssued, tenant)
            .client(&client.id)
            .subject(&self.keyring, &member)
            .write();
        Ok(tokens)
    }

    fn new_family(&self, tenant: &Tenant, client: &AuthenticatedClient, id: FamilyId) -> RefreshFamily {
        let now = self.clock.now();
        RefreshFamily {
            id,
            client: client.id.clone(),
            expires_at: now + tenant.policy.refresh.absolute,
            idle_expires_at: now + tenant.policy.refresh.idle,
        }
    }

    /// Somebody with everything has sent a code again: what came of it dies (RFC 6749 s4.1.2).
    pub(super) async fn replayed(
        &self,
        tenant: &Tenant,
        member: &MemberId,
        client: &ClientId,
        issue: IssueId,
    ) -> Result<TokenResponse, Fault> {
        let (now, policy) = (self.clock.now(), &tenant.policy);
        // First, so that it is told even if what follows has to be asked for again.
        audit::line(AuditEvent::CodeReplayed, tenant)
            .client(client)
            .subject(&self.keyring, member)
            .write();
        // The family may be created this very moment by the first request, so the mark lasts as long as it could.
        let until = now + policy.refresh.absolute.max(policy.tokens.access_token);
        let taint = Taint::Issue(issue);
        self.grants
            .taint(&tenant.id, member, client, taint, until, now)
            .await?;
        self.families.revoke(&tenant.id, &family_of(issue)).await?;
        Err(Fault::grant("the code was used before"))
    }
}

/// The refresh family of a code bears the name of its issue, so that a replay knows what to revoke.
fn family_of(issue: IssueId) -> FamilyId {
    FamilyId::from_bytes(*issue.as_bytes())
}
