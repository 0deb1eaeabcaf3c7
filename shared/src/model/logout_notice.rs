use serde::{Deserialize, Serialize};

use crate::types::{ClientId, SessionId, TenantId, Timestamp};

/// A partner to be told that a session has ended (Back-Channel Logout s2.5). The logout token is made when it is sent,
/// so that a late one is not an expired one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutNotice {
    /// The brand.
    pub tenant: TenantId,
    /// Where it is found: the authority of its issuer.
    pub authority: String,
    /// Whom to tell. Where, its registration says at that moment.
    pub client: ClientId,
    /// The session that ended.
    pub session: SessionId,
    /// When it ended.
    pub at: Timestamp,
}

/// Seconds to wait after the 1st, 2nd, … try; the last for every later one.
const WAITS: [u64; 6] = [5, 30, 120, 600, 3_600, 14_400];
/// A notice this old is given up, in seconds: whatever session the partner has, it has looked at it since.
const OLDEST: u64 = 86_400;

impl LogoutNotice {
    /// Seconds to wait after a try that failed, the `attempt`-th; `None` if there is none after it.
    pub fn wait(&self, attempt: u32, now: Timestamp) -> Option<u64> {
        let at = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
        let [.., last] = WAITS;
        let wait = WAITS.get(at).copied().unwrap_or(last);
        ((now + wait).seconds_since(self.at) <= OLDEST).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDED: Timestamp = Timestamp(1_800_000_000);

    fn notice() -> LogoutNotice {
        LogoutNotice {
            tenant: TenantId::new("urban"),
            authority: "auth.urban.example".to_owned(),
            client: ClientId::new("shop"),
            session: SessionId::from_bytes([7; 16]),
            at: ENDED,
        }
    }

    #[test]
    fn tries_come_ever_later_for_a_day() {
        let (notice, mut now, mut waits) = (notice(), ENDED, Vec::new());
        while let Some(wait) = notice.wait(u32::try_from(waits.len()).unwrap() + 1, now) {
            waits.push(wait);
            now = now + wait;
        }
        assert_eq!(waits[..6], WAITS);
        assert!(waits[6..].iter().all(|wait| *wait == 14_400), "{waits:?}");
        assert!(now <= ENDED + OLDEST && now + 14_400 > ENDED + OLDEST, "{now:?}");
    }

    #[test]
    fn age_ends_it_whatever_the_number_of_tries() {
        assert_eq!(notice().wait(0, ENDED), Some(5));
        assert_eq!(notice().wait(u32::MAX, ENDED), Some(14_400));
        assert_eq!(notice().wait(1, ENDED + OLDEST - 5), Some(5));
        assert_eq!(notice().wait(1, ENDED + OLDEST - 4), None);
    }
}
