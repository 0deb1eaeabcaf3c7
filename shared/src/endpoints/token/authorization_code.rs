//! `grant_type=authorization_code` (RFC 6749 s4.1.3).

use super::{
    Token,
    issue::{Basis, Lifetime, Presented},
};
use crate::{
    endpoints::{client_call::AuthenticatedClient, lost_answer::once_more, resource},
    model::{AuthorizationCode, Tenant},
    ports::{Bindings, Redeemed},
    types::{CodeVerifier, Digest},
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
            Redeemed::Already(code) => {
                self.replayed(tenant, &code.member, &code.client, code.issue)
                    .await
            }
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
        let basis = Basis {
            presented: Presented::Code,
            member: code.member.clone(),
            grant: code.grant,
            issue: code.issue,
            lifetime: Lifetime::of(&code.scope, code.session),
            resources: resource::narrowed(form, tenant, &code.scope, &code.resources)?,
            granted: code.resources.clone(),
            claims: code.claims.clone(),
            scope: code.scope.clone(),
            authentication: code.authentication.clone(),
            nonce: code.nonce.clone(),
        };
        self.first_tokens(tenant, client, basis).await
    }
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
