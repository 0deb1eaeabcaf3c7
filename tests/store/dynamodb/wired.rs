//! A store whose calls are seen, and go wrong on request.

use symbolon::{
    model::{Grant, Session},
    ports::{
        Assertions, Attempt, Bindings, Challenges, Codes, Consumed, FirstUse, Grants, Opened, Put, Redeemed,
        RefreshFamilies, Resent, Rotated, Rotation, Sessions, Taint,
    },
    types::{IssueId, TenantId},
};
use symbolon_aws::DynamoStore;

use crate::{
    harness::aws::Account,
    store::{
        backend::{NOW, client, digest, member},
        challenges::{LIMITS, challenge, id},
        life::tenant,
    },
};

pub(super) const MINE: [u8; 16] = [1; 16];
pub(super) const OTHER: [u8; 16] = [2; 16];

pub(super) struct Wired {
    pub(super) account: Account,
    pub(super) store: DynamoStore,
    pub(super) t: TenantId,
}

impl Wired {
    pub(super) async fn new() -> Self {
        let account = Account::new().await;
        let store = account.store();
        Self {
            account,
            store,
            t: tenant(),
        }
    }

    /// The calls since the last time.
    pub(super) fn sent(&self) -> Vec<String> {
        self.account.wire.take().iter().map(ToString::to_string).collect()
    }

    /// Of the next calls the first `spared` are answered; the answer of the one after them is lost.
    pub(super) fn lose_after(&self, spared: usize) {
        self.account.wire.lose_answer_after(spared);
    }

    pub(super) async fn open(&self, n: u8) -> Opened {
        let (number, challenge) = (digest("+44"), challenge(n));
        self.store
            .open(&self.t, &number, &challenge, &LIMITS, NOW)
            .await
            .unwrap()
    }

    pub(super) async fn left(&self, n: u8) -> u32 {
        let counted = self
            .store
            .count_attempt(&self.t, &digest("+44"), &id(n), 5, &LIMITS, NOW)
            .await;
        match counted.unwrap() {
            Attempt::Counted { left, .. } => left,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn resend(&self, n: u8, after: u64) -> Resent {
        self.store
            .resend(&self.t, &digest("+44"), &id(n), &[30, 60], &LIMITS, NOW + after)
            .await
            .unwrap()
    }

    pub(super) async fn consume(&self, n: u8, nonce: &[u8; 16]) -> Consumed {
        self.store
            .consume(&self.t, &digest("+44"), &id(n), nonce, NOW)
            .await
            .unwrap()
    }

    pub(super) async fn ask(&self, address: &str) -> u32 {
        self.store
            .count_address(&self.t, &digest(address), 600, NOW)
            .await
            .unwrap()
    }

    pub(super) async fn redeem(&self, bindings: &Bindings, nonce: &[u8; 16]) -> Redeemed {
        self.store
            .redeem(&self.t, &digest("c"), bindings, nonce, NOW)
            .await
            .unwrap()
    }

    pub(super) async fn rotate(&self, rotation: Rotation, after: u64) -> Rotated {
        self.store.rotate(&self.t, &rotation, NOW + after).await.unwrap()
    }

    pub(super) async fn put(&self, grant: &Grant, expected: Option<u64>) -> Put {
        Grants::put(&self.store, &self.t, grant, expected).await.unwrap()
    }

    pub(super) async fn taint(&self, n: u8) {
        let taint = Taint::Issue(IssueId::from_bytes([n; 16]));
        self.store
            .taint(&self.t, &member("alice"), &client("app"), taint, NOW + 60, NOW)
            .await
            .unwrap();
    }

    pub(super) async fn use_once(&self) -> FirstUse {
        self.store
            .use_once(&self.t, &digest("jti"), NOW + 60, NOW)
            .await
            .unwrap()
    }

    pub(super) async fn session(&self, s: &Session) -> Option<Session> {
        Sessions::get(&self.store, &self.t, &s.member, &s.secret, NOW)
            .await
            .unwrap()
    }
}
