use async_trait::async_trait;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use symbolon::{
    model::RefreshFamily,
    ports::{PortResult, RefreshFamilies, Rotated, Rotation},
    types::{FamilyId, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{Failure, change, item, json, seconds},
};

/// A family as it is stored: what it is, and how far it has come.
#[derive(Serialize, Deserialize)]
struct Stored {
    family: RefreshFamily,
    /// The one generation whose token is unused.
    generation: u32,
    /// When the generation before it was used; of no meaning at generation 0.
    rotated_at: Timestamp,
    state: State,
}

/// Whether it still yields tokens.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Live,
    /// Ended on request.
    Revoked,
    /// Ended because a token was used twice. Whoever asks is told so, as the first to be told may have failed to
    /// act on it.
    Reused,
}

impl Stored {
    /// What a presented token finds, and what becomes of the family.
    fn rotate(&mut self, rotation: &Rotation, now: Timestamp) -> Rotated {
        let family = &mut self.family;
        let expired = family.expires_at.is_past(now) || family.idle_expires_at.is_past(now);
        if family.client != rotation.client || expired || self.state == State::Revoked {
            return Rotated::Dead;
        }
        if self.state == State::Reused {
            return Rotated::Reused;
        }
        // A generation that was never given out says nothing about who holds the others.
        let Some(age) = self.generation.checked_sub(rotation.generation) else {
            return Rotated::Dead;
        };
        match age {
            0 => {
                let Some(next) = self.generation.checked_add(1) else {
                    return Rotated::Dead;
                };
                self.generation = next;
                self.rotated_at = now;
                family.idle_expires_at = rotation.idle_expires_at;
                Rotated::Now
            }
            1 if now.seconds_since(self.rotated_at) <= rotation.retry_window => Rotated::Again,
            _ => {
                self.state = State::Reused;
                Rotated::Reused
            }
        }
    }

    fn forget_at(&self) -> i64 {
        seconds(self.family.idle_expires_at.min(self.family.expires_at))
    }
}

#[async_trait]
impl RefreshFamilies for SqliteStore {
    async fn create(&self, tenant: &TenantId, family: &RefreshFamily) -> PortResult<()> {
        let (tenant, family) = (tenant.clone(), family.clone());
        self.run(move |db| {
            let id = family.id;
            let stored = Stored {
                family,
                generation: 0,
                rotated_at: Timestamp(0),
                state: State::Live,
            };
            // A repeat, because the first answer was lost, must not take a family back to generation 0.
            let sql = "INSERT INTO refresh_families (tenant, family, item, forget_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT DO NOTHING";
            change(
                db,
                sql,
                (tenant.as_str(), id.as_bytes(), json(&stored)?, stored.forget_at()),
            )?;
            Ok(())
        })
        .await
    }

    async fn rotate(&self, tenant: &TenantId, rotation: &Rotation, now: Timestamp) -> PortResult<Rotated> {
        let (tenant, rotation) = (tenant.clone(), rotation.clone());
        self.run(move |db| {
            let Some(mut stored) = find(db, &tenant, &rotation.family)? else {
                return Ok(Rotated::Dead);
            };
            let outcome = stored.rotate(&rotation, now);
            if matches!(outcome, Rotated::Now | Rotated::Reused) {
                update(db, &tenant, &stored)?;
            }
            Ok(outcome)
        })
        .await
    }

    async fn revoke(&self, tenant: &TenantId, family: &FamilyId) -> PortResult<()> {
        let (tenant, family) = (tenant.clone(), *family);
        self.run(move |db| {
            let Some(mut stored) = find(db, &tenant, &family)? else {
                return Ok(());
            };
            if stored.state != State::Live {
                return Ok(());
            }
            stored.state = State::Revoked;
            update(db, &tenant, &stored)
        })
        .await
    }
}

fn find(db: &Connection, tenant: &TenantId, family: &FamilyId) -> Result<Option<Stored>, Failure> {
    let sql = "SELECT item FROM refresh_families WHERE tenant = ?1 AND family = ?2";
    item(db, sql, (tenant.as_str(), family.as_bytes()))
}

fn update(db: &Connection, tenant: &TenantId, stored: &Stored) -> Result<(), Failure> {
    let sql = "UPDATE refresh_families SET item = ?3, forget_at = ?4 WHERE tenant = ?1 AND family = ?2";
    change(
        db,
        sql,
        (
            tenant.as_str(),
            stored.family.id.as_bytes(),
            json(stored)?,
            stored.forget_at(),
        ),
    )?;
    Ok(())
}
