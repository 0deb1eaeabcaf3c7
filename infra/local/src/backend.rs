//! What a provider on this machine stands on: the adapters behind its ports.

use std::{path::Path, sync::Arc};

use symbolon::{
    config::{Configuration, ConfiguredRegistry},
    keyring::Keyring,
    model::Tenant,
    ports::{
        Assertions, Challenges, Clock, Codes, DeviceRequests, Grants, Members, PublicKeys, PushedRequests,
        Random, RefreshFamilies, Registry, Sessions, Signer, SigningKeys,
    },
};

use crate::{
    clock::MovableClock,
    keys::{LocalKeyLives, LocalKeys, MasterKeys},
    members::ConfiguredMembers,
    outbox::Outbox,
    random::OsRandom,
    server::StartError,
    store::SqliteStore,
};

/// All storage ports of one store.
pub trait Store:
    Assertions + Challenges + Codes + DeviceRequests + Grants + PushedRequests + RefreshFamilies + Sessions
{
}

impl<T> Store for T where
    T: Assertions
        + Challenges
        + Codes
        + DeviceRequests
        + Grants
        + PushedRequests
        + RefreshFamilies
        + Sessions
{
}

/// The adapters of one provider. Text messages go to the inbox and what goes out goes out from here, whatever is below.
pub struct Backend {
    /// Every tenant.
    pub tenants: Vec<Arc<Tenant>>,
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// What is remembered.
    pub store: Arc<dyn Store>,
    /// What must be swept now and then, if the store does not forget by itself.
    pub swept: Option<Arc<SqliteStore>>,
    /// Where notices to partners wait.
    pub outbox: Arc<Outbox>,
    /// The brands' members.
    pub members: Arc<dyn Members>,
    /// What signs.
    pub signer: Arc<dyn Signer>,
    /// What verifies.
    pub public_keys: Arc<dyn PublicKeys>,
    /// What replaces signing keys.
    pub signing_keys: Arc<dyn SigningKeys>,
    /// What seals.
    pub keyring: Arc<Keyring>,
    /// Time.
    pub clock: Arc<MovableClock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl Backend {
    /// Everything in one data directory: `SQLite`, keys in files, members as configured.
    pub fn local(configuration: &Configuration, data: &Path) -> Result<Self, StartError> {
        // The store first: it makes the directory this process's own, and a second process ends here.
        let store = Arc::new(SqliteStore::open(data).map_err(StartError::Store)?);
        let clock =
            Arc::new(MovableClock::open(data).map_err(|error| StartError::Data(data.to_owned(), error))?);
        let random: Arc<dyn Random> = Arc::new(OsRandom);
        let master = MasterKeys::open(data, &*random).map_err(StartError::Keys)?;
        let wanted: Vec<_> = configuration
            .tenants
            .iter()
            .map(|(tenant, _)| (tenant.id.clone(), tenant.algorithms.clone()))
            .collect();
        let keys = LocalKeys::open(data, &wanted, clock.now()).map_err(StartError::Keys)?;
        let keys = Arc::new(keys);
        let tenants = configuration.tenants.iter().map(|(tenant, _)| Arc::clone(tenant));
        let tenants: Vec<_> = tenants.collect();
        let lives = LocalKeyLives::new(keys.clone(), tenants.clone());
        let keyring = Keyring::new(master.sealing, Vec::new(), master.identity, Arc::clone(&random));
        Ok(Self {
            tenants,
            registry: Arc::new(ConfiguredRegistry::new(&configuration.tenants)),
            store: store.clone(),
            outbox: Arc::new(Outbox::new(store.clone())),
            swept: Some(store),
            members: Arc::new(ConfiguredMembers::new(configuration.members.clone())),
            signer: keys.clone(),
            public_keys: keys,
            signing_keys: Arc::new(lives),
            keyring: Arc::new(keyring),
            clock,
            random,
        })
    }
}
