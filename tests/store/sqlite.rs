//! What only the store on disk promises: it keeps what it answered, it is alone, and it forgets in time.

use std::{fs, path::Path, sync::Arc};

use symbolon::{
    ports::{Codes, Grants, PushedRequests, Put, Redeemed, RefreshFamilies, Rotated, Taint},
    types::IssueId,
};
use symbolon_local::store::{OpenError, SqliteStore};
use tempfile::TempDir;

use super::{
    backend::{NOW, client, digest, member},
    codes::{bindings, code},
    grants::grant,
    life::{SECRETS, fill, is_full, tenant},
    pushed_requests::{origin, request},
    refresh_families::present,
};

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
    for secret in SECRETS {
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
    assert_eq!(store.sweep(NOW + 1_000_000).await, Ok(4));
    assert!(
        Grants::get(&store, &tenant(), &member("alice"), &client("app"))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a085_what_was_pushed_is_swept_once_nothing_can_begin_with_it() {
    let data = TempDir::new().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let put = PushedRequests::put(&store, &tenant(), &digest("r"), &request()).await;
    assert_eq!(put, Ok(()));
    assert_eq!(store.sweep(NOW + 59).await, Ok(0));
    assert_eq!(store.sweep(NOW + 60).await, Ok(1));
    // The flow that began with it ends, and that is told for a day.
    let ended = PushedRequests::consume(&store, &tenant(), &origin("r"), &[1; 16], NOW + 600).await;
    assert_eq!(ended, Ok(true));
    assert_eq!(store.sweep(NOW + 60 + 86_399).await, Ok(0));
    assert_eq!(store.sweep(NOW + 60 + 86_400).await, Ok(1));
}

#[tokio::test]
async fn a_new_mark_drops_those_that_are_past() {
    let data = TempDir::new().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    fill(&store).await;
    let (who, app) = (member("alice"), client("app"));
    let dead = Taint::Issue(IssueId::from_bytes([5; 16]));
    let marked = store
        .taint(&tenant(), &who, &app, dead, NOW + 120, NOW + 60)
        .await;
    assert_eq!(marked, Ok(()));
    let stored = Grants::get(&store, &tenant(), &who, &app).await.unwrap().unwrap();
    let marks: Vec<_> = stored
        .tainted
        .iter()
        .map(|mark| (mark.taint, mark.until))
        .collect();
    assert_eq!(marks, [(dead, NOW + 120)]);
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
