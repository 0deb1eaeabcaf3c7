use serde::{Deserialize, Serialize};

use crate::ports::Algorithm;

/// What a client's registration promises as a whole, whatever else it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecurityProfile {
    /// FAPI 2.0 Security Profile.
    Fapi2,
}

impl SecurityProfile {
    /// What a client signs with, and has signed with (FAPI 2.0 SP s5.4.1). Not RS256: PKCS #1 v1.5 has been forged too
    /// often.
    pub const fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Fapi2 => &[Algorithm::Es256, Algorithm::Ps256],
        }
    }
}
