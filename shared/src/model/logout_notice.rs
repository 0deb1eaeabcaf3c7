use serde::{Deserialize, Serialize};

use crate::types::{ClientId, SessionId, TenantId, Timestamp};

/// A partner to be told that a session has ended (Back-Channel Logout s2.5). The logout token is made when it is sent,
/// so that a late one is not an expired one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutNotice {
    /// The brand.
    pub tenant: TenantId,
    /// Where it is found: the authority of its issuer.
    pub authority: String,
    /// Whom to tell. Where, its registration says at that moment.
    pub client: ClientId,
    /// The session that ended.
    pub session: SessionId,
    /// When it ended.
    pub at: Timestamp,
}
