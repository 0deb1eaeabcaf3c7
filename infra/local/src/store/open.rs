use std::{
    fmt,
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::Connection;

use crate::keys::private_dir;

/// Layout of the tables. A change adds one and brings older files up to it in [`migrate`]: a table more needs no more
/// than that, as the schema makes what is not there.
const SCHEMA_VERSION: i64 = 3;

/// Why a data directory could not be opened. Prints as one line for the operator.
#[derive(Debug)]
pub enum OpenError {
    /// Another process has it.
    InUse(PathBuf),
    /// A later release wrote it.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// The directory or its lock file is not ours to use.
    Directory(PathBuf, io::Error),
    /// The file is not a usable database.
    Database(PathBuf, rusqlite::Error),
    /// No thread to work on.
    Thread(io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(dir) => {
                write!(
                    f,
                    "{} is in use by another symbolon process; stop it or choose another --data",
                    dir.display()
                )
            }
            Self::Newer { path, found } => write!(
                f,
                "{} was written by a later release (version {found}, this one reads up to {SCHEMA_VERSION})",
                path.display()
            ),
            Self::Directory(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Database(path, error) => write!(f, "{}: not a usable database: {error}", path.display()),
            Self::Thread(error) => write!(f, "cannot start the store's thread: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// A connection, and the lock that makes it the only one.
pub(super) struct Opened {
    pub(super) db: Connection,
    pub(super) lock: File,
}

/// Takes the directory for this process and opens the database in it.
pub(super) fn open(dir: &Path) -> Result<Opened, OpenError> {
    let lock = lock(dir)?;
    let path = dir.join("symbolon.sqlite3");
    let db = Connection::open(&path).map_err(|e| OpenError::Database(path.clone(), e))?;
    let found = prepare(&db).map_err(|e| OpenError::Database(path.clone(), e))?;
    if found > SCHEMA_VERSION {
        return Err(OpenError::Newer { path, found });
    }
    migrate(&db, found).map_err(|e| OpenError::Database(path, e))?;
    Ok(Opened { db, lock })
}

/// The operating system frees this lock when the process ends, however it ends: no stale lock files.
fn lock(dir: &Path) -> Result<File, OpenError> {
    private_dir(dir).map_err(|e| OpenError::Directory(dir.to_owned(), e))?;
    let path = dir.join("lock");
    let file = File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(&path)
        .map_err(|e| OpenError::Directory(path.clone(), e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
        Err(TryLockError::Error(e)) => Err(OpenError::Directory(path, e)),
    }
}

/// Settings of the connection; answers the version of the file.
fn prepare(db: &Connection) -> rusqlite::Result<i64> {
    db.busy_timeout(Duration::from_secs(5))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // FULL flushes at every commit; NORMAL would lose the last answers when the machine itself goes down.
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", false)?;
    db.set_prepared_statement_cache_capacity(64);
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn migrate(db: &Connection, found: i64) -> rusqlite::Result<()> {
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    let schema = include_str!("schema.sql");
    db.execute_batch(&format!(
        "BEGIN IMMEDIATE; {schema} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
    ))
}
