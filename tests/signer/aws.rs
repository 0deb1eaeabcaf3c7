//! Keys in KMS and keys that KMS wraps, and what only those could get wrong.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use symbolon::{
    ports::{Algorithm, Clock, PublicKeys, Signer, SigningKey, Unavailable},
    types::{KeyId, TenantId, Timestamp},
};
use symbolon_aws::{KeyMaker, KeySource, KeyState, KmsSigner, Made, MakeError, TenantKeys};
use symbolon_local::random::OsRandom;

use super::{
    active,
    backend::{Bench, Keys, TENANTS},
    parts, tenant, token, verifies,
};
use crate::harness::aws::Account;

const CACHE: u64 = 60;
const WRAPPED: KeySource = KeySource::Wrapped;

/// A clock a test moves.
#[derive(Default)]
struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A deployment: its account, its wrapping key, and its time.
struct Deployment {
    account: Account,
    wrapping_key: String,
    clock: Arc<Moved>,
}

impl Deployment {
    async fn new() -> Self {
        let account = Account::new().await;
        Self {
            wrapping_key: account.wrapping_key().await,
            account,
            clock: Arc::default(),
        }
    }

    fn maker(&self) -> KeyMaker {
        let aws = self.account.direct();
        let table = self.account.tables.config.clone();
        KeyMaker::new(aws.dynamodb(), table, aws.kms(), self.wrapping_key.clone())
    }

    fn keys(&self) -> Arc<TenantKeys> {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let table = self.account.tables.config.clone();
        Arc::new(TenantKeys::new(
            self.account.aws().dynamodb(),
            table,
            clock,
            CACHE,
        ))
    }

    fn signer(&self) -> KmsSigner {
        let kms = self.account.aws().kms();
        KmsSigner::new(self.keys(), kms, self.wrapping_key.clone(), Arc::new(OsRandom))
    }

    fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// What has been asked since the last time, `GetItem`, `Sign`, ….
    fn asked(&self) -> Vec<String> {
        self.account
            .wire
            .take()
            .into_iter()
            .map(|sent| sent.operation)
            .collect()
    }

    /// The stored keys of a tenant.
    async fn document(&self, tenant: &TenantId) -> Value {
        let rows = self.account.dump().await;
        let pk = AttributeValue::S(format!("KEYS#{tenant}"));
        let (_, item) = rows.into_iter().find(|(_, item)| item["pk"] == pk).unwrap();
        serde_json::from_str(item["d"].as_s().unwrap()).unwrap()
    }

    /// Stores other keys, behind everybody's back.
    async fn store(&self, tenant: &TenantId, document: &Value) {
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
    async fn kms_key(&self, algorithm: Algorithm) -> String {
        let spec = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => "RSA_2048",
            Algorithm::Es256 => "ECC_NIST_P256",
        };
        self.account.key(spec, "SIGN_VERIFY").await
    }
}

