use async_trait::async_trait;
use rusqlite::{Connection, Row};
use symbolon::{
    model::{Grant, TaintMark},
    ports::{Grants, PortResult, Put, Taint},
    types::{ClientId, MemberId, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{Failure, change, json, row},
};

#[async_trait]
impl Grants for SqliteStore {
    async fn get(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        client: &ClientId,
    ) -> PortResult<Option<Grant>> {
        let (tenant, member, client) = (tenant.clone(), member.clone(), client.clone());
        self.run(move |db| find(db, &tenant, &member, &client)).await
    }

    async fn of_member(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Vec<Grant>> {
        let (tenant, member) = (tenant.clone(), member.clone());
        self.run(move |db| {
            let sql = "SELECT item, tainted FROM grants WHERE tenant = ?1 AND member = ?2 ORDER BY client";
            let mut statement = db.prepare_cached(sql)?;
            let rows = statement.query_map((tenant.as_str(), member.as_str()), columns)?;
            rows.map(|columns| grant(&columns?)).collect()
        })
        .await
    }

    async fn put(&self, tenant: &TenantId, grant: &Grant, expected: Option<u64>) -> PortResult<Put> {
        let (tenant, grant) = (tenant.clone(), grant.clone());
        self.run(move |db| {
            let stored = find(db, &tenant, &grant.member, &grant.client)?;
            if stored.as_ref().is_some_and(|stored| grant.repeats(stored)) {
                return Ok(Put::Done);
            }
            if stored.map(|stored| stored.version) != expected {
                return Ok(Put::Conflict);
            }
            // The marks of a stored grant are left alone: one may have been set since the caller read them.
            let sql = "INSERT INTO grants (tenant, member, client, item, tainted) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO UPDATE SET item = excluded.item";
            let key = (tenant.as_str(), grant.member.as_str(), grant.client.as_str());
            change(
                db,
                sql,
                (key.0, key.1, key.2, json(&grant)?, json(&grant.tainted)?),
            )?;
            Ok(Put::Done)
        })
        .await
    }

    async fn taint(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        client: &ClientId,
        taint: Taint,
        until: Timestamp,
        now: Timestamp,
    ) -> PortResult<()> {
        let (tenant, member, client) = (tenant.clone(), member.clone(), client.clone());
        self.run(move |db| {
            let Some(grant) = find(db, &tenant, &member, &client)? else {
                return Ok(());
            };
            let marks = TaintMark { taint, until }.added_to(grant.tainted, now);
            let sql = "UPDATE grants SET tainted = ?4 WHERE tenant = ?1 AND member = ?2 AND client = ?3";
            change(
                db,
                sql,
                (tenant.as_str(), member.as_str(), client.as_str(), json(&marks)?),
            )?;
            Ok(())
        })
        .await
    }
}

fn find(
    db: &Connection,
    tenant: &TenantId,
    member: &MemberId,
    client: &ClientId,
) -> Result<Option<Grant>, Failure> {
    let sql = "SELECT item, tainted FROM grants WHERE tenant = ?1 AND member = ?2 AND client = ?3";
    let found = row(
        db,
        sql,
        (tenant.as_str(), member.as_str(), client.as_str()),
        columns,
    )?;
    found.map(|columns| grant(&columns)).transpose()
}

type Columns = (String, String);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?))
}

fn grant((item, tainted): &Columns) -> Result<Grant, Failure> {
    Ok(Grant {
        tainted: serde_json::from_str(tainted)?,
        ..serde_json::from_str(item)?
    })
}
