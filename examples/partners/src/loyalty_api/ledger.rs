//! The loyalty ledger: members' points and every redemption ever made.
//!
//! The journal of redemptions is the truth; a balance is the starting points minus what was redeemed.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

/// A member's record in the loyalty programme.
#[derive(Clone, Debug)]
pub struct Account {
    /// The member id that the identity provider encrypts into `member_ref`.
    pub member: String,
    /// Tier name as shown to people, such as `VIP`.
    pub tier: String,
    /// Points before any redemption in the journal.
    pub points: u64,
}

/// One redemption, and what was answered to it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Redemption {
    member: String,
    client_id: String,
    /// The caller's idempotency key, its own per client and member.
    key: String,
    pub(super) redeemed: u64,
    /// Balance right after; a repeated call is answered with the same number.
    pub(super) points: u64,
}

#[derive(Debug)]
pub(super) enum Refused {
    NoSuchMember,
    NotEnough,
    KeyReused,
    /// Nothing was written, so nothing happened.
    Storage(io::Error),
}

pub(super) struct Ledger {
    accounts: HashMap<String, Account>,
    file: Option<PathBuf>,
    journal: Mutex<Vec<Redemption>>,
}

impl Ledger {
    /// Reads the journal if there is one. A journal that cannot be read stops the start: going on would give points
    /// back.
    pub(super) fn open(accounts: Vec<Account>, file: Option<PathBuf>) -> io::Result<Self> {
        let journal = match file.as_ref().map(fs::read) {
            None => Vec::new(),
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Some(bytes) => serde_json::from_slice(&bytes?)?,
        };
        let accounts = accounts
            .into_iter()
            .map(|account| (account.member.clone(), account))
            .collect();
        Ok(Self {
            accounts,
            file,
            journal: Mutex::new(journal),
        })
    }

    pub(super) fn tier(&self, member: &str) -> Option<&str> {
        self.accounts.get(member).map(|account| account.tier.as_str())
    }

    pub(super) fn points(&self, member: &str) -> Option<u64> {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        Some(balance(self.accounts.get(member)?, &journal))
    }

    /// Redeems once per client, member and key. Blocks on the disk.
    pub(super) fn redeem(
        &self,
        member: &str,
        client_id: &str,
        key: &str,
        points: u64,
    ) -> Result<Redemption, Refused> {
        let account = self.accounts.get(member).ok_or(Refused::NoSuchMember)?;
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let same =
            |made: &&Redemption| made.member == member && made.client_id == client_id && made.key == key;
        if let Some(made) = journal.iter().find(same) {
            return if made.redeemed == points {
                Ok(made.clone())
            } else {
                Err(Refused::KeyReused)
            };
        }
        let left = balance(account, &journal)
            .checked_sub(points)
            .ok_or(Refused::NotEnough)?;
        let [member, client_id, key] = [member, client_id, key].map(str::to_owned);
        let redemption = Redemption {
            member,
            client_id,
            key,
            redeemed: points,
            points: left,
        };
        journal.push(redemption.clone());
        if let Err(error) = self.save(&journal) {
            journal.pop();
            return Err(Refused::Storage(error));
        }
        Ok(redemption)
    }

    /// Whole or not at all: a crash leaves the old file or the new one.
    fn save(&self, journal: &[Redemption]) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let next = file.with_extension("next");
        let mut out = File::create(&next)?;
        out.write_all(&serde_json::to_vec_pretty(journal)?)?;
        out.sync_all()?;
        fs::rename(next, file)
    }
}

fn balance(account: &Account, journal: &[Redemption]) -> u64 {
    let redeemed = journal
        .iter()
        .filter(|made| made.member == account.member)
        .map(|made| made.redeemed)
        .sum();
    account.points.saturating_sub(redeemed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(file: Option<PathBuf>) -> Ledger {
        let alice = Account {
            member: "ut-1001".into(),
            tier: "VIP".into(),
            points: 1240,
        };
        Ledger::open(vec![alice], file).unwrap()
    }

    #[test]
    fn a_repeated_redemption_changes_nothing() {
        let ledger = open(None);
        let first = ledger.redeem("ut-1001", "shopease", "k", 200).unwrap();
        assert_eq!((first.redeemed, first.points), (200, 1040));
        ledger.redeem("ut-1001", "shopease", "k2", 40).unwrap();
        assert_eq!(ledger.redeem("ut-1001", "shopease", "k", 200).unwrap(), first);
        assert_eq!(ledger.points("ut-1001"), Some(1000));
        assert!(matches!(
            ledger.redeem("ut-1001", "shopease", "k", 201),
            Err(Refused::KeyReused)
        ));
        // Another client may have come up with the same key.
        assert_eq!(ledger.redeem("ut-1001", "other", "k", 1000).unwrap().points, 0);
    }

    #[test]
    fn nobody_spends_what_she_does_not_have() {
        let ledger = open(None);
        assert!(matches!(
            ledger.redeem("ut-1001", "shopease", "k", 1241),
            Err(Refused::NotEnough)
        ));
        assert!(matches!(
            ledger.redeem("ut-9", "shopease", "k", 1),
            Err(Refused::NoSuchMember)
        ));
        assert_eq!(ledger.points("ut-1001"), Some(1240));
    }

    #[test]
    fn a_restart_loses_nothing_and_a_broken_journal_stops_it() {
        let file = std::env::temp_dir().join(format!("ledger-{}.json", crate::kit::store::random_id()));
        let made = open(Some(file.clone()))
            .redeem("ut-1001", "shopease", "k", 200)
            .unwrap();
        let again = open(Some(file.clone()));
        assert_eq!(again.points("ut-1001"), Some(1040));
        assert_eq!(again.redeem("ut-1001", "shopease", "k", 200).unwrap(), made);
        fs::write(&file, "[{").unwrap();
        assert!(Ledger::open(Vec::new(), Some(file.clone())).is_err());
        fs::remove_file(file).unwrap();
    }

    #[test]
    fn what_cannot_be_written_did_not_happen() {
        let ledger = open(Some("/nowhere/ledger.json".into()));
        assert!(matches!(
            ledger.redeem("ut-1001", "shopease", "k", 200),
            Err(Refused::Storage(_))
        ));
        assert_eq!(ledger.points("ut-1001"), Some(1240));
    }
}
