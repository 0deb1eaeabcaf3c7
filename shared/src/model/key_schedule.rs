//! When a signing key is published, signs, is retired and is forgotten: the one rule of every store, of the operator's
//! commands and of the schedule (OpenID Connect Core s10.1.1).
//!
//! Knows no key material and no store. Each step follows from what is stored and the time alone, so asking twice, or
//! two processes asking at once, leads to the same step, and a step taken is not due again.

use serde::{Deserialize, Serialize};

use super::Policy;
use crate::types::{KeyId, Timestamp};

/// How long any cache may keep a JWKS: `max-age` of its answer.
pub const JWKS_MAX_AGE: u64 = 300;
/// For how long after that a cache may give it out while it fetches another: `stale-while-revalidate`.
pub const JWKS_STALE: u64 = 60;
/// The longest that a process of ours goes on with the keys it has read.
pub const PROCESS_CACHE: u64 = 60;
/// The longest that an ID token or an access token may be configured to live.
pub const LONGEST_TOKEN: u64 = 3_600;
/// By how much the clocks of two of our machines, or of a verifier's, may differ.
const CLOCKS: u64 = 180;

/// How long a key is published before it signs: by then no verifier goes on with a JWKS that lacks it.
pub const NOTICE: u64 = JWKS_MAX_AGE + JWKS_STALE + PROCESS_CACHE + CLOCKS;
/// How long a key is published after it signed: its last token, and the processes that learn late that it is retired.
pub const FAREWELL: u64 = LONGEST_TOKEN + NOTICE;

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Published, does not sign yet.
    Pending,
    /// Published, signs.
    Active,
    /// Published for the tokens it has signed.
    Retired,
    /// No longer published: no token of it is alive. An `id_token_hint` may be as old as a session.
    Former,
}

impl KeyState {
    /// As it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Former => "former",
        }
    }

    /// Whether it is in the JWKS.
    pub const fn is_published(self) -> bool {
        !matches!(self, Self::Former)
    }

    /// Whether it may sign. A key retired since it was asked for may finish.
    pub const fn may_sign(self) -> bool {
        matches!(self, Self::Active | Self::Retired)
    }
}

/// One key of a tenant and algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLife {
    /// Its name.
    pub kid: KeyId,
    /// Where it is in its life.
    pub state: KeyState,
    /// Since when.
    pub since: Timestamp,
}

/// What is done to keys. Each is one conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyStep {
    /// The first key, which signs at once: nobody has a JWKS without it.
    Make,
    /// A new key, published and not yet signing.
    Publish,
    /// The pending key signs, and the one that signed so far is retired.
    Activate,
    /// A retired key leaves the JWKS.
    Withdraw,
    /// A former key is removed.
    Forget,
}

/// A step that is to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// Which.
    pub step: KeyStep,
    /// Of which key; a key that is to be made has no name yet.
    pub kid: Option<KeyId>,
    /// Not before.
    pub at: Timestamp,
}

/// How long each part of a key's life is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTimes {
    /// When an active key is to be replaced; `None` if its age alone never asks for it.
    pub rotate_after: Option<u64>,
    /// Published before it signs.
    pub notice: u64,
    /// Published after it signed.
    pub farewell: u64,
    /// Kept after it was published, for hints.
    pub memory: u64,
}

impl KeyTimes {
    /// The times of a tenant's policy.
    pub const fn of(policy: &Policy) -> Self {
        Self {
            rotate_after: policy.keys.rotate_after,
            notice: NOTICE,
            farewell: FAREWELL,
            memory: policy.session.absolute,
        }
    }

    /// For a key that is known to somebody else: tokens that do not verify are the lesser harm.
    #[must_use]
    pub const fn hurried(self) -> Self {
        Self {
            notice: 0,
            farewell: 0,
            memory: 0,
            ..self
        }
    }
}

/// What is asked of a tenant's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyWish {
    /// This step; `None`: whichever is due.
    pub step: Option<KeyStep>,
    /// By these times.
    pub times: KeyTimes,
}

