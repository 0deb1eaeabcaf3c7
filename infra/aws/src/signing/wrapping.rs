use aws_sdk_kms::{Client, primitives::Blob, types::DataKeyPairSpec};
use symbolon::{
    ports::{Algorithm, PortResult, Unavailable},
    types::{Secret, TenantId},
};

use crate::failure::{Throttled, unavailable};

/// Key pairs under the wrapping key. Each is bound to its tenant and algorithm by the encryption context, which KMS
/// authenticates, writes into its audit trail, and lets a policy ask for.
pub(super) struct Wrapping {
    kms: Client,
    key: String,
}

/// A pair nobody has seen the private half of.
pub(super) struct MadePair {
    /// PKCS#8, encrypted.
    pub(super) wrapped: Vec<u8>,
    /// `SubjectPublicKeyInfo`.
    pub(super) public: Vec<u8>,
}

impl Wrapping {
    pub(super) fn new(kms: Client, key: String) -> Self {
        Self { kms, key }
    }

    /// Has KMS make a pair.
    pub(super) async fn make(&self, tenant: &TenantId, algorithm: Algorithm) -> PortResult<MadePair> {
        let call = self
            .kms
            .generate_data_key_pair_without_plaintext()
            .key_id(&self.key);
        let call = context(tenant, algorithm)
            .into_iter()
            .fold(call, |call, (name, value)| call.encryption_context(name, value));
        let answer = call.key_pair_spec(spec(algorithm)).send().await;
        let answer = answer.map_err(|error| unavailable("signer: make", Throttled::Key, &error))?;
        match (answer.private_key_ciphertext_blob, answer.public_key) {
            (Some(wrapped), Some(public)) => Ok(MadePair {
                wrapped: wrapped.into_inner(),
                public: public.into_inner(),
            }),
            _ => Err(Unavailable("signer: make: half a pair".to_owned())),
        }
    }

    /// Has KMS open one: PKCS#8 in DER.
    pub(super) async fn open(
        &self,
        tenant: &TenantId,
        algorithm: Algorithm,
        wrapped: Vec<u8>,
    ) -> PortResult<Secret<Vec<u8>>> {
        // Named, so that a blob under another key is refused even where policies would allow that key.
        let call = self
            .kms
            .decrypt()
            .key_id(&self.key)
            .ciphertext_blob(Blob::new(wrapped));
        let call = context(tenant, algorithm)
            .into_iter()
            .fold(call, |call, (name, value)| call.encryption_context(name, value));
        let answer = call.send().await;
        let answer = answer.map_err(|error| unavailable("signer: open", Throttled::Key, &error))?;
        let plain = answer.plaintext.map(|plain| Secret::new(plain.into_inner()));
        plain.ok_or_else(|| Unavailable("signer: open: nothing".to_owned()))
    }
}

fn context(tenant: &TenantId, algorithm: Algorithm) -> [(&'static str, &str); 3] {
    [
        ("symbolon:purpose", "signing"),
        ("symbolon:tenant", tenant.as_str()),
        ("symbolon:algorithm", algorithm.name()),
    ]
}

fn spec(algorithm: Algorithm) -> DataKeyPairSpec {
    match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 => DataKeyPairSpec::Rsa2048,
        Algorithm::Es256 => DataKeyPairSpec::EccNistP256,
    }
}
