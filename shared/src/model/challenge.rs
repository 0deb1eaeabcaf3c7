use serde::{Deserialize, Serialize};

use crate::types::{ChallengeId, MemberId, Timestamp};

/// One code on its way to one number for one transaction. The code itself is derived, never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Derived from the step it belongs to, so that a form posted twice names it twice; the code derives from it.
    pub id: ChallengeId,
    /// Who signs in with the right code. `None` for a number without an active member: no code is ever right.
    pub member: Option<MemberId>,
    /// When the first message went out.
    pub sent_at: Timestamp,
    /// When the code stops working. Resends do not move it.
    pub expires_at: Timestamp,
}
