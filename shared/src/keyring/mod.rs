//! Symmetric secrets: sealing what browsers and clients carry for us, and naming people without saying who they are.
//!
//! Every key is derived for one tenant and one purpose (HKDF, RFC 5869), so a value of one brand or of one use
//! cannot be opened as another's. This module knows neither cookies nor tokens.

mod code;
mod dpop_nonce;
mod otp;
mod pseudonym;
mod record;
mod seal;
mod sealing_keys;
mod setting;
mod user_code;

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use self::sealing_keys::SealingKeys;
use crate::{
    ports::Random,
    types::{ClientId, Digest, MemberId, PhoneNumber, Secret, SessionId, TenantId, TransactionId},
};

/// What a sealed value is for. Part of the key and of the authenticated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An authorization request on its way, in its cookie.
    Transaction,
    /// The SSO session, in its cookie.
    Session,
    /// What a refresh token grants.
    RefreshToken,
    /// What of an access token only the provider may read.
    AccessToken,
    /// A text message on its way through a queue.
    Message,
    /// A pushed authorization request, in the store.
    PushedRequest,
    /// What a device code stands for.
    DeviceCode,
    /// A session on its way from an app to a browser.
    SessionTransfer,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Transaction => "transaction",
            Self::Session => "session",
            Self::RefreshToken => "refresh-token",
            Self::AccessToken => "access-token",
            Self::Message => "message",
            Self::PushedRequest => "pushed-request",
            Self::DeviceCode => "device-code",
            Self::SessionTransfer => "session-transfer",
        }
    }
}

/// The provider's own keys. Sealing keys rotate, while the process lives; the identity key never does, because `sub`
/// is for ever.
pub struct Keyring {
    sealing: RwLock<Arc<SealingKeys>>,
    identity: Secret<[u8; 32]>,
    random: Arc<dyn Random>,
}