impl KeyWish {
    /// Whatever the policy makes due.
    pub const fn scheduled(policy: &Policy) -> Self {
        Self {
            step: None,
            times: KeyTimes::of(policy),
        }
    }

    /// A step that somebody asks for. A new key needs no reason but that.
    pub const fn asked(step: KeyStep, policy: &Policy) -> Self {
        let times = KeyTimes::of(policy);
        Self {
            step: Some(step),
            times: KeyTimes {
                rotate_after: Some(0),
                ..times
            },
        }
    }

    /// The same without waiting for verifiers.
    #[must_use]
    pub const fn hurried(self) -> Self {
        Self {
            times: self.times.hurried(),
            ..self
        }
    }

    fn is(&self, step: KeyStep) -> bool {
        match self.step {
            None => true,
            // Who asks for a new key where there is none gets the first.
            Some(KeyStep::Publish) => matches!(step, KeyStep::Publish | KeyStep::Make),
            Some(wanted) => wanted == step,
        }
    }
}

/// What a wish comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This is to be done now.
    Due(KeyStep, Option<KeyId>),
    /// It would be early.
    NotBefore(Timestamp),
    /// There is nothing of the kind to do.
    Nothing,
}

/// Every step that is to come for the keys of one tenant and algorithm, what cannot wait first.
pub fn plan(keys: &[KeyLife], times: &KeyTimes) -> Vec<PlannedStep> {
    let oldest = |state| {
        keys.iter()
            .filter(move |key| key.state == state)
            .min_by_key(|key| key.since)
    };
    let of = |step, key: &KeyLife, wait| PlannedStep {
        step,
        kid: Some(key.kid.clone()),
        at: key.since + wait,
    };
    let new = |step, at| PlannedStep { step, kid: None, at };
    let mut steps = Vec::new();
    match (oldest(KeyState::Active), oldest(KeyState::Pending)) {
        (Some(_), Some(pending)) => steps.push(of(KeyStep::Activate, pending, times.notice)),
        // A brand that cannot sign cannot wait.
        (None, Some(pending)) => steps.push(of(KeyStep::Activate, pending, 0)),
        (None, None) => steps.push(new(KeyStep::Make, Timestamp(0))),
        (Some(active), None) => {
            steps.extend(
                times
                    .rotate_after
                    .map(|after| new(KeyStep::Publish, active.since + after)),
            );
        }
    }
    steps.extend(oldest(KeyState::Retired).map(|key| of(KeyStep::Withdraw, key, times.farewell)));
    steps.extend(oldest(KeyState::Former).map(|key| of(KeyStep::Forget, key, times.memory)));
    steps
}

/// What is to be done now.
pub fn verdict(keys: &[KeyLife], wish: &KeyWish, now: Timestamp) -> Verdict {
    let mut steps = plan(keys, &wish.times);
    steps.retain(|planned| wish.is(planned.step));
    if let Some(due) = steps.iter().find(|planned| planned.at.is_past(now)) {
        return Verdict::Due(due.step, due.kid.clone());
    }
    let next = steps.iter().map(|planned| planned.at).min();
    next.map_or(Verdict::Nothing, Verdict::NotBefore)
}

/// What a step makes of a key: its state and since when, or `None` if it is removed. Of keys of another algorithm it
/// must not be asked.
pub fn after(step: KeyStep, of: &KeyId, key: &KeyLife, now: Timestamp) -> Option<(KeyState, Timestamp)> {
    match (step, key.kid == *of) {
        (KeyStep::Activate, true) => Some((KeyState::Active, now)),
        (KeyStep::Activate, false) if key.state == KeyState::Active => Some((KeyState::Retired, now)),
        (KeyStep::Withdraw, true) => Some((KeyState::Former, now)),
        (KeyStep::Forget, true) => None,
        _ => Some((key.state, key.since)),
    }
}
