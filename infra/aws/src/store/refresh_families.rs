use async_trait::async_trait;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use symbolon::{
    model::{LineState, RefreshFamily, RefreshLine},
    ports::{PortResult, RefreshFamilies, Rotated, Rotation},
    types::{ClientId, FamilyId, JwkThumbprint, TenantId, Timestamp},
};

use super::{
    DynamoStore,
    attributes::{Attributes, Read, count, text, time, unreadable},
    call::{TRIES, Written, contended, get, put, update},
    key::{NO_RANGE, partition},
};

// FAMILY#tenant#id: `cl` client, `e` end, `i` idle end, `g` generation, `r` last rotation,
// `k` thumbprint of the key that the current one is bound to, or nothing, `st` state.

const ROTATE: &str = "refresh_families.rotate";

/// The presented generation is the current one of a living family of this client.
const CURRENT: &str = "cl = :client AND st = :live AND e > :now AND i > :now AND g = :presented";

#[async_trait]
impl RefreshFamilies for DynamoStore {
    async fn create(&self, tenant: &TenantId, family: &RefreshFamily) -> PortResult<()> {
        let line = RefreshLine::new(family.clone());
        let call = self
            .put(&self.tables.ephemeral, &key(tenant, &family.id), NO_RANGE)
            .item("cl", text(family.client.as_str()))
            .item("e", time(family.expires_at))
            .item("i", time(family.idle_expires_at))
            .item("g", count(line.generation))
            .item("r", time(line.rotated_at))
            .item("st", text(name(line.state)))
            .item("exp", time(line.forget_at()))
            // A repeat, because the first answer was lost, must not take a family back to generation 0.
            .condition_expression("attribute_not_exists(pk)");
        put("refresh_families.create", call).await.map(drop)
    }

    async fn rotate(&self, tenant: &TenantId, rotation: &Rotation, now: Timestamp) -> PortResult<Rotated> {
        let mut call = self.taken(tenant, rotation, now);
        for _ in 0..TRIES {
            let found = match update(ROTATE, call).await? {
                Written::Done(stored) => return outcome(&stored, rotation),
                Written::Refused(None) => return Ok(Rotated::Dead),
                Written::Refused(Some(found)) => found,
            };
            let mut line = line(rotation.family, &found)?;
            let was = line.state;
            match line.rotate(rotation, now) {
                // Not what the condition said: once more.
                Rotated::Now | Rotated::Kept => call = self.taken(tenant, rotation, now),
                // Told only once it is stored. Whatever else is written meanwhile, a generation only gets older.
                Rotated::Reused if was == LineState::Live => {
                    call = self.end(tenant, &rotation.family, LineState::Reused);
                }
                outcome => return Ok(outcome),
            }
        }
        Err(contended(ROTATE))
    }

    async fn get(
        &self,
        tenant: &TenantId,
        family: &FamilyId,
        now: Timestamp,
    ) -> PortResult<Option<RefreshLine>> {
        let call = self.get(&self.tables.ephemeral, &key(tenant, family), NO_RANGE);
        let found = get("refresh_families.get", call).await?;
        let line = found.map(|item| line(*family, &item)).transpose()?;
        Ok(line.filter(|line| line.is_live(now)))
    }

    async fn revoke(&self, tenant: &TenantId, family: &FamilyId) -> PortResult<()> {
        let call = self.end(tenant, family, LineState::Revoked);
        update("refresh_families.revoke", call).await.map(drop)
    }
}

impl DynamoStore {
    /// The presented generation stays current, or becomes the one before the current one, if it is current.
    fn taken(&self, tenant: &TenantId, rotation: &Rotation, now: Timestamp) -> UpdateItemFluentBuilder {
        let call = self
            .update(&self.tables.ephemeral, &key(tenant, &rotation.family), NO_RANGE)
            .expression_attribute_values(":client", text(rotation.client.as_str()))
            .expression_attribute_values(":live", text(name(LineState::Live)))
            .expression_attribute_values(":presented", count(rotation.generation))
            .expression_attribute_values(":now", time(now))
            .expression_attribute_values(":idle", time(rotation.idle_expires_at));
        // `exp` is the idle end even where the other comes first: late is safe.
        if !rotation.replaces {
            return call
                .update_expression("SET i = :idle, exp = :idle")
                .condition_expression(CURRENT);
        }
        call.update_expression("SET g = :next, r = :now, k = :key, i = :idle, exp = :idle")
            // After the last number there is no next.
            .condition_expression(format!("{CURRENT} AND g < :next"))
            .expression_attribute_values(
                ":key",
                text(rotation.key.map_or_else(String::new, |key| key.to_string())),
            )
            .expression_attribute_values(":next", count(rotation.generation.saturating_add(1)))
    }

    fn end(&self, tenant: &TenantId, family: &FamilyId, state: LineState) -> UpdateItemFluentBuilder {
        self.update(&self.tables.ephemeral, &key(tenant, family), NO_RANGE)
            .update_expression("SET st = :state")
            .condition_expression("st = :live")
            .expression_attribute_values(":live", text(name(LineState::Live)))
            .expression_attribute_values(":state", text(name(state)))
    }
}

fn key(tenant: &TenantId, family: &FamilyId) -> String {
    partition("FAMILY", &[tenant.as_str(), &family.to_string()])
}

/// What an update that went through has done.
fn outcome(stored: &Attributes, rotation: &Rotation) -> PortResult<Rotated> {
    Ok(match state(stored)? {
        LineState::Live if rotation.replaces => Rotated::Now,
        LineState::Live => Rotated::Kept,
        LineState::Reused => Rotated::Reused,
        LineState::Revoked => Rotated::Dead,
    })
}

fn line(id: FamilyId, item: &Attributes) -> PortResult<RefreshLine> {
    Ok(RefreshLine {
        family: RefreshFamily {
            id,
            client: ClientId::new(item.text("cl")?),
            expires_at: item.time("e")?,
            idle_expires_at: item.time("i")?,
        },
        generation: item.number("g")?,
        rotated_at: item.time("r")?,
        key: key_if_any(item)?,
        state: state(item)?,
    })
}

fn key_if_any(item: &Attributes) -> PortResult<Option<JwkThumbprint>> {
    let written = item.text_if_any("k")?.filter(|written| !written.is_empty());
    let parsed = written.map(|written| JwkThumbprint::parse(written).ok_or_else(|| unreadable("k")));
    parsed.transpose()
}

fn name(state: LineState) -> &'static str {
    match state {
        LineState::Live => "live",
        LineState::Revoked => "revoked",
        LineState::Reused => "reused",
    }
}

fn state(item: &Attributes) -> PortResult<LineState> {
    let written = item.text("st")?;
    [LineState::Live, LineState::Revoked, LineState::Reused]
        .into_iter()
        .find(|state| name(*state) == written)
        .ok_or_else(|| unreadable("st"))
}
