//! A deployment whose keys are in KMS, or wrapped by it.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use symbolon::{
    model::{KeyStep, KeyWish, Policy},
    ports::{Advanced, Algorithm, Clock},
    types::TenantId,
};
use symbolon_aws::{KeyMaker, KeySource, KmsSigner, MakeError, TenantKeys};
use symbolon_local::random::OsRandom;

use super::super::{
    backend::{Bench, Keys, TENANTS},
    tenant,
};
use crate::harness::aws::{Account, Moved};

pub(super) const CACHE: u64 = 60;
pub(super) const WRAPPED: KeySource = KeySource::Wrapped;

/// A deployment: its account, its wrapping key, and its time.
pub(super) struct Deployment {
    pub(super) account: Account,
    pub(super) wrapping_key: String,
    pub(super) clock: Arc<Moved>,
}

impl Deployment {
    pub(super) async fn new() -> Self {
        let account = Account::new().await;
        Self {
            wrapping_key: account.wrapping_key().await,
            account,
            clock: Moved::new(),
        }
    }

    pub(super) fn maker(&self) -> KeyMaker {
        let aws = self.account.direct();
        let table = self.account.tables.config.clone();
        KeyMaker::new(
            (aws.dynamodb(), table),
            (aws.kms(), self.wrapping_key.clone()),
            self.clock.clone(),
        )
    }

    /// Asks for a step with a tenant's keys, which is given if it is due.
    pub(super) async fn step(
        &self,
        tenant: &TenantId,
        algorithm: Algorithm,
        source: &KeySource,
        step: KeyStep,
    ) -> Result<Advanced, MakeError> {
        let (wish, now) = (KeyWish::asked(step, &Policy::default()), self.clock.now());
        self.maker().advance(tenant, algorithm, source, &wish, now).await
    }

    pub(super) fn keys(&self) -> Arc<TenantKeys> {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let table = self.account.tables.config.clone();
        Arc::new(TenantKeys::new(
            self.account.aws().dynamodb(),
            table,
            clock,
            CACHE,
        ))
    }

    pub(super) fn signer(&self) -> KmsSigner {
        let kms = self.account.aws().kms();
        KmsSigner::new(self.keys(), kms, self.wrapping_key.clone(), Arc::new(OsRandom))
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.clock.pass(seconds);
    }

    /// The stored keys of a tenant.
    pub(super) async fn document(&self, tenant: &TenantId) -> Value {
        let rows = self.account.dump().await;
        let pk = AttributeValue::S(format!("KEYS#{tenant}"));
        let (_, item) = rows.into_iter().find(|(_, item)| item["pk"] == pk).unwrap();
        serde_json::from_str(item["d"].as_s().unwrap()).unwrap()
    }

    /// Stores other keys, behind everybody's back.
    pub(super) async fn store(&self, tenant: &TenantId, document: &Value) {
        let call = self
            .account
            .client
            .put_item()
            .table_name(&self.account.tables.config);
        let call = call
            .item("pk", AttributeValue::S(format!("KEYS#{tenant}")))
            .item("sk", AttributeValue::S("-".to_owned()))
            .item("v", AttributeValue::N("9".to_owned()))
            .item("d", AttributeValue::S(document.to_string()));
        call.send().await.unwrap();
        self.account.wire.take();
    }

    /// ARN of a KMS key that signs with this algorithm.
    pub(super) async fn kms_key(&self, algorithm: Algorithm) -> String {
        let spec = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => "RSA_2048",
            Algorithm::Es256 => "ECC_NIST_P256",
        };
        self.account.key(spec, "SIGN_VERIFY").await
    }
}

impl Bench {
    pub(in crate::signer) async fn wrapped() -> Self {
        let deployment = Deployment::new().await;
        for (name, algorithms) in TENANTS {
            for algorithm in algorithms {
                deployment
                    .maker()
                    .first(&tenant(name), *algorithm, &WRAPPED)
                    .await
                    .unwrap();
            }
        }
        Self::of(deployment)
    }

    pub(in crate::signer) async fn kms() -> Self {
        let deployment = Deployment::new().await;
        for (name, algorithms) in TENANTS {
            for algorithm in algorithms {
                let source = KeySource::Kms(deployment.kms_key(*algorithm).await);
                deployment
                    .maker()
                    .first(&tenant(name), *algorithm, &source)
                    .await
                    .unwrap();
            }
        }
        Self::of(deployment)
    }

    fn of(deployment: Deployment) -> Self {
        Self::new(move || Keys {
            signer: Arc::new(deployment.signer()),
            public: deployment.keys(),
        })
    }
}
