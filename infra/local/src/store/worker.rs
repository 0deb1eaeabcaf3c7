use std::{iter, sync::mpsc::Receiver};

use rusqlite::Connection;
use symbolon::ports::{PortResult, Unavailable};

use super::row::Failure;

/// Tells the caller the outcome, given whether the transaction around it was committed.
pub(super) type Answer = Box<dyn FnOnce(PortResult<()>) + Send>;

/// One step of one port, run inside the transaction of its batch.
pub(super) type Job = Box<dyn FnOnce(&Connection) -> Answer + Send>;

/// Most steps in one transaction: enough to share a flush, few enough that nobody waits long for the others.
const BATCH: usize = 64;

/// Works until the store is dropped.
pub(super) fn run(db: Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let batch: Vec<Job> = iter::once(first).chain(queue.try_iter()).take(BATCH).collect();
        if let Err(error) = execute(&db, "BEGIN IMMEDIATE") {
            tracing::error!(%error, "the store takes no transaction");
            // Dropping a job tells its caller that there will be no answer.
            continue;
        }
        let answers: Vec<Answer> = batch.into_iter().map(|job| job(&db)).collect();
        let committed = commit(&db);
        for answer in answers {
            answer(committed.clone());
        }
    }
    if let Err((_, error)) = db.close() {
        tracing::error!(%error, "the store did not close");
    }
}

fn commit(db: &Connection) -> PortResult<()> {
    execute(db, "COMMIT").map_err(|error| {
        // SQLite has rolled back by itself after some failures; then there is nothing left to do.
        drop(execute(db, "ROLLBACK"));
        Unavailable(format!("store: not committed: {error}"))
    })
}

/// Runs one step so that its failure undoes that step and none of the others in the batch.
pub(super) fn in_savepoint<T>(
    db: &Connection,
    step: impl FnOnce(&Connection) -> Result<T, Failure>,
) -> PortResult<T> {
    let outcome = execute(db, "SAVEPOINT step")
        .map_err(Failure::from)
        .and_then(|()| step(db));
    if outcome.is_err() {
        execute(db, "ROLLBACK TO step").map_err(Failure::from)?;
    }
    execute(db, "RELEASE step").map_err(Failure::from)?;
    Ok(outcome?)
}

fn execute(db: &Connection, sql: &str) -> rusqlite::Result<()> {
    db.prepare_cached(sql)?.execute(()).map(drop)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_step_that_fails_undoes_itself_and_nobody_else() {
        let db = Connection::open_in_memory().unwrap();
        execute(&db, "CREATE TABLE t (n INTEGER PRIMARY KEY)").unwrap();
        let (jobs, queue) = mpsc::channel::<Job>();
        let (answers, answered) = mpsc::channel();
        for (n, breaks) in [(1, false), (2, true), (3, false)] {
            let answers = answers.clone();
            let job = move |db: &Connection| -> Answer {
                let outcome = in_savepoint(db, |db| {
                    db.execute("INSERT INTO t VALUES (?1)", [n])?;
                    if breaks {
                        execute(db, "INSERT INTO nowhere VALUES (1)")?;
                    }
                    Ok(db.query_row("SELECT count(*) FROM t", (), |row| row.get::<_, i64>(0))?)
                });
                Box::new(move |committed| answers.send(committed.and(outcome).ok()).unwrap())
            };
            jobs.send(Box::new(job)).unwrap();
        }
        drop((jobs, answers));
        run(db, &queue);
        assert_eq!(answered.iter().collect::<Vec<_>>(), [Some(1), None, Some(2)]);
    }
}
