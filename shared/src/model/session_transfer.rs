use serde::{Deserialize, Serialize};

use super::Authentication;
use crate::types::{ClientId, Digest, FamilyId, GrantId, IssueId, MemberId, Timestamp};

/// What takes a member's session from the brand's own app to a browser: who she is there, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTransfer {
    /// The app.
    #[serde(rename = "c")]
    pub app: ClientId,
    /// Who is signed in there.
    #[serde(rename = "m")]
    pub member: MemberId,
    /// Her consent to the app.
    #[serde(rename = "g")]
    pub grant: GrantId,
    /// What the app was given under it.
    #[serde(rename = "i")]
    pub issue: IssueId,
    /// The line of refresh tokens it came from.
    #[serde(rename = "f")]
    pub family: FamilyId,
    /// When and how she proved who she is: not now.
    #[serde(rename = "a")]
    pub authentication: Authentication,
    /// The partner she is on her way to; without one, her account page.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<ClientId>,
    /// Can be opened in a browser until then.
    #[serde(rename = "e")]
    pub expires_at: Timestamp,
}

impl SessionTransfer {
    /// When a session made of it ends in any case. It began when she proved who she is, wherever that was.
    pub fn session_ends(&self, absolute: u64) -> Timestamp {
        self.authentication.auth_time + absolute
    }
}

/// How far a member has come whose app sent her to a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferVisit {
    /// Is asked whether she goes on as who she is in the app.
    Asking {
        /// What was opened.
        transfer: SessionTransfer,
        /// The token it was opened from.
        token: Digest,
        /// Can be answered until then.
        until: Timestamp,
    },
    /// Has answered.
    Ended {
        /// Where she was on her way to.
        partner: Option<ClientId>,
        /// Whether she went on.
        went_on: bool,
    },
}

impl TransferVisit {
    /// The partner she is on her way to.
    pub const fn partner(&self) -> Option<&ClientId> {
        match self {
            Self::Asking { transfer, .. } => transfer.partner.as_ref(),
            Self::Ended { partner, .. } => partner.as_ref(),
        }
    }
}
