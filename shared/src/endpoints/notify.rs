//! Telling partners that a session has ended (OpenID Connect Back-Channel Logout 1.0).

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    audit::{self, AuditEvent},
    sign::sign,
};
use crate::{
    jwt::{self, LogoutTokenClaims},
    keyring::Keyring,
    model::{Client, LogoutNotice, Tenant},
    ports::{Clock, Partners, PortResult, Random, Registry, Signer, Told, Unavailable},
};

/// Behind the outbox of notices. Answers nobody: whoever takes notices out of the outbox asks it.
pub struct Notify {
    /// Tenants and clients, as they are now.
    pub registry: Arc<dyn Registry>,
    /// Signatures of logout tokens.
    pub signer: Arc<dyn Signer>,
    /// The partners.
    pub partners: Arc<dyn Partners>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Token ids.
    pub random: Arc<dyn Random>,
    /// Names of sessions.
    pub keyring: Arc<Keyring>,
}

/// What becomes of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notified {
    /// It is done with: the partner knows, or never will.
    Done,
    /// It stays in the outbox for another try.
    Later {
        /// Not before so many seconds.
        wait: u64,
    },
}

/// How long a logout token is good for, in seconds: it is made when it is sent (Back-Channel Logout s2.4).
const LIFETIME: u64 = 120;

impl Notify {
    /// Tells one partner; it is the `attempt`-th try, from 1. What fails on this side is tried again as well.
    pub async fn tell(&self, notice: &LogoutNotice, attempt: u32) -> Notified {
        let told = match self.post(notice).await {
            Ok(Some(told)) => told,
            // A partner that has left, or wants to know no more, is no failure.
            Ok(None) => return Notified::Done,
            Err(Unavailable(reason)) => Told::NotNow(reason),
        };
        let line = |event| audit::line_of(event, &notice.tenant).client(&notice.client);
        let (tenant, client) = (notice.tenant.as_str(), notice.client.as_str());
        match told {
            Told::Yes => line(AuditEvent::LogoutTold).write(),
            Told::Never(reason) => {
                tracing::warn!(tenant, client, reason, "partner cannot be told");
                line(AuditEvent::LogoutUndelivered).because("refused").write();
            }
            Told::NotNow(reason) => {
                tracing::info!(tenant, client, attempt, reason, "partner not told");
                if let Some(wait) = notice.wait(attempt, self.clock.now()) {
                    return Notified::Later { wait };
                }
                line(AuditEvent::LogoutUndelivered).because("gave_up").write();
            }
        }
        Notified::Done
    }

    /// Makes the token and posts it, if there is somebody who wants it.
    async fn post(&self, notice: &LogoutNotice) -> PortResult<Option<Told>> {
        let tenant = self.registry.tenant_by_authority(&notice.authority).await?;
        let Some(tenant) = tenant.filter(|t| t.id == notice.tenant) else {
            return Ok(None);
        };
        let Some(client) = self.registry.client(&tenant.id, &notice.client).await? else {
            return Ok(None);
        };
        let Some(uri) = &client.backchannel_logout_uri else {
            return Ok(None);
        };
        let token = self.logout_token(&tenant, &client, notice).await?;
        Ok(Some(self.partners.post_logout_token(uri, &token).await))
    }

    async fn logout_token(
        &self,
        tenant: &Tenant,
        client: &Client,
        notice: &LogoutNotice,
    ) -> PortResult<String> {
        let now = self.clock.now();
        let claims = LogoutTokenClaims {
            iss: tenant.issuer.as_str(),
            aud: client.id.as_str(),
            iat: now,
            exp: now + LIFETIME,
            jti: URL_SAFE_NO_PAD.encode(self.random.bytes::<16>()),
            sid: self
                .keyring
                .session_name(&tenant.id, client.subject_sector(), notice.session),
            events: LogoutTokenClaims::EVENTS,
        };
        let algorithm = client.id_token_algorithm;
        let token = sign(&*self.signer, tenant, algorithm, jwt::LOGOUT_TOKEN, &claims).await;
        token.map_err(|fault| Unavailable(fault.reason.unwrap_or_default()))
    }
}
