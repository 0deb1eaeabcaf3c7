//! Making and changing a tenant's keys, for the operator's tool.

use std::{fmt, sync::Arc};

use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_kms::{
    Client as Kms,
    types::{DataKeyPairSpec, KeySpec},
};
use symbolon::{
    jwt,
    ports::{Algorithm, Clock, PublicKey, Unavailable},
    types::{KeyId, TenantId, Timestamp},
};

use super::{
    key_set::{Custody, KeySet, KeyState, StoredKey},
    signer::{context, in_kms},
};
use crate::{
    document::{Documents, Versioned},
    failure::{Throttled, unavailable},
    wrapping::Wrapping,
};

/// Where a new key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// KMS makes a pair and wraps its private half.
    Wrapped,
    /// A key of KMS's own, by ARN.
    Kms(String),
}

/// How long a key is published before it signs. A verifier may go on with a JWKS of 7 minutes ago: 5 that any cache may
/// keep it, 1 while a shared cache fetches it again, 1 that our own functions may keep the key set.
const NOTICE: u64 = 600;
/// How long a key is published after it signed: the longest that a token lives, and as long again as a new key's notice.
const FAREWELL: u64 = 3_600 + NOTICE;

/// Whether a step waits until every verifier can follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Refuses to come too early.
    Kept,
    /// For a key that is known to somebody else: tokens that do not verify are the lesser harm.
    Skipped,
}

/// A key as it stands in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// Its name.
    pub kid: KeyId,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// Where it is in its life.
    pub state: KeyState,
    /// Since when.
    pub since: Timestamp,
    /// Where its private half is.
    pub source: KeySource,
}

/// Outcome of [`KeyMaker::first`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// This call made it.
    Now(KeyId),
    /// There was one.
    Already(KeyId),
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MakeError {
    /// The table or KMS did not answer, or refused.
    Unavailable(Unavailable),
    /// The KMS key cannot sign this way.
    Unfit {
        /// Which.
        arn: String,
        /// Why.
        cause: &'static str,
    },
    /// It is there already: one key has one name and one algorithm.
    Taken(KeyId),
    /// No such key, or not in the state that is asked for.
    NotThere(KeyId),
    /// Verifiers could still be without a key that is about to sign, or need one that is about to go.
    TooEarly(Timestamp),
    /// Somebody else changed the keys in between; look and try again.
    Conflict,
}

impl fmt::Display for MakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(Unavailable(what)) => f.write_str(what),
            Self::Unfit { arn, cause } => write!(f, "{arn} {cause}"),
            Self::Taken(kid) => write!(f, "key {kid} is there already"),
            Self::NotThere(kid) => write!(f, "there is no key {kid} in that state"),
            Self::TooEarly(at) => write!(f, "not before {} seconds after 1970", at.0),
            Self::Conflict => f.write_str("somebody else changed the keys at the same time"),
        }
    }
}

impl std::error::Error for MakeError {}

impl From<Unavailable> for MakeError {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

/// Changes the keys of tenants. Each method is one conditional write of the tenant's item.
pub struct KeyMaker {
    documents: Documents,
    kms: Kms,
    wrapping: Wrapping,
    clock: Arc<dyn Clock>,
}

impl KeyMaker {
    /// Keys in this table, wrapped under this key.
    pub fn new(
        (dynamodb, table): (DynamoDb, String),
        (kms, wrapping_key): (Kms, String),
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            clock,
            documents: Documents::new(dynamodb, table, "keys"),
            wrapping: Wrapping::new(kms.clone(), wrapping_key, "keys"),
            kms,
        }
    }

    /// A tenant's keys, in the order they were made.
    pub async fn list(&self, tenant: &TenantId) -> Result<Vec<ListedKey>, MakeError> {
        let (_, set) = self.read(tenant).await?;
        let listed = set.keys.into_iter().map(|key| ListedKey {
            kid: key.kid,
            algorithm: key.algorithm,
            state: key.state,
            since: key.since,
            source: match key.custody {
                Custody::Wrapped(_) => KeySource::Wrapped,
                Custody::Kms(arn) => KeySource::Kms(arn),
            },
        });
        Ok(listed.collect())
    }

    /// The tenant's first key of an algorithm, active at once: nobody has cached a JWKS without it.
    pub async fn first(
        &self,
        tenant: &TenantId,
        algorithm: Algorithm,
        source: &KeySource,
    ) -> Result<Made, MakeError> {
        let (seen, set) = self.read(tenant).await?;
        if let Some(active) = set.active(algorithm) {
            return Ok(Made::Already(active.kid.clone()));
        }
        self.add(tenant, (seen, set), algorithm, source, KeyState::Active)
            .await
            .map(Made::Now)
    }

    /// The next key of an algorithm, published and not yet signing. [`Self::activate`] it once every verifier has
    /// fetched the JWKS again.
    pub async fn next(
        &self,
        tenant: &TenantId,
        algorithm: Algorithm,
        source: &KeySource,
    ) -> Result<KeyId, MakeError> {
        let read = self.read(tenant).await?;
        self.add(tenant, read, algorithm, source, KeyState::Pending).await
    }

