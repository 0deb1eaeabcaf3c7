//! The outbox of logout notices on disk: who takes what, when, and what a crash leaves.

use std::slice::from_ref;

use symbolon::{
    model::LogoutNotice,
    ports::LogoutNotices,
    types::{SessionId, TenantId},
};
use symbolon_local::store::{SqliteStore, Taken};
use tempfile::TempDir;

use super::backend::{NOW, client};

fn notice(tenant: &str, name: &str, session: u8) -> LogoutNotice {
    LogoutNotice {
        tenant: TenantId::new(tenant),
        authority: format!("auth.{tenant}.example"),
        client: client(name),
        session: SessionId::from_bytes([session; 16]),
        at: NOW,
    }
}

fn opened() -> (TempDir, SqliteStore) {
    let data = TempDir::new().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    (data, store)
}

/// What is taken, `seconds` after the beginning.
async fn taken(store: &SqliteStore, seconds: u64) -> Vec<Taken> {
    store.take_notices(NOW + seconds, 10).await.unwrap()
}

fn first(notice: &LogoutNotice) -> Taken {
    Taken {
        notice: notice.clone(),
        attempt: 1,
    }
}

#[tokio::test]
async fn what_is_put_in_twice_is_there_once_and_gone_when_forgotten() {
    let (_data, store) = opened();
    let one = notice("urban", "shop", 1);
    store.put(&[one.clone(), one.clone()]).await.unwrap();
    store.put(from_ref(&one)).await.unwrap();
    assert_eq!(taken(&store, 0).await, [first(&one)]);
    store.forget_notice(&one).await.unwrap();
    assert!(taken(&store, 1_000).await.is_empty());
}

#[tokio::test]
async fn what_is_taken_is_nobody_elses_until_its_lease_ends() {
    let (_data, store) = opened();
    let one = notice("urban", "shop", 1);
    store.put(from_ref(&one)).await.unwrap();
    assert_eq!(taken(&store, 0).await, [first(&one)]);
    assert!(taken(&store, 29).await.is_empty());
    let again = taken(&store, 30).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].attempt, 2, "a try that nobody heard of is one");
}

#[tokio::test]
async fn what_is_postponed_is_not_due_before() {
    let (_data, store) = opened();
    let one = notice("urban", "shop", 1);
    store.put(from_ref(&one)).await.unwrap();
    taken(&store, 0).await;
    store.postpone_notice(&one, NOW + 5).await.unwrap();
    assert!(taken(&store, 4).await.is_empty());
    assert_eq!(taken(&store, 5).await[0].attempt, 2);
}

#[tokio::test]
async fn a_partner_is_told_one_after_the_other_and_the_oldest_first() {
    let (_data, store) = opened();
    let (one, mut two) = (notice("urban", "shop", 1), notice("urban", "shop", 2));
    two.at = NOW + 1;
    // Of another brand, and so another partner.
    let other = notice("north", "shop", 1);
    store
        .put(&[two.clone(), one.clone(), other.clone()])
        .await
        .unwrap();
    assert_eq!(taken(&store, 1).await.len(), 2);
    assert!(taken(&store, 2).await.is_empty(), "both are being told");
    store.forget_notice(&one).await.unwrap();
    assert_eq!(taken(&store, 2).await, [first(&two)]);
    // One that waits for another try does not hold up what comes after it.
    let three = notice("urban", "shop", 3);
    store.put(from_ref(&three)).await.unwrap();
    store.postpone_notice(&two, NOW + 600).await.unwrap();
    assert_eq!(taken(&store, 3).await, [first(&three)]);
}

#[tokio::test]
async fn no_more_are_taken_than_asked_for() {
    let (_data, store) = opened();
    let all: Vec<_> = ["a", "b", "c"].map(|name| notice("urban", name, 1)).to_vec();
    store.put(&all).await.unwrap();
    assert!(store.take_notices(NOW, 0).await.unwrap().is_empty());
    assert_eq!(store.take_notices(NOW, 2).await.unwrap().len(), 2);
    assert_eq!(taken(&store, 0).await.len(), 1);
}

#[tokio::test]
async fn a_restart_keeps_what_waits_and_what_was_under_way() {
    let (data, store) = opened();
    let (one, two) = (notice("urban", "a", 1), notice("urban", "b", 2));
    store.put(from_ref(&one)).await.unwrap();
    taken(&store, 0).await;
    store.put(from_ref(&two)).await.unwrap();
    drop(store);
    let store = SqliteStore::open(data.path()).unwrap();
    assert_eq!(taken(&store, 1).await, [first(&two)]);
    let late = taken(&store, 30).await;
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].notice, one);
}
