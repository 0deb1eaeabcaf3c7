use async_trait::async_trait;
use rusqlite::Connection;
use symbolon::{
    model::{DeviceApproval, DeviceRequest},
    ports::{DeviceRequests, Polled, PortResult},
    types::{ClientId, Digest, TenantId, Timestamp},
};

use super::{
    SqliteStore,
    row::{Failure, change, item, json, seconds},
};

#[async_trait]
impl DeviceRequests for SqliteStore {
    async fn create(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        request: &DeviceRequest,
        now: Timestamp,
    ) -> PortResult<bool> {
        let (tenant, user_code, request) = (tenant.clone(), *user_code, request.clone());
        self.run(move |db| {
            let sql =
                "INSERT INTO device_requests (tenant, user_code, item, forget_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT DO UPDATE SET item = excluded.item, forget_at = excluded.forget_at
                WHERE forget_at <= ?5";
            let (forget_at, now) = (seconds(request.forget_at()), seconds(now));
            let params = (
                tenant.as_str(),
                user_code.as_bytes(),
                json(&request)?,
                forget_at,
                now,
            );
            if change(db, sql, params)? == 1 {
                return Ok(true);
            }
            let found = find(db, &tenant, &user_code)?;
            Ok(found.is_some_and(|found| found.device_code == request.device_code))
        })
        .await
    }

    async fn pending(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<DeviceRequest>> {
        let (tenant, user_code) = (tenant.clone(), *user_code);
        self.run(move |db| Ok(find(db, &tenant, &user_code)?.filter(|request| request.is_open(now))))
            .await
    }

    async fn decide(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        approval: Option<&DeviceApproval>,
        now: Timestamp,
    ) -> PortResult<bool> {
        let (tenant, user_code, approval) = (tenant.clone(), *user_code, approval.cloned());
        self.run(move |db| {
            let Some(mut request) = find(db, &tenant, &user_code)? else {
                return Ok(false);
            };
            let stands = request.decide(approval.as_ref(), now);
            keep(db, &tenant, &user_code, &request)?;
            Ok(stands)
        })
        .await
    }

    async fn poll(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        client: &ClientId,
        device_code: &Digest,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Polled> {
        let (tenant, user_code, nonce) = (tenant.clone(), *user_code, *nonce);
        let (client, device_code) = (client.clone(), *device_code);
        self.run(move |db| {
            let Some(mut request) = find(db, &tenant, &user_code)? else {
                return Ok(Polled::Absent);
            };
            let polled = request.poll(&client, &device_code, &nonce, now);
            keep(db, &tenant, &user_code, &request)?;
            Ok(polled)
        })
        .await
    }

    async fn release(&self, tenant: &TenantId, user_code: &Digest, nonce: &[u8; 16]) -> PortResult<()> {
        let (tenant, user_code, nonce) = (tenant.clone(), *user_code, *nonce);
        self.run(move |db| {
            if let Some(mut request) = find(db, &tenant, &user_code)?
                && request.release(&nonce)
            {
                keep(db, &tenant, &user_code, &request)?;
            }
            Ok(())
        })
        .await
    }
}

fn find(db: &Connection, tenant: &TenantId, user_code: &Digest) -> Result<Option<DeviceRequest>, Failure> {
    let sql = "SELECT item FROM device_requests WHERE tenant = ?1 AND user_code = ?2";
    item(db, sql, (tenant.as_str(), user_code.as_bytes()))
}

fn keep(
    db: &Connection,
    tenant: &TenantId,
    user_code: &Digest,
    request: &DeviceRequest,
) -> Result<(), Failure> {
    let sql = "UPDATE device_requests SET item = ?3 WHERE tenant = ?1 AND user_code = ?2";
    change(db, sql, (tenant.as_str(), user_code.as_bytes(), json(request)?))?;
    Ok(())
}
