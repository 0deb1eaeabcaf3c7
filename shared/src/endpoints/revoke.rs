//! Revocation (RFC 7009): a client gives back a token.

use std::sync::Arc;

use async_trait::async_trait;
use http::StatusCode;

use super::{
    Endpoint,
    access_token::{Genuine, Verifier},
    audit::{self, AuditEvent},
    client_call::{AuthenticatedClient, Call, ClientGate},
    client_token,
    lost_answer::once_more,
    token::RefreshToken,
};
use crate::{
    jwt::MemberContext,
    keyring::{Keyring, Purpose},
    model::Tenant,
    ports::{Assertions, ClientKeys, Clock, Grants, PublicKeys, Random, RefreshFamilies, Registry, Taint},
    types::{ClientId, FamilyId, IssueId, MemberId},
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        respond,
    },
};

/// `/oauth2/revoke`: `POST` of a form with `token`.
pub struct Revoke {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Refresh tokens.
    pub families: Arc<dyn RefreshFamilies>,
    /// Where dead tokens are marked.
    pub grants: Arc<dyn Grants>,
    /// `jti` of client assertions, and of dead tokens without a consent.
    pub assertions: Arc<dyn Assertions>,
    /// What clients publish at their `jwks_uri`.
    pub client_keys: Arc<dyn ClientKeys>,
    /// What tokens are verified with.
    pub public_keys: Arc<dyn PublicKeys>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids of refusals.
    pub random: Arc<dyn Random>,
    /// Sealed contents of refresh and access tokens; what secrets are compared under.
    pub keyring: Arc<Keyring>,
}

#[async_trait]
impl Endpoint for Revoke {
    /// Answers 200 without a body once the token is dead, be it that it never lived.
    async fn handle(&self, request: Request) -> Response {
        let gate = self.gate();
        let call = match gate.open(&request).await {
            Ok(call) => call,
            Err(ended) => return ended,
        };
        let revoked = self.revoke(&call).await;
        gate.close(&call, revoked.map(|()| respond::empty(StatusCode::OK)))
    }
}

impl Revoke {
    fn gate(&self) -> ClientGate<'_> {
        ClientGate {
            registry: &*self.registry,
            assertions: &*self.assertions,
            client_keys: &*self.client_keys,
            keyring: &self.keyring,
            clock: &*self.clock,
            random: &*self.random,
            takes_scripts: true,
            takes_proofs_at: None,
        }
    }

    /// What kind of token it is, the token itself says; `token_type_hint` could only be wrong.
    async fn revoke(&self, call: &Call<'_>) -> Result<(), Fault> {
        let (tenant, client) = (&*call.tenant, &call.client);
        let token = call.form.get("token").ok_or(Fault::request("token is missing"))?;
        let open = || self.keyring.open(&tenant.id, Purpose::RefreshToken, token);
        if let Some(refresh) = open() {
            return self.refresh_token(tenant, client, &refresh).await;
        }
        let verifier = Verifier {
            public_keys: &*self.public_keys,
            clock: &*self.clock,
            keyring: &self.keyring,
        };
        match verifier.genuine(tenant, token).await {
            Ok(access) => self.access_token(tenant, client, &access).await,
            // Nothing of ours, or not any more: what is asked for is so already (RFC 7009 s2.2).
            Err(fault) if fault.code == ErrorCode::InvalidToken => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// Its whole line, whichever of it is presented, and every access token that came of it.
    async fn refresh_token(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        token: &RefreshToken,
    ) -> Result<(), Fault> {
        is_its_own(client, &token.client)?;
        self.end_line(tenant, client, &token.member, token.issue, token.family)
            .await?;
        audit::line(AuditEvent::TokenRevoked, tenant)
            .client(&client.id)
            .subject(&self.keyring, &token.member)
            .because("refresh_token")
            .write();
        Ok(())
    }

    async fn access_token(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        token: &Genuine,
    ) -> Result<(), Fault> {
        is_its_own(client, &token.client)?;
        if let Some(consent) = token.consent() {
            self.end_one(tenant, client, token, consent).await?;
        } else {
            let (jti, until, now) = (token.claims.jti, token.claims.exp, self.clock.now());
            client_token::revoke(&*self.assertions, tenant, jti, until, now).await?;
        }
        audit::line(AuditEvent::TokenRevoked, tenant)
            .client(&client.id)
            .subject(&self.keyring, token.consent().map(|consent| &consent.member))
            .because("access_token")
            .write();
        Ok(())
    }

    /// One access token of a consent; among very many, all of its issue (decision 0040).
    async fn end_one(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        token: &Genuine,
        consent: &MemberContext,
    ) -> Result<(), Fault> {
        let (member, now) = (&consent.member, self.clock.now());
        let Some(grant) = self.grants.get(&tenant.id, member, &client.id).await? else {
            return Ok(());
        };
        match grant.mark_of(token.claims.jti, consent.issue, now) {
            Taint::Issue(issue) => {
                let family = FamilyId::from_bytes(*issue.as_bytes());
                self.end_line(tenant, client, member, issue, family).await
            }
            taint => {
                let until = token.claims.exp;
                self.grants
                    .taint(&tenant.id, member, &client.id, taint, until, now)
                    .await?;
                Ok(())
            }
        }
    }

    /// The line first: what is refreshed at this very moment then gets no answer, or was issued before the mark.
    async fn end_line(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        member: &MemberId,
        issue: IssueId,
        family: FamilyId,
    ) -> Result<(), Fault> {
        once_more(|| self.families.revoke(&tenant.id, &family)).await?;
        let now = self.clock.now();
        let until = now + tenant.policy.tokens.access_token;
        let mark = || {
            self.grants
                .taint(&tenant.id, member, &client.id, Taint::Issue(issue), until, now)
        };
        Ok(once_more(mark).await?)
    }
}

/// RFC 7009 s2.1: another client's token is left as it is, and the caller is told.
fn is_its_own(client: &AuthenticatedClient, of: &ClientId) -> Result<(), Fault> {
    if client.id == *of {
        Ok(())
    } else {
        Err(Fault::grant("the token was issued to another client"))
    }
}
