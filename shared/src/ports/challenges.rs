use async_trait::async_trait;

use super::PortResult;
use crate::{
    model::Challenge,
    types::{ChallengeId, Digest, TenantId, Timestamp},
};

/// How often one number may be texted and guessed at. Counted on the number's own item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendLimits {
    /// Most challenges opened within `window` seconds without a successful one in between.
    pub challenges: u32,
    /// Most messages within `window` seconds without a success in between.
    pub messages: u32,
    /// Most wrong codes within `window` seconds, over all challenges of the number.
    pub wrong_codes: u32,
    /// Length of the window in seconds.
    pub window: u64,
}

/// Outcome of [`Challenges::open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// The challenge is stored and its first message may go out.
    Now,
    /// It is there already: the same form was posted twice, and the message is on its way.
    Already,
    /// The number's budget is spent; it opens again at this time.
    Limited(Timestamp),
}

/// Outcome of [`Challenges::resend`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resent {
    /// This call owns the slot: send the same code once more. The next slot opens then, if there is one.
    Now {
        /// When the next resend is allowed; `None` after the last.
        next: Option<Timestamp>,
    },
    /// Too early, or the number's budget is spent.
    Wait(Timestamp),
    /// No more resends for this challenge.
    Exhausted,
    /// Expired, consumed or never there.
    Gone,
}

/// Outcome of [`Challenges::count_attempt`], taken before any code is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// This attempt is counted; compare now.
    Counted {
        /// The challenge.
        challenge: Challenge,
        /// Tries left after this one.
        left: u32,
    },
    /// The challenge had its last try, or the number its last wrong code.
    Exhausted,
    /// Expired, consumed or never there.
    Gone,
}

/// Outcome of [`Challenges::consume`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consumed {
    /// This call, or an earlier one with the same nonce, consumed it.
    Now,
    /// Somebody else did, or it expired.
    Gone,
}

/// One-time codes on their way. The item is the number's (`HMAC(number)`): it holds the open challenges and the
/// send limits, so that a new challenge never evades a limit and one tab never kills another's code.
#[async_trait]
pub trait Challenges: Send + Sync {
    /// Counts one request for a code from an address within a window; answers the count including this one. What the
    /// brand as a whole sends is counted so too, under a key that is no address's.
    async fn count_address(
        &self,
        tenant: &TenantId,
        address: &Digest,
        window: u64,
        now: Timestamp,
    ) -> PortResult<u32>;

    /// Stores a new challenge if the number's limits allow it; one that is there already is not counted again.
    async fn open(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &Challenge,
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Opened>;

    /// Takes the next resend slot. `waits` are the seconds before the 1st, 2nd, … resend; a slot that opens only
    /// after the code has expired is none.
    async fn resend(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &ChallengeId,
        waits: &[u64],
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Resent>;

    /// Counts one try of at most `max` for the challenge, before the code is compared.
    async fn count_attempt(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &ChallengeId,
        max: u32,
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Attempt>;

    /// Ends the challenge after the right code, and clears the number's counters: its owner has proven herself.
    async fn consume(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &ChallengeId,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Consumed>;
}
