//! One-time codes: derived from the challenge, so that nothing of a code is stored and a resend repeats it.

use subtle::ConstantTimeEq;

use super::{Keyring, keyed};
use crate::types::{ChallengeId, Secret, TenantId};

impl Keyring {
    /// The id of a challenge: the same for the same step of the same transaction, and nobody's guess.
    pub fn challenge_id(&self, tenant: &TenantId, step: &str) -> ChallengeId {
        let mac = keyed(&self.identity, tenant, "challenge", &[step.as_bytes()]);
        let mut id = [0; ChallengeId::BYTES];
        id.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
        ChallengeId::from_bytes(id)
    }

    /// The six digits of a challenge.
    pub fn one_time_code(&self, tenant: &TenantId, challenge: &ChallengeId) -> Secret<String> {
        let keys = self.sealing();
        digits(keyed(&keys.current, tenant, "otp", &[challenge.as_bytes()]))
    }

    /// Compares a typed code in constant time, under any sealing key alive.
    pub fn is_one_time_code(&self, tenant: &TenantId, challenge: &ChallengeId, typed: &str) -> bool {
        self.sealing().alive().any(|key| {
            let expected = digits(keyed(key, tenant, "otp", &[challenge.as_bytes()]));
            expected.expose().as_bytes().ct_eq(typed.as_bytes()).into()
        })
    }
}

/// Six decimal digits. 64 bits modulo a million leave a bias of less than 1 in 10^13.
fn digits(mac: [u8; 32]) -> Secret<String> {
    let value = mac
        .iter()
        .take(8)
        .fold(0u64, |value, byte| (value << 8) | u64::from(*byte))
        % 1_000_000;
    Secret::new(format!("{value:06}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::keyring;
    use super::*;

    #[test]
    fn a_code_is_six_digits_and_belongs_to_one_challenge_and_tenant() {
        let (a, b) = (TenantId::new("a"), TenantId::new("b"));
        let ring = keyring();
        let one = ChallengeId::from_bytes([1; 16]);
        let code = ring.one_time_code(&a, &one);
        assert!(code.expose().len() == 6 && code.expose().bytes().all(|c| c.is_ascii_digit()));
        assert!(ring.is_one_time_code(&a, &one, code.expose()));
        assert!(!ring.is_one_time_code(&b, &one, code.expose()));
        assert!(!ring.is_one_time_code(&a, &ChallengeId::from_bytes([2; 16]), code.expose()));
        assert!(!ring.is_one_time_code(&a, &one, ""));
    }
}
