//! The port of a service that has no adapter yet.

use async_trait::async_trait;
use symbolon::{
    model::{AuthorizationCode, Challenge, Grant, Member, RefreshFamily, Session},
    ports::{
        Algorithm, Assertions, Attempt, Bindings, Challenges, Codes, Consumed, FirstUse, Grants, Members,
        Opened, OtpSender, PortResult, PublicKey, Put, Redeemed, RefreshFamilies, Resent, Rotated, Rotation,
        SendLimits, Sessions, Signer, SigningKey, Taint, Unavailable,
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

/// Implements a port with methods that are all out of reach.
macro_rules! out_of_reach {
    ($service:literal, $port:ident { $(fn $method:ident($($type:ty),*) -> $answer:ty;)* }) => {
        #[async_trait]
        impl $port for Unbound {
            $(out_of_reach!(@method $service, $method, ($($type),*), $answer);)*
        }
    };
    (@method $service:literal, $m:ident, ($a:ty), $r:ty) => {
        async fn $m(&self, _: $a) -> PortResult<$r> { unbound($service) }
    };
    (@method $service:literal, $m:ident, ($a:ty, $b:ty), $r:ty) => {
        async fn $m(&self, _: $a, _: $b) -> PortResult<$r> { unbound($service) }
    };
    (@method $service:literal, $m:ident, ($a:ty, $b:ty, $c:ty), $r:ty) => {
        async fn $m(&self, _: $a, _: $b, _: $c) -> PortResult<$r> { unbound($service) }
    };
    (@method $service:literal, $m:ident, ($a:ty, $b:ty, $c:ty, $d:ty), $r:ty) => {
        async fn $m(&self, _: $a, _: $b, _: $c, _: $d) -> PortResult<$r> { unbound($service) }
    };
    (@method $service:literal, $m:ident, ($a:ty, $b:ty, $c:ty, $d:ty, $e:ty), $r:ty) => {
        async fn $m(&self, _: $a, _: $b, _: $c, _: $d, _: $e) -> PortResult<$r> { unbound($service) }
    };
    (@method $service:literal, $m:ident, ($a:ty, $b:ty, $c:ty, $d:ty, $e:ty, $f:ty), $r:ty) => {
        async fn $m(&self, _: $a, _: $b, _: $c, _: $d, _: $e, _: $f) -> PortResult<$r> { unbound($service) }
    };
}

out_of_reach!("the store", Assertions {
    fn use_once(&TenantId, &Digest, Timestamp, Timestamp) -> FirstUse;
});
out_of_reach!("the store", Challenges {
    fn count_address(&TenantId, &Digest, u64, Timestamp) -> u32;
    fn open(&TenantId, &Digest, &Challenge, &SendLimits, Timestamp) -> Opened;
    fn resend(&TenantId, &Digest, &ChallengeId, &[u64], &SendLimits, Timestamp) -> Resent;
    fn count_attempt(&TenantId, &Digest, &ChallengeId, u32, &SendLimits, Timestamp) -> Attempt;
    fn consume(&TenantId, &Digest, &ChallengeId, &[u8; 16], Timestamp) -> Consumed;
});
out_of_reach!("the store", Codes {
    fn put(&TenantId, &Digest, &AuthorizationCode) -> ();
    fn redeem(&TenantId, &Digest, &Bindings, &[u8; 16], Timestamp) -> Redeemed;
    fn release(&TenantId, &Digest, &[u8; 16]) -> ();
});
out_of_reach!("the store", Grants {
    fn get(&TenantId, &MemberId, &ClientId) -> Option<Grant>;
    fn of_member(&TenantId, &MemberId) -> Vec<Grant>;
    fn put(&TenantId, &Grant, Option<u64>) -> Put;
    fn taint(&TenantId, &MemberId, &ClientId, Taint, Timestamp, Timestamp) -> ();
});
out_of_reach!("the store", RefreshFamilies {
    fn create(&TenantId, &RefreshFamily) -> ();
    fn rotate(&TenantId, &Rotation, Timestamp) -> Rotated;
    fn revoke(&TenantId, &FamilyId) -> ();
});
out_of_reach!("the store", Sessions {
    fn create(&TenantId, &Session) -> ();
    fn get(&TenantId, &MemberId, &Digest, Timestamp) -> Option<Session>;
    fn touch(&TenantId, &MemberId, &Digest, Timestamp, Timestamp) -> ();
    fn of_member(&TenantId, &MemberId, Timestamp) -> Vec<Session>;
    fn end(&TenantId, &MemberId, &SessionId) -> ();
});
out_of_reach!("the member directory", Members {
    fn by_number(&TenantId, &PhoneNumber) -> Option<Member>;
    fn by_id(&TenantId, &MemberId) -> Option<Member>;
});
out_of_reach!("the message sender", OtpSender {
    fn send(&TenantId, &PhoneNumber, &Secret<String>) -> ();
});
out_of_reach!("the signer", Signer {
    fn active_key(&TenantId, Algorithm) -> Option<SigningKey>;
    fn sign(&TenantId, &SigningKey, &[u8; 32]) -> Vec<u8>;
    fn public_keys(&TenantId) -> Vec<PublicKey>;
});