impl Bench {
    pub(super) async fn wrapped() -> Self {
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

    pub(super) async fn kms() -> Self {
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

#[tokio::test]
async fn a_wrapped_key_is_opened_once_in_a_process_and_then_signs_without_kms() {
    let deployment = Deployment::new().await;
    let (urban, north) = (tenant("urban"), tenant("north"));
    for tenant in [&urban, &north] {
        deployment
            .maker()
            .first(tenant, Algorithm::Es256, &WRAPPED)
            .await
            .unwrap();
    }
    let signer = deployment.signer();
    for expected in [vec!["GetItem", "Decrypt"], vec![], vec![]] {
        let key = active(&signer, &urban, Algorithm::Es256).await;
        token(&signer, &urban, &key).await;
        assert_eq!(deployment.asked(), expected);
    }
    deployment.pass(CACHE);
    let key = active(&signer, &urban, Algorithm::Es256).await;
    token(&signer, &urban, &key).await;
    assert_eq!(deployment.asked(), ["GetItem"]);
    let key = active(&signer, &north, Algorithm::Es256).await;
    token(&signer, &north, &key).await;
    assert_eq!(deployment.asked(), ["GetItem", "Decrypt"]);
}

#[tokio::test]
async fn kms_is_given_a_digest_and_the_keys_arn() {
    let deployment = Deployment::new().await;
    let urban = tenant("urban");
    let expected = [
        (Algorithm::Rs256, "RSASSA_PKCS1_V1_5_SHA_256"),
        (Algorithm::Ps256, "RSASSA_PSS_SHA_256"),
        (Algorithm::Es256, "ECDSA_SHA_256"),
    ];
    for (algorithm, in_kms) in expected {
        let arn = deployment.kms_key(algorithm).await;
        let source = KeySource::Kms(arn.clone());
        deployment
            .maker()
            .first(&urban, algorithm, &source)
            .await
            .unwrap();
        let signer = deployment.signer();
        let key = active(&signer, &urban, algorithm).await;
        deployment.asked();
        token(&signer, &urban, &key).await;
        let sent = deployment.account.wire.take();
        assert_eq!((sent.len(), &*sent[0].operation), (1, "Sign"));
        let field = |name: &str| sent[0].body[name].as_str().unwrap().to_owned();
        assert_eq!(
            [field("KeyId"), field("MessageType"), field("SigningAlgorithm")],
            [arn, "DIGEST".to_owned(), in_kms.to_owned()]
        );
    }
}

#[tokio::test]
async fn publishing_asks_kms_nothing() {
    let deployment = Deployment::new().await;
    let urban = tenant("urban");
    deployment
        .maker()
        .first(&urban, Algorithm::Es256, &WRAPPED)
        .await
        .unwrap();
    let keys = deployment.keys();
    for expected in [vec!["GetItem"], vec![]] {
        assert_eq!(keys.public_keys(&urban).await.unwrap().len(), 1);
        assert_eq!(deployment.asked(), expected);
    }
}

#[tokio::test]
async fn st4_trouble_at_kms_is_unavailable_and_names_step_and_key_and_the_next_call_works() {
    let deployment = Deployment::new().await;
    let (urban, north) = (tenant("urban"), tenant("north"));
    let arn = deployment.kms_key(Algorithm::Es256).await;
    let source = KeySource::Kms(arn.clone());
    deployment
        .maker()
        .first(&urban, Algorithm::Es256, &source)
        .await
        .unwrap();
    deployment
        .maker()
        .first(&north, Algorithm::Es256, &WRAPPED)
        .await
        .unwrap();
    let signer = deployment.signer();
    let steps = [
        (&urban, format!("signer: sign with {arn}")),
        (&north, format!("signer: open under {}", deployment.wrapping_key)),
    ];
    for (tenant, step) in steps {
        let key = active(&signer, tenant, Algorithm::Es256).await;
        // The SDK tries a throttled call three times.
        for (times, code) in [(1, "DisabledException"), (3, "ThrottlingException")] {
            deployment.account.wire.refuse(times, code);
            let refused = signer.sign(tenant, &key, &[7; 32]).await;
            assert_eq!(refused, Err(Unavailable(format!("{step}: {code}"))));
        }
        assert_eq!(signer.sign(tenant, &key, &[7; 32]).await.unwrap().len(), 64);
    }
}

#[tokio::test]
async fn a_disabled_key_does_not_sign_and_is_not_taken() {
    let deployment = Deployment::new().await;
    let urban = tenant("urban");
    let arn = deployment.kms_key(Algorithm::Es256).await;
    let source = KeySource::Kms(arn.clone());
    deployment
        .maker()
        .first(&urban, Algorithm::Es256, &source)
        .await
        .unwrap();
    let signer = deployment.signer();
    let key = active(&signer, &urban, Algorithm::Es256).await;
    deployment
        .account
        .direct()
        .kms()
        .disable_key()
        .key_id(&arn)
        .send()
        .await
        .unwrap();
    let Unavailable(why) = signer.sign(&urban, &key, &[7; 32]).await.unwrap_err();
    assert!(why.starts_with(&format!("signer: sign with {arn}: ")), "{why}");
    let unfit = deployment.maker().next(&urban, Algorithm::Es256, &source).await;
    let cause = "is disabled";
    assert_eq!(unfit, Err(MakeError::Unfit { arn, cause }));
}

#[tokio::test]
async fn te4_a_wrapped_key_opens_for_its_own_tenant_algorithm_and_name_only() {
    let deployment = Deployment::new().await;
    let (urban, north) = (tenant("urban"), tenant("north"));
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256] {
        deployment
            .maker()
            .first(&urban, algorithm, &WRAPPED)
            .await
            .unwrap();
    }
    deployment
        .maker()
        .next(&urban, Algorithm::Rs256, &WRAPPED)
        .await
        .unwrap();
    let original = deployment.document(&urban).await;
    let [rs, ps, other_rs] = [0, 1, 2].map(|n| original["keys"][n]["custody"].clone());
    let fails = async |tenant: &TenantId, algorithm, document: &Value| {
        deployment.store(tenant, document).await;
        let signer = deployment.signer();
        let key = active(&signer, tenant, algorithm).await;
        signer.sign(tenant, &key, &[7; 32]).await.unwrap_err().0
    };
    // Another tenant's item, copied.
    let copied = fails(&north, Algorithm::Rs256, &original).await;
    assert!(copied.contains("InvalidCiphertextException"), "{copied}");
    // Another algorithm's blob.
    let mut mixed = original.clone();
    (mixed["keys"][0]["custody"], mixed["keys"][1]["custody"]) = (ps, rs);
    let swapped = fails(&urban, Algorithm::Rs256, &mixed).await;
    assert!(swapped.contains("InvalidCiphertextException"), "{swapped}");
    // Another key's blob of the same tenant and algorithm: KMS opens it.
    let mut renamed = original.clone();
    renamed["keys"][0]["custody"] = other_rs;
    let renamed = fails(&urban, Algorithm::Rs256, &renamed).await;
    assert_eq!(renamed, "signer: open: not the published key");
    // As it was, it signs.
    deployment.store(&urban, &original).await;
    let signer = deployment.signer();
    let key = active(&signer, &urban, Algorithm::Rs256).await;
    assert!(signer.sign(&urban, &key, &[7; 32]).await.is_ok());
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_no_empty_list() {
    let deployment = Deployment::new().await;
    let urban = tenant("urban");
    deployment
        .maker()
        .first(&urban, Algorithm::Es256, &WRAPPED)
        .await
        .unwrap();
    let mut odd = deployment.document(&urban).await;
    odd["keys"][0]["algorithm"] = "RS256".into();
    deployment.store(&urban, &odd).await;
    assert!(deployment.keys().public_keys(&urban).await.is_err());
    odd["keys"][0]["state"] = "asleep".into();
    deployment.store(&urban, &odd).await;
    let Unavailable(why) = deployment.keys().public_keys(&urban).await.unwrap_err();
    assert_eq!(why, "signer: unreadable item in config");
    assert!(
        deployment
            .signer()
            .active_key(&urban, Algorithm::Rs256)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_key_is_published_before_it_signs_and_after_it_has_signed() {
    let deployment = Deployment::new().await;
    let (urban, maker) = (tenant("urban"), deployment.maker());
    let Made::Now(old) = maker.first(&urban, Algorithm::Es256, &WRAPPED).await.unwrap() else {
        panic!("there was none");
    };
    let (signer, keys) = (deployment.signer(), deployment.keys());
    let published = async || -> Vec<KeyId> {
        let keys = keys.public_keys(&urban).await.unwrap();
        keys.iter().map(|key| key.kid().clone()).collect()
    };
    let current = async || active(&signer, &urban, Algorithm::Es256).await.kid;
    assert_eq!(
        (published().await, current().await),
        (vec![old.clone()], old.clone())
    );
    let before = token(&signer, &urban, &active(&signer, &urban, Algorithm::Es256).await).await;

    // Whoever has read the keys a moment ago learns of the new one within the cache's time.
    let new = maker.next(&urban, Algorithm::Es256, &WRAPPED).await.unwrap();
    assert_eq!(published().await, [old.clone()]);
    deployment.pass(CACHE);
    assert_eq!(published().await, [old.clone(), new.clone()]);
    assert_eq!(current().await, old);
    let pending = SigningKey {
        kid: new.clone(),
        algorithm: Algorithm::Es256,
    };
    assert!(signer.sign(&urban, &pending, &[7; 32]).await.is_err());

    maker.activate(&urban, &new).await.unwrap();
    deployment.pass(CACHE);
    assert_eq!(current().await, new);
    assert_eq!(published().await, [old.clone(), new.clone()]);
    let public = keys.public_keys(&urban).await.unwrap();
    let of = |kid: &KeyId| public.iter().find(|key| parts(key).0 == kid).unwrap();
    assert!(verifies(&before, of(&old), Algorithm::Es256));
    let after = token(&signer, &urban, &active(&signer, &urban, Algorithm::Es256).await).await;
    assert!(verifies(&after, of(&new), Algorithm::Es256));
    assert_eq!(
        maker.list(&urban).await.unwrap(),
        [
            (old.clone(), Algorithm::Es256, KeyState::Retired),
            (new.clone(), Algorithm::Es256, KeyState::Active)
        ]
    );

    // What signs is neither activated twice nor forgotten.
    for kid in [&new, &old] {
        let again = maker.activate(&urban, kid).await;
        assert_eq!(again, Err(MakeError::NotThere(kid.clone())));
    }
    assert_eq!(
        maker.forget(&urban, &new).await,
        Err(MakeError::NotThere(new.clone()))
    );
    maker.forget(&urban, &old).await.unwrap();
    deployment.pass(CACHE);
    assert_eq!(published().await, [new]);
}

#[tokio::test]
async fn a_first_key_is_made_once_however_often_and_by_however_many() {
    let deployment = Arc::new(Deployment::new().await);
    let urban = tenant("urban");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (deployment, urban) = (Arc::clone(&deployment), urban.clone());
        tasks.spawn(async move { deployment.maker().first(&urban, Algorithm::Es256, &WRAPPED).await });
    }
    let made: Vec<_> = tasks.join_all().await;
    let winners = made
        .iter()
        .filter(|made| matches!(made, Ok(Made::Now(_))))
        .count();
    assert_eq!(winners, 1, "{made:?}");
    assert!(
        made.iter()
            .all(|made| matches!(made, Ok(_) | Err(MakeError::Conflict)))
    );
    let again = deployment.maker().first(&urban, Algorithm::Es256, &WRAPPED).await;
    let listed = deployment.maker().list(&urban).await.unwrap();
    assert_eq!((again, listed.len()), (Ok(Made::Already(listed[0].0.clone())), 1));
}

#[tokio::test]
async fn a_key_of_kms_is_taken_for_what_it_is_made_for_only() {
    let deployment = Deployment::new().await;
    let (urban, maker) = (tenant("urban"), deployment.maker());
    let rsa = deployment.account.key("RSA_2048", "SIGN_VERIFY").await;
    let p256 = deployment.account.key("ECC_NIST_P256", "SIGN_VERIFY").await;
    let p384 = deployment.account.key("ECC_NIST_P384", "SIGN_VERIFY").await;
    let sealing = deployment.account.key("RSA_2048", "ENCRYPT_DECRYPT").await;
    let alias = "alias/symbolon-suite";
    let call = deployment.account.direct().kms().create_alias();
    call.alias_name(alias).target_key_id(&rsa).send().await.unwrap();
    for (arn, algorithm, cause) in [
        (
            p256.as_str(),
            Algorithm::Rs256,
            "is of another kind than the algorithm needs",
        ),
        (
            &rsa,
            Algorithm::Es256,
            "is of another kind than the algorithm needs",
        ),
        (
            &p384,
            Algorithm::Es256,
            "is of another kind than the algorithm needs",
        ),
        (&sealing, Algorithm::Ps256, "is not there to sign"),
        (alias, Algorithm::Rs256, "is not the ARN of a key"),
        (
            rsa.rsplit('/').next().unwrap(),
            Algorithm::Rs256,
            "is not the ARN of a key",
        ),
    ] {
        let refused = maker
            .first(&urban, algorithm, &KeySource::Kms(arn.to_owned()))
            .await;
        let arn = arn.to_owned();
        assert_eq!(refused, Err(MakeError::Unfit { arn, cause }), "{algorithm:?}");
    }
    assert_eq!(maker.list(&urban).await.unwrap(), []);
    // One key, one algorithm.
    maker
        .first(&urban, Algorithm::Rs256, &KeySource::Kms(rsa.clone()))
        .await
        .unwrap();
    let twice = maker.first(&urban, Algorithm::Ps256, &KeySource::Kms(rsa)).await;
    assert!(matches!(twice, Err(MakeError::Taken(_))), "{twice:?}");
    let gone = "arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-0000-0000-000000000000";
    let gone = maker
        .first(&urban, Algorithm::Es256, &KeySource::Kms(gone.to_owned()))
        .await;
    let Err(MakeError::Unavailable(Unavailable(why))) = gone else {
        panic!("{gone:?}");
    };
    assert!(
        why.starts_with("keys: describe arn:aws:kms:") && why.ends_with(": NotFoundException"),
        "{why}"
    );
}
