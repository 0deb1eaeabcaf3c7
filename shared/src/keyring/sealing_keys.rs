use crate::types::Secret;

/// The keys that seal and open at one moment. A keyring holds another of these after a rotation.
pub(super) struct SealingKeys {
    /// Seals, and opens first.
    pub(super) current: Secret<[u8; 32]>,
    /// Earlier or coming keys, which only open.
    pub(super) others: Vec<Secret<[u8; 32]>>,
}

impl SealingKeys {
    /// Every key that opens, the current one first.
    pub(super) fn alive(&self) -> impl Iterator<Item = &Secret<[u8; 32]>> {
        std::iter::once(&self.current).chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Keyring, Purpose, tests::keyring};
    use super::*;
    use crate::types::{ChallengeId, MemberId, PhoneNumber, TenantId};

    fn key(n: u8) -> Secret<[u8; 32]> {
        Secret::new([n; 32])
    }

    fn tenant() -> TenantId {
        TenantId::new("a")
    }

    /// What `ring` hands out, each with whether `other` takes it.
    fn taken(ring: &Keyring, other: &Keyring) -> [bool; 4] {
        let (a, challenge) = (tenant(), ChallengeId::from_bytes([1; 16]));
        let sealed = ring.seal(&a, Purpose::Message, &"x").unwrap();
        let same = ring.seal_same(&a, Purpose::RefreshToken, &"x").unwrap();
        let code = ring.one_time_code(&a, &challenge);
        let form = ring.form_token(&a, "t1");
        [
            other.open::<String>(&a, Purpose::Message, &sealed).is_some(),
            other.open::<String>(&a, Purpose::RefreshToken, &same).is_some(),
            other.is_one_time_code(&a, &challenge, code.expose()),
            other.is_form_token(&a, "t1", &form),
        ]
    }

    #[test]
    fn an_earlier_and_a_coming_key_open_and_a_dropped_one_does_not() {
        let [old, ring, new] = [keyring(), keyring(), keyring()];
        old.replace(key(10), Vec::new());
        new.replace(key(12), Vec::new());
        for (others, earlier, coming) in [
            (vec![key(10), key(12)], true, true),
            (vec![key(12)], false, true),
            (vec![key(10)], true, false),
            (Vec::new(), false, false),
        ] {
            ring.replace(key(11), others);
            assert_eq!(taken(&old, &ring), [earlier; 4]);
            assert_eq!(taken(&new, &ring), [coming; 4]);
            assert_eq!(taken(&ring, &ring), [true; 4]);
        }
    }

    #[test]
    fn only_the_current_key_seals() {
        let [ring, new] = [keyring(), keyring()];
        new.replace(key(12), Vec::new());
        ring.replace(key(11), vec![key(12)]);
        assert_eq!(taken(&ring, &new), [false; 4]);
        ring.replace(key(12), vec![key(11)]);
        assert_eq!(taken(&ring, &new), [true; 4]);
    }

    #[test]
    fn names_of_people_and_records_outlive_every_sealing_key() {
        let (a, alice, ring) = (tenant(), MemberId::new("1"), keyring());
        let number = PhoneNumber::try_from("+447700900101".to_owned()).unwrap();
        let names = |ring: &Keyring| (ring.subject(&a, "s.tld", &alice), ring.number_index(&a, &number));
        let before = names(&ring);
        let record = ring.seal_record(&a, &alice, &"Alice").unwrap();
        ring.replace(key(11), Vec::new());
        assert_eq!(names(&ring), before);
        assert_eq!(
            ring.open_record::<String>(&a, &alice, &record).as_deref(),
            Some("Alice")
        );
    }
}
