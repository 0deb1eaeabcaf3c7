//! What only the store on disk promises: it keeps what it answered, it is alone, and it forgets in time.

use std::{fs, path::Path, sync::Arc};

use symbolon::{
    ports::{Assertions, Challenges, RefreshFamilies},
    ports::{Attempt, Codes, Consumed, FirstUse, Grants, Put, Redeemed, Rotated, Sessions, Taint},
    types::{IssueId, TenantId},
};
use symbolon_local::store::{OpenError, SqliteStore};
use tempfile::TempDir;

use super::{
    backend::{NOW, client, digest, member},
    challenges::{LIMITS, challenge, id},
    codes::{bindings, code},
    grants::grant,
    refresh_families::{family, present},
    sessions::session,
};

const MINE: [u8; 16] = [1; 16];

fn tenant() -> TenantId {
    TenantId::new("urban")
}

/// One item of every kind, each past its first step.
async fn fill(store: &SqliteStore) {
    let t = tenant();
    Codes::put(store, &t, &digest("raw-code"), &code()).await.unwrap();
    store
        .redeem(&t, &digest("raw-code"), &bindings(), &MINE, NOW)
        .await
        .unwrap();
    Sessions::create(store, &t, &session(1)).await.unwrap();
    Grants::put(store, &t, &grant(), None).await.unwrap();
    let dead = Taint::Issue(IssueId::from_bytes([4; 16]));
    store
        .taint(&t, &member("alice"), &client("app"), dead, NOW + 60, NOW)
        .await
        .unwrap();
    RefreshFamilies::create(store, &t, &family(1)).await.unwrap();
    store.rotate(&t, &present(1, 0), NOW).await.unwrap();
    store.use_once(&t, &digest("jti"), NOW + 60, NOW).await.unwrap();
    store
        .open(&t, &digest("+447700900101"), &challenge(1), &LIMITS, NOW)
        .await
        .unwrap();
    store
        .count_attempt(&t, &digest("+447700900101"), &id(1), 5, &LIMITS, NOW)
        .await
        .unwrap();
    store
        .count_address(&t, &digest("192.0.2.1"), 600, NOW)
        .await
        .unwrap();
}

