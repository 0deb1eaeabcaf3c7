use serde::{Deserialize, Serialize};

use crate::ports::SendLimits;

/// Lifetimes in seconds and limits as counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// One-time codes.
    pub otp: OtpPolicy,
    /// SSO sessions.
    pub session: SessionPolicy,
    /// Authorization codes and the tokens made from them.
    pub tokens: CodePolicy,
    /// Refresh tokens.
    pub refresh: RefreshPolicy,
    /// Signing keys.
    pub keys: KeyPolicy,
    /// Proofs of possession.
    pub dpop: DpopPolicy,
    /// Devices that are signed in from another screen.
    pub device: DevicePolicy,
    /// How long one authorization request may take from the partner's link to the way back.
    pub transaction_lifetime: u64,
    /// How long a pushed request can be used (RFC 9126 s2.2). 5 to 600.
    pub pushed_request: u64,
}

/// One-time codes by text message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtpPolicy {
    /// How long a code can be typed. At most 600 (NIST SP 800-63B-4 s3.1.3.2).
    pub lifetime: u64,
    /// Tries for one code.
    pub tries: u32,
    /// Seconds before the 1st, 2nd, … resend of the same code.
    pub resend_waits: Vec<u64>,
    /// Limits of one number.
    pub number: SendLimits,
    /// Limit of one network address.
    pub address: AddressLimit,
    /// Limit of the brand as a whole.
    pub brand: BrandLimit,
}

/// How many messages leave for all members together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrandLimit {
    /// Messages within the window.
    pub messages: u32,
    /// Length of the window in seconds.
    pub window: u64,
}

/// How often one address may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressLimit {
    /// Requests within the window.
    pub requests: u32,
    /// Length of the window in seconds.
    pub window: u64,
}

/// Requests of devices (RFC 8628).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DevicePolicy {
    /// How long a code on a device can be typed.
    pub lifetime: u64,
    /// Limit of one network address: codes typed, right ones too.
    pub address: AddressLimit,
    /// Limit of one network address: codes that devices ask for.
    pub authorization: AddressLimit,
}

/// SSO sessions at the brand's host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// Ends after this long without a visit.
    pub idle: u64,
    /// Ends after this long in any case.
    pub absolute: u64,
}

/// Codes, ID tokens and access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePolicy {
    /// Authorization code; at most 60 (FAPI 2.0 SP s5.3.2.1).
    pub code: u64,
    /// ID token.
    pub id_token: u64,
    /// Access token.
    pub access_token: u64,
}

/// Refresh token families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshPolicy {
    /// Ends after this long without use.
    pub idle: u64,
    /// Ends after this long in any case.
    pub absolute: u64,
    /// For how long the previous token still yields the same successor, so that a lost answer logs nobody out.
    pub retry_window: u64,
}

/// Signing keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPolicy {
    /// A key that signed for so long is replaced by the schedule; `None`: by command only.
    pub rotate_after: Option<u64>,
}

/// Proofs of possession (RFC 9449).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DpopPolicy {
    /// Whether they must carry our nonce.
    pub nonce: NonceDemand,
}

/// Whether a proof must carry the nonce that is given out (RFC 9449 s8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NonceDemand {
    /// It may; of one that does, the clock matters less.
    Offered,
    /// It must.
    Required,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            otp: OtpPolicy {
                lifetime: 300,
                tries: 5,
                resend_waits: vec![30, 60, 120, 300],
                number: SendLimits {
                    challenges: 10,
                    messages: 20,
                    wrong_codes: 30,
                    window: 86_400,
                },
                address: AddressLimit {
                    requests: 60,
                    window: 600,
                },
                brand: BrandLimit {
                    messages: 10_000,
                    window: 3_600,
                },
            },
            session: SessionPolicy {
                idle: 14 * 86_400,
                absolute: 90 * 86_400,
            },
            tokens: CodePolicy {
                code: 60,
                id_token: 600,
                access_token: 600,
            },
            refresh: RefreshPolicy {
                idle: 30 * 86_400,
                absolute: 365 * 86_400,
                retry_window: 30,
            },
            keys: KeyPolicy {
                rotate_after: Some(90 * 86_400),
            },
            dpop: DpopPolicy {
                nonce: NonceDemand::Offered,
            },
            device: DevicePolicy {
                lifetime: 600,
                address: AddressLimit {
                    requests: 60,
                    window: 600,
                },
                authorization: AddressLimit {
                    requests: 60,
                    window: 600,
                },
            },
            transaction_lifetime: 3_600,
            pushed_request: 60,
        }
    }
}
