//! What only keys in files could get wrong.

use std::{collections::HashSet, fs, path::Path};

use symbolon::{
    ports::{Algorithm, Signer},
    types::Timestamp,
};
use symbolon_local::{
    keys::{KeyError, LocalKeys, MasterKeys},
    random::OsRandom,
};
use tempfile::TempDir;

use super::tenant;

const NOW: Timestamp = Timestamp(1_800_000_000);

fn open(data: &Path, algorithms: &[Algorithm]) -> LocalKeys {
    let tenants = [
        (tenant("urban"), algorithms.to_vec()),
        (tenant("north"), algorithms.to_vec()),
    ];
    LocalKeys::open(data, &tenants, NOW).unwrap()
}

#[tokio::test]
async fn oddly_named_tenants_share_no_file() {
    let data = TempDir::new().unwrap();
    let names = ["a", "A", "../a", "a/b", "a%2fb", "ए", ""];
    let tenants: Vec<_> = names
        .iter()
        .map(|name| (tenant(name), vec![Algorithm::Es256]))
        .collect();
    let keys = LocalKeys::open(data.path(), &tenants, NOW).unwrap();
    let mut kids = HashSet::new();
    for (owner, _) in &tenants {
        kids.insert(
            keys.active_key(owner, Algorithm::Es256)
                .await
                .unwrap()
                .unwrap()
                .kid
                .as_str()
                .to_owned(),
        );
    }
    assert_eq!(kids.len(), names.len());
    let files: HashSet<String> = fs::read_dir(data.path().join("keys"))
        .unwrap()
        .map(|file| file.unwrap().file_name().to_str().unwrap().to_lowercase())
        .collect();
    // And the file that says where each is in its life.
    assert_eq!(files.len(), names.len() + 1);
}

#[test]
fn a_damaged_key_stops_the_start_and_is_not_replaced() {
    let data = TempDir::new().unwrap();
    open(data.path(), &[Algorithm::Es256]);
    MasterKeys::open(data.path(), &OsRandom).unwrap();
    for name in ["urban.es256.p8", "master"] {
        fs::write(data.path().join("keys").join(name), "cut").unwrap();
    }
    let refused = LocalKeys::open(data.path(), &[(tenant("urban"), vec![Algorithm::Es256])], NOW)
        .err()
        .unwrap();
    assert!(
        matches!(&refused, KeyError::Damaged(path) if path.ends_with("urban.es256.p8")),
        "{refused}"
    );
    assert!(matches!(
        MasterKeys::open(data.path(), &OsRandom),
        Err(KeyError::Damaged(_))
    ));
    assert_eq!(fs::read(data.path().join("keys/master")).unwrap(), b"cut");
}

#[test]
fn master_keys_are_made_once_and_differ() {
    let data = TempDir::new().unwrap();
    let made = MasterKeys::open(data.path(), &OsRandom).unwrap();
    let read = MasterKeys::open(data.path(), &OsRandom).unwrap();
    assert_eq!(made.sealing, read.sealing);
    assert_eq!(made.identity, read.identity);
    assert_ne!(made.sealing, made.identity);
    let elsewhere = MasterKeys::open(TempDir::new().unwrap().path(), &OsRandom).unwrap();
    assert_ne!(made.identity, elsewhere.identity);
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let data = TempDir::new().unwrap();
    open(data.path(), &[Algorithm::Es256]);
    MasterKeys::open(data.path(), &OsRandom).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let dir = data.path().join("keys");
    assert_eq!(mode(&dir), 0o700);
    let files: Vec<_> = fs::read_dir(&dir)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), 4);
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}
