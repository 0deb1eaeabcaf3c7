//! What the store on `DynamoDB` sends: how many calls a step costs, what each is held to, and what becomes of it when
//! an answer is lost or a table refuses.

use symbolon::{
    model::{Grant, Session},
    ports::{
        Assertions, Attempt, Bindings, Challenges, Codes, Consumed, FirstUse, Grants, Opened, Put, Redeemed,
        RefreshFamilies, Resent, Rotated, Rotation, Sessions, Taint, Unavailable,
    },
    types::{IssueId, TenantId},
};
use symbolon_aws::DynamoStore;

use super::{
    backend::{NOW, client, digest, member},
    challenges::{LIMITS, challenge, id},
    codes::{bindings, code},
    grants::grant,
    life::{fill, is_full, tenant},
    refresh_families::{WINDOW, family, present},
    sessions::session,
};
use crate::harness::aws::Account;

const MINE: [u8; 16] = [1; 16];
const OTHER: [u8; 16] = [2; 16];

struct Wired {
    account: Account,
    store: DynamoStore,
    t: TenantId,
}

impl Wired {
    async fn new() -> Self {
        let account = Account::new().await;
        let store = account.store();
        Self {
            account,
            store,
            t: tenant(),
        }
    }

    /// The calls since the last time.
    fn sent(&self) -> Vec<String> {
        self.account.wire.take().iter().map(ToString::to_string).collect()
    }

    /// Of the next calls the first `spared` are answered; the answer of the one after them is lost.
    fn lose_after(&self, spared: usize) {
        self.account.wire.lose_answer_after(spared);
    }

    async fn open(&self, n: u8) -> Opened {
        let (number, challenge) = (digest("+44"), challenge(n));
        self.store
            .open(&self.t, &number, &challenge, &LIMITS, NOW)
            .await
            .unwrap()
    }

    async fn left(&self, n: u8) -> u32 {
        let counted = self
            .store
            .count_attempt(&self.t, &digest("+44"), &id(n), 5, &LIMITS, NOW)
            .await;
        match counted.unwrap() {
            Attempt::Counted { left, .. } => left,
            other => panic!("{other:?}"),
        }
    }

    async fn resend(&self, n: u8, after: u64) -> Resent {
        self.store
            .resend(&self.t, &digest("+44"), &id(n), &[30, 60], &LIMITS, NOW + after)
            .await
            .unwrap()
    }

    async fn consume(&self, n: u8, nonce: &[u8; 16]) -> Consumed {
        self.store
            .consume(&self.t, &digest("+44"), &id(n), nonce, NOW)
            .await
            .unwrap()
    }

    async fn ask(&self, address: &str) -> u32 {
        self.store
            .count_address(&self.t, &digest(address), 600, NOW)
            .await
            .unwrap()
    }

    async fn redeem(&self, bindings: &Bindings, nonce: &[u8; 16]) -> Redeemed {
        self.store
            .redeem(&self.t, &digest("c"), bindings, nonce, NOW)
            .await
            .unwrap()
    }

    async fn rotate(&self, rotation: Rotation, after: u64) -> Rotated {
        self.store.rotate(&self.t, &rotation, NOW + after).await.unwrap()
    }

    async fn put(&self, grant: &Grant, expected: Option<u64>) -> Put {
        Grants::put(&self.store, &self.t, grant, expected).await.unwrap()
    }

    async fn taint(&self, n: u8) {
        let taint = Taint::Issue(IssueId::from_bytes([n; 16]));
        self.store
            .taint(&self.t, &member("alice"), &client("app"), taint, NOW + 60, NOW)
            .await
            .unwrap();
    }

    async fn use_once(&self) -> FirstUse {
        self.store
            .use_once(&self.t, &digest("jti"), NOW + 60, NOW)
            .await
            .unwrap()
    }

