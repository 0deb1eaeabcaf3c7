use serde::{Deserialize, Serialize};

use crate::types::{ClientId, ScopeSet, UserCode};

/// How far a member has come who wants to connect a device (RFC 8628 s3.3). Each step holds only what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceVisit {
    /// Has not typed its code yet.
    Typing {
        /// How many codes were not right.
        wrong: u32,
    },
    /// Has, and is on her way through login and consent.
    Asking(AskingDevice),
    /// Has decided.
    Ended {
        /// Whose app it is.
        client: ClientId,
        /// How.
        outcome: DeviceOutcome,
    },
}

/// A device whose code a member has typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskingDevice {
    /// Its code, to compare once more, and to decide by.
    pub user_code: UserCode,
    /// Who asks.
    pub client: ClientId,
    /// What it asks for.
    pub scope: ScopeSet,
    /// The APIs it asks for; empty: all its scopes lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
}

/// What became of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceOutcome {
    /// She allowed it.
    Allowed,
    /// She did not.
    Denied,
    /// It was over, or decided elsewhere, before she answered.
    TooLate,
}
