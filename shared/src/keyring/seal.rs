//! Authenticated encryption of values that travel through browsers and clients (XChaCha20-Poly1305).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;

use super::{Keyring, Purpose, derived};
use crate::types::{Secret, TenantId};

const NONCE: usize = 24;

impl Keyring {
    /// Seals a value under a random nonce: equal values look different each time.
    pub fn seal<T: Serialize>(&self, tenant: &TenantId, purpose: Purpose, value: &T) -> Option<String> {
        let [key, _] = subkeys(&self.sealing().current, tenant, purpose);
        let plain = serde_json::to_vec(value).ok()?;
        encrypt(
            &key,
            &self.random.bytes(),
            &associated_data(tenant, purpose),
            &plain,
        )
    }

    /// Seals a value so that equal values look equal: a repeated refresh must yield the very same successor.
    ///
    /// The nonce is a keyed hash of the plaintext (the synthetic-IV construction), so it repeats only with it. After a
    /// rotation equal values look different once: both open.
    pub fn seal_same<T: Serialize>(&self, tenant: &TenantId, purpose: Purpose, value: &T) -> Option<String> {
        let plain = serde_json::to_vec(value).ok()?;
        let [key, iv_key] = subkeys(&self.sealing().current, tenant, purpose);
        let nonce = nonce_of(&iv_key, &plain)?;
        encrypt(&key, &nonce, &associated_data(tenant, purpose), &plain)
    }

    /// Opens a sealed value. `None` for anything that this keyring did not seal for this tenant and purpose.
    pub fn open<T: DeserializeOwned>(&self, tenant: &TenantId, purpose: Purpose, sealed: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let aad = associated_data(tenant, purpose);
        let plain = self.sealing().alive().find_map(|master| {
            let [key, _] = subkeys(master, tenant, purpose);
            decrypt(&key, &aad, &bytes)
        })?;
        serde_json::from_slice(&plain).ok()
    }
}

/// A nonce that repeats only with its plaintext. The key must be one for each key and associated data of [`encrypt`].
pub(super) fn nonce_of(key: &[u8; 32], plain: &[u8]) -> Option<[u8; NONCE]> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).ok()?;
    mac.update(plain);
    mac.finalize().into_bytes().get(..NONCE)?.try_into().ok()
}

/// Nonce and ciphertext, in base64url.
pub(super) fn encrypt(key: &[u8; 32], nonce: &[u8; NONCE], aad: &[u8], plain: &[u8]) -> Option<String> {
    let body = cipher(key)?
        .encrypt(XNonce::from_slice(nonce), Payload { msg: plain, aad })
        .ok()?;
    Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &body].concat()))
}

/// What [`encrypt`] was given, from its decoded answer.
pub(super) fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = sealed.split_at_checked(NONCE)?;
    cipher(key)?
        .decrypt(XNonce::from_slice(nonce), Payload { msg, aad })
        .ok()
}

/// The encryption key and the key of synthetic nonces.
fn subkeys(master: &Secret<[u8; 32]>, tenant: &TenantId, purpose: Purpose) -> [[u8; 32]; 2] {
    derived(master, tenant, purpose.label())
}

fn cipher(key: &[u8; 32]) -> Option<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(key).ok()
}

fn associated_data(tenant: &TenantId, purpose: Purpose) -> Vec<u8> {
    [purpose.label().as_bytes(), b"\0", tenant.as_str().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::keyring, *};

    #[test]
    fn a_sealed_value_opens_only_for_its_tenant_and_purpose() {
        let (a, b) = (TenantId::new("a"), TenantId::new("b"));
        let ring = keyring();
        let sealed = ring.seal(&a, Purpose::Session, &"x").unwrap();
        assert_eq!(
            ring.open::<String>(&a, Purpose::Session, &sealed).as_deref(),
            Some("x")
        );
        assert_eq!(ring.open::<String>(&b, Purpose::Session, &sealed), None);
        assert_eq!(ring.open::<String>(&a, Purpose::Transaction, &sealed), None);
    }

    #[test]
    fn se3_any_flipped_bit_and_any_cut_is_refused() {
        let a = TenantId::new("a");
        let ring = keyring();
        let sealed = URL_SAFE_NO_PAD
            .decode(ring.seal(&a, Purpose::Session, &"secret").unwrap())
            .unwrap();
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert_eq!(
                ring.open::<String>(&a, Purpose::Session, &URL_SAFE_NO_PAD.encode(flipped)),
                None,
                "bit {at}"
            );
            let cut = URL_SAFE_NO_PAD.encode(&sealed[..at]);
            assert_eq!(ring.open::<String>(&a, Purpose::Session, &cut), None, "cut {at}");
        }
    }

    #[test]
    fn equal_values_look_equal_only_when_asked() {
        let a = TenantId::new("a");
        let ring = keyring();
        assert_ne!(
            ring.seal(&a, Purpose::Session, &"x"),
            ring.seal(&a, Purpose::Session, &"x")
        );
        let same = ring.seal_same(&a, Purpose::RefreshToken, &"x");
        assert_eq!(same, ring.seal_same(&a, Purpose::RefreshToken, &"x"));
        assert_ne!(same, ring.seal_same(&a, Purpose::RefreshToken, &"y"));
    }
}
