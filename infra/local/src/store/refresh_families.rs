use async_trait::async_trait;
use rusqlite::Connection;
use symbolon::{
    model::{RefreshFamily, RefreshLine},
    ports::{PortResult, RefreshFamilies, Rotated, Rotation},
    types::{FamilyId, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{Failure, change, item, json, seconds},
};

#[async_trait]
impl RefreshFamilies for SqliteStore {
    async fn create(&self, tenant: &TenantId, family: &RefreshFamily) -> PortResult<()> {
        let (tenant, family) = (tenant.clone(), family.clone());
        self.run(move |db| {
            let id = family.id;
            let line = RefreshLine::new(family);
            // A repeat, because the first answer was lost, must not take a family back to generation 0.
            let sql = "INSERT INTO refresh_families (tenant, family, item, forget_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT DO NOTHING";
            change(
                db,
                sql,
                (
                    tenant.as_str(),
                    id.as_bytes(),
                    json(&line)?,
                    seconds(line.forget_at()),
                ),
            )?;
            Ok(())
        })
        .await
    }

    async fn rotate(&self, tenant: &TenantId, rotation: &Rotation, now: Timestamp) -> PortResult<Rotated> {
        let (tenant, rotation) = (tenant.clone(), rotation.clone());
        self.run(move |db| {
            let Some(mut line) = find(db, &tenant, &rotation.family)? else {
                return Ok(Rotated::Dead);
            };
            let outcome = line.rotate(&rotation, now);
            if matches!(outcome, Rotated::Now | Rotated::Kept | Rotated::Reused) {
                update(db, &tenant, &line)?;
            }
            Ok(outcome)
        })
        .await
    }

    async fn get(
        &self,
        tenant: &TenantId,
        family: &FamilyId,
        now: Timestamp,
    ) -> PortResult<Option<RefreshLine>> {
        let (tenant, family) = (tenant.clone(), *family);
        let found = self.run(move |db| find(db, &tenant, &family)).await?;
        Ok(found.filter(|line| line.is_live(now)))
    }

    async fn revoke(&self, tenant: &TenantId, family: &FamilyId) -> PortResult<()> {
        let (tenant, family) = (tenant.clone(), *family);
        self.run(move |db| {
            let Some(mut line) = find(db, &tenant, &family)? else {
                return Ok(());
            };
            if line.revoke() {
                update(db, &tenant, &line)?;
            }
            Ok(())
        })
        .await
    }
}

fn find(db: &Connection, tenant: &TenantId, family: &FamilyId) -> Result<Option<RefreshLine>, Failure> {
    let sql = "SELECT item FROM refresh_families WHERE tenant = ?1 AND family = ?2";
    item(db, sql, (tenant.as_str(), family.as_bytes()))
}

fn update(db: &Connection, tenant: &TenantId, line: &RefreshLine) -> Result<(), Failure> {
    let sql = "UPDATE refresh_families SET item = ?3, forget_at = ?4 WHERE tenant = ?1 AND family = ?2";
    change(
        db,
        sql,
        (
            tenant.as_str(),
            line.family.id.as_bytes(),
            json(line)?,
            seconds(line.forget_at()),
        ),
    )?;
    Ok(())
}
