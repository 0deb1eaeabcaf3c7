//! A table that cannot, will not, or is not there.

use symbolon::ports::{Assertions, Challenges, Codes, FirstUse, Grants, Redeemed, Sessions, Unavailable};

use super::wired::{MINE, Wired};
use crate::{
    harness::aws::Account,
    store::{
        backend::{NOW, digest},
        challenges::{LIMITS, challenge},
        codes::{bindings, code},
        life::tenant,
        sessions::session,
    },
};

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
