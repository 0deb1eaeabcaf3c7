//! The adapters of a function, each made for the port it is asked for.

use std::sync::Arc;

use async_trait::async_trait;
use symbolon::{
    keyring::Keyring,
    ports::{
        Assertions, Challenges, ClientKeys, Clock, Codes, DeviceRequests, Grants, LogoutNotices, Members,
        OtpSender, Partners, PortResult, PublicKeys, PushedRequests, Random, RefreshFamilies, Registry,
        Sessions, Signer, SigningKeys,
    },
};
use symbolon_outbound::{FetchedClientKeys, HttpPartners, Outbound};

use crate::{
    health::{Need, Needs},
    keyring::StoredKeyring,
    members::{MemberConnector, MemberDirectory, MemberTable},
    messages::{Delivery, EndUserMessaging, Queue, Senders, Sns, Webhook},
    notices::NoticeQueue,
    registry::TableRegistry,
    settings::Settings,
    signing::{KeyMaker, KmsSigner, TenantKeyLives, TenantKeys},
    store::DynamoStore,
};

/// What a function is given, opened.
#[async_trait]
pub trait Opened: Sized + Send + Sync {
    /// Reads what must be there before the first request.
    async fn open(settings: &Settings) -> PortResult<Self>;

    /// Reads again what has become too old.
    async fn refresh(&self);

    /// What it stands on.
    fn needs(&self) -> &Needs;
}

/// The adapters of a function that publishes only. It holds no secret and cannot open one.
pub struct PublicWorld {
    settings: Settings,
    registry: Arc<TableRegistry>,
    needs: Needs,
}

#[async_trait]
impl Opened for PublicWorld {
    async fn open(settings: &Settings) -> PortResult<Self> {
        let registry = Arc::new(registry(settings, None));
        // Opens the connection that requests will use. Nobody has this name; a table that is out of reach is told of
        // by the first request, as it may be back by then.
        drop(registry.tenant_by_authority("nobody.invalid").await);
        Ok(Self {
            settings: settings.clone(),
            registry,
            needs: Needs::default(),
        })
    }

    async fn refresh(&self) {}

    fn needs(&self) -> &Needs {
        &self.needs
    }
}

impl PublicWorld {
    /// Tenants, without their secrets.
    pub fn registry(&self) -> Arc<dyn Registry> {
        self.needs.add(Need::Table(self.settings.tables.config.clone()));
        self.registry.clone()
    }

    /// Their public keys.
    pub fn public_keys(&self) -> Arc<dyn PublicKeys> {
        tenant_keys(&self.settings, &self.needs)
    }

    /// Their signing keys, to be moved on.
    pub fn signing_keys(&self) -> Arc<dyn SigningKeys> {
        let Settings {
            aws,
            tables,
            wrapping_key,
            clock,
            ..
        } = &self.settings;
        // Nobody waits, and making an RSA pair takes KMS its time.
        let aws = aws.clone().patient();
        let maker = KeyMaker::new(
            (aws.dynamodb(), tables.config.clone()),
            (aws.kms(), wrapping_key.clone()),
            clock.clone(),
        );
        Arc::new(TenantKeyLives::new(Arc::clone(&self.registry), maker))
    }

    /// Time.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.settings.clock.clone()
    }

    /// Randomness.
    pub fn random(&self) -> Arc<dyn Random> {
        self.settings.random.clone()
    }
}

/// The adapters of every other function.
pub struct World {
    settings: Settings,
    keyring: StoredKeyring,
    registry: Arc<TableRegistry>,
    needs: Needs,
}

#[async_trait]
impl Opened for World {
    async fn open(settings: &Settings) -> PortResult<Self> {
        let Settings {
            aws,
            tables,
            wrapping_key,
            clock,
            random,
            cache_seconds,
            ..
        } = settings;
        let keyring = StoredKeyring::load(
            (aws.dynamodb(), tables.config.clone()),
            (aws.kms(), wrapping_key.clone()),
            random.clone(),
            clock.clone(),
            *cache_seconds,
        )
        .await?;
        let needs = Needs::default();
        needs.add(Need::Table(settings.tables.config.clone()));
        needs.add(Need::Key(settings.wrapping_key.clone()));
        Ok(Self {
            registry: Arc::new(registry(settings, Some(keyring.keyring()))),
            settings: settings.clone(),
            keyring,
            needs,
        })
    }

    async fn refresh(&self) {
        // The keys it has still open what they opened; the next request tries again.
        if let Err(cause) = self.keyring.refresh().await {
            tracing::warn!(reason = cause.0, "the keyring was not refreshed");
        }
    }

    fn needs(&self) -> &Needs {
        &self.needs
    }
}

impl World {
    /// Tenants and clients.
    pub fn registry(&self) -> Arc<dyn Registry> {
        self.registry.clone()
    }

    /// SSO sessions.
    pub fn sessions(&self) -> Arc<dyn Sessions> {
        self.ephemeral()
    }

    /// One-time codes on their way.
    pub fn challenges(&self) -> Arc<dyn Challenges> {
        self.ephemeral()
    }

    /// Authorization codes.
    pub fn codes(&self) -> Arc<dyn Codes> {
        self.ephemeral()
    }

