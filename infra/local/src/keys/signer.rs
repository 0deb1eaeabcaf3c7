use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard},
    thread,
};

use async_trait::async_trait;
use symbolon::{
    jwt::KeyPair,
    model::{
        KeyLife, KeyState, KeyStep, KeyWish,
        key_schedule::{self, Verdict},
    },
    ports::{Advanced, Algorithm, PortResult, PublicKey, PublicKeys, Signer, SigningKey, Unavailable},
    types::{KeyId, TenantId, Timestamp},
};

use super::{
    KeyError,
    file::{private_dir, read, write_private},
    generate::generate,
    states::{Entry, States},
};
use crate::random::OsRandom;

/// One key.
struct LocalKey {
    pair: KeyPair,
    public: PublicKey,
}

/// Every tenant's signing keys, held in memory. Nobody else changes the files, so memory is what they say.
pub struct LocalKeys {
    dir: PathBuf,
    wanted: HashMap<TenantId, Vec<Algorithm>>,
    held: RwLock<Held>,
    /// Held while keys are made and files are written.
    changing: Mutex<()>,
}

#[derive(Default)]
struct Held {
    states: States,
    keys: HashMap<(TenantId, KeyId), Arc<LocalKey>>,
}

impl LocalKeys {
    /// Reads the keys from `keys/` of the data directory and makes those that are missing. The directory must
    /// already belong to this process ([`SqliteStore::open`](crate::store::SqliteStore::open)): two that start at
    /// once would otherwise publish different keys.
    pub fn open(
        data: &Path,
        tenants: &[(TenantId, Vec<Algorithm>)],
        now: Timestamp,
    ) -> Result<Self, KeyError> {
        let dir = data.join("keys");
        private_dir(&dir).map_err(|error| KeyError::File(dir.clone(), error))?;
        let mut held = Held {
            states: States::read(&dir)?,
            keys: HashMap::new(),
        };
        let mut lacking = Vec::new();
        for (tenant, algorithms) in tenants {
            for entry in held.states.of(tenant) {
                let key = Arc::new(load(&dir.join(&entry.file), entry)?);
                held.keys.insert((tenant.clone(), entry.kid.clone()), key);
            }
            for algorithm in algorithms {
                let signs = |entry: &Entry| entry.algorithm == *algorithm && entry.state == KeyState::Active;
                if !held.states.of(tenant).iter().any(signs) {
                    lacking.push((tenant, *algorithm, file_name(tenant, *algorithm, None)));
                }
            }
        }
        for ((tenant, algorithm, file), key) in lacking.iter().zip(first_keys(&dir, &lacking)?) {
            held.add(tenant, *algorithm, KeyState::Active, now, file.clone(), key);
        }
        if !lacking.is_empty() {
            held.states.write(&dir)?;
        }
        Ok(Self {
            dir,
            wanted: tenants.iter().cloned().collect(),
            held: RwLock::new(held),
            changing: Mutex::default(),
        })
    }

    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lives of the keys of one algorithm.
    pub(super) fn lives(&self, tenant: &TenantId, algorithm: Algorithm) -> Vec<KeyLife> {
        let held = self.held();
        let own = held
            .states
            .of(tenant)
            .iter()
            .filter(|entry| entry.algorithm == algorithm);
        own.map(Entry::life).collect()
    }

    /// Takes the step that is due. It looks for primes and writes files: not for a thread that others wait for.
    pub(super) fn advance(
        &self,
        tenant: &TenantId,
        algorithm: Algorithm,
        wish: &KeyWish,
        now: Timestamp,
    ) -> Result<Advanced, KeyError> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let (step, kid) = match key_schedule::verdict(&self.lives(tenant, algorithm), wish, now) {
            Verdict::Due(step, kid) => (step, kid),
            Verdict::NotBefore(at) => return Ok(Advanced::NotBefore(at)),
            Verdict::Nothing => return Ok(Advanced::Nothing),
        };
        let Some(kid) = kid else {
            let kid = self.make(tenant, algorithm, step, now)?;
            return Ok(Advanced::Now(step, kid));
        };
        let mut states = self.held().states.clone();
        states.of_mut(tenant).retain_mut(|entry| {
            if entry.algorithm != algorithm {
                return true;
            }
            let stays = key_schedule::after(step, &kid, &entry.life(), now);
            stays
                .inspect(|(state, since)| (entry.state, entry.since) = (*state, *since))
                .is_some()
        });
        states.write(&self.dir)?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut held.states, states);
        if step == KeyStep::Forget {
            held.keys.remove(&(tenant.clone(), kid.clone()));
            let gone = before.of(tenant).iter().find(|entry| entry.kid == kid);
            // A file that stays is named nowhere, so it is read by nobody.
            gone.map(|entry| fs::remove_file(self.dir.join(&entry.file)));
        }
        Ok(Advanced::Now(step, kid))
    }

    fn make(
        &self,
        tenant: &TenantId,
        algorithm: Algorithm,
        step: KeyStep,
        now: Timestamp,
    ) -> Result<KeyId, KeyError> {
        let der = generate(algorithm)?;
        let key = LocalKey::of(algorithm, der.as_bytes()).ok_or(KeyError::Generate("a fitting one"))?;
        let kid = key.public.kid().clone();
        let file = file_name(tenant, algorithm, Some(&kid));
        let path = self.dir.join(&file);
        write_private(&path, der.as_bytes()).map_err(|error| KeyError::File(path, error))?;
        let state = if step == KeyStep::Make {
            KeyState::Active
        } else {
            KeyState::Pending
        };
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.add(tenant, algorithm, state, now, file, key);
        if let Err(error) = held.states.write(&self.dir) {
            held.states.of_mut(tenant).pop();
            return Err(error);
        }
        Ok(kid)
    }

    fn published(&self, tenant: &TenantId, wanted: impl Fn(KeyState) -> bool) -> Vec<PublicKey> {
        let held = self.held();
        let algorithms = self.wanted.get(tenant).map_or(&[][..], Vec::as_slice);
        let entries = held.states.of(tenant).iter();
        entries
            .filter(|entry| algorithms.contains(&entry.algorithm) && wanted(entry.state))
            .filter_map(|entry| held.keys.get(&(tenant.clone(), entry.kid.clone())))
            .map(|key| key.public.clone())
            .collect()
    }
}

