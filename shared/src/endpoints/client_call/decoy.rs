//! What is compared where there is nothing to compare with, so that time tells no more than the answer (assertion 52).

use std::sync::LazyLock;

use crate::{jwt::VerificationKey, model::SecretHash, types::Digest};

/// One of each type, from RFC 7515 appendices A.2 and A.3. Everybody knows the private halves; nobody asks what they
/// verify.
const KEYS: [&str; 2] = [
    r#"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#,
    r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
];

static PARSED: LazyLock<Vec<VerificationKey>> = LazyLock::new(|| {
    let parsed = KEYS.iter().filter_map(|text| serde_json::from_str(text).ok());
    parsed.flat_map(|jwk| VerificationKey::of_client(&jwk)).collect()
});

/// A key for every algorithm.
pub(super) fn keys() -> &'static [VerificationKey] {
    &PARSED
}

/// The digest of no secret.
pub(super) const fn secret() -> SecretHash {
    SecretHash::Keyed(Digest::from_bytes([0; 32]))
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_one_for_every_algorithm() {
        assert_eq!(super::keys().len(), 3);
    }
}
