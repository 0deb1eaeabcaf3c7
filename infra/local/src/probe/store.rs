//! The storage ports but for challenges. Everything that may change an item is a write, whether or not it then does.

use async_trait::async_trait;
use symbolon::{
    model::{AuthorizationCode, Grant, RefreshFamily, RefreshLine, Session},
    ports::{
        Assertions, Bindings, Codes, FirstUse, Grants, PortResult, Put, Redeemed, RefreshFamilies, Rotated,
        Rotation, Sessions, Taint,
    },
    types::{ClientId, Digest, FamilyId, MemberId, SessionId, TenantId, Timestamp},
};

use super::{Probed, counts::Call};

#[async_trait]
impl<T: Sessions + ?Sized> Sessions for Probed<T> {
    async fn create(&self, tenant: &TenantId, session: &Session) -> PortResult<()> {
        self.probe
            .around(Call::Write, self.inner.create(tenant, session))
            .await
    }

    async fn get(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        secret: &Digest,
        now: Timestamp,
    ) -> PortResult<Option<Session>> {
        self.probe
            .around(Call::Read, self.inner.get(tenant, member, secret, now))
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
        self.probe
            .around(
                Call::Write,
                self.inner
                    .touch(tenant, member, secret, last_seen, idle_expires_at),
            )
            .await
    }

    async fn of_member(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        now: Timestamp,
    ) -> PortResult<Vec<Session>> {
        self.probe
            .around(Call::Read, self.inner.of_member(tenant, member, now))
            .await
    }

    async fn end(&self, tenant: &TenantId, member: &MemberId, session: &SessionId) -> PortResult<()> {
        self.probe
            .around(Call::Write, self.inner.end(tenant, member, session))
            .await
    }
}

#[async_trait]
impl<T: Grants + ?Sized> Grants for Probed<T> {
    async fn get(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        client: &ClientId,
    ) -> PortResult<Option<Grant>> {
        self.probe
            .around(Call::Read, self.inner.get(tenant, member, client))
            .await
    }

    async fn of_member(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Vec<Grant>> {
        self.probe
            .around(Call::Read, self.inner.of_member(tenant, member))
            .await
    }

    async fn put(&self, tenant: &TenantId, grant: &Grant, expected: Option<u64>) -> PortResult<Put> {
        self.probe
            .around(Call::Write, self.inner.put(tenant, grant, expected))
            .await
    }

    async fn taint(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        client: &ClientId,
        taint: Taint,
        until: Timestamp,
        now: Timestamp,
    ) -> PortResult<()> {
        self.probe
            .around(
                Call::Write,
                self.inner.taint(tenant, member, client, taint, until, now),
            )
            .await
    }
}

#[async_trait]
impl<T: Codes + ?Sized> Codes for Probed<T> {
    async fn put(&self, tenant: &TenantId, digest: &Digest, code: &AuthorizationCode) -> PortResult<()> {
        self.probe
            .around(Call::Write, self.inner.put(tenant, digest, code))
            .await
    }

    async fn redeem(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        bindings: &Bindings,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> PortResult<Redeemed> {
        self.probe
            .around(
                Call::Write,
                self.inner.redeem(tenant, digest, bindings, nonce, now),
            )
            .await
    }

    async fn release(&self, tenant: &TenantId, digest: &Digest, nonce: &[u8; 16]) -> PortResult<()> {
        self.probe
            .around(Call::Write, self.inner.release(tenant, digest, nonce))
            .await
    }
}

#[async_trait]
impl<T: RefreshFamilies + ?Sized> RefreshFamilies for Probed<T> {
    async fn create(&self, tenant: &TenantId, family: &RefreshFamily) -> PortResult<()> {
        self.probe
            .around(Call::Write, self.inner.create(tenant, family))
            .await
    }

    async fn rotate(&self, tenant: &TenantId, rotation: &Rotation, now: Timestamp) -> PortResult<Rotated> {
        self.probe
            .around(Call::Write, self.inner.rotate(tenant, rotation, now))
            .await
    }

    async fn get(
        &self,
        tenant: &TenantId,
        family: &FamilyId,
        now: Timestamp,
    ) -> PortResult<Option<RefreshLine>> {
        self.probe
            .around(Call::Read, self.inner.get(tenant, family, now))
            .await
    }

    async fn revoke(&self, tenant: &TenantId, family: &FamilyId) -> PortResult<()> {
        self.probe
            .around(Call::Write, self.inner.revoke(tenant, family))
            .await
    }
}

#[async_trait]
impl<T: Assertions + ?Sized> Assertions for Probed<T> {
    async fn use_once(
        &self,
        tenant: &TenantId,
        key: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> PortResult<FirstUse> {
        self.probe
            .around(Call::Write, self.inner.use_once(tenant, key, expires_at, now))
            .await
    }

    async fn was_used(&self, tenant: &TenantId, key: &Digest, now: Timestamp) -> PortResult<bool> {
        self.probe
            .around(Call::Read, self.inner.was_used(tenant, key, now))
            .await
    }
}
