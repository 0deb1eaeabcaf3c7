//! What lies in a table under the wrapping key, and the KMS calls that put it there and open it.

use aws_sdk_kms::{Client, primitives::Blob, types::DataKeyPairSpec};
use symbolon::{
    ports::{PortResult, Unavailable},
    types::Secret,
};

use crate::failure::{Throttled, unavailable};

/// What a wrapped value is for (encryption context): KMS authenticates it, writes it into its audit trail, and lets a
/// policy ask for it.
pub(crate) type Context<'a> = &'a [(&'static str, &'a str)];

/// A key pair nobody has seen the private half of.
pub(crate) struct MadePair {
    /// PKCS#8, wrapped.
    pub(crate) wrapped: Vec<u8>,
    /// `SubjectPublicKeyInfo`.
    pub(crate) public: Vec<u8>,
}

/// The wrapping key. `port` begins every line about it in the log.
pub(crate) struct Wrapping {
    kms: Client,
    key: String,
    port: &'static str,
}

impl Wrapping {
    /// `key` is the ARN of a symmetric key.
    pub(crate) fn new(kms: Client, key: String, port: &'static str) -> Self {
        Self { kms, key, port }
    }

    /// Opens what was wrapped for this purpose.
    pub(crate) async fn open(&self, context: Context<'_>, wrapped: Vec<u8>) -> PortResult<Secret<Vec<u8>>> {
        // Named, so that a blob under another key is refused even where policies would allow that key.
        let call = self.kms.decrypt().key_id(&self.key);
        let call = context
            .iter()
            .fold(call, |call, (name, value)| call.encryption_context(*name, *value));
        let answer = call.ciphertext_blob(Blob::new(wrapped)).send().await;
        let answer = answer.map_err(|error| unavailable(&self.step("open"), Throttled::Key, &error))?;
        let plain = answer.plaintext.map(|plain| Secret::new(plain.into_inner()));
        plain.ok_or_else(|| Unavailable(self.step("open") + ": nothing"))
    }

    /// Wraps for a purpose.
    pub(crate) async fn wrap(&self, context: Context<'_>, plain: &[u8]) -> PortResult<Vec<u8>> {
        let call = self.kms.encrypt().key_id(&self.key);
        let call = context
            .iter()
            .fold(call, |call, (name, value)| call.encryption_context(*name, *value));
        let answer = call.plaintext(Blob::new(plain)).send().await;
        let answer = answer.map_err(|error| unavailable(&self.step("wrap"), Throttled::Key, &error))?;
        let wrapped = answer.ciphertext_blob.map(Blob::into_inner);
        wrapped.ok_or_else(|| Unavailable(self.step("wrap") + ": nothing"))
    }

    /// Has KMS make a pair.
    pub(crate) async fn make_pair(
        &self,
        context: Context<'_>,
        spec: DataKeyPairSpec,
    ) -> PortResult<MadePair> {
        let call = self
            .kms
            .generate_data_key_pair_without_plaintext()
            .key_id(&self.key);
        let call = context
            .iter()
            .fold(call, |call, (name, value)| call.encryption_context(*name, *value));
        let answer = call.key_pair_spec(spec).send().await;
        let answer =
            answer.map_err(|error| unavailable(&self.step("make a pair"), Throttled::Key, &error))?;
        match (answer.private_key_ciphertext_blob, answer.public_key) {
            (Some(wrapped), Some(public)) => Ok(MadePair {
                wrapped: wrapped.into_inner(),
                public: public.into_inner(),
            }),
            _ => Err(Unavailable(self.step("make a pair") + ": half of one")),
        }
    }

    fn step(&self, what: &str) -> String {
        format!("{}: {what} under {}", self.port, self.key)
    }
}
