use async_trait::async_trait;
use symbolon::{
    model::LogoutNotice,
    ports::{LogoutNotices, PortResult},
    types::Timestamp,
};

use super::{
    SqliteStore,
    row::{change, json, seconds},
};

/// A notice taken out to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The notice.
    pub notice: LogoutNotice,
    /// Which try this is, from 1.
    pub attempt: u32,
}

/// For how many seconds a notice that was taken is nobody else's. Longer than any try; a process that dies over one
/// leaves it to the next.
const LEASE: u64 = 30;

#[async_trait]
impl LogoutNotices for SqliteStore {
    async fn put(&self, notices: &[LogoutNotice]) -> PortResult<()> {
        let notices = notices.to_vec();
        self.run(move |db| {
            // The end of a session that is asked for twice is one end.
            let sql = "INSERT INTO logout_notices (tenant, client, session, item, attempts, due, leased)
                VALUES (?1, ?2, ?3, ?4, 0, ?5, 0) ON CONFLICT DO NOTHING";
            for notice in &notices {
                let (tenant, client) = (notice.tenant.as_str(), notice.client.as_str());
                let params = (
                    tenant,
                    client,
                    notice.session.as_bytes(),
                    json(notice)?,
                    seconds(notice.at),
                );
                change(db, sql, params)?;
            }
            Ok(())
        })
        .await
    }
}

impl SqliteStore {
    /// Takes out notices that are due, at most `limit` and of each partner the oldest one; none of a partner that is
    /// being told. Until its lease ends a notice is not taken again.
    pub async fn take_notices(&self, now: Timestamp, limit: usize) -> PortResult<Vec<Taken>> {
        self.run(move |db| {
            let sql = "UPDATE logout_notices SET attempts = attempts + 1, due = ?1, leased = ?1
                WHERE rowid IN (SELECT row FROM
                    (SELECT rowid AS row, due, row_number() OVER (PARTITION BY tenant, client ORDER BY due) AS place
                        FROM logout_notices WHERE due <= ?2 AND (tenant, client) NOT IN
                            (SELECT tenant, client FROM logout_notices WHERE leased > ?2))
                    WHERE place = 1 ORDER BY due LIMIT ?3)
                RETURNING item, attempts";
            let mut statement = db.prepare_cached(sql)?;
            let params = (seconds(now + LEASE), seconds(now), i64::try_from(limit).unwrap_or(i64::MAX));
            let rows = statement.query_map(params, |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
            let mut taken = Vec::new();
            for row in rows {
                let (item, attempt) = row?;
                let notice = serde_json::from_str(&item)?;
                taken.push(Taken { notice, attempt });
            }
            Ok(taken)
        })
        .await
    }

    /// Puts a notice back until `due`.
    pub async fn postpone_notice(&self, notice: &LogoutNotice, due: Timestamp) -> PortResult<()> {
        let notice = notice.clone();
        self.run(move |db| {
            let sql = "UPDATE logout_notices SET due = ?4, leased = 0 WHERE tenant = ?1 AND client = ?2 AND session = ?3";
            let (tenant, client) = (notice.tenant.as_str(), notice.client.as_str());
            let params = (tenant, client, notice.session.as_bytes(), seconds(due));
            change(db, sql, params).map(drop)
        })
        .await
    }

    /// Forgets a notice that is done with.
    pub async fn forget_notice(&self, notice: &LogoutNotice) -> PortResult<()> {
        let notice = notice.clone();
        self.run(move |db| {
            let sql = "DELETE FROM logout_notices WHERE tenant = ?1 AND client = ?2 AND session = ?3";
            let (tenant, client) = (notice.tenant.as_str(), notice.client.as_str());
            change(db, sql, (tenant, client, notice.session.as_bytes())).map(drop)
        })
        .await
    }
}
