use symbolon::{
    ports::PortResult,
    types::{Digest, TenantId, Timestamp},
};

use super::{
    DynamoStore,
    attributes::{Read, bytes, count, time},
    call::{TRIES, Written, contended, put, update},
    key::{NO_RANGE, partition},
};

// ADDR#tenant#digest of the address: `r` requests in the window that ends at `exp`, `n` nonce of the last.

const STEP: &str = "challenges.count_address";

impl DynamoStore {
    /// Counts one request in the address's window, and begins a new one when that is over.
    pub(super) async fn count_request(
        &self,
        tenant: &TenantId,
        address: &Digest,
        window: u64,
        now: Timestamp,
    ) -> PortResult<u32> {
        let mine = self.nonce();
        let key = partition("ADDR", &[tenant.as_str(), &address.to_string()]);
        for _ in 0..TRIES {
            let call = self
                .update(&self.tables.ephemeral, &key, NO_RANGE)
                .update_expression("SET exp = if_not_exists(exp, :end), n = :mine ADD r :one")
                .condition_expression("attribute_not_exists(pk) OR (exp > :now AND n <> :mine)")
                .expression_attribute_values(":end", time(now + window))
                .expression_attribute_values(":mine", bytes(mine))
                .expression_attribute_values(":one", count(1_u32))
                .expression_attribute_values(":now", time(now));
            match update(STEP, call).await? {
                Written::Done(stored) => return stored.number("r"),
                Written::Refused(Some(found)) if found.is_marked("n", &mine)? => return found.number("r"),
                Written::Refused(_) => {}
            }
            let call = self
                .put(&self.tables.ephemeral, &key, NO_RANGE)
                .item("exp", time(now + window))
                .item("n", bytes(mine))
                .item("r", count(1_u32))
                .condition_expression("attribute_not_exists(pk) OR exp <= :now")
                .expression_attribute_values(":now", time(now));
            match put(STEP, call).await? {
                Written::Done(_) => return Ok(1),
                Written::Refused(Some(found)) if found.is_marked("n", &mine)? => return found.number("r"),
                // Somebody else has begun a window: count in that one.
                Written::Refused(_) => {}
            }
        }
        Err(contended(STEP))
    }
}
