use serde::{Deserialize, Serialize};

use crate::types::{ClientId, FamilyId, Timestamp};

/// The stored side of a line of refresh tokens. What a token grants is sealed in the token itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshFamily {
    /// Its name.
    pub id: FamilyId,
    /// Whose it is.
    pub client: ClientId,
    /// Ends then in any case.
    pub expires_at: Timestamp,
    /// Ends then if it is not used.
    pub idle_expires_at: Timestamp,
}
