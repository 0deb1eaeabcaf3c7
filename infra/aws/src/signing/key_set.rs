//! A tenant's signing keys as they are stored: item `KEYS#tenant` of table config.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use symbolon::{
    model::{KeyLife, KeyState},
    ports::{Algorithm, PublicKey},
    types::{KeyId, TenantId, Timestamp},
};

use crate::store::key::partition;

/// Who can sign with the private key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Custody {
    /// KMS alone, under this ARN. By ARN because an alias may be turned to another key behind the JWKS.
    Kms(String),
    /// Whoever may have KMS decrypt this (PKCS#8 under the wrapping key, in base64).
    Wrapped(String),
}

impl Custody {
    pub(super) fn wrapped(blob: &[u8]) -> Self {
        Self::Wrapped(STANDARD.encode(blob))
    }
}

/// The numbers of a public key (RFC 7518 s6), unpadded base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Numbers {
    Rsa { n: String, e: String },
    P256 { x: String, y: String },
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredKey {
    pub(super) kid: KeyId,
    pub(super) algorithm: Algorithm,
    pub(super) state: KeyState,
    /// Since when it is in this state.
    pub(super) since: Timestamp,
    pub(super) custody: Custody,
    public: Numbers,
}

impl StoredKey {
    pub(super) fn new(public: PublicKey, state: KeyState, since: Timestamp, custody: Custody) -> Self {
        let (kid, algorithm) = (public.kid().clone(), public.algorithm());
        let public = match public {
            PublicKey::Rsa { n, e, .. } => Numbers::Rsa { n, e },
            PublicKey::P256 { x, y, .. } => Numbers::P256 { x, y },
        };
        Self {
            kid,
            algorithm,
            state,
            since,
            custody,
            public,
        }
    }

    pub(super) fn life(&self) -> KeyLife {
        KeyLife {
            kid: self.kid.clone(),
            state: self.state,
            since: self.since,
        }
    }

    /// The key as published; `None` if its numbers are not of its algorithm.
    pub(super) fn public(&self) -> Option<PublicKey> {
        let (kid, algorithm) = (self.kid.clone(), self.algorithm);
        match (self.public.clone(), algorithm) {
            (Numbers::Rsa { n, e }, Algorithm::Rs256 | Algorithm::Ps256) => {
                Some(PublicKey::Rsa { kid, algorithm, n, e })
            }
            (Numbers::P256 { x, y }, Algorithm::Es256) => Some(PublicKey::P256 { kid, x, y }),
            _ => None,
        }
    }
}

/// All keys of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeySet {
    pub(super) keys: Vec<StoredKey>,
}

impl KeySet {
    /// Its item.
    pub(super) fn item(tenant: &TenantId) -> String {
        partition("KEYS", &[tenant.as_str()])
    }

    /// The key that signs with this algorithm.
    pub(super) fn active(&self, algorithm: Algorithm) -> Option<&StoredKey> {
        let wanted = |key: &&StoredKey| key.algorithm == algorithm && key.state == KeyState::Active;
        self.keys.iter().find(wanted)
    }

    /// Where each key of an algorithm is in its life.
    pub(super) fn lives(&self, algorithm: Algorithm) -> Vec<KeyLife> {
        let own = self.keys.iter().filter(|key| key.algorithm == algorithm);
        own.map(StoredKey::life).collect()
    }

    /// A key by its name.
    pub(super) fn get(&self, kid: &KeyId) -> Option<&StoredKey> {
        self.keys.iter().find(|key| key.kid == *kid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_is_what_was_agreed_and_nothing_is_read_into_it() {
        let written = r#"{"keys":[
            {"kid":"a","algorithm":"ES256","state":"active","since":7,"custody":{"wrapped":"AQI="},"public":{"x":"1","y":"2"}},
            {"kid":"b","algorithm":"PS256","state":"pending","since":8,"custody":{"kms":"arn"},"public":{"n":"1","e":"AQAB"}}]}"#;
        let set: KeySet = serde_json::from_str(written).unwrap();
        assert_eq!(
            serde_json::to_value(&set).unwrap(),
            serde_json::from_str::<serde_json::Value>(written).unwrap()
        );
        assert_eq!(set.active(Algorithm::Es256).unwrap().kid.as_str(), "a");
        assert_eq!(set.active(Algorithm::Ps256), None);
        assert_eq!(set.keys[0].custody, Custody::wrapped(&[1, 2]));
        for key in &set.keys {
            let public = key.public().unwrap();
            assert_eq!(
                StoredKey::new(public, key.state, key.since, key.custody.clone()),
                *key
            );
        }
        let confused = StoredKey {
            algorithm: Algorithm::Rs256,
            ..set.keys[0].clone()
        };
        assert_eq!(confused.public(), None);
        for unknown in [
            written.replace("active", "asleep"),
            written.replace("kms", "file"),
            written.replace("\"kid\":\"a\"", "\"kid\":\"a\",\"use\":\"enc\""),
        ] {
            assert!(serde_json::from_str::<KeySet>(&unknown).is_err());
        }
    }
}
