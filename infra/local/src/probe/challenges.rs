use async_trait::async_trait;
use symbolon::{
    model::Challenge,
    ports::{Attempt, Challenges, Consumed, Opened, PortResult, Resent, SendLimits},
    types::{ChallengeId, Digest, TenantId, Timestamp},
};

use super::{Probed, counts::Call};

/// Every step may change the number's item, so each counts as a write.
#[async_trait]
impl<T: Challenges + ?Sized> Challenges for Probed<T> {
    async fn count_address(
        &self,
        tenant: &TenantId,
        address: &Digest,
        window: u64,
        now: Timestamp,
    ) -> PortResult<u32> {
        self.probe
            .around(
                Call::Write,
                self.inner.count_address(tenant, address, window, now),
            )
            .await
    }

    async fn open(
        &self,
        tenant: &TenantId,
        number: &Digest,
        challenge: &Challenge,
        limits: &SendLimits,
        now: Timestamp,
    ) -> PortResult<Opened> {
        self.probe
            .around(
                Call::Write,
                self.inner.open(tenant, number, challenge, limits, now),
            )
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
        self.probe
            .around(
                Call::Write,
                self.inner.resend(tenant, number, challenge, waits, limits, now),
            )
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
        self.probe
            .around(
                Call::Write,
                self.inner
                    .count_attempt(tenant, number, challenge, max, limits, now),
            )
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
        self.probe
            .around(
                Call::Write,
                self.inner.consume(tenant, number, challenge, nonce, now),
            )
            .await
    }
}
