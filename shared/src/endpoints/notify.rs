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
    model::LogoutNotice,
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
    /// It stays in the outbox.
    Later,
}

/// How long a logout token is good for, in seconds: it is made when it is sent (Back-Channel Logout s2.4).
const LIFETIME: u64 = 120;

impl Notify {
    /// Tells one partner. What fails here is worth another try.
    pub async fn tell(&self, notice: &LogoutNotice) -> PortResult<Notified> {
        let tenant = self.registry.tenant_by_authority(&notice.authority).await?;
        let Some(tenant) = tenant.filter(|t| t.id == notice.tenant) else {
            return Ok(Notified::Done);
        };
        // A partner that has left, or wants to know no more, is no failure.
        let Some(client) = self.registry.client(&tenant.id, &notice.client).await? else {
            return Ok(Notified::Done);
        };
        let Some(uri) = &client.backchannel_logout_uri else {
            return Ok(Notified::Done);
        };
        let now = self.clock.now();
        let sector = client.subject_sector();
        let claims = LogoutTokenClaims {
            iss: tenant.issuer.as_str(),
            aud: client.id.as_str(),
            iat: now,
            exp: now + LIFETIME,
            jti: URL_SAFE_NO_PAD.encode(self.random.bytes::<16>()),
            sid: self.keyring.session_name(&tenant.id, sector, notice.session),
            events: LogoutTokenClaims::EVENTS,
        };
        let token = sign(
            &*self.signer,
            &tenant,
            client.id_token_algorithm,
            jwt::LOGOUT_TOKEN,
            &claims,
        )
        .await
        .map_err(|fault| Unavailable(fault.reason.unwrap_or_default()))?;
        let line = |event| audit::line(event, &tenant).client(&client.id);
        match self.partners.post_logout_token(uri, &token).await {
            Told::Yes => {
                line(AuditEvent::LogoutTold).write();
                Ok(Notified::Done)
            }
            Told::NotNow(reason) => {
                tracing::info!(
                    tenant = tenant.id.as_str(),
                    client = client.id.as_str(),
                    reason,
                    "partner not told yet"
                );
                Ok(Notified::Later)
            }
            Told::Never(reason) => {
                tracing::warn!(
                    tenant = tenant.id.as_str(),
                    client = client.id.as_str(),
                    reason,
                    "partner cannot be told"
                );
                line(AuditEvent::LogoutUndelivered).because("refused").write();
                Ok(Notified::Done)
            }
        }
    }

    /// Writes down that a notice is given up, after every try it had.
    pub async fn give_up(&self, notice: &LogoutNotice) -> PortResult<()> {
        if let Some(tenant) = self.registry.tenant_by_authority(&notice.authority).await? {
            audit::line(AuditEvent::LogoutUndelivered, &tenant)
                .client(&notice.client)
                .because("gave_up")
                .write();
        }
        Ok(())
    }
}
