use serde::{Deserialize, Serialize};

use super::Challenge;
use crate::{
    ports::{Attempt, Consumed, Opened, Resent, SendLimits},
    types::{ChallengeId, Timestamp},
};

/// What is stored for one number of one tenant: its open challenges and its counters.
///
/// The rules of [`Challenges`](crate::ports::Challenges) live here, so that every store has the same: it loads the
/// item, takes one step and stores the outcome on the condition that nobody wrote in between.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberItem {
    /// Challenges that have not expired, in the order they were opened.
    pub challenges: Vec<OpenChallenge>,
    /// What was counted lately.
    pub window: SendWindow,
}

/// One challenge and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenChallenge {
    /// The challenge, as it was opened.
    pub challenge: Challenge,
    /// When the latest message went out.
    pub last_sent: Timestamp,
    /// Messages after the first.
    pub resends: usize,
    /// Tries that were counted.
    pub attempts: u32,
    /// The request that ended it. Kept so that its repeat is told from somebody else.
    pub consumed_by: Option<[u8; 16]>,
}

/// Counters since the first event; all begin anew together when the window is over or a code was right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendWindow {
    /// When they begin anew; `None` while nothing is counted.
    pub ends: Option<Timestamp>,
    /// Challenges opened.
    pub challenges: u32,
    /// Messages sent.
    pub messages: u32,
    /// Tries not proven right.
    pub wrong_codes: u32,
}

impl SendWindow {
    /// The window that `now` falls into, to count something in.
    fn counting(&mut self, limits: &SendLimits, now: Timestamp) -> &mut Self {
        self.ends.get_or_insert(now + limits.window);
        self
    }

    fn end(&self, limits: &SendLimits, now: Timestamp) -> Timestamp {
        self.ends.unwrap_or(now + limits.window)
    }

    /// Whether one more message is within the budget and its code could still be typed.
    const fn may_send(&self, limits: &SendLimits) -> bool {
        self.messages < limits.messages && self.wrong_codes < limits.wrong_codes
    }
}

impl NumberItem {
    /// Adds a challenge if the limits allow one.
    pub fn open(&mut self, challenge: &Challenge, limits: &SendLimits, now: Timestamp) -> Opened {
        self.prune(now);
        if self.find(&challenge.id).is_some() {
            return Opened::Already;
        }
        if self.window.challenges >= limits.challenges || !self.window.may_send(limits) {
            return Opened::Limited(self.window.end(limits, now));
        }
        let window = self.window.counting(limits, now);
        window.challenges += 1;
        window.messages += 1;
        self.challenges.push(OpenChallenge {
            challenge: challenge.clone(),
            last_sent: challenge.sent_at,
            resends: 0,
            attempts: 0,
            consumed_by: None,
        });
        Opened::Now
    }

    /// Takes the next resend slot of a challenge.
    pub fn resend(&mut self, id: &ChallengeId, waits: &[u64], limits: &SendLimits, now: Timestamp) -> Resent {
        self.prune(now);
        let window_end = self.window.end(limits, now);
        let may_send = self.window.may_send(limits);
        let Some(open) = self.live(id) else {
            return Resent::Gone;
        };
        let Some(due) = open.next_slot(waits) else {
            return Resent::Exhausted;
        };
        if !due.is_past(now) {
            return Resent::Wait(due);
        }
        if !may_send {
            return Resent::Wait(window_end);
        }
        open.resends += 1;
        open.last_sent = now;
        let next = open.next_slot(waits);
        self.window.counting(limits, now).messages += 1;
        Resent::Now { next }
    }

    /// Counts one try of at most `max`; it is wrong until [`Self::consume`] proves it right.
    pub fn count_attempt(
        &mut self,
        id: &ChallengeId,
        max: u32,
        limits: &SendLimits,
        now: Timestamp,
    ) -> Attempt {
        self.prune(now);
        let spent = self.window.wrong_codes >= limits.wrong_codes;
        let Some(open) = self.live(id) else {
            return Attempt::Gone;
        };
        if spent || open.attempts >= max {
            return Attempt::Exhausted;
        }
        open.attempts += 1;
        let counted = Attempt::Counted {
            challenge: open.challenge.clone(),
            left: max - open.attempts,
        };
        // Wrong until proven right: `consume` takes it back.
        self.window.counting(limits, now).wrong_codes += 1;
        counted
    }

    /// Ends a challenge after the right code. A repeat with the same `nonce` is the same call.
    pub fn consume(&mut self, id: &ChallengeId, nonce: &[u8; 16], now: Timestamp) -> Consumed {
        let Some(open) = self.find(id) else {
            return Consumed::Gone;
        };
        match open.consumed_by {
            Some(earlier) if earlier == *nonce => Consumed::Now,
            Some(_) => Consumed::Gone,
            None if open.challenge.expires_at.is_past(now) => Consumed::Gone,
            None => {
                open.consumed_by = Some(*nonce);
                self.window = SendWindow::default();
                Consumed::Now
            }
        }
    }

    fn find(&mut self, id: &ChallengeId) -> Option<&mut OpenChallenge> {
        self.challenges.iter_mut().find(|open| open.challenge.id == *id)
    }

    /// The challenge, if a code may still be typed for it. Expired ones are pruned before.
    fn live(&mut self, id: &ChallengeId) -> Option<&mut OpenChallenge> {
        self.find(id).filter(|open| open.consumed_by.is_none())
    }

    fn prune(&mut self, now: Timestamp) {
        self.challenges
            .retain(|open| !open.challenge.expires_at.is_past(now));
        if self.window.ends.is_some_and(|ends| ends.is_past(now)) {
            self.window = SendWindow::default();
        }
    }

    /// When neither a challenge nor the window matters any more; at once if nothing is left.
    pub fn forget_at(&self) -> Timestamp {
        let challenges = self.challenges.iter().map(|open| open.challenge.expires_at);
        challenges.chain(self.window.ends).max().unwrap_or(Timestamp(0))
    }
}

impl OpenChallenge {
    /// When it may be sent again; `None` after the last wait, and if the code will have expired by then.
    fn next_slot(&self, waits: &[u64]) -> Option<Timestamp> {
        let due = self.last_sent + *waits.get(self.resends)?;
        (due < self.challenge.expires_at).then_some(due)
    }
}
