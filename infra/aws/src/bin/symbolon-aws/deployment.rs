use std::sync::Arc;

use symbolon::{keyring::Keyring, types::Timestamp};
use symbolon_aws::{
    Inspection, KeyMaker, KeyringMaker, KmsSigner, MemberImport, MemberTable, RegistryWriter, Settings,
    StoredKeyring, TenantKeys,
};

use crate::outcome::{Failure, Outcome};

/// The tables and the key that the environment names.
pub(crate) struct Deployment(Settings);

impl Deployment {
    pub(crate) fn of_environment() -> Outcome<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the composition root is where settings are read"
        )]
        let environment = |name: &str| match name {
            // A function is told its name by the template; this one knows it.
            "SYMBOLON_FUNCTION" => Some("symbolon-aws".to_owned()),
            name => std::env::var(name).ok(),
        };
        let mut settings =
            Settings::read(environment).map_err(|error| Failure::misused(format!("{error} (try --help)")))?;
        settings.aws = settings.aws.patient();
        Ok(Self(settings))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Tenants and clients.
    pub(crate) fn registry(&self) -> RegistryWriter {
        RegistryWriter::new(self.0.aws.dynamodb(), self.0.tables.config.clone())
    }

    pub(crate) fn keyring_maker(&self) -> KeyringMaker {
        KeyringMaker::new(
            (self.0.aws.dynamodb(), self.0.tables.config.clone()),
            (self.0.aws.kms(), self.0.wrapping_key.clone()),
            self.0.random.clone(),
            self.0.clock.clone(),
        )
    }

    /// The keyring as it is now.
    pub(crate) async fn keyring(&self) -> Outcome<Arc<Keyring>> {
        let loaded = StoredKeyring::load(
            (self.0.aws.dynamodb(), self.0.tables.config.clone()),
            (self.0.aws.kms(), self.0.wrapping_key.clone()),
            self.0.random.clone(),
            self.0.clock.clone(),
            0,
        );
        let loaded = loaded.await.map_err(|error| Failure::refused(error.0))?;
        Ok(loaded.keyring())
    }

    pub(crate) fn key_maker(&self) -> KeyMaker {
        KeyMaker::new(
            (self.0.aws.dynamodb(), self.0.tables.config.clone()),
            (self.0.aws.kms(), self.0.wrapping_key.clone()),
            self.0.clock.clone(),
        )
    }

    /// What functions sign with.
    pub(crate) fn signer(&self) -> KmsSigner {
        let (aws, config, clock) = (&self.0.aws, &self.0.tables.config, &self.0.clock);
        let keys = TenantKeys::new(aws.dynamodb(), config.clone(), clock.clone(), 0);
        KmsSigner::new(
            Arc::new(keys),
            aws.kms(),
            self.0.wrapping_key.clone(),
            self.0.random.clone(),
        )
    }

    pub(crate) fn members(&self, keyring: &Arc<Keyring>) -> (MemberTable, MemberImport) {
        let (client, table) = (self.0.aws.dynamodb(), self.0.tables.identity.clone());
        (
            MemberTable::new(client.clone(), table.clone(), keyring.clone()),
            MemberImport::new(client, table, keyring.clone()),
        )
    }

    pub(crate) fn inspection(&self) -> Inspection {
        Inspection::new(self.0.clone())
    }
}
