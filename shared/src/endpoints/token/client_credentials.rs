//! `grant_type=client_credentials` (RFC 6749 s4.4): a client at the brand's APIs, about no member.

use super::{Token, issue::Access};
use crate::{
    endpoints::{
        audit::{self, AuditEvent},
        client_call::AuthenticatedClient,
        client_token, resource,
    },
    jwt::AccessTokenContext,
    model::Tenant,
    types::ScopeSet,
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
        token_response::TokenResponse,
    },
};

impl Token {
    /// An access token and nothing else: there is nobody to identify, and asking again is as good as a refresh.
    pub(super) async fn client_credentials(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        form: &Params,
    ) -> Result<TokenResponse, Fault> {
        let granted = asked(client_token::scopes(tenant, client), form)?;
        let resources = resource::requested(form, tenant, &granted)?;
        let scope = resource::applicable(tenant, &granted, &resources);
        let access = Access {
            // RFC 9068 s2.2. No member's `sub` looks like a name that an operator gives.
            subject: client.id.as_str(),
            audience: resource::audience(tenant, &scope, &resources),
            scope: &scope,
            authentication: None,
            member_ref: None,
            context: AccessTokenContext::Client,
        };
        let access_token = self.sign_access_token(tenant, client, access).await?;
        audit::line(AuditEvent::TokensIssued, tenant)
            .client(&client.id)
            .write();
        Ok(TokenResponse {
            access_token,
            token_type: client.token_type(),
            expires_in: tenant.policy.tokens.access_token,
            refresh_token: None,
            id_token: None,
            scope: scope.to_string(),
        })
    }
}

/// What the request asks of what the client may have; everything, if it does not say.
fn asked(allowed: ScopeSet, form: &Params) -> Result<ScopeSet, Fault> {
    let scope = match form.get("scope") {
        Some(text) => ScopeSet::parse(text).filter(|asked| asked.is_subset(&allowed)),
        None => Some(allowed),
    };
    scope.filter(|scope| !scope.is_empty()).ok_or(Fault::new(
        ErrorCode::InvalidScope,
        "scope exceeds what this client may have without a member",
    ))
}
