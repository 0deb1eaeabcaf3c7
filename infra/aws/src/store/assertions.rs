use async_trait::async_trait;
use symbolon::{
    ports::{Assertions, FirstUse, PortResult},
    types::{Digest, TenantId, Timestamp},
};

use super::{
    DynamoStore,
    attributes::{Read, bytes, time},
    call::{Written, get, put},
    key::{NO_RANGE, partition},
};

// JTI#tenant#digest: `n` nonce of the call that used it.

#[async_trait]
impl Assertions for DynamoStore {
    async fn use_once(
        &self,
        tenant: &TenantId,
        key: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> PortResult<FirstUse> {
        let mine = self.nonce();
        let key = partition("JTI", &[tenant.as_str(), &key.to_string()]);
        let call = self
            .put(&self.tables.ephemeral, &key, NO_RANGE)
            .item("n", bytes(mine))
            .item("exp", time(expires_at))
            .condition_expression("attribute_not_exists(pk) OR exp <= :now")
            .expression_attribute_values(":now", time(now));
        Ok(match put("assertions.use_once", call).await? {
            Written::Done(_) => FirstUse::Yes,
            Written::Refused(Some(found)) if found.is_marked("n", &mine)? => FirstUse::Yes,
            Written::Refused(_) => FirstUse::No,
        })
    }

    async fn was_used(&self, tenant: &TenantId, key: &Digest, now: Timestamp) -> PortResult<bool> {
        let key = partition("JTI", &[tenant.as_str(), &key.to_string()]);
        let call = self.get(&self.tables.ephemeral, &key, NO_RANGE);
        let found = get("assertions.was_used", call).await?;
        let until = found.map(|item| item.time("exp")).transpose()?;
        Ok(until.is_some_and(|until| !until.is_past(now)))
    }
}
