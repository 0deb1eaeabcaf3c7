use async_trait::async_trait;

use super::PortResult;
use crate::types::{PhoneNumber, Secret, TenantId};

/// Hands a text message over for delivery.
#[async_trait]
pub trait OtpSender: Send + Sync {
    /// Accepts the message and answers at once; delivery goes on behind it. Without a text it is a decoy, for a
    /// number that must not be told from one with a member (assertion 96): it takes the same way and the same time,
    /// and ends before delivery.
    async fn send(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        text: Option<&Secret<String>>,
    ) -> PortResult<()>;
}
