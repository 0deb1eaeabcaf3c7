//! Nonces that need no storage: each is the name of a stretch of time, under a key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use super::{Keyring, keyed};
use crate::types::{Secret, TenantId, Timestamp};

/// Seconds for which one nonce is given out. It is taken for as long again.
const WINDOW: u64 = 300;

impl Keyring {
    /// The nonce of this moment (RFC 9449 s8): the same for everybody, and foreseen by nobody.
    pub fn dpop_nonce(&self, tenant: &TenantId, now: Timestamp) -> String {
        named(&self.sealing().current, tenant, now.0 / WINDOW)
    }

    /// Whether a nonce was given out lately, under any sealing key alive. One of the next window counts too: another
    /// process may be a second ahead.
    pub fn is_dpop_nonce(&self, tenant: &TenantId, nonce: &str, now: Timestamp) -> bool {
        let windows = [now, now - WINDOW, now + WINDOW].map(|at| at.0 / WINDOW);
        let keys = self.sealing();
        keys.alive().any(|key| {
            windows.iter().any(|window| {
                let expected = named(key, tenant, *window);
                expected.as_bytes().ct_eq(nonce.as_bytes()).into()
            })
        })
    }
}

fn named(key: &Secret<[u8; 32]>, tenant: &TenantId, window: u64) -> String {
    URL_SAFE_NO_PAD.encode(keyed(key, tenant, "dpop-nonce", &[&window.to_be_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::keyring, *};

    #[test]
    fn a088_a_nonce_ends_and_belongs_to_one_brand() {
        let (ring, brand, now) = (keyring(), TenantId::new("urbantrend"), Timestamp(1_000 * WINDOW));
        let nonce = ring.dpop_nonce(&brand, now);
        assert_eq!(nonce, ring.dpop_nonce(&brand, now + (WINDOW - 1)));
        for taken in [now, now + (2 * WINDOW - 1), now - 1] {
            assert!(ring.is_dpop_nonce(&brand, &nonce, taken), "{taken:?}");
        }
        for refused in [now + 2 * WINDOW, now - (WINDOW + 1)] {
            assert!(!ring.is_dpop_nonce(&brand, &nonce, refused), "{refused:?}");
        }
        assert!(!ring.is_dpop_nonce(&TenantId::new("northpeak"), &nonce, now));
        assert!(!ring.is_dpop_nonce(&brand, "", now));
    }

    #[test]
    fn a_nonce_outlives_the_key_it_was_made_with() {
        let (ring, brand, now) = (keyring(), TenantId::new("urbantrend"), Timestamp(0));
        let nonce = ring.dpop_nonce(&brand, now);
        ring.replace(Secret::new([9; 32]), vec![Secret::new([1; 32])]);
        assert_ne!(nonce, ring.dpop_nonce(&brand, now));
        assert!(ring.is_dpop_nonce(&brand, &nonce, now));
    }
}
