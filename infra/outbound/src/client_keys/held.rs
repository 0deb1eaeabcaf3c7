//! What is held of one key set, and when it is read again. No clock and no connection.

use std::sync::Arc;

use symbolon::{ports::Jwk, types::Timestamp};

/// Seconds for which a set is taken as it is.
const FRESH: u64 = 300;
/// Seconds between two looks for a key that a set does not have.
const BETWEEN_LOOKS: u64 = 60;
/// Seconds until a set that could not be read is tried again.
const PAUSE: u64 = 10;
/// Seconds for which a set is used that cannot be read any more. A key that was taken back lives this much longer.
const KEPT: u64 = 3_600;

/// One client's set.
#[derive(Debug, Default, Clone)]
pub(super) struct Held {
    keys: Arc<Vec<Jwk>>,
    /// When the reading began that the keys are from.
    read: Option<Timestamp>,
    /// When the last reading began.
    tried: Option<Timestamp>,
    /// When a key was last looked for that is not there.
    looked: Option<Timestamp>,
}

impl Held {
    /// Whether it answers as it is.
    pub(super) fn answers(&self, kid: Option<&str>, now: Timestamp) -> bool {
        within(self.read, FRESH, now) && self.has(kid)
    }

    /// Whether it is to be read now, which is noted: a caller that hangs up early has had its turn.
    pub(super) fn begin(&mut self, kid: Option<&str>, now: Timestamp) -> bool {
        let failed = self.tried != self.read;
        if self.answers(kid, now) || failed && within(self.tried, PAUSE, now) {
            return false;
        }
        if within(self.read, FRESH, now) {
            if within(self.looked, BETWEEN_LOOKS, now) {
                return false;
            }
            self.looked = Some(now);
        }
        self.tried = Some(now);
        true
    }

    /// Takes what was read.
    pub(super) fn take(&mut self, keys: Vec<Jwk>) {
        self.keys = Arc::new(keys);
        self.read = self.tried;
    }

    /// The keys that may still be used.
    pub(super) fn keys(&self, now: Timestamp) -> Arc<Vec<Jwk>> {
        if within(self.read, KEPT, now) {
            Arc::clone(&self.keys)
        } else {
            Arc::default()
        }
    }

    fn has(&self, kid: Option<&str>) -> bool {
        kid.is_none_or(|kid| {
            self.keys
                .iter()
                .any(|key| key.common.key_id.as_deref() == Some(kid))
        })
    }
}

fn within(since: Option<Timestamp>, seconds: u64, now: Timestamp) -> bool {
    since.is_some_and(|at| now.seconds_since(at) < seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kid: &str) -> Jwk {
        serde_json::from_value(serde_json::json!({
            "kty": "EC", "crv": "P-256", "kid": kid,
            "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        }))
        .unwrap()
    }

    /// Read at this time, with one key.
    fn read_at(now: u64) -> Held {
        let mut held = Held::default();
        assert!(held.begin(Some("a"), Timestamp(now)));
        held.take(vec![key("a")]);
        held
    }

    #[test]
    fn a_set_is_read_once_in_five_minutes() {
        for kid in [Some("a"), None] {
            for (later, again) in [(0, false), (1, false), (299, false), (300, true)] {
                let begins = read_at(1_000).begin(kid, Timestamp(1_000 + later));
                assert_eq!(begins, again, "{kid:?} {later}");
            }
        }
    }

    #[test]
    fn a055_an_unknown_kid_is_looked_for_once_a_minute() {
        let mut held = read_at(1_000);
        // At once: the client may have changed its keys just now.
        assert!(held.begin(Some("b"), Timestamp(1_000)));
        held.take(vec![key("a")]);
        for (now, again) in [
            (1_001, false),
            (1_059, false),
            (1_060, true),
            (1_061, false),
            (1_120, true),
        ] {
            for kid in ["b", "c"] {
                let begins = held.begin(Some(kid), Timestamp(now));
                assert_eq!(begins, again && kid == "b", "{kid} {now}");
                if begins {
                    held.take(vec![key("a")]);
                }
            }
        }
        assert!(!held.begin(Some("a"), Timestamp(1_121)));
    }

    #[test]
    fn a_set_that_cannot_be_read_is_left_alone_for_a_while_and_used_for_an_hour() {
        let mut held = read_at(1_000);
        assert!(held.begin(Some("a"), Timestamp(1_300)));
        for (now, again) in [(1_300, false), (1_309, false), (1_310, true), (1_311, false)] {
            assert_eq!(held.begin(Some("a"), Timestamp(now)), again, "{now}");
        }
        assert_eq!(held.keys(Timestamp(4_599)).len(), 1);
        assert!(held.keys(Timestamp(4_600)).is_empty());
    }

    #[test]
    fn a_first_reading_that_fails_is_not_repeated_by_every_request() {
        let mut held = Held::default();
        for (now, again) in [(1_000, true), (1_001, false), (1_009, false), (1_010, true)] {
            assert_eq!(held.begin(Some("a"), Timestamp(now)), again, "{now}");
            assert!(held.keys(Timestamp(now)).is_empty());
        }
    }
}
