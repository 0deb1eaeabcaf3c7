//! Making keys of tenants and moving them on, for the schedule and the operator's tool.

use std::{fmt, sync::Arc};

use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_kms::{
    Client as Kms,
    types::{DataKeyPairSpec, KeySpec},
};
use symbolon::{
    jwt,
    model::{
        KeyState, KeyStep, KeyWish,
        key_schedule::{self, Verdict},
    },
    ports::{Advanced, Algorithm, Clock, PublicKey, Unavailable},
    types::{KeyId, TenantId, Timestamp},
};

use super::{
    key_set::{Custody, KeySet, StoredKey},
    signer::{context, in_kms},
    source::KeySource,
};
use crate::{
    document::{Documents, Versioned},
    failure::{Throttled, unavailable},
    wrapping::Wrapping,
};

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
    /// Somebody else changed the keys in between; look and try again.
    Conflict,
}

impl fmt::Display for MakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(Unavailable(what)) => f.write_str(what),
            Self::Unfit { arn, cause } => write!(f, "{arn} {cause}"),
            Self::Taken(kid) => write!(f, "key {kid} is there already"),
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

/// Changes the keys of tenants. Each change is one conditional write of the tenant's item.
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
            source: KeySource::of_key(&key.custody),
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
        let now = self.clock.now();
        self.add(tenant, (seen, set), algorithm, source, KeyState::Active, now)
            .await
            .map(Made::Now)
    }

    /// Takes the step that is due for the keys of an algorithm; `source` is where its settings say that keys come from.
    pub async fn advance(
        &self,
        tenant: &TenantId,
        algorithm: Algorithm,
        source: &KeySource,
        wish: &KeyWish,
        now: Timestamp,
    ) -> Result<Advanced, MakeError> {
        let (seen, mut set) = self.read(tenant).await?;
        let wish = by_settings(*wish, set.active(algorithm), source);
        let (step, kid) = match key_schedule::verdict(&set.lives(algorithm), &wish, now) {
            Verdict::Due(step, kid) => (step, kid),
            Verdict::NotBefore(at) => return Ok(Advanced::NotBefore(at)),
            Verdict::Nothing => return Ok(Advanced::Nothing),
        };
        let done = if let Some(kid) = kid {
            set.keys.retain_mut(|key| {
                if key.algorithm != algorithm {
                    return true;
                }
                let stays = key_schedule::after(step, &kid, &key.life(), now);
                stays
                    .inspect(|(state, since)| (key.state, key.since) = (*state, *since))
                    .is_some()
            });
            self.write(tenant, seen, &set).await.map(|()| kid)
        } else {
            let state = if step == KeyStep::Make {
                KeyState::Active
            } else {
                KeyState::Pending
            };
            self.add(tenant, (seen, set), algorithm, source, state, now).await
        };
        match done {
            Ok(kid) => Ok(Advanced::Now(step, kid)),
            Err(MakeError::Conflict) => Ok(Advanced::Raced),
            Err(error) => Err(error),
        }
    }

    async fn add(
        &self,
        tenant: &TenantId,
        (seen, mut set): (Option<u64>, KeySet),
        algorithm: Algorithm,
        source: &KeySource,
        state: KeyState,
        now: Timestamp,
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
        set.keys.push(StoredKey::new(public, state, now, custody));
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

/// A key that the settings name no longer is replaced at once, and one that an operator made is replaced by name only.
fn by_settings(mut wish: KeyWish, active: Option<&StoredKey>, source: &KeySource) -> KeyWish {
    if wish.step.is_none() {
        let moved = active.is_some_and(|key| KeySource::of_key(&key.custody) != *source);
        match source {
            _ if moved => wish.times.rotate_after = Some(0),
            KeySource::Kms(_) => wish.times.rotate_after = None,
            KeySource::Wrapped => {}
        }
    }
    wish
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
