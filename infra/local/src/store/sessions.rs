use async_trait::async_trait;
use rusqlite::Connection;
use symbolon::{
    model::Session,
    ports::{PortResult, Sessions},
    types::{Digest, MemberId, SessionId, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{Failure, change, item, json, seconds},
};

#[async_trait]
impl Sessions for SqliteStore {
    async fn create(&self, tenant: &TenantId, session: &Session) -> PortResult<()> {
        let (tenant, session) = (tenant.clone(), session.clone());
        self.run(move |db| {
            let sql = "INSERT INTO sessions (tenant, member, secret, id, item, forget_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
            let (member, secret, id) = (
                session.member.as_str(),
                session.secret.as_bytes(),
                session.id.as_bytes(),
            );
            change(
                db,
                sql,
                (
                    tenant.as_str(),
                    member,
                    secret,
                    id,
                    json(&session)?,
                    forget_at(&session),
                ),
            )?;
            Ok(())
        })
        .await
    }

    async fn get(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        secret: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<Session>> {
        let (tenant, member, secret) = (tenant.clone(), member.clone(), *secret);
        self.run(move |db| Ok(find(db, &tenant, &member, &secret)?.filter(|session| !session.is_past(now))))
            .await
    }

    async fn touch(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        secret: &Digest,
        last_seen: Timestamp,
        idle_expires_at: Timestamp,
    ) -> PortResult<()> {
        let (tenant, member, secret) = (tenant.clone(), member.clone(), *secret);
        self.run(move |db| {
            let Some(mut session) = find(db, &tenant, &member, &secret)? else {
                return Ok(());
            };
            // A visit is a moment of our clock, so it also says whether the session had ended by then. Of two
            // visits that overtake each other the later one stands.
            if session.is_past(last_seen) || last_seen < session.last_seen {
                return Ok(());
            }
            session.last_seen = last_seen;
            session.idle_expires_at = idle_expires_at;
            let sql = "UPDATE sessions SET item = ?4, forget_at = ?5
                WHERE tenant = ?1 AND member = ?2 AND secret = ?3";
            let params = (
                tenant.as_str(),
                member.as_str(),
                secret.as_bytes(),
                json(&session)?,
                forget_at(&session),
            );
            change(db, sql, params)?;
            Ok(())
        })
        .await
    }

    async fn of_member(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        now: Timestamp,
    ) -> PortResult<Vec<Session>> {
        let (tenant, member) = (tenant.clone(), member.clone());
        self.run(move |db| {
            let sql = "SELECT item FROM sessions WHERE tenant = ?1 AND member = ?2 ORDER BY secret";
            let mut statement = db.prepare_cached(sql)?;
            let mut live = Vec::new();
            for item in
                statement.query_map((tenant.as_str(), member.as_str()), |row| row.get::<_, String>(0))?
            {
                let session: Session = serde_json::from_str(&item?)?;
                live.extend((!session.is_past(now)).then_some(session));
            }
            Ok(live)
        })
        .await
    }

    async fn end(&self, tenant: &TenantId, member: &MemberId, session: &SessionId) -> PortResult<()> {
        let (tenant, member, session) = (tenant.clone(), member.clone(), *session);
        self.run(move |db| {
            let sql = "DELETE FROM sessions WHERE tenant = ?1 AND member = ?2 AND id = ?3";
            change(db, sql, (tenant.as_str(), member.as_str(), session.as_bytes()))?;
            Ok(())
        })
        .await
    }
}

fn find(
    db: &Connection,
    tenant: &TenantId,
    member: &MemberId,
    secret: &Digest,
) -> Result<Option<Session>, Failure> {
    let sql = "SELECT item FROM sessions WHERE tenant = ?1 AND member = ?2 AND secret = ?3";
    item(db, sql, (tenant.as_str(), member.as_str(), secret.as_bytes()))
}

fn forget_at(session: &Session) -> i64 {
    seconds(session.idle_expires_at.min(session.expires_at))
}
