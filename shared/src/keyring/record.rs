//! Records of members at rest. Apart from what rotates: a record lies in its table for as long as she is a member.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Keyring, derived,
    seal::{decrypt, encrypt},
};
use crate::types::{MemberId, TenantId};

const LABEL: &str = "member-record";

impl Keyring {
    /// Seals a member's record under a key of the identity key's, which does not rotate.
    pub fn seal_record<T: Serialize>(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        record: &T,
    ) -> Option<String> {
        let [key, _] = derived(&self.identity, tenant, LABEL);
        let plain = serde_json::to_vec(record).ok()?;
        encrypt(&key, &self.random.bytes(), &associated_data(member), &plain)
    }

    /// Opens the record of this member. `None` for anything else, also for another member's that was put in its place.
    pub fn open_record<T: DeserializeOwned>(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        sealed: &str,
    ) -> Option<T> {
        let [key, _] = derived(&self.identity, tenant, LABEL);
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = decrypt(&key, &associated_data(member), &bytes)?;
        serde_json::from_slice(&plain).ok()
    }
}

/// The key is the tenant's, so only the member is left to be named.
fn associated_data(member: &MemberId) -> Vec<u8> {
    [LABEL.as_bytes(), b"\0", member.as_str().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::keyring, *};

    #[test]
    fn a_record_opens_only_for_its_tenant_and_member() {
        let (a, b) = (TenantId::new("a"), TenantId::new("b"));
        let (alice, bob) = (MemberId::new("1"), MemberId::new("2"));
        let ring = keyring();
        let sealed = ring.seal_record(&a, &alice, &"Alice").unwrap();
        let opened = |tenant, member| ring.open_record::<String>(tenant, member, &sealed);
        assert_eq!(opened(&a, &alice).as_deref(), Some("Alice"));
        assert_eq!(opened(&a, &bob), None);
        assert_eq!(opened(&b, &alice), None);
        assert_ne!(ring.seal_record(&a, &alice, &"Alice").unwrap(), sealed);
    }
}