    /// What clients pushed.
    pub fn pushed(&self) -> Arc<dyn PushedRequests> {
        self.ephemeral()
    }

    /// Requests of devices.
    pub fn devices(&self) -> Arc<dyn DeviceRequests> {
        self.ephemeral()
    }

    /// Lines of refresh tokens.
    pub fn families(&self) -> Arc<dyn RefreshFamilies> {
        self.ephemeral()
    }

    /// What may be used once.
    pub fn assertions(&self) -> Arc<dyn Assertions> {
        self.ephemeral()
    }

    /// What clients publish at their `jwks_uri`.
    pub fn client_keys(&self) -> Arc<dyn ClientKeys> {
        let outbound = Arc::new(Outbound::public());
        Arc::new(FetchedClientKeys::new(outbound, self.clock()))
    }

    /// Consents.
    pub fn grants(&self) -> Arc<dyn Grants> {
        self.needs.add(Need::Table(self.settings.tables.identity.clone()));
        self.store()
    }

    /// The brands' members.
    pub fn members(&self) -> Arc<dyn Members> {
        self.needs.add(Need::Table(self.settings.tables.identity.clone()));
        let Settings {
            aws, tables, clock, ..
        } = &self.settings;
        let table = MemberTable::new(aws.dynamodb(), tables.identity.clone(), self.keyring());
        let connector = MemberConnector::new(Arc::new(Outbound::public()), clock.clone());
        Arc::new(MemberDirectory::new(self.registry.clone(), table, connector))
    }

    /// What text messages go through.
    pub fn sender(&self) -> Arc<dyn OtpSender> {
        let Settings {
            aws,
            queue,
            clock,
            random,
            ..
        } = &self.settings;
        Arc::new(Queue::new(
            aws.sqs(),
            queue.clone().unwrap_or_default(),
            self.keyring(),
            clock.clone(),
            random.clone(),
        ))
    }

    /// What takes text messages out of the queue.
    pub fn delivery(&self) -> Delivery {
        let Settings { aws, clock, .. } = &self.settings;
        // Nobody waits, and a call given up too early is a second text.
        let aws = aws.clone().patient();
        let senders = Senders {
            sns: Sns::new(aws.sns()),
            end_user_messaging: EndUserMessaging::new(aws.end_user_messaging()),
            webhook: Webhook::new(Arc::new(Outbound::public()), clock.clone()),
        };
        let registry = self.registry.clone();
        Delivery::new(
            self.keyring(),
            registry,
            self.challenges(),
            clock.clone(),
            senders,
        )
    }

    /// Where notices to partners wait.
    pub fn notices(&self) -> Arc<dyn LogoutNotices> {
        Arc::new(self.notice_queue())
    }

    /// The same, for who takes them out.
    pub fn notice_queue(&self) -> NoticeQueue {
        let Settings { aws, notices, .. } = &self.settings;
        NoticeQueue::new(aws.sqs(), notices.clone().unwrap_or_default())
    }

    /// The partners' own servers.
    pub fn partners(&self) -> Arc<dyn Partners> {
        Arc::new(HttpPartners::new(Arc::new(Outbound::public())))
    }

    /// What signs.
    pub fn signer(&self) -> Arc<dyn Signer> {
        let keys = tenant_keys(&self.settings, &self.needs);
        let Settings {
            aws,
            wrapping_key,
            random,
            ..
        } = &self.settings;
        Arc::new(KmsSigner::new(
            keys,
            aws.kms(),
            wrapping_key.clone(),
            random.clone(),
        ))
    }

    /// What verifies.
    pub fn public_keys(&self) -> Arc<dyn PublicKeys> {
        tenant_keys(&self.settings, &self.needs)
    }

    /// Time.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.settings.clock.clone()
    }

    /// Randomness.
    pub fn random(&self) -> Arc<dyn Random> {
        self.settings.random.clone()
    }

    /// Sealing.
    pub fn keyring(&self) -> Arc<Keyring> {
        self.keyring.keyring()
    }

    fn ephemeral(&self) -> Arc<DynamoStore> {
        self.needs
            .add(Need::Table(self.settings.tables.ephemeral.clone()));
        self.store()
    }

    fn store(&self) -> Arc<DynamoStore> {
        let Settings {
            aws, tables, random, ..
        } = &self.settings;
        Arc::new(DynamoStore::new(aws.dynamodb(), tables.clone(), random.clone()))
    }
}

fn registry(settings: &Settings, keyring: Option<Arc<Keyring>>) -> TableRegistry {
    let Settings {
        aws,
        tables,
        clock,
        cache_seconds,
        ..
    } = settings;
    TableRegistry::new(
        aws.dynamodb(),
        tables.config.clone(),
        keyring,
        clock,
        *cache_seconds,
    )
}

fn tenant_keys(settings: &Settings, needs: &Needs) -> Arc<TenantKeys> {
    needs.add(Need::Table(settings.tables.config.clone()));
    let Settings {
        aws,
        tables,
        clock,
        cache_seconds,
        ..
    } = settings;
    Arc::new(TenantKeys::new(
        aws.dynamodb(),
        tables.config.clone(),
        clock.clone(),
        *cache_seconds,
    ))
}
