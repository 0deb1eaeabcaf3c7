use async_trait::async_trait;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use symbolon::{
    model::{DeviceApproval, DeviceDecision, DeviceRequest},
    ports::{DeviceRequests, Polled, PortResult},
    types::{ClientId, Digest, TenantId, Timestamp},
};

use super::{
    DynamoStore,
    attributes::{Attributes, Read, bytes, count, json, text, time, unreadable},
    call::{TRIES, Written, contended, get, put, update},
    key::{NO_RANGE, partition},
};

// DEVICE#tenant#hmac of the user code: `d` the request as it was made, `dc` digest of its device code, `cl` client,
// `e` its end, `i` interval, `n` when it may ask again, `st` state, `a` approval, `u` nonce of the call that redeemed.

const PENDING: &str = "pending";
const ALLOWED: &str = "allowed";
const DENIED: &str = "denied";
const REDEEMED: &str = "redeemed";

#[async_trait]
impl DeviceRequests for DynamoStore {
    async fn create(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        request: &DeviceRequest,
        now: Timestamp,
    ) -> PortResult<bool> {
        let call = self
            .put(&self.tables.ephemeral, &key(tenant, user_code), NO_RANGE)
            .item("d", json(request)?)
            .item("dc", bytes(*request.device_code.as_bytes()))
            .item("cl", text(request.client.as_str()))
            .item("e", time(request.expires_at))
            .item("i", count(request.interval))
            .item("n", time(request.may_ask_at))
            .item("st", text(PENDING))
            .item("exp", time(request.forget_at()))
            .condition_expression("attribute_not_exists(pk) OR exp <= :now")
            .expression_attribute_values(":now", time(now));
        match put("device_requests.create", call).await? {
            Written::Done(_) => Ok(true),
            Written::Refused(None) => Ok(false),
            // The same device code: the first call was carried out, and its answer lost.
            Written::Refused(Some(found)) => Ok(read(&found)?.device_code == request.device_code),
        }
    }

