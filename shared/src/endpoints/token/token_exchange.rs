//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693 s2.1): the brand's own app gets what takes its
//! member's session to a browser, for its refresh token. The refresh token stays as it is.

use super::{
    Token,
    issue::{Basis, Lifetime, Presented},
    refresh_token::{Sealed, bound_to},
};
use crate::{
    endpoints::{
        audit::{self, AuditEvent},
        client_call::AuthenticatedClient,
        transfer_token::{self, OPENED_WITHIN},
    },
    model::{SessionTransfer, Tenant},
    types::ClientId,
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
        token_response::TransferResponse,
    },
};

const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const SESSION_TRANSFER: &str = "urn:symbolon:params:oauth:token-type:session-transfer";

impl Token {
    pub(super) async fn token_exchange(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        form: &Params,
    ) -> Result<TransferResponse, Fault> {
        let presented = subject_token(form)?;
        let partner = self.partner(tenant, form).await?;
        let sealed = self.refresh_token_of(tenant, client, presented);
        let sealed = sealed.map_err(unacceptable)?;
        self.still_works(tenant, client, &sealed)
            .await
            .map_err(unacceptable)?;
        let now = self.clock.now();
        let transfer = SessionTransfer {
            app: client.id.clone(),
            member: sealed.member,
            grant: sealed.grant,
            issue: sealed.issue,
            family: sealed.family,
            authentication: sealed.authentication,
            partner,
            expires_at: now + OPENED_WITHIN,
        };
        if transfer.session_ends(tenant.policy.session.absolute).is_past(now) {
            return Err(Fault::request(
                "she proved who she is too long ago; let her sign in again",
            ));
        }
        let token = transfer_token::seal(&self.keyring, tenant, &transfer)
            .ok_or_else(|| Fault::server("the transfer could not be sealed"))?;
        audit::line(AuditEvent::TransferIssued, tenant)
            .client(&client.id)
            .subject(&self.keyring, &transfer.member)
            .write();
        Ok(TransferResponse {
            access_token: token,
            issued_token_type: SESSION_TRANSFER,
            token_type: "N_A",
            expires_in: OPENED_WITHIN,
        })
    }

    /// Who it is for, if the app says so: a partner that says where its sign-in begins.
    async fn partner(&self, tenant: &Tenant, form: &Params) -> Result<Option<ClientId>, Fault> {
        let Some(named) = form.get("audience").map(ClientId::new) else {
            return Ok(None);
        };
        let partner = self.registry.client(&tenant.id, &named).await?;
        if partner.is_some_and(|partner| partner.initiate_login_uri.is_some()) {
            return Ok(Some(named));
        }
        let description = "audience is no client with an initiate_login_uri";
        Err(Fault::new(ErrorCode::InvalidTarget, description))
    }

    /// Whether a refresh with this token would succeed at this moment.
    async fn still_works(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        sealed: &Sealed,
    ) -> Result<(), Fault> {
        let basis = Basis {
            presented: Presented::RefreshToken,
            member: sealed.member.clone(),
            grant: sealed.grant,
            issue: sealed.issue,
            lifetime: Lifetime::Offline(sealed.session),
            resources: Vec::new(),
            granted: Vec::new(),
            claims: sealed.claims.clone(),
            scope: sealed.scope.clone(),
            authentication: sealed.authentication.clone(),
            nonce: None,
        };
        self.as_it_stands(tenant, client, basis).await?;
        let line = self
            .families
            .get(&tenant.id, &sealed.family, self.clock.now())
            .await?;
        let window = tenant.policy.refresh.retry_window;
        let taken = line.is_some_and(|line| {
            // What was replaced a moment ago is as good as its successor, to whoever could use that.
            let held = line.key.is_none() || line.key == bound_to(client);
            held && line.family.client == client.id && line.takes(sealed.generation, window, self.clock.now())
        });
        if taken {
            Ok(())
        } else {
            // One that would not be taken changes nothing by being presented, unless it was replaced before: then
            // somebody has what only one may have, and the family dies as it does at a refresh.
            self.rotate(tenant, client, sealed).await.map(drop)
        }
    }
}

/// The refresh token, of a request that asks for nothing else than a transfer.
fn subject_token(form: &Params) -> Result<&str, Fault> {
    for (name, refusal) in [
        ("actor_token", "actor_token is not supported"),
        ("actor_token_type", "actor_token_type is not supported"),
        ("resource", "resource is not supported here"),
        ("scope", "scope is not supported here"),
    ] {
        if form.get(name).is_some() {
            return Err(Fault::request(refusal));
        }
    }
    let token = form
        .get("subject_token")
        .ok_or(Fault::request("subject_token is missing"))?;
    match form.get("subject_token_type") {
        Some(REFRESH_TOKEN) => {}
        Some(_) => {
            return Err(Fault::request(
                "subject_token_type is not that of a refresh token",
            ));
        }
        None => return Err(Fault::request("subject_token_type is missing")),
    }
    match form.get("requested_token_type") {
        Some(SESSION_TRANSFER) => Ok(token),
        Some(_) => Err(Fault::request(
            "requested_token_type is not that of a session transfer",
        )),
        None => Err(Fault::request("requested_token_type is missing")),
    }
}

/// Whatever is wrong with a subject token is `invalid_request` (RFC 8693 s2.2.2).
fn unacceptable(fault: Fault) -> Fault {
    match fault.code {
        ErrorCode::InvalidGrant => Fault {
            code: ErrorCode::InvalidRequest,
            ..fault
        },
        _ => fault,
    }
}
