//! Everything the provider remembers, in one `SQLite` file: the storage ports on one machine.
//!
//! This module knows no rule of OAuth beyond what a port's comment says, and never sees a raw code, cookie or
//! token: the ports hand it digests. The items have the shapes of the `DynamoDB` tables, so that a suite written
//! against one store means the same on the other.

mod assertions;
mod challenges;
mod codes;
mod device_requests;
mod grants;
mod open;
mod outbox;
mod pushed_requests;
mod refresh_families;
mod row;
mod sessions;
mod worker;

use std::{
    path::Path,
    sync::mpsc::{self, Sender},
    thread::{self, JoinHandle},
};

use rusqlite::Connection;
use symbolon::{
    ports::{PortResult, Unavailable},
    types::Timestamp,
};
use tokio::sync::oneshot;

pub use self::{open::OpenError, outbox::Taken};
use self::{
    row::{Failure, seconds},
    worker::{Answer, Job},
};

/// Tables whose items end, and so may be swept.
const MORTAL: [&str; 8] = [
    "numbers",
    "addresses",
    "sessions",
    "codes",
    "refresh_families",
    "assertions",
    "pushed_requests",
    "device_requests",
];

/// Most items of one table that one sweep deletes, so that no request waits long behind it.
const SWEEP: u32 = 500;

/// The store of one data directory. What it has answered survives `kill -9`.
///
/// Calls are jobs for one thread that owns the connection. It runs whatever has queued up as one transaction and
/// answers only after that is on disk: the disk is flushed once for many waiting requests instead of once for each.
/// A pool of connections would gain nothing, as `SQLite` has one writer, and would make every race real.
pub struct SqliteStore {
    /// `None` only while dropping: closing the channel is what ends the thread.
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl SqliteStore {
    /// Opens the store in `dir`, which is created if need be and belongs to this process until the store is dropped.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let opened = open::open(dir)?;
        let (jobs, queue) = mpsc::channel();
        let work = move || {
            let open::Opened { db, lock } = opened;
            worker::run(db, &queue);
            // The directory is free only once the connection is closed.
            drop(lock);
        };
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(work)
            .map_err(OpenError::Thread)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Deletes items that can no longer matter at `now`, a bounded number of each kind; answers how many.
    /// No answer of any port depends on it: expired is absent whether swept or not.
    pub async fn sweep(&self, now: Timestamp) -> PortResult<usize> {
        self.run(move |db| {
            let mut swept = 0;
            for table in MORTAL {
                let sql = format!(
                    "DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE forget_at <= ?1 LIMIT ?2)"
                );
                swept += db.prepare_cached(&sql)?.execute((seconds(now), SWEEP))?;
            }
            Ok(swept)
        })
        .await
    }

    /// Runs one step atomically and answers once it is durable. A step that fails leaves nothing behind.
    async fn run<T, W>(&self, step: W) -> PortResult<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let job = move |db: &Connection| -> Answer {
            let outcome = worker::in_savepoint(db, step);
            // Nobody listens if the request was cancelled meanwhile; the step stands all the same.
            Box::new(move |committed| drop(sender.send(committed.and(outcome))))
        };
        let stopped = || Unavailable("store: stopped".to_owned());
        self.jobs
            .as_ref()
            .ok_or_else(stopped)?
            .send(Box::new(job))
            .map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl Drop for SqliteStore {
    /// Waits for the thread, so that the directory is free when this returns.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the thread.
            drop(thread.join());
        }
    }
}