    async fn pending(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<DeviceRequest>> {
        let call = self.get(&self.tables.ephemeral, &key(tenant, user_code), NO_RANGE);
        let found = get("device_requests.pending", call).await?;
        let request = found.as_ref().map(read).transpose()?;
        Ok(request.filter(|request| request.is_open(now)))
    }

    async fn decide(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        approval: Option<&DeviceApproval>,
        now: Timestamp,
    ) -> PortResult<bool> {
        const STEP: &str = "device_requests.decide";
        for _ in 0..TRIES {
            let call = self
                .update(&self.tables.ephemeral, &key(tenant, user_code), NO_RANGE)
                .condition_expression("st = :pending AND e > :now")
                .expression_attribute_values(":pending", text(PENDING))
                .expression_attribute_values(":now", time(now));
            let call = match approval {
                Some(approval) => call
                    .update_expression("SET st = :said, a = :approval")
                    .expression_attribute_values(":said", text(ALLOWED))
                    .expression_attribute_values(":approval", json(approval)?),
                None => call
                    .update_expression("SET st = :said")
                    .expression_attribute_values(":said", text(DENIED)),
            };
            let found = match update(STEP, call).await? {
                Written::Done(_) => return Ok(true),
                Written::Refused(None) => return Ok(false),
                Written::Refused(Some(found)) => found,
            };
            let mut request = read(&found)?;
            if !request.is_open(now) {
                return Ok(request.decide(approval, now));
            }
            // Not what the condition said: once more.
        }
        Err(contended(STEP))
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
        const STEP: &str = "device_requests.poll";
        // Most questions find that nobody has decided yet.
        let usual = self
            .update(&self.tables.ephemeral, &key(tenant, user_code), NO_RANGE)
            .update_expression("SET n = :now + i")
            .condition_expression("cl = :client AND dc = :code AND st = :pending AND e > :now AND n <= :now")
            .expression_attribute_values(":client", text(client.as_str()))
            .expression_attribute_values(":code", bytes(*device_code.as_bytes()))
            .expression_attribute_values(":pending", text(PENDING))
            .expression_attribute_values(":now", time(now));
        let mut call = usual.clone();
        let mut done = Polled::Pending;
        for _ in 0..TRIES {
            let found = match update(STEP, call).await? {
                Written::Done(_) => return Ok(done),
                Written::Refused(None) => return Ok(Polled::Absent),
                Written::Refused(Some(found)) => found,
            };
            let before = read(&found)?;
            let mut after = before.clone();
            done = after.poll(client, device_code, nonce, now);
            call = match &done {
                // Not what the condition said: once more.
                Polled::Pending => usual.clone(),
                Polled::TooSoon => self.slowed_down(tenant, user_code, &before, &after),
                Polled::Now(_) if before.decision != after.decision => {
                    self.redeemed(tenant, user_code, nonce, now)
                }
                _ => return Ok(done),
            };
        }
        Err(contended(STEP))
    }

    async fn release(&self, tenant: &TenantId, user_code: &Digest, nonce: &[u8; 16]) -> PortResult<()> {
        let call = self
            .update(&self.tables.ephemeral, &key(tenant, user_code), NO_RANGE)
            .update_expression("SET st = :allowed REMOVE u")
            .condition_expression("st = :redeemed AND u = :nonce")
            .expression_attribute_values(":allowed", text(ALLOWED))
            .expression_attribute_values(":redeemed", text(REDEEMED))
            .expression_attribute_values(":nonce", bytes(*nonce));
        update("device_requests.release", call).await.map(drop)
    }
}

impl DynamoStore {
    /// A longer interval, if nobody has asked or decided meanwhile.
    fn slowed_down(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        before: &DeviceRequest,
        after: &DeviceRequest,
    ) -> UpdateItemFluentBuilder {
        self.update(&self.tables.ephemeral, &key(tenant, user_code), NO_RANGE)
            .update_expression("SET i = :longer, n = :later")
            .condition_expression("st = :pending AND i = :interval AND n = :next")
            .expression_attribute_values(":longer", count(after.interval))
            .expression_attribute_values(":later", time(after.may_ask_at))
            .expression_attribute_values(":pending", text(PENDING))
            .expression_attribute_values(":interval", count(before.interval))
            .expression_attribute_values(":next", time(before.may_ask_at))
    }

    /// A device whose right to ask has been looked at takes what was allowed.
    fn redeemed(
        &self,
        tenant: &TenantId,
        user_code: &Digest,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> UpdateItemFluentBuilder {
        self.update(&self.tables.ephemeral, &key(tenant, user_code), NO_RANGE)
            .update_expression("SET st = :redeemed, u = :nonce")
            .condition_expression("st = :allowed AND e > :now")
            .expression_attribute_values(":redeemed", text(REDEEMED))
            .expression_attribute_values(":allowed", text(ALLOWED))
            .expression_attribute_values(":nonce", bytes(*nonce))
            .expression_attribute_values(":now", time(now))
    }
}

fn key(tenant: &TenantId, user_code: &Digest) -> String {
    partition("DEVICE", &[tenant.as_str(), &user_code.to_string()])
}

/// The request as it is now.
fn read(item: &Attributes) -> PortResult<DeviceRequest> {
    let made: DeviceRequest = item.json("d")?;
    let decision = match item.text("st")? {
        PENDING => DeviceDecision::Pending,
        ALLOWED => DeviceDecision::Allowed(item.json("a")?),
        DENIED => DeviceDecision::Denied,
        REDEEMED => {
            let nonce = item.nonce_if_any("u")?.ok_or_else(|| unreadable("u"))?;
            DeviceDecision::Redeemed(item.json("a")?, nonce)
        }
        _ => return Err(unreadable("st")),
    };
    Ok(DeviceRequest {
        decision,
        interval: item.number("i")?,
        may_ask_at: item.time("n")?,
        ..made
    })
}
