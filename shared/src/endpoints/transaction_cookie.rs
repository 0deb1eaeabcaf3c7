//! Transactions live sealed in the browser: one cookie each, so that two tabs are two transactions.

use http::{HeaderMap, HeaderValue};

use super::{
    page_fault::PageFault,
    visit::{TRANSACTION_COOKIE, remember_language},
};
use crate::{
    keyring::{Keyring, Purpose},
    model::{Stage, Tenant, Transaction},
    pages::ErrorCause,
    types::{Locale, Timestamp, TransactionId},
    wire::{Response, cookies, respond},
};

/// Most bytes that the transactions of one browser may take, and most of them at once. The oldest are forgotten
/// first. A front door reads 10 kB of headers and no more: without a limit, a site that starts one sign-in after
/// another in her browser would lock her out.
const MOST_BYTES: usize = 6_000;
const MOST_OPEN: usize = 5;

/// Browsers drop longer cookies without a word.
const MAX_COOKIE: usize = 3_900;

/// A transaction that outlived its time begins anew if it is no older than this, in seconds.
const RESTARTABLE: u64 = 86_400;

/// How long the mark of a finished transaction stays, in seconds.
const FINISHED_STAYS: u64 = 900;

/// The transactions of one browser at one tenant.
pub(super) struct Transactions<'a> {
    pub(super) keyring: &'a Keyring,
    pub(super) tenant: &'a Tenant,
    pub(super) headers: &'a HeaderMap,
    pub(super) now: Timestamp,
}

impl Transactions<'_> {
    /// The transaction a request names in `tx`, if this browser holds it: a link to somebody else's leads nowhere.
    /// One that took too long is back at its start.
    pub(super) fn load(&self, id: Option<&str>) -> Result<Transaction, PageFault> {
        let unknown = || {
            PageFault::new(
                ErrorCause::TransactionNotFound,
                "this browser holds no such transaction",
            )
        };
        id.and_then(|id| self.find(id)).ok_or_else(unknown)
    }

    fn find(&self, id: &str) -> Option<Transaction> {
        let id = TransactionId::parse(id)?;
        let transaction = self
            .open(cookies::get(self.headers, &name(id))?)
            .filter(|t| t.id == id)?;
        let age = self.now.seconds_since(transaction.started_at);
        if age <= self.tenant.policy.transaction_lifetime || transaction.stage == Stage::Finished {
            Some(transaction)
        } else {
            let restarted = Transaction {
                started_at: self.now,
                stage: Stage::Start,
                ..transaction
            };
            (age <= RESTARTABLE).then_some(restarted)
        }
    }

    /// `Set-Cookie`s that keep the transaction, and forget the oldest if there are too many.
    pub(super) fn save(&self, transaction: &Transaction) -> Result<Vec<HeaderValue>, PageFault> {
        let too_large = || PageFault::new(ErrorCause::InvalidRequest, "the request is too large to be kept");
        let sealed = self
            .keyring
            .seal(&self.tenant.id, Purpose::Transaction, transaction);
        let sealed = sealed.filter(|s| s.len() <= MAX_COOKIE).ok_or_else(too_large)?;
        let max_age = if transaction.stage == Stage::Finished {
            FINISHED_STAYS
        } else {
            RESTARTABLE
        };
        let kept = cookies::set(&name(transaction.id), &sealed, Some(max_age));
        Ok(kept
            .into_iter()
            .chain(self.surplus(transaction.id, sealed.len()))
            .collect())
    }

    /// A page in a language she chose on it: kept for this transaction, and remembered for the next.
    pub(super) fn in_language(
        &self,
        transaction: &Transaction,
        chosen: Option<Locale>,
        page: Response,
    ) -> Response {
        let Some(locale) = chosen else { return page };
        let kept = self.save(transaction).unwrap_or_default();
        respond::with_cookies(page, kept.into_iter().chain(remember_language(locale)))
    }

    /// What must go so that `kept` bytes of a transaction fit in.
    fn surplus(&self, keep: TransactionId, kept: usize) -> Vec<HeaderValue> {
        let own = name(keep);
        let mut others: Vec<_> = cookies::read(self.headers)
            .filter(|(name, _)| name.starts_with(TRANSACTION_COOKIE) && *name != own)
            // One that does not open is of no use to anyone: it counts as the oldest.
            .map(|(name, value)| {
                (
                    self.open(value).map_or(Timestamp(0), |t| t.started_at),
                    name,
                    value.len(),
                )
            })
            .collect();
        others.sort_unstable_by(|a, b| b.cmp(a));
        let mut bytes = kept;
        let overflows = |(at, (_, name, length)): (usize, &(Timestamp, &str, usize))| {
            bytes += name.len() + length;
            (at + 1 >= MOST_OPEN || bytes > MOST_BYTES)
                .then(|| cookies::clear(name))
                .flatten()
        };
        others.iter().enumerate().filter_map(overflows).collect()
    }

    fn open(&self, value: &str) -> Option<Transaction> {
        self.keyring.open(&self.tenant.id, Purpose::Transaction, value)
    }
}

fn name(id: TransactionId) -> String {
    format!("{TRANSACTION_COOKIE}{id}")
}
