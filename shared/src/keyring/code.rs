//! Authorization codes, which follow from what they answer.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Keyring, keyed};
use crate::types::{Secret, TenantId, Timestamp};

/// Seconds for which the same answer has the same code.
const MOMENT: u64 = 30;

impl Keyring {
    /// The codes of one answer: that of this moment, and that of the moment before. As hard to guess as the key, of
    /// 256 bits (RFC 6749 s10.10 asks for 128), and of another moment another one: a code never comes back to life.
    pub fn codes(&self, tenant: &TenantId, answer: &[&[u8]], now: Timestamp) -> [Secret<String>; 2] {
        let keys = self.sealing();
        [now, now - MOMENT].map(|at| {
            let moment = (at.0 / MOMENT).to_be_bytes();
            let parts: Vec<&[u8]> = answer.iter().copied().chain([&moment[..]]).collect();
            Secret::new(URL_SAFE_NO_PAD.encode(keyed(&keys.current, tenant, "code", &parts)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::keyring, *};

    #[test]
    fn pa1_an_answer_has_one_code_for_a_moment() {
        let (ring, brand, now) = (keyring(), TenantId::new("urbantrend"), Timestamp(1_000 * MOMENT));
        let codes = |brand: &TenantId, answer: &[&[u8]], at| {
            ring.codes(brand, answer, at).map(|c| c.expose().clone())
        };
        let [code, before] = codes(&brand, &[b"a", b"b"], now);
        assert_eq!(code.len(), 43);
        assert_ne!(code, before);
        assert_eq!(code, codes(&brand, &[b"a", b"b"], now + (MOMENT - 1))[0]);
        let [next, last] = codes(&brand, &[b"a", b"b"], now + MOMENT);
        assert_eq!(last, code);
        for other in [
            &next,
            &codes(&brand, &[b"ab"], now)[0],
            &codes(&TenantId::new("northpeak"), &[b"a", b"b"], now)[0],
        ] {
            assert_ne!(*other, code);
        }
    }
}
