//! `grant_type=authorization_code` (RFC 6749 s4.1.3).

use super::{
    Token,
    issue::{Basis, Lifetime, Presented},
};
use crate::{
    endpoints::{
        audit::{self, AuditEvent},
        client_call::AuthenticatedClient,
        lost_answer::once_more,
        resource,
    },
    model::{AuthorizationCode, RefreshFamily, Tenant},
    ports::{Bindings, Redeemed, Taint},
    types::{CodeVerifier, Digest, FamilyId, Scope},
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
        token_response::TokenResponse,
    },
};

impl Token {
    pub(super) async fn authorization_code(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        form: &Params,
    ) -> Result<TokenResponse, Fault> {
        let code = form.get("code").ok_or(Fault::request("code is missing"))?;
        let bindings = bindings(client, form)?;
        let (digest, nonce) = (Digest::of(code.as_bytes()), self.random.bytes());
        // The nonce is the same the second time, so a lost answer cannot look like a replay.
        let redeem = || {
            self.codes
                .redeem(&tenant.id, &digest, &bindings, &nonce, self.clock.now())
        };
        match once_more(redeem).await? {
            Redeemed::Now(code) => match self.tokens_for(tenant, client, form, &code).await {
                // Storage or signer trouble is nobody's mistake, and a wrong `resource` no use of the code: it works
                // again (attack row ST4).
                Err(fault)
                    if fault.code.status().is_server_error() || fault.code == ErrorCode::InvalidTarget =>
                {
                    self.codes.release(&tenant.id, &digest, &nonce).await?;
                    Err(fault)
                }
                outcome => outcome,
            },
            Redeemed::Already(code) => self.replayed(tenant, &code).await,
            Redeemed::Mismatch => Err(Fault::grant("the code does not belong to this request")),
            Redeemed::Absent => Err(Fault::grant("the code is unknown or expired")),
        }
    }

    async fn tokens_for(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        form: &Params,
        code: &AuthorizationCode,
    ) -> Result<TokenResponse, Fault> {
        let offline = code.scope.contains(Scope::OFFLINE_ACCESS);
        let basis = Basis {
            presented: Presented::Code,
            member: code.member.clone(),
            grant: code.grant,
            issue: code.issue,
            // Offline access outlives the session; everything else dies with it.
            lifetime: if offline {
                Lifetime::Offline(Some(code.session))
            } else {
                Lifetime::Session(code.session)
            },
            resources: resource::narrowed(form, tenant, &code.scope, &code.resources)?,
            granted: code.resources.clone(),
            claims: code.claims.clone(),
            scope: code.scope.clone(),
            authentication: code.authentication.clone(),
            nonce: code.nonce.clone(),
        };
        let family = offline.then(|| family_of(code));
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
            .subject(&self.keyring, &code.member)
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

    /// Somebody with everything has sent the code again: what came of it dies (RFC 6749 s4.1.2).
    async fn replayed(&self, tenant: &Tenant, code: &AuthorizationCode) -> Result<TokenResponse, Fault> {
        let (now, policy) = (self.clock.now(), &tenant.policy);
        // First, so that it is told even if what follows has to be asked for again.
        audit::line(AuditEvent::CodeReplayed, tenant)
            .client(&code.client)
            .subject(&self.keyring, &code.member)
            .write();
        // The family may be created this very moment by the first request, so the mark lasts as long as it could.
        let until = now + policy.refresh.absolute.max(policy.tokens.access_token);
        let taint = Taint::Issue(code.issue);
        self.grants
            .taint(&tenant.id, &code.member, &code.client, taint, until, now)
            .await?;
        self.families.revoke(&tenant.id, &family_of(code)).await?;
        Err(Fault::grant("the code was used before"))
    }
}

/// The refresh family of a code bears the name of its issue, so that a replay knows what to revoke.
fn family_of(code: &AuthorizationCode) -> FamilyId {
    FamilyId::from_bytes(*code.issue.as_bytes())
}

fn bindings(client: &AuthenticatedClient, form: &Params) -> Result<Bindings, Fault> {
    let redirect_uri = form
        .get("redirect_uri")
        .ok_or(Fault::request("redirect_uri is missing"))?
        .to_owned();
    let challenge = match form.get("code_verifier") {
        Some(text) => {
            let verifier = CodeVerifier::parse(text).ok_or(Fault::grant("code_verifier is malformed"))?;
            Some(verifier.challenge())
        }
        None => None,
    };
    Ok(Bindings {
        client: client.id.clone(),
        redirect_uri,
        challenge,
        dpop_jkt: client.key(),
    })
}