impl Keyring {
    /// `current` seals. `others` open only: earlier keys what they sealed, coming ones what a process that knows of
    /// their turn before this one has sealed.
    pub fn new(
        current: Secret<[u8; 32]>,
        others: Vec<Secret<[u8; 32]>>,
        identity: Secret<[u8; 32]>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            sealing: RwLock::new(Arc::new(SealingKeys { current, others })),
            identity,
            random,
        }
    }

    /// Takes other sealing keys from now on, all at once. What was sealed with a key that is in neither place
    /// opens no more.
    pub fn replace(&self, current: Secret<[u8; 32]>, others: Vec<Secret<[u8; 32]>>) {
        let keys = Arc::new(SealingKeys { current, others });
        *self.sealing.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// Pairwise `sub` (Core s8.1): stable for this member and sector, unlinkable across sectors and tenants.
    pub fn subject(&self, tenant: &TenantId, sector: &str, member: &MemberId) -> String {
        let mac = keyed(
            &self.identity,
            tenant,
            "subject",
            &[sector.as_bytes(), member.as_str().as_bytes()],
        );
        URL_SAFE_NO_PAD.encode(mac)
    }

    /// `sid` of a session towards a sector: one name for all would join what pairwise subjects keep apart.
    pub fn session_name(&self, tenant: &TenantId, sector: &str, session: SessionId) -> String {
        let mac = keyed(
            &self.identity,
            tenant,
            "session",
            &[sector.as_bytes(), session.as_bytes()],
        );
        URL_SAFE_NO_PAD.encode(mac)
    }

    /// The secret of the session that one transaction makes of one transfer: a repeat of the step finds what the first
    /// has made, and no other browser does.
    pub fn transferred_secret(
        &self,
        tenant: &TenantId,
        transfer: &Digest,
        transaction: &TransactionId,
    ) -> Secret<[u8; 32]> {
        let parts: [&[u8]; 2] = [transfer.as_bytes(), transaction.as_bytes()];
        Secret::new(keyed(&self.identity, tenant, "transferred session", &parts))
    }

    /// The storage key of a number: nobody without the key can look a number up.
    pub fn number_index(&self, tenant: &TenantId, number: &PhoneNumber) -> Digest {
        Digest::from_bytes(keyed(
            &self.identity,
            tenant,
            "number",
            &[number.as_str().as_bytes()],
        ))
    }

    /// The storage key of a network address; an IPv6 customer is a /64.
    pub fn address_index(&self, tenant: &TenantId, address: IpAddr) -> Digest {
        let network = match address {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().into_iter().take(8).collect(),
        };
        Digest::from_bytes(keyed(&self.identity, tenant, "address", &[&network]))
    }

    /// The storage key of the brand as a whole: no address has it.
    pub fn brand_index(&self, tenant: &TenantId) -> Digest {
        Digest::from_bytes(keyed(&self.identity, tenant, "brand", &[]))
    }

    /// What is stored of a client's secret: its SHA-256 under a key that no table holds.
    pub fn client_secret(&self, tenant: &TenantId, client: &ClientId, digest: &Digest) -> Digest {
        let parts: [&[u8]; 2] = [client.as_str().as_bytes(), digest.as_bytes()];
        Digest::from_bytes(keyed(&self.identity, tenant, "client secret", &parts))
    }

    /// The anti-forgery token of a form that belongs to `context` (a transaction, a session).
    pub fn form_token(&self, tenant: &TenantId, context: &str) -> String {
        let keys = self.sealing();
        URL_SAFE_NO_PAD.encode(keyed(&keys.current, tenant, "form", &[context.as_bytes()]))
    }

    /// Whether a posted token belongs to `context`, under any sealing key alive.
    pub fn is_form_token(&self, tenant: &TenantId, context: &str, posted: &str) -> bool {
        self.sealing().alive().any(|key| {
            let expected = URL_SAFE_NO_PAD.encode(keyed(key, tenant, "form", &[context.as_bytes()]));
            expected.as_bytes().ct_eq(posted.as_bytes()).into()
        })
    }

    /// The sealing keys of this moment: one step takes them once, so that it never mixes old and new.
    fn sealing(&self) -> Arc<SealingKeys> {
        Arc::clone(&self.sealing.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// HMAC-SHA-256 over length-prefixed parts, with a key derived for tenant and purpose.
fn keyed(master: &Secret<[u8; 32]>, tenant: &TenantId, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let keys = derived(master, tenant, purpose);
    let mut mac = <Hmac<Sha256> as Mac>::new(keys.as_flattened().into());
    for part in parts {
        // Without the length, ("ab", "c") and ("a", "bc") would be one input.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// HKDF-SHA-256, `info` naming tenant and purpose. Two keys: HMAC takes them as one block.
fn derived(master: &Secret<[u8; 32]>, tenant: &TenantId, purpose: &str) -> [[u8; 32]; 2] {
    let mut keys = [[0; 32]; 2];
    let info = [
        b"symbolon/1/",
        purpose.as_bytes(),
        b"\0",
        tenant.as_str().as_bytes(),
    ];
    // 64 bytes are far below HKDF's limit of 255 blocks, so expansion cannot fail.
    let expanded =
        Hkdf::<Sha256>::new(None, master.expose()).expand_multi_info(&info, keys.as_flattened_mut());
    debug_assert!(expanded.is_ok());
    keys
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A generator for unit tests: distinct values, no secrecy.
    pub(crate) struct Counting(pub(crate) std::sync::atomic::AtomicU8);

    impl Random for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    pub(crate) fn keyring() -> Keyring {
        Keyring::new(
            Secret::new([1; 32]),
            Vec::new(),
            Secret::new([2; 32]),
            Arc::new(Counting(0.into())),
        )
    }

    fn tenants() -> (TenantId, TenantId) {
        (TenantId::new("urbantrend"), TenantId::new("northpeak"))
    }

    #[test]
    fn te10_subjects_differ_by_sector_and_tenant_and_stay() {
        let (a, b) = tenants();
        let alice = MemberId::new("1");
        let one = keyring().subject(&a, "fashionboard.tld", &alice);
        assert_eq!(one, keyring().subject(&a, "fashionboard.tld", &alice));
        assert_ne!(one, keyring().subject(&a, "shopease.tld", &alice));
        assert_ne!(one, keyring().subject(&b, "fashionboard.tld", &alice));
        assert_eq!(one.len(), 43);
    }

    #[test]
    fn form_tokens_belong_to_one_context() {
        let (a, b) = tenants();
        let ring = keyring();
        let token = ring.form_token(&a, "t1");
        assert!(ring.is_form_token(&a, "t1", &token));
        for (tenant, context, posted) in [
            (&a, "t2", &*token),
            (&b, "t1", &*token),
            (&a, "t1", ""),
            (&a, "t1", "x"),
        ] {
            assert!(!ring.is_form_token(tenant, context, posted));
        }
    }
}
