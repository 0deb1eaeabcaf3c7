use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use aws_sdk_kms::{
    Client,
    primitives::Blob,
    types::{MessageType, SigningAlgorithmSpec},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use symbolon::{
    jwt::KeyPair,
    ports::{Algorithm, PortResult, Random, Signer, SigningKey, Unavailable},
    types::{KeyId, TenantId},
};

use super::{
    der,
    key_set::{Custody, StoredKey},
    tenant_keys::TenantKeys,
};
use crate::{
    failure::{Throttled, unavailable},
    wrapping::Wrapping,
};

/// Signs with each tenant's keys, wherever they are: KMS signs, or KMS opens the key once and this process signs.
pub struct KmsSigner {
    keys: Arc<TenantKeys>,
    kms: Client,
    wrapping: Wrapping,
    random: Arc<dyn Random>,
    /// Wrapped keys that were opened; they last as long as the process.
    opened: Mutex<HashMap<(TenantId, KeyId), Arc<KeyPair>>>,
}

impl KmsSigner {
    /// `wrapping_key` is the ARN of the key that wrapped keys are wrapped with.
    pub fn new(keys: Arc<TenantKeys>, kms: Client, wrapping_key: String, random: Arc<dyn Random>) -> Self {
        Self {
            keys,
            wrapping: Wrapping::new(kms.clone(), wrapping_key, "signer"),
            kms,
            random,
            opened: Mutex::default(),
        }
    }

    async fn sign_in_kms(&self, arn: &str, algorithm: Algorithm, digest: &[u8; 32]) -> PortResult<Vec<u8>> {
        let call = self.kms.sign().key_id(arn).message(Blob::new(*digest));
        let answer = call
            // The signing input may be longer than the 4,096 bytes KMS would hash itself.
            .message_type(MessageType::Digest)
            .signing_algorithm(in_kms(algorithm))
            .send()
            .await;
        let answer = answer
            .map_err(|error| unavailable(&format!("signer: sign with {arn}"), Throttled::Key, &error))?;
        let signature = answer.signature.ok_or_else(|| failed("sign: no signature"))?;
        match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => Ok(signature.into_inner()),
            Algorithm::Es256 => der::jose(signature.as_ref())
                .map(Into::into)
                .ok_or_else(|| failed("sign: not an ECDSA signature")),
        }
    }

    /// The key pair of a wrapped key, from memory or from KMS.
    async fn open(&self, tenant: &TenantId, key: &StoredKey, blob: &str) -> PortResult<Arc<KeyPair>> {
        let name = (tenant.clone(), key.kid.clone());
        if let Some(pair) = self.opened().get(&name) {
            return Ok(Arc::clone(pair));
        }
        let blob = STANDARD.decode(blob).map_err(|_| failed("open: not base64"))?;
        let pkcs8 = self.wrapping.open(&context(tenant, key.algorithm), blob).await?;
        // What the JWKS says of the key decides whether it is the right one: blobs may have been mixed up.
        let pair = KeyPair::from_pkcs8(key.algorithm, pkcs8.expose())
            .filter(|pair| Some(pair.public()) == key.public())
            .ok_or_else(|| failed("open: not the published key"))?;
        let pair = Arc::new(pair);
        self.opened().insert(name, Arc::clone(&pair));
        Ok(pair)
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<(TenantId, KeyId), Arc<KeyPair>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Signer for KmsSigner {
    async fn active_key(&self, tenant: &TenantId, algorithm: Algorithm) -> PortResult<Option<SigningKey>> {
        let set = self.keys.of(tenant).await?;
        Ok(set.active(algorithm).map(|key| SigningKey {
            kid: key.kid.clone(),
            algorithm,
        }))
    }

    async fn sign(&self, tenant: &TenantId, key: &SigningKey, digest: &[u8; 32]) -> PortResult<Vec<u8>> {
        let set = self.keys.of(tenant).await?;
        // One that is pending is unknown to verifiers.
        let usable = |own: &&StoredKey| own.algorithm == key.algorithm && own.state.may_sign();
        let stored = set.get(&key.kid).filter(usable);
        let stored = stored.ok_or_else(|| failed("no such key of this tenant"))?;
        match &stored.custody {
            Custody::Kms(arn) => self.sign_in_kms(arn, key.algorithm, digest).await,
            Custody::Wrapped(blob) => {
                let pair = self.open(tenant, stored, blob).await?;
                // A function serves one request at a time, so nobody waits for this thread.
                pair.sign(digest, &*self.random)
                    .ok_or_else(|| failed("did not sign"))
            }
        }
    }
}

pub(super) fn in_kms(algorithm: Algorithm) -> SigningAlgorithmSpec {
    match algorithm {
        Algorithm::Rs256 => SigningAlgorithmSpec::RsassaPkcs1V15Sha256,
        Algorithm::Ps256 => SigningAlgorithmSpec::RsassaPssSha256,
        Algorithm::Es256 => SigningAlgorithmSpec::EcdsaSha256,
    }
}

/// What a wrapped key is bound to: another tenant's blob, or another algorithm's, does not open.
pub(super) fn context(tenant: &TenantId, algorithm: Algorithm) -> [(&'static str, &str); 3] {
    [
        ("symbolon:purpose", "signing"),
        ("symbolon:tenant", tenant.as_str()),
        ("symbolon:algorithm", algorithm.name()),
    ]
}

fn failed(what: &str) -> Unavailable {
    Unavailable(format!("signer: {what}"))
}