    /// Lets a pending key sign; the one that signed so far is retired in the same write.
    pub async fn activate(&self, tenant: &TenantId, kid: &KeyId, wait: Wait) -> Result<(), MakeError> {
        let (seen, mut set) = self.read(tenant).await?;
        let pending = set.get(kid).filter(|key| key.state == KeyState::Pending);
        let pending = pending.ok_or_else(|| MakeError::NotThere(kid.clone()))?;
        self.not_before(pending.since + NOTICE, wait)?;
        let (algorithm, now) = (pending.algorithm, self.clock.now());
        for key in set.keys.iter_mut().filter(|key| key.algorithm == algorithm) {
            if key.kid == *kid {
                (key.state, key.since) = (KeyState::Active, now);
            } else if key.state == KeyState::Active {
                (key.state, key.since) = (KeyState::Retired, now);
            }
        }
        self.write(tenant, seen, &set).await
    }

    /// Removes a key that does not sign. What it has signed stops verifying once caches of the JWKS end.
    pub async fn forget(&self, tenant: &TenantId, kid: &KeyId, wait: Wait) -> Result<(), MakeError> {
        let (seen, mut set) = self.read(tenant).await?;
        let idle = set.get(kid).filter(|key| key.state != KeyState::Active);
        let idle = idle.ok_or_else(|| MakeError::NotThere(kid.clone()))?;
        if idle.state == KeyState::Retired {
            self.not_before(idle.since + FAREWELL, wait)?;
        }
        set.keys.retain(|key| key.kid != *kid);
        self.write(tenant, seen, &set).await
    }

    fn not_before(&self, at: Timestamp, wait: Wait) -> Result<(), MakeError> {
        if wait == Wait::Kept && self.clock.now() < at {
            Err(MakeError::TooEarly(at))
        } else {
            Ok(())
        }
    }

    async fn add(
        &self,
        tenant: &TenantId,
        (seen, mut set): (Option<u64>, KeySet),
        algorithm: Algorithm,
        source: &KeySource,
        state: KeyState,
    ) -> Result<KeyId, MakeError> {
        let (public, custody) = match source {
            KeySource::Wrapped => {
                let pair = self
                    .wrapping
                    .make_pair(&context(tenant, algorithm), spec(algorithm))
                    .await?;
                let public = jwt::public_key(algorithm, &pair.public);
                let public =
                    public.ok_or_else(|| self.documents.unavailable("KMS made another kind of key"))?;
                (public, Custody::wrapped(&pair.wrapped))
            }
            KeySource::Kms(arn) => (self.public_key(arn, algorithm).await?, Custody::Kms(arn.clone())),
        };
        let kid = public.kid().clone();
        if set.get(&kid).is_some() {
            return Err(MakeError::Taken(kid));
        }
        set.keys
            .push(StoredKey::new(public, state, self.clock.now(), custody));
        self.write(tenant, seen, &set).await?;
        Ok(kid)
    }

    /// The public half of a KMS key that is there to sign with this algorithm.
    async fn public_key(&self, arn: &str, algorithm: Algorithm) -> Result<PublicKey, MakeError> {
        let unfit = |cause| MakeError::Unfit {
            arn: arn.to_owned(),
            cause,
        };
        let described = self.kms.describe_key().key_id(arn).send().await;
        let described =
            described.map_err(|error| unavailable(&step("describe", arn), Throttled::Uncounted, &error))?;
        // A disabled key may still answer with its public half, and would be published without being able to sign.
        let enabled = described.key_metadata.is_some_and(|metadata| metadata.enabled);
        if !enabled {
            return Err(unfit("is disabled"));
        }
        let answer = self.kms.get_public_key().key_id(arn).send().await;
        let answer =
            answer.map_err(|error| unavailable(&step("public key", arn), Throttled::Uncounted, &error))?;
        if answer.key_id.as_deref() != Some(arn) {
            return Err(unfit("is not the ARN of a key"));
        }
        let specs: &[KeySpec] = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => &[KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096],
            Algorithm::Es256 => &[KeySpec::EccNistP256],
        };
        if !answer.key_spec.as_ref().is_some_and(|spec| specs.contains(spec)) {
            return Err(unfit("is of another kind than the algorithm needs"));
        }
        // Empty for a key that encrypts.
        if !answer.signing_algorithms().contains(&in_kms(algorithm)) {
            return Err(unfit("is not there to sign"));
        }
        let public = answer
            .public_key
            .and_then(|der| jwt::public_key(algorithm, der.as_ref()));
        public.ok_or_else(|| unfit("has a public half that cannot be read"))
    }

    async fn read(&self, tenant: &TenantId) -> Result<(Option<u64>, KeySet), MakeError> {
        Ok(match self.documents.read(&KeySet::item(tenant)).await? {
            Some(Versioned { version, value }) => (Some(version), value),
            None => (None, KeySet::default()),
        })
    }

    async fn write(&self, tenant: &TenantId, seen: Option<u64>, set: &KeySet) -> Result<(), MakeError> {
        let written = self.documents.write(&KeySet::item(tenant), seen, set).await?;
        if written { Ok(()) } else { Err(MakeError::Conflict) }
    }
}

fn step(what: &str, arn: &str) -> String {
    format!("keys: {what} {arn}")
}

fn spec(algorithm: Algorithm) -> DataKeyPairSpec {
    match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 => DataKeyPairSpec::Rsa2048,
        Algorithm::Es256 => DataKeyPairSpec::EccNistP256,
    }
}
