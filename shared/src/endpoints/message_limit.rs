//! How many messages a brand sends at most, whoever they are for (assertion 96).

use std::sync::Arc;

use super::audit::{self, AuditEvent};
use crate::{
    keyring::Keyring,
    model::Tenant,
    ports::{Challenges, Clock, PortResult},
};

/// Behind the page, where a message leaves: a stranger's number sends none, so to count in front of it would tell who
/// is a member (docs/decisions/0050).
pub struct MessageLimit {
    /// What is counted.
    pub challenges: Arc<dyn Challenges>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What is counted under.
    pub keyring: Arc<Keyring>,
}

impl MessageLimit {
    /// Counts one message of this brand, and answers whether it may leave.
    pub async fn admits(&self, tenant: &Tenant) -> PortResult<bool> {
        let limit = tenant.policy.otp.brand;
        let brand = self.keyring.brand_index(&tenant.id);
        let counted = self
            .challenges
            .count_address(&tenant.id, &brand, limit.window, self.clock.now())
            .await?;
        let within = counted <= limit.messages;
        if !within {
            audit::line(AuditEvent::OtpLimited, tenant)
                .because("brand")
                .write();
        }
        Ok(within)
    }
}
