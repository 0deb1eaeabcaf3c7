//! Sealed values: what browsers and clients carry for the provider (XChaCha20-Poly1305 in base64url).

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use symbolon::{
    keyring::{Keyring, Purpose},
    ports::Random,
    types::{MemberId, Secret, TenantId},
};

const PURPOSES: [Purpose; 5] = [
    Purpose::Transaction,
    Purpose::Session,
    Purpose::RefreshToken,
    Purpose::AccessToken,
    Purpose::Message,
];

/// No generator: the same for the same input, so that a finding can be found again.
pub(crate) struct Derived([u8; 32]);

impl Derived {
    pub(crate) fn of(data: &[u8]) -> Self {
        Self(Sha256::digest(data).into())
    }
}

impl Random for Derived {
    fn fill(&self, buffer: &mut [u8]) {
        buffer
            .iter_mut()
            .zip(self.0.iter().cycle())
            .for_each(|(to, from)| *to = *from);
    }
}

/// A keyring for tests: its secrets and its randomness are the input's.
pub(crate) fn keyring(data: &[u8]) -> Keyring {
    let key = |n: u8| Secret::new([n; 32]);
    Keyring::new(key(1), Vec::new(), key(2), Arc::new(Derived::of(data)))
}

/// What somebody presents, and the same bytes as a value that is sealed and then damaged.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let ring = keyring(data);
    let (tenant, other) = (TenantId::new("a"), TenantId::new("b"));
    let member = MemberId::new("1");
    assert_eq!(
        opened_by_any(&ring, &tenant, text),
        0,
        "nobody can seal but the keyring"
    );
    assert_eq!(ring.open_record::<String>(&tenant, &member, text), None);
    assert!(ring.open_setting(&tenant, "x", text).is_none());
    assert!(!ring.is_form_token(&tenant, "t", text));
    for purpose in [Purpose::Transaction, Purpose::RefreshToken] {
        let [fresh, same] = [
            ring.seal(&tenant, purpose, &text),
            ring.seal_same(&tenant, purpose, &text),
        ];
        for sealed in [fresh.unwrap(), same.unwrap()] {
            assert_eq!(
                ring.open::<String>(&tenant, purpose, &sealed).as_deref(),
                Some(text)
            );
            assert_eq!(opened_by_any(&ring, &tenant, &sealed), 1);
            assert_eq!(opened_by_any(&ring, &other, &sealed), 0);
            for damaged in damaged(&sealed, data) {
                assert_eq!(opened_by_any(&ring, &tenant, &damaged), 0, "{damaged}");
            }
        }
    }
    let record = ring.seal_record(&tenant, &member, &text).unwrap();
    assert_eq!(
        ring.open_record::<String>(&tenant, &member, &record).as_deref(),
        Some(text)
    );
    assert_eq!(
        ring.open_record::<String>(&tenant, &MemberId::new("2"), &record),
        None
    );
    assert_eq!(opened_by_any(&ring, &tenant, &record), 0);
}

/// For how many purposes it opens.
fn opened_by_any(ring: &Keyring, tenant: &TenantId, sealed: &str) -> usize {
    let opens = |purpose: &Purpose| ring.open::<serde_json::Value>(tenant, *purpose, sealed).is_some();
    PURPOSES.iter().filter(|purpose| opens(purpose)).count()
}

/// One bit changed, cut, lengthened, or spelt in another way.
fn damaged(sealed: &str, data: &[u8]) -> Vec<String> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).unwrap();
    let at = data.iter().fold(0, |at: usize, byte| {
        at.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    let mut flipped = bytes.clone();
    flipped[at % bytes.len()] ^= 1 << (at % 8);
    let cut = &bytes[..at % bytes.len()];
    let longer = [bytes.as_slice(), &[0]].concat();
    let mut damaged: Vec<String> = [flipped.as_slice(), cut, &longer]
        .map(|b| URL_SAFE_NO_PAD.encode(b))
        .into();
    damaged.extend(["=", " ", "\n", "A"].map(|more| format!("{sealed}{more}")));
    damaged.push(format!(" {sealed}"));
    damaged.push(
        sealed
            .replace(['-', '_'], "+")
            .replacen(|c: char| c.is_ascii_alphabetic(), "/", 1),
    );
    damaged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::quick(96))]

        #[test]
        fn se3_only_what_was_sealed_opens_where_it_belongs(text in "[A-Za-z0-9_=-]{0,80}|\\PC{0,24}") {
            holds(text.as_bytes());
        }
    }
}
