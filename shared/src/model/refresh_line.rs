use serde::{Deserialize, Serialize};

use super::RefreshFamily;
use crate::{
    ports::{Rotated, Rotation},
    types::{JwkThumbprint, Timestamp},
};

/// A refresh family as it is stored: what it is, and how far it has come.
///
/// The rule of [`RefreshFamilies::rotate`](crate::ports::RefreshFamilies::rotate) lives here, so that every store has
/// the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshLine {
    /// The family.
    pub family: RefreshFamily,
    /// The one generation whose token is unused.
    pub generation: u32,
    /// When the generation before it was used; of no meaning at generation 0.
    pub rotated_at: Timestamp,
    /// The key that the unused token is bound to, since the generation before it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<JwkThumbprint>,
    /// Whether it still yields tokens.
    pub state: LineState,
}

/// Whether a [`RefreshLine`] still yields tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineState {
    /// It does.
    Live,
    /// Ended on request.
    Revoked,
    /// Ended because a token was used twice. Whoever asks is told so, as the first to be told may have failed to
    /// act on it.
    Reused,
}

impl RefreshLine {
    /// A new family, whose first token is unused.
    pub const fn new(family: RefreshFamily) -> Self {
        Self {
            family,
            generation: 0,
            rotated_at: Timestamp(0),
            key: None,
            state: LineState::Live,
        }
    }

    /// What a presented token finds, and what becomes of the family. It changed if the answer is
    /// [`Rotated::Now`] or [`Rotated::Kept`], and may have if it is [`Rotated::Reused`].
    pub fn rotate(&mut self, rotation: &Rotation, now: Timestamp) -> Rotated {
        let family = &mut self.family;
        let expired = family.expires_at.is_past(now) || family.idle_expires_at.is_past(now);
        if family.client != rotation.client || expired || self.state == LineState::Revoked {
            return Rotated::Dead;
        }
        if self.state == LineState::Reused {
            return Rotated::Reused;
        }
        // A generation that was never given out says nothing about who holds the others.
        let Some(age) = self.generation.checked_sub(rotation.generation) else {
            return Rotated::Dead;
        };
        match age {
            0 if !rotation.replaces => {
                family.idle_expires_at = rotation.idle_expires_at;
                Rotated::Kept
            }
            0 => {
                let Some(next) = self.generation.checked_add(1) else {
                    return Rotated::Dead;
                };
                self.generation = next;
                self.rotated_at = now;
                self.key = rotation.key;
                family.idle_expires_at = rotation.idle_expires_at;
                Rotated::Now
            }
            1 if now.seconds_since(self.rotated_at) <= rotation.retry_window => {
                if self.key == rotation.key {
                    Rotated::Again
                } else {
                    Rotated::Mismatch
                }
            }
            _ => {
                self.state = LineState::Reused;
                Rotated::Reused
            }
        }
    }

    /// Whether it still yields tokens.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.state == LineState::Live && !self.forget_at().is_past(now)
    }

    /// Whether a token of this generation would be taken at this moment: what [`Self::rotate`] says, without its
    /// consequences.
    pub fn takes(&self, generation: u32, retry_window: u64, now: Timestamp) -> bool {
        match self.generation.checked_sub(generation) {
            Some(0) => self.is_live(now),
            Some(1) => self.is_live(now) && now.seconds_since(self.rotated_at) <= retry_window,
            _ => false,
        }
    }

    /// Ends it on request; answers whether that changed anything.
    pub fn revoke(&mut self) -> bool {
        let live = self.state == LineState::Live;
        if live {
            self.state = LineState::Revoked;
        }
        live
    }

    /// When none of its tokens can work any more.
    pub fn forget_at(&self) -> Timestamp {
        self.family.idle_expires_at.min(self.family.expires_at)
    }
}
