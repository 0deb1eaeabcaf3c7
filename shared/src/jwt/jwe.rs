//! The one encrypted token we write: a member's id for the brand's own resource (RFC 7516, `dir` + `A256GCM`).

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::types::{MemberId, Secret};

/// Compact JWE of the member id. `iv` must be fresh random bytes.
pub fn encrypt_member_ref(key: &Secret<[u8; 32]>, iv: [u8; 12], member: &MemberId) -> Option<String> {
    let header = URL_SAFE_NO_PAD.encode(br#"{"alg":"dir","enc":"A256GCM"}"#);
    let payload = Payload {
        msg: member.as_str().as_bytes(),
        aad: header.as_bytes(),
    };
    let sealed = Aes256Gcm::new_from_slice(key.expose())
        .ok()?
        .encrypt(Nonce::from_slice(&iv), payload)
        .ok()?;
    let (body, tag) = sealed.split_at_checked(sealed.len().checked_sub(16)?)?;
    let [iv, body, tag] = [&iv[..], body, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    // The second part is the encrypted key, which `dir` leaves empty.
    Some(format!("{header}..{iv}.{body}.{tag}"))
}
