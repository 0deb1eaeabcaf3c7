use async_trait::async_trait;
use symbolon::{
    model::{Challenge, NumberItem},
    ports::{Attempt, Challenges, Consumed, Opened, PortResult, Resent, SendLimits},
    types::{ChallengeId, Digest, TenantId, Timestamp},
};

use super::{
    DynamoStore,
    attributes::{Attributes, Nonce, Read, bytes, count, time},
    call::{TRIES, Written, contended, get, put, update},
    key::{NO_RANGE, partition},
    number::{self, Stored},
};

// OTP#tenant#digest of the number: see `number.rs`.

#[async_trait]
impl Challenges for DynamoStore {
    async fn count_address(
        &self,
        tenant: &TenantId,
        address: &Digest,
        window: u64,
        now: Timestamp,
    ) -> PortResult<u32> {
        self.count_request(tenant, address, window, now).await
    }

    async fn open(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &Challenge,
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Opened> {
        let step = Step::new("challenges.open", tenant, number, self.nonce(), now);
        // Most numbers have no item, or one that is over: the first write presumes so.
        self.change(&step, Stored::default(), |item| {
            let opened = item.open(challenge, limits, now);
            (opened, opened == Opened::Now)
        })
        .await
    }

    async fn resend(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &ChallengeId,
        waits: &[u64],
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Resent> {
        let step = Step::new("challenges.resend", tenant, number, self.nonce(), now);
        let call = self.get(&self.tables.ephemeral, &step.key, NO_RANGE);
        let stored = read(get(step.name, call).await?.as_ref())?;
        self.change(&step, stored, |item| {
            let resent = item.resend(challenge, waits, limits, now);
            (resent, matches!(resent, Resent::Now { .. }))
        })
        .await
    }

    async fn count_attempt(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &ChallengeId,
        max: u32,
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Attempt> {
        let step = Step::new("challenges.count_attempt", tenant, number, self.nonce(), now);
        let id = challenge.to_string();
        let call = self
            .update(&self.tables.ephemeral, &step.key, NO_RANGE)
            .update_expression("SET c.#id.t = c.#id.t + :one, ww = ww + :one, v = v + :one, n = :mine")
            .condition_expression(
                "c.#id.e > :now AND attribute_not_exists(c.#id.u) AND c.#id.t < :max \
                 AND we > :now AND ww < :wrong AND n <> :mine",
            )
            .expression_attribute_names("#id", &id)
            .expression_attribute_values(":one", count(1_u32))
            .expression_attribute_values(":max", count(max))
            .expression_attribute_values(":wrong", count(limits.wrong_codes))
            .expression_attribute_values(":mine", bytes(step.nonce))
            .expression_attribute_values(":now", time(now));
        let found = match update(step.name, call).await? {
            Written::Done(stored) => return counted(&stored, &id, max),
            Written::Refused(found) => found,
        };
        if let Some(stored) = found.as_ref()
            && stored.is_marked("n", &step.nonce)?
        {
            return counted(stored, &id, max);
        }
        // Between a window's end, or a right code, and the next count there is no window to count in.
        self.change(&step, read(found.as_ref())?, |item| {
            let attempt = item.count_attempt(challenge, max, limits, now);
            let due = matches!(attempt, Attempt::Counted { .. });
            (attempt, due)
        })
        .await
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &ChallengeId,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Consumed> {
        let step = Step::new("challenges.consume", tenant, number, *nonce, now);
        let call = self
            .update(&self.tables.ephemeral, &step.key, NO_RANGE)
            // Without a window the item matters until its last challenge ends.
            .update_expression("SET c.#id.u = :nonce, v = v + :one, exp = x REMOVE we, wc, wm, ww")
            .condition_expression("c.#id.e > :now AND attribute_not_exists(c.#id.u)")
            .expression_attribute_names("#id", challenge.to_string())
            .expression_attribute_values(":nonce", bytes(*nonce))
            .expression_attribute_values(":one", count(1_u32))
            .expression_attribute_values(":now", time(now));
        let found = match update(step.name, call).await? {
            Written::Done(_) => return Ok(Consumed::Now),
            Written::Refused(found) => found,
        };
        // The condition was the model's own, so what is left to say needs no change.
        Ok(read(found.as_ref())?.item.consume(challenge, nonce, now))
    }
}

/// One step at one number.
struct Step {
    name: &'static str,
    key: String,
    /// Marks what this very call has written.
    nonce: Nonce,
    now: Timestamp,
}

impl Step {
    fn new(name: &'static str, tenant: &TenantId, number: &Digest, nonce: Nonce, now: Timestamp) -> Self {
        let key = partition("OTP", &[tenant.as_str(), &number.to_string()]);
        Self {
            name,
            key,
            nonce,
            now,
        }
    }
}

impl DynamoStore {
    /// Lets `decide` change the item, presumed to be `stored`, and writes it if that is due and the item is still
    /// that one; if not, begins again with the item that is there.
    async fn change<T>(
        &self,
        step: &Step,
        mut stored: Stored,
        decide: impl Fn(&mut NumberItem) -> (T, bool) + Send,
    ) -> PortResult<T>
    where
        T: Send,
    {
        for _ in 0..TRIES {
            let (outcome, due) = decide(&mut stored.item);
            if !due {
                return Ok(outcome);
            }
            match self.write(step, &stored).await? {
                Written::Done(_) => return Ok(outcome),
                Written::Refused(Some(found)) if found.is_marked("n", &step.nonce)? => return Ok(outcome),
                Written::Refused(found) => stored = read(found.as_ref())?,
            }
        }
        Err(contended(step.name))
    }

    async fn write(&self, step: &Step, stored: &Stored) -> PortResult<Written> {
        let version = stored.version.unwrap_or_default();
        let mut call = self.put(&self.tables.ephemeral, &step.key, NO_RANGE);
        for (name, value) in number::write(&stored.item, version + 1, &step.nonce) {
            call = call.item(name, value);
        }
        let call = match stored.version {
            // An item that is over is none, whenever it is deleted.
            None => call
                .condition_expression("attribute_not_exists(pk) OR exp <= :now")
                .expression_attribute_values(":now", time(step.now)),
            Some(version) => call
                .condition_expression("v = :found")
                .expression_attribute_values(":found", count(version)),
        };
        put(step.name, call).await
    }
}

fn read(found: Option<&Attributes>) -> PortResult<Stored> {
    found.map_or_else(|| Ok(Stored::default()), number::read)
}

/// What a try that was counted may compare with.
fn counted(stored: &Attributes, id: &str, max: u32) -> PortResult<Attempt> {
    let open = number::open_challenge(stored, id)?;
    Ok(Attempt::Counted {
        left: max.saturating_sub(open.attempts),
        challenge: open.challenge,
    })
}
