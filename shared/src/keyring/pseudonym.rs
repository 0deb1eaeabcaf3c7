//! What the audit trail calls a member.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Keyring, keyed};
use crate::types::{MemberId, TenantId};

/// Bytes kept of the HMAC: 96 bits, 16 characters, no two members of a brand alike.
const LENGTH: usize = 12;

impl Keyring {
    /// The member's name in the log: always the same, so that what happened to one member can be joined, and no
    /// partner's `sub`, so that a log and a partner's records cannot.
    pub fn pseudonym(&self, tenant: &TenantId, member: &MemberId) -> String {
        let mac = keyed(&self.identity, tenant, "audit", &[member.as_str().as_bytes()]);
        URL_SAFE_NO_PAD.encode(mac.get(..LENGTH).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::keyring, *};

    #[test]
    fn a_pseudonym_stays_and_is_another_for_each_member_and_brand() {
        let (brand, alice) = (TenantId::new("urbantrend"), MemberId::new("ut-1001"));
        let name = keyring().pseudonym(&brand, &alice);
        assert_eq!(name, keyring().pseudonym(&brand, &alice));
        assert_ne!(name, keyring().pseudonym(&brand, &MemberId::new("ut-1002")));
        assert_ne!(name, keyring().pseudonym(&TenantId::new("northpeak"), &alice));
        assert_eq!(name.len(), 16);
        assert!(!keyring().subject(&brand, "", &alice).starts_with(&name));
    }
}
