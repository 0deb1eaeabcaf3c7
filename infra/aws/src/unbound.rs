//! The port of a service that has no adapter yet.

use async_trait::async_trait;
use symbolon::{
    model::{AuthorizationCode, Challenge, Grant, Member, RefreshFamily, Session},
    ports::{
        Algorithm, Assertions, Attempt, Bindings, Challenges, Codes, Consumed, FirstUse, Grants, Members,
        Opened, OtpSender, PortResult, PublicKey, PublicKeys, Put, Redeemed, RefreshFamilies, Resent,
        Rotated, Rotation, SendLimits, Sessions, Signer, SigningKey, Taint, Unavailable,
    },
    types::{
        ChallengeId, ClientId, Digest, FamilyId, MemberId, PhoneNumber, Secret, SessionId, TenantId,
        Timestamp,
    },
};

/// Answers every call with "unavailable".
#[derive(Debug, Clone, Copy)]
pub struct Unbound;

fn unbound<T>(service: &str) -> PortResult<T> {
    Err(Unavailable(format!("{service} has no adapter in this build")))
}

#[async_trait]
impl Assertions for Unbound {
    async fn use_once(&self, _: &TenantId, _: &Digest, _: Timestamp, _: Timestamp) -> PortResult<FirstUse> {
        unbound("the store")
    }
}

#[async_trait]
impl Challenges for Unbound {
    async fn count_address(&self, _: &TenantId, _: &Digest, _: u64, _: Timestamp) -> PortResult<u32> {
        unbound("the store")
    }

    async fn open(
        &self,
        _: &TenantId,
        _: &Digest,
        _: &Challenge,
        _: &SendLimits,
        _: Timestamp,
    ) -> PortResult<Opened> {
        unbound("the store")
    }

    async fn resend(
        &self,
        _: &TenantId,
        _: &Digest,
        _: &ChallengeId,
        _: &[u64],
        _: &SendLimits,
        _: Timestamp,
    ) -> PortResult<Resent> {
        unbound("the store")
    }

    async fn count_attempt(
        &self,
        _: &TenantId,
        _: &Digest,
        _: &ChallengeId,
        _: u32,
        _: &SendLimits,
        _: Timestamp,
    ) -> PortResult<Attempt> {
        unbound("the store")
    }

    async fn consume(
        &self,
        _: &TenantId,
        _: &Digest,
        _: &ChallengeId,
        _: &[u8; 16],
        _: Timestamp,
    ) -> PortResult<Consumed> {
        unbound("the store")
    }
}

#[async_trait]
impl Codes for Unbound {
    async fn put(&self, _: &TenantId, _: &Digest, _: &AuthorizationCode) -> PortResult<()> {
        unbound("the store")
    }

    async fn redeem(
        &self,
        _: &TenantId,
        _: &Digest,
        _: &Bindings,
        _: &[u8; 16],
        _: Timestamp,
    ) -> PortResult<Redeemed> {
        unbound("the store")
    }

    async fn release(&self, _: &TenantId, _: &Digest, _: &[u8; 16]) -> PortResult<()> {
        unbound("the store")
    }
}

#[async_trait]
impl Grants for Unbound {
    async fn get(&self, _: &TenantId, _: &MemberId, _: &ClientId) -> PortResult<Option<Grant>> {
        unbound("the store")
    }

    async fn of_member(&self, _: &TenantId, _: &MemberId) -> PortResult<Vec<Grant>> {
        unbound("the store")
    }

    async fn put(&self, _: &TenantId, _: &Grant, _: Option<u64>) -> PortResult<Put> {
        unbound("the store")
    }

    async fn taint(
        &self,
        _: &TenantId,
        _: &MemberId,
        _: &ClientId,
        _: Taint,
        _: Timestamp,
        _: Timestamp,
    ) -> PortResult<()> {
        unbound("the store")
    }
}

#[async_trait]
impl RefreshFamilies for Unbound {
    async fn create(&self, _: &TenantId, _: &RefreshFamily) -> PortResult<()> {
        unbound("the store")
    }

    async fn rotate(&self, _: &TenantId, _: &Rotation, _: Timestamp) -> PortResult<Rotated> {
        unbound("the store")
    }

    async fn revoke(&self, _: &TenantId, _: &FamilyId) -> PortResult<()> {
        unbound("the store")
    }
}

#[async_trait]
impl Sessions for Unbound {
    async fn create(&self, _: &TenantId, _: &Session) -> PortResult<()> {
        unbound("the store")
    }

    async fn get(&self, _: &TenantId, _: &MemberId, _: &Digest, _: Timestamp) -> PortResult<Option<Session>> {
        unbound("the store")
    }

    async fn touch(
        &self,
        _: &TenantId,
        _: &MemberId,
        _: &Digest,
        _: Timestamp,
        _: Timestamp,
    ) -> PortResult<()> {
        unbound("the store")
    }

    async fn of_member(&self, _: &TenantId, _: &MemberId, _: Timestamp) -> PortResult<Vec<Session>> {
        unbound("the store")
    }

    async fn end(&self, _: &TenantId, _: &MemberId, _: &SessionId) -> PortResult<()> {
        unbound("the store")
    }
}

#[async_trait]
impl Members for Unbound {
    async fn by_number(&self, _: &TenantId, _: &PhoneNumber) -> PortResult<Option<Member>> {
        unbound("the member directory")
    }

    async fn by_id(&self, _: &TenantId, _: &MemberId) -> PortResult<Option<Member>> {
        unbound("the member directory")
    }
}

#[async_trait]
impl OtpSender for Unbound {
    async fn send(&self, _: &TenantId, _: &PhoneNumber, _: Option<&Secret<String>>) -> PortResult<()> {
        unbound("the message sender")
    }
}

#[async_trait]
impl Signer for Unbound {
    async fn active_key(&self, _: &TenantId, _: Algorithm) -> PortResult<Option<SigningKey>> {
        unbound("the signer")
    }

    async fn sign(&self, _: &TenantId, _: &SigningKey, _: &[u8; 32]) -> PortResult<Vec<u8>> {
        unbound("the signer")
    }
}

#[async_trait]
impl PublicKeys for Unbound {
    async fn public_keys(&self, _: &TenantId) -> PortResult<Vec<PublicKey>> {
        unbound("the key store")
    }
}
