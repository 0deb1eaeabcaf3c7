use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::{Serialize, de::DeserializeOwned};
use symbolon::{ports::Unavailable, types::Timestamp};

/// Why a step could not be done. Never carries a stored value.
pub(super) enum Failure {
    /// The database refused.
    Database(rusqlite::Error),
    /// A stored item is not what this release writes.
    Item(serde_json::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Item(error)
    }
}

impl From<Failure> for Unavailable {
    fn from(failure: Failure) -> Self {
        Self(match failure {
            Failure::Database(error) => format!("store: {error}"),
            // The error's own text may quote the item.
            Failure::Item(error) => format!(
                "store: unreadable item ({:?}, column {})",
                error.classify(),
                error.column()
            ),
        })
    }
}

/// The row that a query with a full key finds.
pub(super) fn row<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, Failure> {
    Ok(db.prepare_cached(sql)?.query_row(params, read).optional()?)
}

/// The item that a query with a full key finds in its first column.
pub(super) fn item<T: DeserializeOwned>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, Failure> {
    let text: Option<String> = row(db, sql, params, |row| row.get(0))?;
    text.map(|text| Ok(serde_json::from_str(&text)?)).transpose()
}

/// Changes rows; answers how many.
pub(super) fn change(db: &Connection, sql: &str, params: impl Params) -> Result<usize, Failure> {
    Ok(db.prepare_cached(sql)?.execute(params)?)
}

/// An item as it is stored.
pub(super) fn json(item: &impl Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string(item)?)
}

/// A point in time as `SQLite` holds it. What lies beyond its range is never reached either.
pub(super) fn seconds(at: Timestamp) -> i64 {
    i64::try_from(at.0).unwrap_or(i64::MAX)
}
