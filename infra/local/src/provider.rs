//! The composition root: every adapter is named here, and every endpoint gets the ports it asks for.

use std::{path::Path, sync::Arc};

use symbolon::{
    config::{Configuration, ConfiguredRegistry},
    endpoints::{Account, Authorize, Consent, Discovery, Jwks, Login, Logout, NotFound, Token, Userinfo},
    keyring::Keyring,
    ports::{
        Assertions, Challenges, Clock, Codes, Grants, Members, OtpSender, PublicKeys, Random,
        RefreshFamilies, Registry, Sessions, Signer,
    },
    wire::{Request, Response},
};

use crate::{
    clock::MovableClock,
    inbox::Inbox,
    keys::{LocalKeys, MasterKeys},
    members::ConfiguredMembers,
    probe::Probe,
    random::OsRandom,
    routes::Endpoint,
    server::StartError,
    store::SqliteStore,
};

/// Every endpoint, ready to answer for every configured issuer.
pub struct Provider {
    authorize: Authorize,
    login: Login,
    consent: Consent,
    token: Token,
    userinfo: Userinfo,
    discovery: Discovery,
    jwks: Jwks,
    logout: Logout,
    account: Account,
    not_found: NotFound,
}

/// The adapters that the development side looks into.
#[derive(Clone)]
pub struct Workbench {
    /// The phones.
    pub inbox: Arc<Inbox>,
    /// Time.
    pub clock: Arc<MovableClock>,
    /// Counts and faults.
    pub probe: Arc<Probe>,
    /// What must be swept now and then.
    pub store: Arc<SqliteStore>,
}

impl Provider {
    /// Opens what lies in the data directory and puts everything together.
    pub fn open(configuration: &Configuration, data: &Path) -> Result<(Self, Workbench), StartError> {
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
        let keys = Arc::new(LocalKeys::open(data, &wanted).map_err(StartError::Keys)?);
        let keyring = Arc::new(Keyring::new(
            master.sealing,
            Vec::new(),
            master.identity,
            Arc::clone(&random),
        ));
        let inbox = Arc::new(Inbox::new(clock.clone()));
        let probe = Arc::new(Probe::default());
        let workbench = Workbench {
            inbox,
            clock,
            probe,
            store,
        };
        let members = Arc::new(ConfiguredMembers::new(configuration.members.clone()));
        let registry = Arc::new(ConfiguredRegistry::new(&configuration.tenants));
        Ok((
            Self::assemble(&workbench, registry, members, keys, random, keyring),
            workbench,
        ))
    }

    fn assemble(
        workbench: &Workbench,
        registry: Arc<dyn Registry>,
        members: Arc<ConfiguredMembers>,
        keys: Arc<LocalKeys>,
        random: Arc<dyn Random>,
        keyring: Arc<Keyring>,
    ) -> Self {
        let probe = &workbench.probe;
        let store = Arc::new(probe.wrap(Arc::clone(&workbench.store)));
        let (assertions, challenges, codes): (Arc<dyn Assertions>, Arc<dyn Challenges>, Arc<dyn Codes>) =
            (store.clone(), store.clone(), store.clone());
        let (families, grants, sessions): (Arc<dyn RefreshFamilies>, Arc<dyn Grants>, Arc<dyn Sessions>) =
            (store.clone(), store.clone(), store);
        let members: Arc<dyn Members> = Arc::new(probe.wrap(members));
        let keys = Arc::new(probe.wrap(keys));
        let (signer, public_keys): (Arc<dyn Signer>, Arc<dyn PublicKeys>) = (keys.clone(), keys);
        let sender: Arc<dyn OtpSender> = Arc::new(probe.wrap(Arc::clone(&workbench.inbox)));
        let clock: Arc<dyn Clock> = workbench.clock.clone();
        Self {
            authorize: Authorize {
                registry: registry.clone(),
                sessions: sessions.clone(),
                grants: grants.clone(),
                codes: codes.clone(),
                public_keys: public_keys.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            login: Login {
                registry: registry.clone(),
                challenges,
                members: members.clone(),
                sessions: sessions.clone(),
                grants: grants.clone(),
                sender,
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            consent: Consent {
                registry: registry.clone(),
                sessions: sessions.clone(),
                grants: grants.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            token: Token {
                registry: registry.clone(),
                codes,
                families,
                grants: grants.clone(),
                members: members.clone(),
                assertions,
                signer,
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            userinfo: Userinfo {
                registry: registry.clone(),
                grants: grants.clone(),
                members: members.clone(),
                public_keys: public_keys.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            discovery: Discovery {
                registry: registry.clone(),
            },
            jwks: Jwks {
                registry: registry.clone(),
                public_keys: public_keys.clone(),
                random: random.clone(),
            },
            logout: Logout {
                registry: registry.clone(),
                sessions: sessions.clone(),
                grants: grants.clone(),
                public_keys,
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            account: Account {
                registry: registry.clone(),
                sessions,
                grants,
                members,
                clock,
                random: random.clone(),
                keyring,
            },
            not_found: NotFound { registry, random },
        }
    }

    /// Answers one request. Which issuer it is for, the endpoint reads from its `Host`.
    pub async fn handle(&self, endpoint: Endpoint, request: Request) -> Response {
        match endpoint {
            Endpoint::Authorize => self.authorize.handle(request).await,
            Endpoint::Login => self.login.handle(request).await,
            Endpoint::Consent => self.consent.handle(request).await,
            Endpoint::Token => self.token.handle(request).await,
            Endpoint::Userinfo => self.userinfo.handle(request).await,
            Endpoint::Discovery => self.discovery.handle(request).await,
            Endpoint::Jwks => self.jwks.handle(request).await,
            Endpoint::Logout => self.logout.handle(request).await,
            Endpoint::Account => self.account.handle(request).await,
            Endpoint::NotFound => self.not_found.handle(request).await,
        }
    }
}