/// Checks that every item of [`fill`] stands, and where it was left.
async fn is_full(store: &SqliteStore) {
    let t = tenant();
    let replay = store
        .redeem(&t, &digest("raw-code"), &bindings(), &[2; 16], NOW)
        .await;
    assert_eq!(replay, Ok(Redeemed::Already(code())));
    let s = session(1);
    assert_eq!(
        Sessions::get(store, &t, &s.member, &s.secret, NOW).await,
        Ok(Some(s))
    );
    let stored = Grants::get(store, &t, &member("alice"), &client("app"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((stored.version, stored.tainted.len()), (1, 1));
    assert_eq!(store.rotate(&t, &present(1, 0), NOW).await, Ok(Rotated::Again));
    assert_eq!(store.rotate(&t, &present(1, 1), NOW).await, Ok(Rotated::Now));
    assert_eq!(
        store.use_once(&t, &digest("jti"), NOW + 60, NOW).await,
        Ok(FirstUse::No)
    );
    let counted = store
        .count_attempt(&t, &digest("+447700900101"), &id(1), 5, &LIMITS, NOW)
        .await;
    assert_eq!(
        counted,
        Ok(Attempt::Counted {
            challenge: challenge(1),
            left: 3
        })
    );
    let consumed = store
        .consume(&t, &digest("+447700900101"), &id(1), &MINE, NOW)
        .await;
    assert_eq!(consumed, Ok(Consumed::Now));
    assert_eq!(
        store.count_address(&t, &digest("192.0.2.1"), 600, NOW).await,
        Ok(2)
    );
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let data = TempDir::new().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    fill(&store).await;
    drop(store);
    is_full(&SqliteStore::open(data.path()).unwrap()).await;
}

#[tokio::test]
async fn everything_answered_is_on_disk_at_that_moment() {
    let (data, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = SqliteStore::open(data.path()).unwrap();
    fill(&store).await;
    // What a kill leaves behind: the files as they are, nothing closed, nothing flushed later.
    for file in fs::read_dir(data.path()).unwrap() {
        let file = file.unwrap();
        if file.file_name() != "symbolon.sqlite3-shm" {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    is_full(&SqliteStore::open(copy.path()).unwrap()).await;
    drop(store);
}

#[tokio::test]
async fn a_second_process_is_refused_and_told_the_directory() {
    let data = TempDir::new().unwrap();
    let first = SqliteStore::open(data.path()).unwrap();
    let refused = SqliteStore::open(data.path()).err().unwrap();
    assert!(matches!(refused, OpenError::InUse(_)));
    let line = refused.to_string();
    assert!(
        line.contains(data.path().to_str().unwrap()) && line.lines().count() == 1,
        "{line}"
    );
    drop(first);
    SqliteStore::open(data.path()).unwrap();
}

#[test]
fn a_file_of_a_later_release_is_refused_and_left_alone() {
    let data = TempDir::new().unwrap();
    drop(SqliteStore::open(data.path()).unwrap());
    let path = data.path().join("symbolon.sqlite3");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 999).unwrap();
    drop(db);
    let refused = SqliteStore::open(data.path()).err().unwrap();
    assert!(
        matches!(refused, OpenError::Newer { found: 999, .. }),
        "{refused}"
    );
    let db = rusqlite::Connection::open(&path).unwrap();
    let version: i64 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 999);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_named() {
    let data = TempDir::new().unwrap();
    fs::write(
        data.path().join("symbolon.sqlite3"),
        "not a database, but longer than a header".repeat(30),
    )
    .unwrap();
    let refused = SqliteStore::open(data.path()).err().unwrap();
    assert!(refused.to_string().contains("symbolon.sqlite3"), "{refused}");
}

fn bytes_of(dir: &Path) -> Vec<u8> {
    fs::read_dir(dir)
        .unwrap()
        .flat_map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test]
async fn no_secret_and_no_number_is_in_the_files() {
    let data = TempDir::new().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    fill(&store).await;
    let bytes = bytes_of(data.path());
    // The search works: what is not secret is found.
    assert!(holds(&bytes, b"https://app.tld/cb") && holds(&bytes, digest("raw-code").as_bytes()));
    for secret in ["raw-code", "secret 1", "7700900101", "192.0.2.1", &"v".repeat(43)] {
        assert!(!holds(&bytes, secret.as_bytes()), "{secret}");
    }
}

#[cfg(unix)]
#[test]
fn a_new_data_directory_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let above = TempDir::new().unwrap();
    let data = above.path().join("data");
    let store = SqliteStore::open(&data).unwrap();
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    drop(store);
}

#[tokio::test]
async fn the_sweep_deletes_what_is_over_and_nothing_else() {
    let data = TempDir::new().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    fill(&store).await;
    assert_eq!(store.sweep(NOW).await, Ok(0));
    is_full(&store).await;
    // By now the challenge, the assertion, the address and the session are over. The code has expired too, but its
    // replay is still told.
    assert_eq!(store.sweep(NOW + 60 + 15 * 60 - 1).await, Ok(4));
    let replay = store
        .redeem(&tenant(), &digest("raw-code"), &bindings(), &[2; 16], NOW + 900)
        .await;
    assert_eq!(replay, Ok(Redeemed::Already(code())));
    assert_eq!(
        store.rotate(&tenant(), &present(1, 1), NOW + 900).await,
        Ok(Rotated::Reused)
    );
    // Consents alone are for ever.
    assert_eq!(store.sweep(NOW + 1_000_000).await, Ok(2));
    assert!(
        Grants::get(&store, &tenant(), &member("alice"), &client("app"))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_callers_share_a_flush_and_each_gets_its_own_answer() {
    let data = TempDir::new().unwrap();
    let store = Arc::new(SqliteStore::open(data.path()).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..500u32 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mine = symbolon::model::Grant {
                client: client(&n.to_string()),
                ..grant()
            };
            assert_eq!(Grants::put(&*store, &tenant(), &mine, None).await, Ok(Put::Done));
            let read = Grants::get(&*store, &tenant(), &mine.member, &mine.client).await;
            assert_eq!(read, Ok(Some(mine)));
        });
    }
    assert_eq!(tasks.join_all().await.len(), 500);
    drop(store);
    let reopened = SqliteStore::open(data.path()).unwrap();
    assert_eq!(
        Grants::of_member(&reopened, &tenant(), &member("alice"))
            .await
            .unwrap()
            .len(),
        500
    );
}
