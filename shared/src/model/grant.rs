use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ScopeCatalogue;
use crate::{
    ports::Taint,
    types::{
        ClientId, Digest, GrantId, IssueId, Locale, MemberId, Scope, ScopeSet, SessionId, Timestamp, TokenId,
    },
};

/// What became of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantState {
    /// Given; tokens work.
    Active,
    /// Asked and declined, nothing was given before.
    Declined,
    /// Given once and taken back.
    Withdrawn,
}

/// One step in the life of a consent, kept for proof (ISO/IEC TS 27560).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub event: ConsentEvent,
    /// The scopes it was about, with the catalogue version that was shown.
    pub scopes: BTreeMap<Scope, u32>,
    /// The language it was asked in.
    pub locale: Option<Locale>,
    /// SHA-256 of the text the member read.
    pub notice: Option<Digest>,
}

/// Kinds of [`Receipt`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConsentEvent {
    /// Allowed.
    Given,
    /// Not allowed.
    Denied,
    /// Taken back.
    Withdrawn,
}

/// Tokens that are dead before their time, remembered until the last of them has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaintMark {
    /// What they descend from.
    pub taint: Taint,
    /// When the mark may be forgotten.
    pub until: Timestamp,
}

impl TaintMark {
    /// The marks with this one more. A mark for the same thing is never shortened; those past at `now` are dropped.
    #[must_use]
    pub fn added_to(mut self, mut marks: Vec<Self>, now: Timestamp) -> Vec<Self> {
        for mark in &marks {
            if mark.taint == self.taint {
                self.until = self.until.max(mark.until);
            }
        }
        marks.retain(|mark| mark.taint != self.taint && !mark.until.is_past(now));
        marks.push(self);
        marks
    }
}

/// The consent of one member to one client: the hub that every code and token names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// New with each first "Allow"; what was issued under an earlier id stays dead.
    pub id: GrantId,
    /// Who consented.
    pub member: MemberId,
    /// To whom.
    pub client: ClientId,
    /// What became of it.
    pub state: GrantState,
    /// What is allowed, with the catalogue version consented to.
    pub scopes: BTreeMap<Scope, u32>,
    /// Optional scopes she left out, with the catalogue version shown. Not asked again until the text changes.
    #[serde(default)]
    pub declined: BTreeMap<Scope, u32>,
    /// Grows by one with each change; [`Grants::put`](crate::ports::Grants::put) compares it.
    pub version: u64,
    /// When it was first given.
    pub since: Timestamp,
    /// Its history, oldest first.
    pub history: Vec<Receipt>,
    /// Dead tokens.
    pub tainted: Vec<TaintMark>,
}

/// Longest history kept on the grant itself.
const HISTORY: usize = 20;

/// Most access tokens that are marked one by one at a time.
const TOKENS: usize = 100;

impl Grant {
    /// Whether it stands.
    pub fn is_active(&self) -> bool {
        self.state == GrantState::Active
    }

    /// What happened to it last.
    pub fn last_event(&self) -> Option<ConsentEvent> {
        self.history.last().map(|receipt| receipt.event)
    }

    /// Whether this is what is stored, marks apart: the same [`Grants::put`](crate::ports::Grants::put) once more.
    ///
    /// The version alone does not say so, as two writers who read the same grant both count one up from it, and one
    /// of them may be withdrawing.
    pub fn repeats(&self, stored: &Self) -> bool {
        *stored
            == Self {
                tainted: stored.tainted.clone(),
                ..self.clone()
            }
    }

    /// The scopes allowed at the catalogue's current version; a changed text must be asked again.
    pub fn current_scopes(&self, catalogue: &ScopeCatalogue) -> ScopeSet {
        if !self.is_active() {
            return ScopeSet::default();
        }
        self.scopes
            .iter()
            .filter(|(s, v)| catalogue.version(s) == **v)
            .map(|(s, _)| s.clone())
            .collect()
    }

    /// Whether a code of this grant and session may still become tokens.
    pub fn stands(&self, id: GrantId, session: Option<SessionId>, now: Timestamp) -> bool {
        let ended = |session| self.is_tainted(Taint::Session(session), now);
        self.is_active() && self.id == id && !session.is_some_and(ended)
    }

