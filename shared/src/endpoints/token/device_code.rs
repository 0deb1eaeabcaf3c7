//! `grant_type=urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 s3.4): the device asks until somebody has decided.

use super::{
    Token,
    issue::{Basis, Lifetime, Presented},
};
use crate::{
    endpoints::{
        client_call::AuthenticatedClient, device_code::DeviceCode, lost_answer::once_more, resource,
    },
    model::{ClaimsRequest, DeviceApproval, Tenant},
    ports::Polled,
    types::Digest,
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
        token_response::TokenResponse,
    },
};

impl Token {
    pub(super) async fn device_code(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        form: &Params,
    ) -> Result<TokenResponse, Fault> {
        let text = form
            .get("device_code")
            .ok_or(Fault::request("device_code is missing"))?;
        let code = DeviceCode::open(&self.keyring, &tenant.id, &client.id, text)
            .ok_or(Fault::grant("the device code is not one of this client's"))?;
        let (digest, nonce) = (Digest::of(text.as_bytes()), self.random.bytes());
        // The nonce is the same the second time, so a lost answer cannot look like a replay.
        let poll = || {
            let (index, now) = (&code.user_code, self.clock.now());
            self.devices
                .poll(&tenant.id, index, &client.id, &digest, &nonce, now)
        };
        match once_more(poll).await? {
            Polled::Pending => Err(Fault::new(
                ErrorCode::AuthorizationPending,
                "nobody has decided yet",
            )),
            Polled::TooSoon => Err(Fault::new(
                ErrorCode::SlowDown,
                "asked too soon; wait five seconds longer from now on",
            )),
            Polled::Denied => Err(Fault::new(
                ErrorCode::AccessDenied,
                "the member did not allow this",
            )),
            // The code is ours and this client's, so it has been there.
            Polled::Absent => Err(Fault::new(ErrorCode::ExpiredToken, "the device code is expired")),
            Polled::Mismatch => Err(Fault::grant("the device code does not belong to this request")),
            Polled::Already(approval) => {
                self.replayed(tenant, &approval.member, &client.id, approval.issue)
                    .await
            }
            Polled::Now(approval) => match self.tokens_of(tenant, client, form, &approval).await {
                // As with a code: trouble of ours and a wrong `resource` are no use of it.
                Err(fault)
                    if fault.code.status().is_server_error() || fault.code == ErrorCode::InvalidTarget =>
                {
                    self.devices.release(&tenant.id, &code.user_code, &nonce).await?;
                    Err(fault)
                }
                outcome => outcome,
            },
        }
    }

    async fn tokens_of(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        form: &Params,
        approval: &DeviceApproval,
    ) -> Result<TokenResponse, Fault> {
        let DeviceApproval { scope, resources, .. } = approval;
        let basis = Basis {
            presented: Presented::Code,
            member: approval.member.clone(),
            grant: approval.grant,
            issue: approval.issue,
            lifetime: Lifetime::of(scope, approval.session),
            resources: resource::narrowed(form, tenant, scope, resources)?,
            granted: resources.clone(),
            claims: ClaimsRequest::default(),
            scope: scope.clone(),
            authentication: approval.authentication.clone(),
            nonce: None,
        };
        self.first_tokens(tenant, client, basis).await
    }
}