    async fn session(&self, s: &Session) -> Option<Session> {
        Sessions::get(&self.store, &self.t, &s.member, &s.secret, NOW)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_step_at_a_number_is_one_call() {
    let w = Wired::new().await;
    w.ask("192.0.2.1").await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral ADDR"]);
    w.ask("192.0.2.1").await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral ADDR"]);
    w.open(1).await;
    assert_eq!(w.sent(), ["PutItem ephemeral OTP"]);
    w.open(1).await;
    assert_eq!(w.sent(), ["PutItem ephemeral OTP"]);
    w.left(1).await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral OTP"]);
    w.consume(1, &MINE).await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral OTP"]);
    w.consume(1, &OTHER).await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral OTP"]);
    // Rarer: a second challenge beside the first, the first try after a right code, a resend.
    w.open(2).await;
    assert_eq!(w.sent(), ["PutItem ephemeral OTP", "PutItem ephemeral OTP"]);
    w.resend(2, 30).await;
    assert_eq!(w.sent(), ["GetItem ephemeral OTP", "PutItem ephemeral OTP"]);
    w.resend(2, 31).await;
    assert_eq!(w.sent(), ["GetItem ephemeral OTP"]);
    w.open(3).await;
    w.consume(2, &MINE).await;
    w.sent();
    w.left(3).await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral OTP", "PutItem ephemeral OTP"]);
}

#[tokio::test]
async fn a_number_that_signed_in_before_costs_no_more_than_a_new_one() {
    let w = Wired::new().await;
    w.open(1).await;
    w.left(1).await;
    w.consume(1, &MINE).await;
    w.sent();
    let later = NOW + 300;
    let next = symbolon::model::Challenge {
        sent_at: later,
        expires_at: later + 300,
        ..challenge(2)
    };
    let opened = w.store.open(&w.t, &digest("+44"), &next, &LIMITS, later).await;
    assert_eq!(opened, Ok(Opened::Now));
    assert_eq!(w.sent(), ["PutItem ephemeral OTP"]);
}

#[tokio::test]
async fn a_step_at_a_code_a_family_or_an_assertion_is_one_call() {
    let w = Wired::new().await;
    Codes::put(&w.store, &w.t, &digest("c"), &code()).await.unwrap();
    assert_eq!(w.sent(), ["PutItem ephemeral CODE"]);
    let wrong = Bindings {
        client: client("shop"),
        ..bindings()
    };
    for (bindings, nonce) in [(&wrong, &MINE), (&bindings(), &MINE), (&bindings(), &OTHER)] {
        w.redeem(bindings, nonce).await;
        assert_eq!(w.sent(), ["UpdateItem ephemeral CODE"]);
    }
    w.store.release(&w.t, &digest("c"), &MINE).await.unwrap();
    assert_eq!(w.sent(), ["UpdateItem ephemeral CODE"]);

    RefreshFamilies::create(&w.store, &w.t, &family(1)).await.unwrap();
    assert_eq!(w.sent(), ["PutItem ephemeral FAMILY"]);
    for expected in [Rotated::Now, Rotated::Again] {
        assert_eq!(w.rotate(present(1, 0), 0).await, expected);
        assert_eq!(w.sent(), ["UpdateItem ephemeral FAMILY"]);
    }
    // Telling a reuse for the first time is the one step that must write after it has found.
    assert_eq!(w.rotate(present(1, 0), WINDOW + 1).await, Rotated::Reused);
    assert_eq!(
        w.sent(),
        ["UpdateItem ephemeral FAMILY", "UpdateItem ephemeral FAMILY"]
    );
    assert_eq!(w.rotate(present(1, 0), WINDOW + 1).await, Rotated::Reused);
    assert_eq!(w.sent(), ["UpdateItem ephemeral FAMILY"]);
    w.store.revoke(&w.t, &family(1).id).await.unwrap();
    assert_eq!(w.sent(), ["UpdateItem ephemeral FAMILY"]);

    for _ in 0..2 {
        w.use_once().await;
        assert_eq!(w.sent(), ["PutItem ephemeral JTI"]);
    }
}

#[tokio::test]
async fn a_step_at_a_session_or_a_grant_is_one_call() {
    let w = Wired::new().await;
    let s = session(1);
    Sessions::create(&w.store, &w.t, &s).await.unwrap();
    assert_eq!(w.sent(), ["PutItem ephemeral SESSION"]);
    w.session(&s).await;
    assert_eq!(w.sent(), ["GetItem ephemeral SESSION"]);
    let touched = w
        .store
        .touch(&w.t, &s.member, &s.secret, NOW + 1, NOW + 101)
        .await;
    assert_eq!(
        (touched, w.sent()),
        (Ok(()), vec!["UpdateItem ephemeral SESSION".to_owned()])
    );
    Sessions::of_member(&w.store, &w.t, &s.member, NOW).await.unwrap();
    assert_eq!(w.sent(), ["Query ephemeral SESSION"]);
    w.store.end(&w.t, &s.member, &s.id).await.unwrap();
    assert_eq!(
        w.sent(),
        ["Query ephemeral SESSION", "DeleteItem ephemeral SESSION"]
    );

    w.put(&grant(), None).await;
    assert_eq!(w.sent(), ["UpdateItem identity GRANT"]);
    w.put(&grant().withdraw(NOW), Some(1)).await;
    assert_eq!(w.sent(), ["UpdateItem identity GRANT"]);
    w.taint(1).await;
    assert_eq!(w.sent(), ["UpdateItem identity GRANT"]);
    let found = Grants::get(&w.store, &w.t, &member("alice"), &client("app")).await;
    assert!(found.unwrap().is_some());
    assert_eq!(w.sent(), ["GetItem identity GRANT"]);
    Grants::of_member(&w.store, &w.t, &member("alice")).await.unwrap();
    assert_eq!(w.sent(), ["Query identity GRANT"]);
}

#[tokio::test]
async fn every_read_is_strong_and_every_write_has_its_condition() {
    let w = Wired::new().await;
    fill(&w.store).await;
    is_full(&w.store).await;
    let s = session(1);
    Sessions::of_member(&w.store, &w.t, &s.member, NOW).await.unwrap();
    Grants::of_member(&w.store, &w.t, &s.member).await.unwrap();
    w.store.end(&w.t, &s.member, &s.id).await.unwrap();
    w.resend(1, 30).await;
    let sent = w.account.wire.take();
    assert!(sent.len() > 20, "{}", sent.len());
    for call in sent {
        let body = &call.body;
        match call.operation.as_str() {
            "GetItem" | "Query" => {
                assert_eq!(body["ConsistentRead"], true, "{call}");
                assert!(body.get("IndexName").is_none(), "{call}");
            }
            "PutItem" | "UpdateItem" => {
                assert!(body["ConditionExpression"].is_string(), "{call}");
                assert_eq!(body["ReturnValuesOnConditionCheckFailure"], "ALL_OLD", "{call}");
            }
            "DeleteItem" => assert!(body["ConditionExpression"].is_string(), "{call}"),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_lost_answer_at_a_number_counts_nothing_twice_and_loses_no_message() {
    let w = Wired::new().await;
    w.lose_after(0);
    assert_eq!(w.ask("192.0.2.1").await, 1);
    w.lose_after(0);
    assert_eq!(w.ask("192.0.2.1").await, 2);
    assert_eq!(w.ask("192.0.2.1").await, 3);

    w.lose_after(0);
    assert_eq!(w.open(1).await, Opened::Now, "or nobody sends the message");
    assert_eq!(w.open(1).await, Opened::Already);
    w.lose_after(1);
    assert_eq!(w.open(2).await, Opened::Now);
    assert_eq!(w.open(2).await, Opened::Already);

    w.lose_after(0);
    assert_eq!(w.left(1).await, 4);
    assert_eq!(w.left(1).await, 3);

    w.lose_after(1);
    assert_eq!(w.resend(2, 30).await, Resent::Now { next: Some(NOW + 90) });
    assert_eq!(w.resend(2, 30).await, Resent::Wait(NOW + 90));

    w.lose_after(0);
    assert_eq!(w.consume(1, &MINE).await, Consumed::Now);
    assert_eq!(w.consume(1, &OTHER).await, Consumed::Gone);
    // Without a window, the try takes two calls.
    w.lose_after(1);
    assert_eq!(w.left(2).await, 4);
    assert_eq!(w.left(2).await, 3);
}

#[tokio::test]
async fn a_window_begun_by_a_call_whose_answer_was_lost_has_begun_once() {
    let w = Wired::new().await;
    w.ask("192.0.2.1").await;
    let later = async |spared| {
        w.lose_after(spared);
        w.store
            .count_address(&w.t, &digest("192.0.2.1"), 600, NOW + 600)
            .await
            .unwrap()
    };
    assert_eq!(later(1).await, 1);
    assert_eq!(later(0).await, 2);
}

#[tokio::test]
async fn a_lost_answer_is_no_replay() {
    let w = Wired::new().await;
    w.lose_after(0);
    assert_eq!(w.use_once().await, FirstUse::Yes);
    assert_eq!(w.use_once().await, FirstUse::No);

    w.lose_after(0);
    Codes::put(&w.store, &w.t, &digest("c"), &code()).await.unwrap();
    w.lose_after(0);
    assert_eq!(w.redeem(&bindings(), &MINE).await, Redeemed::Now(code()));
    w.lose_after(0);
    w.store.release(&w.t, &digest("c"), &MINE).await.unwrap();
    assert_eq!(w.redeem(&bindings(), &OTHER).await, Redeemed::Now(code()));
    assert_eq!(w.redeem(&bindings(), &MINE).await, Redeemed::Already(code()));

    w.lose_after(0);
    RefreshFamilies::create(&w.store, &w.t, &family(1)).await.unwrap();
    w.lose_after(0);
    let hasty = Rotation {
        retry_window: 0,
        ..present(1, 0)
    };
    assert_eq!(w.rotate(hasty, 0).await, Rotated::Again, "its own successor");
    assert_eq!(w.rotate(present(1, 1), 0).await, Rotated::Now);
    // The mark of a reuse is written, and its answer lost.
    w.lose_after(1);
    assert_eq!(w.rotate(present(1, 0), 0).await, Rotated::Reused);
    assert_eq!(w.rotate(present(1, 2), 0).await, Rotated::Reused);
    RefreshFamilies::create(&w.store, &w.t, &family(2)).await.unwrap();
    w.lose_after(0);
    w.store.revoke(&w.t, &family(2).id).await.unwrap();
    assert_eq!(w.rotate(present(2, 0), 0).await, Rotated::Dead);
}

#[tokio::test]
async fn a_lost_answer_is_no_conflict() {
    let w = Wired::new().await;
    w.lose_after(0);
    assert_eq!(w.put(&grant(), None).await, Put::Done);
    w.lose_after(0);
    w.taint(1).await;
    w.lose_after(0);
    assert_eq!(w.put(&grant().withdraw(NOW), Some(1)).await, Put::Done);

    let s = session(1);
    w.lose_after(0);
    Sessions::create(&w.store, &w.t, &s).await.unwrap();
    w.lose_after(0);
    assert_eq!(w.session(&s).await, Some(s.clone()));
    w.lose_after(0);
    let touched = w.store.touch(&w.t, &s.member, &s.secret, NOW, NOW + 200).await;
    assert_eq!(touched, Ok(()));
    assert_eq!(w.session(&s).await.unwrap().idle_expires_at, NOW + 200);
    w.lose_after(1);
    w.store.end(&w.t, &s.member, &s.id).await.unwrap();
    assert_eq!(w.session(&s).await, None);
}

#[tokio::test]
async fn a_table_that_is_asked_too_much_is_asked_again_and_then_named() {
    let w = Wired::new().await;
    w.account.wire.refuse(2, "ThrottlingException");
    assert_eq!(w.use_once().await, FirstUse::Yes);
    w.account.wire.refuse(3, "ProvisionedThroughputExceededException");
    let put = Codes::put(&w.store, &w.t, &digest("c"), &code()).await;
    let line = "store: codes.put: ProvisionedThroughputExceededException";
    assert_eq!(put, Err(Unavailable(line.to_owned())));
    // Nothing half-done: the next try is the first.
    assert_eq!(w.redeem(&bindings(), &MINE).await, Redeemed::Absent);
}

#[tokio::test]
async fn a_table_that_is_not_there_is_unavailable_and_never_empty() {
    let account = Account::new().await;
    account
        .client
        .delete_table()
        .table_name("ephemeral")
        .send()
        .await
        .unwrap();
    account
        .client
        .delete_table()
        .table_name("identity")
        .send()
        .await
        .unwrap();
    let (store, t) = (account.store(), tenant());
    let missing = |step: &str| Unavailable(format!("store: {step}: ResourceNotFoundException"));
    let s = session(1);
    let found = Sessions::get(&store, &t, &s.member, &s.secret, NOW).await;
    assert_eq!(found, Err(missing("sessions.get")));
    let listed = Grants::of_member(&store, &t, &s.member).await;
    assert_eq!(listed, Err(missing("grants.of_member")));
    let redeemed = store.redeem(&t, &digest("c"), &bindings(), &MINE, NOW).await;
    assert_eq!(redeemed, Err(missing("codes.redeem")));
    let used = store.use_once(&t, &digest("jti"), NOW + 60, NOW).await;
    assert_eq!(used, Err(missing("assertions.use_once")));
}

#[tokio::test]
async fn a_step_that_others_always_overtake_gives_up() {
    let w = Wired::new().await;
    w.account.wire.refuse(16, "ConditionalCheckFailedException");
    let opened = w
        .store
        .open(&w.t, &digest("+44"), &challenge(1), &LIMITS, NOW)
        .await;
    let line = "store: challenges.open: contended";
    assert_eq!(opened, Err(Unavailable(line.to_owned())));
    assert_eq!(w.sent().len(), 16);
}
