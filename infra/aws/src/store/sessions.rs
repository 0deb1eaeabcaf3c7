use async_trait::async_trait;
use symbolon::{
    model::Session,
    ports::{PortResult, Sessions},
    types::{Digest, MemberId, SessionId, TenantId, Timestamp},
};

use super::{
    DynamoStore,
    attributes::{Attributes, Read, json, text, time},
    call::{all, delete, get, put, update},
    key::partition,
};

// SESSION#tenant#member, range digest of the secret: `d` the session, `id` its public name, `e` its end; `l` last
// visit and `i` idle end stand instead of those in `d`.

#[async_trait]
impl Sessions for DynamoStore {
    async fn create(&self, tenant: &TenantId, session: &Session) -> PortResult<()> {
        let call = self
            .put(
                &self.tables.ephemeral,
                &key(tenant, &session.member),
                &session.secret.to_string(),
            )
            .item("d", json(session)?)
            .item("id", text(session.id.to_string()))
            .item("l", time(session.last_seen))
            .item("i", time(session.idle_expires_at))
            .item("e", time(session.expires_at))
            .item("exp", time(session.idle_expires_at.min(session.expires_at)))
            .condition_expression("attribute_not_exists(pk)");
        put("sessions.create", call).await.map(drop)
    }

    async fn get(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        secret: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<Session>> {
        let call = self.get(&self.tables.ephemeral, &key(tenant, member), &secret.to_string());
        let found = get("sessions.get", call).await?;
        let session = found.as_ref().map(session).transpose()?;
        Ok(session.filter(|session| !session.is_past(now)))
    }

    async fn touch(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        secret: &Digest,
        last_seen: Timestamp,
        idle_expires_at: Timestamp,
    ) -> PortResult<()> {
        let call = self
            .update(&self.tables.ephemeral, &key(tenant, member), &secret.to_string())
            // `exp` is the idle end even where the other comes first: late is safe.
            .update_expression("SET l = :seen, i = :idle, exp = :idle")
            // A visit is a moment of our clock, so it also says whether the session had ended by then. Of two
            // visits that overtake each other the later one stands.
            .condition_expression("i > :seen AND e > :seen AND l <= :seen")
            .expression_attribute_values(":seen", time(last_seen))
            .expression_attribute_values(":idle", time(idle_expires_at));
        update("sessions.touch", call).await.map(drop)
    }

    async fn of_member(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        now: Timestamp,
    ) -> PortResult<Vec<Session>> {
        let call = self.query(&self.tables.ephemeral, &key(tenant, member));
        let found = all("sessions.of_member", call).await?;
        let sessions = found.iter().map(session).collect::<PortResult<Vec<_>>>()?;
        Ok(sessions
            .into_iter()
            .filter(|session| !session.is_past(now))
            .collect())
    }

    async fn end(&self, tenant: &TenantId, member: &MemberId, session: &SessionId) -> PortResult<()> {
        const STEP: &str = "sessions.end";
        let (key, id) = (key(tenant, member), session.to_string());
        let call = self
            .query(&self.tables.ephemeral, &key)
            .projection_expression("sk, id");
        for item in all(STEP, call).await? {
            if item.text("id")? != id {
                continue;
            }
            let call = self
                .delete(&self.tables.ephemeral, &key, item.text("sk")?)
                .condition_expression("id = :id")
                .expression_attribute_values(":id", text(&id));
            delete(STEP, call).await?;
        }
        Ok(())
    }
}

fn key(tenant: &TenantId, member: &MemberId) -> String {
    partition("SESSION", &[tenant.as_str(), member.as_str()])
}

fn session(item: &Attributes) -> PortResult<Session> {
    Ok(Session {
        last_seen: item.time("l")?,
        idle_expires_at: item.time("i")?,
        ..item.json("d")?
    })
}
