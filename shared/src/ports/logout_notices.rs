use async_trait::async_trait;

use super::PortResult;
use crate::model::LogoutNotice;

/// The outbox of back-channel logout: what is in it is sent until a partner has it or is given up.
#[async_trait]
pub trait LogoutNotices: Send + Sync {
    /// Puts notices in. Once this has answered, they are durable.
    async fn put(&self, notices: &[LogoutNotice]) -> PortResult<()>;
}
