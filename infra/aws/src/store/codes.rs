use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use symbolon::{
    model::AuthorizationCode,
    ports::{Bindings, Codes, PortResult, Redeemed, Unavailable},
    types::{ClientId, CodeChallenge, Digest, JwkThumbprint, TenantId, Timestamp},
};

use super::{
    DynamoStore,
    attributes::{Attributes, Read, bytes, json, time},
    call::{TRIES, Written, contended, put, update},
    key::{NO_RANGE, partition},
};

// CODE#tenant#digest: `d` the code, `b` digest of its bindings, `j` thumbprint of the key it is bound to, `e` its end, `u` nonce of the request that used it.

#[async_trait]
impl Codes for DynamoStore {
    async fn put(&self, tenant: &TenantId, digest: &Digest, code: &AuthorizationCode) -> PortResult<()> {
        let bound = binding(&code.client, code.redirect_uri.as_str(), code.challenge)?;
        let call = self
            .put(&self.tables.ephemeral, &key(tenant, digest), NO_RANGE)
            .item("d", json(code)?)
            .item("b", bytes(*bound.as_bytes()))
            .item("e", time(code.expires_at))
            .item("exp", time(code.forget_at()))
            // A repeat, because the first answer was lost, must not bring a redeemed code back to life.
            .condition_expression("attribute_not_exists(pk)");
        let call = match code.dpop_jkt {
            Some(jkt) => call.item("j", thumbprint(Some(jkt))),
            None => call,
        };
        put("codes.put", call).await.map(drop)
    }

    async fn redeem(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        bindings: &Bindings,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Redeemed> {
        const STEP: &str = "codes.redeem";
        let bound = binding(&bindings.client, &bindings.redirect_uri, bindings.challenge)?;
        for _ in 0..TRIES {
            let call = self
                .update(&self.tables.ephemeral, &key(tenant, digest), NO_RANGE)
                .update_expression("SET u = :nonce")
                .condition_expression(
                    "b = :bound AND (attribute_not_exists(j) OR j = :jkt) \
                     AND (u = :nonce OR (attribute_not_exists(u) AND e > :now))",
                )
                .expression_attribute_values(":bound", bytes(*bound.as_bytes()))
                .expression_attribute_values(":jkt", thumbprint(bindings.dpop_jkt))
                .expression_attribute_values(":nonce", bytes(*nonce))
                .expression_attribute_values(":now", time(now));
            let found = match update(STEP, call).await? {
                Written::Done(stored) => return Ok(Redeemed::Now(code(&stored)?)),
                Written::Refused(None) => return Ok(Redeemed::Absent),
                Written::Refused(Some(found)) => found,
            };
            match code(&found)?.redeem(found.nonce_if_any("u")?, bindings, nonce, now) {
                // Not what the condition said: once more.
                Redeemed::Now(_) => {}
                outcome => return Ok(outcome),
            }
        }
        Err(contended(STEP))
    }

    async fn release(&self, tenant: &TenantId, digest: &Digest, nonce: &[u8; 16]) -> PortResult<()> {
        let call = self
            .update(&self.tables.ephemeral, &key(tenant, digest), NO_RANGE)
            .update_expression("REMOVE u")
            .condition_expression("u = :nonce")
            .expression_attribute_values(":nonce", bytes(*nonce));
        update("codes.release", call).await.map(drop)
    }
}

fn key(tenant: &TenantId, digest: &Digest) -> String {
    partition("CODE", &[tenant.as_str(), &digest.to_string()])
}

fn code(item: &Attributes) -> PortResult<AuthorizationCode> {
    item.json("d")
}

/// A key as a condition compares it; no key is the thumbprint of none.
fn thumbprint(jkt: Option<JwkThumbprint>) -> AttributeValue {
    bytes(jkt.map_or_else(String::new, |jkt| jkt.to_string()).into_bytes())
}

/// All bindings as one value that a condition can compare.
fn binding(
    client: &ClientId,
    redirect_uri: &str,
    challenge: Option<CodeChallenge>,
) -> Result<Digest, Unavailable> {
    // A list in JSON: no two triples are the same text.
    let text = serde_json::to_vec(&(client, redirect_uri, challenge))
        .map_err(|_| Unavailable("store: unwritable bindings".to_owned()))?;
    Ok(Digest::of(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_that_differ_have_different_digests() {
        let challenge = CodeChallenge::try_from("A".repeat(43)).unwrap();
        let bindings = [
            ("app", "https://app.tld/cb", Some(challenge)),
            ("app", "https://app.tld/cb", None),
            ("app", "https://app.tld/cb\",null", None),
            ("app\",\"https://app.tld", "/cb", None),
            ("app", "", None),
            ("", "app", None),
        ];
        let mut digests: Vec<Digest> = bindings
            .iter()
            .map(|(client, uri, challenge)| binding(&ClientId::new(*client), uri, *challenge).unwrap())
            .collect();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), bindings.len());
    }
}