impl Held {
    fn add(
        &mut self,
        tenant: &TenantId,
        algorithm: Algorithm,
        state: KeyState,
        since: Timestamp,
        file: String,
        key: LocalKey,
    ) {
        let kid = key.public.kid().clone();
        self.keys.insert((tenant.clone(), kid.clone()), Arc::new(key));
        self.states.of_mut(tenant).push(Entry {
            kid,
            algorithm,
            state,
            since,
            file,
        });
    }
}

impl LocalKey {
    fn of(algorithm: Algorithm, der: &[u8]) -> Option<Self> {
        let pair = KeyPair::from_pkcs8(algorithm, der)?;
        let public = pair.public();
        Some(Self { pair, public })
    }
}

#[async_trait]
impl Signer for LocalKeys {
    async fn active_key(&self, tenant: &TenantId, algorithm: Algorithm) -> PortResult<Option<SigningKey>> {
        if !self
            .wanted
            .get(tenant)
            .is_some_and(|own| own.contains(&algorithm))
        {
            return Ok(None);
        }
        let lives = self.lives(tenant, algorithm);
        let active = lives.into_iter().find(|key| key.state == KeyState::Active);
        Ok(active.map(|key| SigningKey {
            kid: key.kid,
            algorithm,
        }))
    }

    async fn sign(&self, tenant: &TenantId, key: &SigningKey, digest: &[u8; 32]) -> PortResult<Vec<u8>> {
        let mut lives = self.lives(tenant, key.algorithm).into_iter();
        let usable = lives.any(|own| own.kid == key.kid && own.state.may_sign());
        let name = (tenant.clone(), key.kid.clone());
        let found = self.held().keys.get(&name).filter(|_| usable).map(Arc::clone);
        let found = found.ok_or_else(|| unavailable("no such key of this tenant"))?;
        let digest = *digest;
        // RSA takes milliseconds: too long for a thread that others wait for.
        let signed = tokio::task::spawn_blocking(move || found.pair.sign(&digest, &OsRandom)).await;
        signed.ok().flatten().ok_or_else(|| unavailable("did not sign"))
    }
}

#[async_trait]
impl PublicKeys for LocalKeys {
    async fn public_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>> {
        Ok(self.published(tenant, KeyState::is_published))
    }

    async fn hint_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>> {
        Ok(self.published(tenant, |_| true))
    }
}

fn unavailable(what: &str) -> Unavailable {
    Unavailable(format!("signer: {what}"))
}

/// The first keys of tenants. An RSA key takes long to find, so all of a first start are looked for at once.
fn first_keys(dir: &Path, lacking: &[(&TenantId, Algorithm, String)]) -> Result<Vec<LocalKey>, KeyError> {
    thread::scope(|scope| {
        let search = |(_, algorithm, file): &(&TenantId, Algorithm, String)| {
            let (algorithm, path) = (*algorithm, dir.join(file));
            scope.spawn(move || load_or_make(&path, algorithm))
        };
        let searches: Vec<_> = lacking.iter().map(search).collect();
        let ended = |search: thread::ScopedJoinHandle<'_, _>| {
            search
                .join()
                .map_err(|_| KeyError::Generate("the search for one failed"))?
        };
        searches.into_iter().map(ended).collect()
    })
}

fn load(path: &Path, entry: &Entry) -> Result<LocalKey, KeyError> {
    let content = read(path).map_err(|error| KeyError::File(path.to_owned(), error))?;
    let key = content.and_then(|der| LocalKey::of(entry.algorithm, &der));
    let key = key.filter(|key| *key.public.kid() == entry.kid);
    key.ok_or_else(|| KeyError::Damaged(path.to_owned()))
}

/// A crash may have come between the key and the file of states, so the key may be there.
fn load_or_make(path: &Path, algorithm: Algorithm) -> Result<LocalKey, KeyError> {
    let file = |error| KeyError::File(path.to_owned(), error);
    if let Some(der) = read(path).map_err(file)? {
        return LocalKey::of(algorithm, &der).ok_or_else(|| KeyError::Damaged(path.to_owned()));
    }
    let der = generate(algorithm)?;
    write_private(path, der.as_bytes()).map_err(file)?;
    LocalKey::of(algorithm, der.as_bytes()).ok_or(KeyError::Generate("a fitting one"))
}

/// `urban-trend.rs256.p8`, and `urban-trend.rs256.KID.p8` for those after the first. Escaped so that no two tenants
/// share a file, whatever they are called and whether or not the file system tells `A` from `a`.
fn file_name(tenant: &TenantId, algorithm: Algorithm, kid: Option<&KeyId>) -> String {
    let written = |byte: u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02x}"),
    };
    let name: String = tenant.as_str().bytes().map(written).collect();
    let kid = kid.map_or_else(String::new, |kid| format!(".{kid}"));
    format!("{name}.{}{kid}.p8", algorithm.name().to_ascii_lowercase())
}
