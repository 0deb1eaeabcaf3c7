//! What is compared where there is nothing to compare with, so that time tells no more than the answer (assertion 52).

use std::sync::LazyLock;

use crate::{
    jwt::{VerificationKey, is_elliptic},
    model::SecretHash,
    ports::Jwk,
    types::Digest,
};

/// One of each type, from RFC 7515 appendices A.2 and A.3. Everybody knows the private halves; nobody asks what they
/// verify.
const KEYS: [&str; 2] = [
    r#"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#,
    r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
];

static PARSED: LazyLock<Vec<Jwk>> = LazyLock::new(|| {
    KEYS.iter()
        .filter_map(|text| serde_json::from_str(text).ok())
        .collect()
});

/// The ways of the key that could have signed the token, read anew each time: so is a client's.
pub(super) fn keys_for(token: &str) -> Vec<VerificationKey> {
    PARSED
        .get(usize::from(is_elliptic(token)))
        .map(VerificationKey::of_client)
        .unwrap_or_default()
}

/// The digest of no secret.
pub(super) const fn secret() -> SecretHash {
    SecretHash::Keyed(Digest::from_bytes([0; 32]))
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use crate::ports::Algorithm::{Es256, Ps256, Rs256};

    #[test]
    fn there_is_one_for_every_algorithm() {
        for (algorithm, ways) in [
            ("RS256", vec![Rs256, Ps256]),
            ("PS256", vec![Rs256, Ps256]),
            ("ES256", vec![Es256]),
        ] {
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}"}}"#));
            let keys = super::keys_for(&format!("{header}.e30.AA"));
            let found: Vec<_> = keys.iter().map(super::VerificationKey::algorithm).collect();
            assert_eq!(found, ways);
        }
    }
}