    /// The optional scopes she left out, at the catalogue's current version.
    pub fn currently_declined(&self, catalogue: &ScopeCatalogue) -> ScopeSet {
        let current = |(s, v): &(&Scope, &u32)| self.is_active() && catalogue.version(s) == **v;
        self.declined
            .iter()
            .filter(current)
            .map(|(s, _)| s.clone())
            .collect()
    }

    /// Whether tokens of this issue and session still work under this grant.
    pub fn honours(&self, id: GrantId, issue: IssueId, session: Option<SessionId>, now: Timestamp) -> bool {
        self.stands(id, session, now) && !self.is_tainted(Taint::Issue(issue), now)
    }

    /// Whether its client has revoked this one access token.
    pub fn has_revoked(&self, token: TokenId, now: Timestamp) -> bool {
        self.is_tainted(Taint::Token(token), now)
    }

    /// What a revoked access token is marked with: itself, or among very many its whole issue, because the grant is
    /// one item and everybody who reads it reads its marks.
    pub fn mark_of(&self, token: TokenId, issue: IssueId, now: Timestamp) -> Taint {
        let alone = |mark: &&TaintMark| matches!(mark.taint, Taint::Token(_)) && !mark.until.is_past(now);
        if self.tainted.iter().filter(alone).count() < TOKENS {
            Taint::Token(token)
        } else {
            Taint::Issue(issue)
        }
    }

    fn is_tainted(&self, taint: Taint, now: Timestamp) -> bool {
        let marks = |mark: &TaintMark| mark.taint == taint && !mark.until.is_past(now);
        self.tainted.iter().any(marks)
    }

    /// The grant after "Allow": what is given is added to what stands, what she left out is taken away. A grant
    /// that does not stand begins anew as `fresh`.
    #[must_use]
    pub fn allow(
        before: Option<Self>,
        fresh: GrantId,
        member: &MemberId,
        client: &ClientId,
        given: Receipt,
        left_out: BTreeMap<Scope, u32>,
    ) -> Self {
        let mut grant = Self::begin(before, fresh, member, client, given.at);
        grant.state = GrantState::Active;
        grant.scopes.extend(given.scopes.clone());
        grant.scopes.retain(|scope, _| !left_out.contains_key(scope));
        grant
            .declined
            .retain(|scope, _| !given.scopes.contains_key(scope));
        grant.declined.extend(left_out);
        grant.record(given);
        grant
    }

    /// The grant after "Don't allow": what stood before goes on standing.
    #[must_use]
    pub fn deny(
        before: Option<Self>,
        fresh: GrantId,
        member: &MemberId,
        client: &ClientId,
        denied: Receipt,
    ) -> Self {
        let mut grant = Self::begin(before, fresh, member, client, denied.at);
        grant.record(denied);
        grant
    }

    /// The grant after the member took it back.
    #[must_use]
    pub fn withdraw(mut self, now: Timestamp) -> Self {
        let scopes = std::mem::take(&mut self.scopes);
        self.state = GrantState::Withdrawn;
        self.version += 1;
        self.record(Receipt {
            at: now,
            event: ConsentEvent::Withdrawn,
            scopes,
            locale: None,
            notice: None,
        });
        self
    }

    fn begin(
        before: Option<Self>,
        fresh: GrantId,
        member: &MemberId,
        client: &ClientId,
        now: Timestamp,
    ) -> Self {
        let (version, history) = match before {
            Some(grant) if grant.is_active() => {
                return Self {
                    version: grant.version + 1,
                    ..grant
                };
            }
            Some(grant) => (grant.version + 1, grant.history),
            None => (1, Vec::new()),
        };
        Self {
            id: fresh,
            member: member.clone(),
            client: client.clone(),
            state: GrantState::Declined,
            scopes: BTreeMap::new(),
            declined: BTreeMap::new(),
            version,
            since: now,
            history,
            tainted: Vec::new(),
        }
    }

    fn record(&mut self, receipt: Receipt) {
        self.history.push(receipt);
        let surplus = self.history.len().saturating_sub(HISTORY);
        self.history.drain(..surplus);
    }
}
