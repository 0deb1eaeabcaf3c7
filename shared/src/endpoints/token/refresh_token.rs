//! `grant_type=refresh_token` (RFC 6749 s6), with rotation and reuse detection (RFC 9700 s4.14.2) where the client has it.
//!
//! A refresh token carries, sealed, what it grants; the store keeps only which generation of its family is
//! current. So everything is read, checked and signed before the one write that makes it count: if any of it
//! fails, the token presented still works.

use serde::{Deserialize, Serialize};

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
    keyring::Purpose,
    model::{Authentication, ClaimsRequest, Client, Tenant},
    ports::{Rotated, Rotation, Taint},
    types::{ClientId, FamilyId, GrantId, IssueId, JwkThumbprint, MemberId, ScopeSet, SessionId},
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
        token_response::TokenResponse,
    },
};

/// What a refresh token grants. Short names: it travels with every request.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::endpoints) struct Sealed {
    #[serde(rename = "f")]
    pub(in crate::endpoints) family: FamilyId,
    #[serde(rename = "n")]
    pub(in crate::endpoints) generation: u32,
    #[serde(rename = "c")]
    pub(in crate::endpoints) client: ClientId,
    #[serde(rename = "m")]
    pub(in crate::endpoints) member: MemberId,
    #[serde(rename = "g")]
    pub(in crate::endpoints) grant: GrantId,
    #[serde(rename = "i")]
    pub(in crate::endpoints) issue: IssueId,
    #[serde(rename = "s")]
    pub(in crate::endpoints) scope: ScopeSet,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::endpoints) resources: Vec<String>,
    #[serde(rename = "k", default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub(in crate::endpoints) claims: ClaimsRequest,
    /// The session it was issued in, by which partners know it; it may be over.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub(in crate::endpoints) session: Option<SessionId>,
    #[serde(rename = "a")]
    pub(in crate::endpoints) authentication: Authentication,
    /// The key its user must prove.
    #[serde(rename = "j", default, skip_serializing_if = "Option::is_none")]
    pub(in crate::endpoints) key: Option<JwkThumbprint>,
}

/// What a refresh token given to this client now is bound to. Public clients have nothing else that proves them; the
/// tokens of others are bound by their authentication (RFC 9449 s5).
pub(super) fn bound_to(client: &AuthenticatedClient) -> Option<JwkThumbprint> {
    client.key().filter(|_| client.is_public())
}

/// What the successor of a token is bound to, if this client asks for it now.
fn next_key(sealed: &Sealed, client: &AuthenticatedClient) -> Option<JwkThumbprint> {
    sealed.key.or(bound_to(client))
}

/// Whether a token is replaced with each use (decision 0007). One that nothing proves is, whatever its client is
/// registered for: it may be older than that.
fn is_replaced(client: &Client, key: Option<JwkThumbprint>) -> bool {
    client.rotates_refresh_tokens || (client.is_public() && key.is_none())
}

impl Token {
    pub(super) async fn refresh_token(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        form: &Params,
    ) -> Result<TokenResponse, Fault> {
        let presented = form
            .get("refresh_token")
            .ok_or(Fault::request("refresh_token is missing"))?;
        let sealed = self.refresh_token_of(tenant, client, presented)?;
        let basis = Basis {
            presented: Presented::RefreshToken,
            member: sealed.member.clone(),
            grant: sealed.grant,
            issue: sealed.issue,
            lifetime: Lifetime::Offline(sealed.session),
            resources: resource::narrowed(form, tenant, &sealed.scope, &sealed.resources)?,
            granted: sealed.resources.clone(),
            claims: sealed.claims.clone(),
            scope: narrowed(&sealed.scope, form)?,
            authentication: sealed.authentication.clone(),
            nonce: None,
        };
        let next = sealed.generation.saturating_add(1);
        let mut tokens = self.issue(tenant, client, basis, None).await?;
        // Narrowing is for this answer only: the successor grants what its predecessor did.
        let successor = self.seal_refresh_token(
            tenant,
            &Sealed {
                generation: next,
                key: next_key(&sealed, client),
                ..sealed.clone()
            },
        )?;
        let replaced = self.rotate(tenant, client, &sealed).await?;
        // RFC 6749 s6: without a new one, the client goes on with the one it has.
        tokens.refresh_token = replaced.then_some(successor);
        audit::line(AuditEvent::TokensRefreshed, tenant)
            .client(&client.id)
            .subject(&self.keyring, &sealed.member)
            .write();
        Ok(tokens)
    }

    /// What a presented text grants, if it is this client's and whoever presents it proves the key it is bound to.
    pub(super) fn refresh_token_of(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        presented: &str,
    ) -> Result<Sealed, Fault> {
        let sealed: Sealed = self
            .keyring
            .open(&tenant.id, Purpose::RefreshToken, presented)
            .filter(|s: &Sealed| s.client == client.id)
            .ok_or(Fault::grant("the refresh token is not one of this client's"))?;
        if sealed.key.is_some() && sealed.key != client.key() {
            return Err(Fault::grant("the refresh token is bound to another key"));
        }
        Ok(sealed)
    }

    /// Makes the presented token count. Whether its successor takes its place, be it since an earlier request.
    pub(super) async fn rotate(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        sealed: &Sealed,
    ) -> Result<bool, Fault> {
        let (now, policy) = (self.clock.now(), tenant.policy.refresh);
        let rotation = Rotation {
            family: sealed.family,
            client: client.id.clone(),
            generation: sealed.generation,
            replaces: is_replaced(client, sealed.key),
            key: next_key(sealed, client),
            retry_window: policy.retry_window,
            idle_expires_at: now + policy.idle,
        };
        // After a lost answer the second call finds itself within the retry window.
        match once_more(|| self.families.rotate(&tenant.id, &rotation, now)).await? {
            Rotated::Now | Rotated::Again => Ok(true),
            Rotated::Kept => Ok(false),
            Rotated::Mismatch => Err(Fault::grant(
                "the refresh token was replaced by one of another key",
            )),
            Rotated::Dead => Err(Fault::grant("the refresh token is expired or revoked")),
            Rotated::Reused => {
                // First, so that it is told even if what follows has to be asked for again.
                audit::line(AuditEvent::RefreshReused, tenant)
                    .client(&client.id)
                    .subject(&self.keyring, &sealed.member)
                    .write();
                let until = now + tenant.policy.tokens.access_token;
                let taint = Taint::Issue(sealed.issue);
                self.grants
                    .taint(&tenant.id, &sealed.member, &client.id, taint, until, now)
                    .await?;
                Err(Fault::grant("the refresh token was used before"))
            }
        }
    }

    /// The text of a refresh token. The same contents give the same text, so a repeated refresh repeats its answer.
    pub(super) fn seal_refresh_token(&self, tenant: &Tenant, sealed: &Sealed) -> Result<String, Fault> {
        let text = self.keyring.seal_same(&tenant.id, Purpose::RefreshToken, sealed);
        text.ok_or_else(|| Fault::server("the refresh token could not be sealed"))
    }
}

/// RFC 6749 s6: narrower is fine, wider is not.
fn narrowed(granted: &ScopeSet, form: &Params) -> Result<ScopeSet, Fault> {
    let Some(text) = form.get("scope") else {
        return Ok(granted.clone());
    };
    ScopeSet::parse(text)
        .filter(|asked| !asked.is_empty() && asked.is_subset(granted))
        .ok_or(Fault::new(
            ErrorCode::InvalidScope,
            "scope exceeds what was granted",
        ))
}
