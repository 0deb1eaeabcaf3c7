use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use async_trait::async_trait;
use symbolon::{
    jwt::KeyPair,
    ports::{Algorithm, PortResult, PublicKey, PublicKeys, Signer, SigningKey, Unavailable},
    types::TenantId,
};

use super::{
    KeyError,
    file::{private_dir, read, write_private},
    generate::generate,
};
use crate::random::OsRandom;

/// One key of one tenant.
struct LocalKey {
    pair: Arc<KeyPair>,
    public: PublicKey,
}

/// Every tenant's signing keys, one for each of its algorithms, held in memory.
pub struct LocalKeys {
    by_tenant: HashMap<TenantId, Vec<LocalKey>>,
}

impl LocalKeys {
    /// Reads the keys from `keys/` of the data directory and makes those that are missing. The directory must
    /// already belong to this process ([`SqliteStore::open`](crate::store::SqliteStore::open)): two that start at
    /// once would otherwise publish different keys.
    pub fn open(data: &Path, tenants: &[(TenantId, Vec<Algorithm>)]) -> Result<Self, KeyError> {
        let dir = data.join("keys");
        private_dir(&dir).map_err(|error| KeyError::File(dir.clone(), error))?;
        // An RSA key takes long to find, so all of a first start are looked for at once.
        let by_tenant = thread::scope(|scope| {
            let searches: Vec<_> = tenants
                .iter()
                .flat_map(|(tenant, algorithms)| algorithms.iter().map(move |algorithm| (tenant, *algorithm)))
                .map(|(tenant, algorithm)| {
                    let path = dir.join(file_name(tenant, algorithm));
                    (tenant, scope.spawn(move || load_or_make(&path, algorithm)))
                })
                .collect();
            let mut by_tenant: HashMap<TenantId, Vec<LocalKey>> = HashMap::new();
            for (tenant, search) in searches {
                let key = search
                    .join()
                    .map_err(|_| KeyError::Generate("the search for one failed"))??;
                by_tenant.entry(tenant.clone()).or_default().push(key);
            }
            Ok(by_tenant)
        })?;
        Ok(Self { by_tenant })
    }

    fn of(&self, tenant: &TenantId) -> &[LocalKey] {
        self.by_tenant.get(tenant).map_or(&[], Vec::as_slice)
    }
}

#[async_trait]
impl Signer for LocalKeys {
    async fn active_key(&self, tenant: &TenantId, algorithm: Algorithm) -> PortResult<Option<SigningKey>> {
        let key = self
            .of(tenant)
            .iter()
            .find(|key| key.public.algorithm() == algorithm);
        Ok(key.map(|key| SigningKey {
            kid: key.public.kid().clone(),
            algorithm,
        }))
    }

    async fn sign(&self, tenant: &TenantId, key: &SigningKey, digest: &[u8; 32]) -> PortResult<Vec<u8>> {
        let found = self
            .of(tenant)
            .iter()
            .find(|own| own.public.algorithm() == key.algorithm && own.public.kid() == &key.kid);
        let pair = Arc::clone(
            &found
                .ok_or_else(|| unavailable("no such key of this tenant"))?
                .pair,
        );
        let digest = *digest;
        // RSA takes milliseconds: too long for a thread that others wait for.
        let signed = tokio::task::spawn_blocking(move || pair.sign(&digest, &OsRandom)).await;
        signed.ok().flatten().ok_or_else(|| unavailable("did not sign"))
    }
}

#[async_trait]
impl PublicKeys for LocalKeys {
    async fn public_keys(&self, tenant: &TenantId) -> PortResult<Vec<PublicKey>> {
        Ok(self.of(tenant).iter().map(|key| key.public.clone()).collect())
    }
}

fn unavailable(what: &str) -> Unavailable {
    Unavailable(format!("signer: {what}"))
}

fn load_or_make(path: &Path, algorithm: Algorithm) -> Result<LocalKey, KeyError> {
    let file = |error| KeyError::File(path.to_owned(), error);
    let pair = if let Some(der) = read(path).map_err(file)? {
        KeyPair::from_pkcs8(algorithm, &der).ok_or_else(|| KeyError::Damaged(path.to_owned()))?
    } else {
        let der = generate(algorithm)?;
        write_private(path, der.as_bytes()).map_err(file)?;
        KeyPair::from_pkcs8(algorithm, der.as_bytes()).ok_or(KeyError::Generate("a fitting one"))?
    };
    let public = pair.public();
    Ok(LocalKey {
        pair: Arc::new(pair),
        public,
    })
}

/// `urban-trend.rs256.p8`. Escaped so that no two tenants share a file, whatever they are called and whether or not
/// the file system tells `A` from `a`.
fn file_name(tenant: &TenantId, algorithm: Algorithm) -> PathBuf {
    let written = |byte: u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02x}"),
    };
    let name: String = tenant.as_str().bytes().map(written).collect();
    PathBuf::from(format!("{name}.{}.p8", algorithm.name().to_ascii_lowercase()))
}
