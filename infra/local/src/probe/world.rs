//! The ports that are not storage.

use async_trait::async_trait;
use symbolon::{
    model::{LogoutNotice, Member},
    ports::{
        Algorithm, LogoutNotices, Members, OtpSender, PortResult, PublicKey, PublicKeys, Signer, SigningKey,
    },
    types::{MemberId, PhoneNumber, Secret, TenantId},
};

use super::{Probed, counts::Call};

/// Only signing counts and breaks: the keys themselves come out of an adapter's cache.
#[async_trait]
impl<T: Signer + ?Sized> Signer for Probed<T> {
    async fn active_key(&self, tenant: &TenantId, algorithm: Algorithm) -> PortResult<Option<SigningKey>> {
        self.inner.active_key(tenant, algorithm).await
    }

    async fn sign(&self, tenant: &TenantId, key: &SigningKey, digest: &[u8; 32]) -> PortResult<Vec<u8>> {
        self.probe
            .around(Call::Signature, self.inner.sign(tenant, key, digest))
            .await
    }
}

#[async_trait]
impl<T: PublicKeys + ?Sized> PublicKeys for Probed<T> {
    async fn public_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>> {
        self.inner.public_keys(tenant).await
    }

    async fn hint_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>> {
        self.inner.hint_keys(tenant).await
    }
}

#[async_trait]
impl<T: LogoutNotices + ?Sized> LogoutNotices for Probed<T> {
    async fn put(&self, notices: &[LogoutNotice]) -> PortResult<()> {
        self.probe.around(Call::Write, self.inner.put(notices)).await
    }
}

#[async_trait]
impl<T: OtpSender + ?Sized> OtpSender for Probed<T> {
    async fn send(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        text: Option<&Secret<String>>,
    ) -> PortResult<()> {
        let call = if text.is_some() {
            Call::Message
        } else {
            Call::Decoy
        };
        self.probe.around(call, self.inner.send(tenant, to, text)).await
    }
}

#[async_trait]
impl<T: Members + ?Sized> Members for Probed<T> {
    async fn by_number(&self, tenant: &TenantId, number: &PhoneNumber) -> PortResult<Option<Member>> {
        self.probe
            .around(Call::Member, self.inner.by_number(tenant, number))
            .await
    }

    async fn by_id(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Option<Member>> {
        self.probe
            .around(Call::Member, self.inner.by_id(tenant, member))
            .await
    }
}
