use async_trait::async_trait;

use super::PortResult;
use crate::types::{PhoneNumber, Secret, TenantId};

/// Hands a text message over for delivery.
#[async_trait]
pub trait OtpSender: Send + Sync {
    /// Accepts the message and answers at once; delivery goes on behind it. The page must take as long for a
    /// number without a member, for which this is never called (assertion 96).
    async fn send(&self, tenant: &TenantId, to: &PhoneNumber, text: &Secret<String>) -> PortResult<()>;
}
