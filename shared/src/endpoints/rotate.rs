//! Replacing signing keys, by schedule and by command.
//!
//! Nobody asks for it over HTTP: a schedule does, and an operator. Which step is due is
//! [`key_schedule`](crate::model::key_schedule)'s word; that it is one conditional write, the port's.

use std::sync::Arc;

use super::audit::{self, AuditEvent};
use crate::{
    model::{KeyStep, KeyWish, Tenant},
    ports::{Advanced, Algorithm, Clock, PortResult, SigningKeys, Unavailable},
    types::KeyId,
};

/// More steps than can be due at once: to make a key, to activate one, to withdraw and to forget those before it.
const STEPS: usize = 16;

/// Moves every tenant's signing keys on.
pub struct Rotate {
    /// Their lives.
    pub signing_keys: Arc<dyn SigningKeys>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl Rotate {
    /// Takes every step that is due. One tenant's trouble is no other's: what could not be done is in the log and in
    /// the error, and is due again at the next turn.
    pub async fn turn(&self) -> PortResult<()> {
        let mut failed = 0_usize;
        for tenant in self.signing_keys.tenants().await? {
            for algorithm in &tenant.algorithms {
                if let Err(cause) = self.bring_forward(&tenant, *algorithm).await {
                    failed += 1;
                    let (tenant, algorithm) = (tenant.id.as_str(), algorithm.name());
                    tracing::error!(tenant, algorithm, reason = cause.0, "signing keys not moved on");
                }
            }
        }
        match failed {
            0 => Ok(()),
            _ => Err(Unavailable(format!("rotate: {failed} signing keys not moved on"))),
        }
    }

    /// Takes the step that an operator asks for, if it is one that can be taken now.
    pub async fn ask(&self, tenant: &Tenant, algorithm: Algorithm, wish: &KeyWish) -> PortResult<Advanced> {
        let now = self.clock.now();
        let advanced = self.signing_keys.advance(tenant, algorithm, wish, now).await?;
        if let Advanced::Now(step, kid) = &advanced {
            told(tenant, *step, kid).because("command").write();
        }
        Ok(advanced)
    }

    async fn bring_forward(&self, tenant: &Tenant, algorithm: Algorithm) -> PortResult<()> {
        let wish = KeyWish::scheduled(&tenant.policy);
        for _ in 0..STEPS {
            let now = self.clock.now();
            match self.signing_keys.advance(tenant, algorithm, &wish, now).await? {
                Advanced::Now(step, kid) => told(tenant, step, &kid).because("schedule").write(),
                // Who came in between does the same; and if not, the next turn does.
                Advanced::NotBefore(_) | Advanced::Nothing | Advanced::Raced => break,
            }
        }
        Ok(())
    }
}

fn told<'a>(tenant: &'a Tenant, step: KeyStep, kid: &'a KeyId) -> audit::Line<'a> {
    let event = match step {
        KeyStep::Make | KeyStep::Publish => AuditEvent::KeyPublished,
        KeyStep::Activate => AuditEvent::KeyActivated,
        KeyStep::Withdraw => AuditEvent::KeyWithdrawn,
        KeyStep::Forget => AuditEvent::KeyForgotten,
    };
    audit::line(event, tenant).key(kid)
}
