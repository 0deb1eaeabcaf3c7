//! The provider's own keys in their table: made once, opened by KMS alone, turned while processes live.

use std::sync::Arc;

use serde_json::Value;
use symbolon::{
    keyring::{Keyring, Purpose},
    ports::{Clock, PortResult, Unavailable},
    types::{MemberId, TenantId, Timestamp},
};
use symbolon_aws::{Aws, KeyringError, KeyringMaker, MadeKeyring, StoredKeyring};
use symbolon_local::random::OsRandom;

use crate::harness::aws::{Account, Moved};

const CACHE: u64 = 60;
const NOTICE: u64 = 120;

struct Deployment {
    account: Account,
    wrapping_key: String,
    clock: Arc<Moved>,
}

impl Deployment {
    async fn empty() -> Self {
        let account = Account::new().await;
        Self {
            wrapping_key: account.wrapping_key().await,
            account,
            clock: Moved::new(),
        }
    }

    async fn new() -> Self {
        let deployment = Self::empty().await;
        deployment.maker().create().await.unwrap();
        deployment
    }

    fn maker(&self) -> KeyringMaker {
        self.maker_over(&self.account.direct())
    }

    fn maker_over(&self, aws: &Aws) -> KeyringMaker {
        let table = (aws.dynamodb(), self.account.tables.config.clone());
        let key = (aws.kms(), self.wrapping_key.clone());
        KeyringMaker::new(table, key, Arc::new(OsRandom), self.clock.clone())
    }

    async fn process(&self) -> PortResult<StoredKeyring> {
        let aws = self.account.aws();
        let table = (aws.dynamodb(), self.account.tables.config.clone());
        let key = (aws.kms(), self.wrapping_key.clone());
        let clock: Arc<dyn Clock> = self.clock.clone();
        StoredKeyring::load(table, key, Arc::new(OsRandom), clock, CACHE).await
    }

    async fn document(&self) -> Value {
        let [(_, item)] = <[_; 1]>::try_from(self.account.dump().await).unwrap();
        serde_json::from_str(item["d"].as_s().unwrap()).unwrap()
    }
}

fn tenant() -> TenantId {
    TenantId::new("urban")
}

fn seal(keyring: &Keyring) -> String {
    keyring.seal(&tenant(), Purpose::Session, &"x").unwrap()
}

fn opens(keyring: &Keyring, sealed: &str) -> bool {
    keyring
        .open::<String>(&tenant(), Purpose::Session, sealed)
        .is_some()
}

fn subject(keyring: &Keyring) -> String {
    keyring.subject(&tenant(), "app.tld", &MemberId::new("1"))
}

#[tokio::test]
async fn it_is_made_once_and_every_process_has_the_same() {
    let deployment = Deployment::empty().await;
    assert_eq!(deployment.maker().create().await, Ok(MadeKeyring::Now));
    let before = deployment.document().await;
    let one = deployment.process().await.unwrap().keyring();
    assert_eq!(deployment.maker().create().await, Ok(MadeKeyring::Already));
    assert_eq!(deployment.document().await, before);
    let two = deployment.process().await.unwrap().keyring();
    assert!(opens(&two, &seal(&one)) && opens(&one, &seal(&two)));
    assert_eq!(subject(&one), subject(&two));
    let other = Deployment::new().await.process().await.unwrap().keyring();
    assert!(!opens(&other, &seal(&one)));
    assert_ne!(subject(&other), subject(&one));
}

#[tokio::test]
async fn many_who_make_it_at_once_make_one() {
    let deployment = Arc::new(Deployment::empty().await);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let deployment = Arc::clone(&deployment);
        tasks.spawn(async move { deployment.maker().create().await });
    }
    let made = tasks.join_all().await;
    let now = made.iter().filter(|made| **made == Ok(MadeKeyring::Now)).count();
    assert_eq!(now, 1, "{made:?}");
    assert_eq!(made.iter().filter(|made| made.is_err()).count(), 0, "{made:?}");
}

#[tokio::test]
async fn st5_a_change_whose_answer_is_lost_is_made_once_and_is_no_conflict() {
    let deployment = Deployment::empty().await;
    let maker = deployment.maker_over(&deployment.account.aws());
    // Read and two keys wrapped, then the write.
    deployment.account.wire.lose_answer_after(3);
    assert_eq!(maker.create().await, Ok(MadeKeyring::Now));
    // Read and one key wrapped, then the write.
    deployment.account.wire.lose_answer_after(2);
    assert_eq!(maker.announce().await, Ok(()));
    let asked = deployment.account.asked();
    assert_eq!(
        asked.iter().filter(|asked| *asked == "PutItem").count(),
        4,
        "{asked:?}"
    );
    assert_eq!(
        deployment.document().await["sealing"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn st7_its_keys_are_there_for_kms_only_and_for_this_purpose() {
    let deployment = Deployment::new().await;
    let document = deployment.document().await;
    let blobs = [&document["identity"], &document["sealing"][0]["key"]];
    let kms = deployment.account.direct().kms();
    for blob in blobs {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let blob = STANDARD.decode(blob.as_str().unwrap()).unwrap();
        let open = |purpose: Option<&str>| {
            let call = kms.decrypt().ciphertext_blob(blob.clone().into());
            let call = match purpose {
                None => call,
                Some(purpose) => call.encryption_context("symbolon:purpose", purpose),
            };
            call.send()
        };
        assert!(open(None).await.is_err());
        assert!(open(Some("signing")).await.is_err());
        let plain = open(Some("keyring")).await.unwrap().plaintext.unwrap();
        assert_eq!(plain.as_ref().len(), 32);
    }
}

#[tokio::test]
async fn a_process_reads_once_opens_every_key_once_and_looks_again_after_a_while() {
    let deployment = Deployment::new().await;
    deployment.maker().announce().await.unwrap();
    let process = deployment.process().await.unwrap();
    assert_eq!(
        deployment.account.asked(),
        ["GetItem", "Decrypt", "Decrypt", "Decrypt"]
    );
    for (seconds, expected) in [
        (0, vec![]),
        (CACHE - 1, vec![]),
        (1, vec!["GetItem"]),
        (0, vec![]),
    ] {
        deployment.clock.pass(seconds);
        process.refresh().await.unwrap();
        assert_eq!(deployment.account.asked(), expected);
    }
    deployment.clock.pass(NOTICE);
    deployment.maker().promote().await.unwrap();
    process.refresh().await.unwrap();
    // The identity key is not opened again.
    assert_eq!(deployment.account.asked(), ["GetItem", "Decrypt", "Decrypt"]);
}

#[tokio::test]
async fn a_rotation_is_noticed_by_nobody() {
    let deployment = Deployment::new().await;
    let (maker, clock) = (deployment.maker(), &deployment.clock);
    let (quick, slow) = (
        deployment.process().await.unwrap(),
        deployment.process().await.unwrap(),
    );
    let old = seal(&quick.keyring());
    let name = subject(&quick.keyring());

    maker.announce().await.unwrap();
    // One process may look now and the other a whole cache's time later; both know the key before its turn.
    clock.pass(CACHE);
    quick.refresh().await.unwrap();
    slow.refresh().await.unwrap();
    assert_eq!(
        maker.promote().await,
        Err(KeyringError::TooEarly(Timestamp(1_800_000_000 + NOTICE)))
    );
    clock.pass(CACHE);
    maker.promote().await.unwrap();
    quick.refresh().await.unwrap();
    let new = seal(&quick.keyring());
    for process in [&quick, &slow] {
        assert!(opens(&process.keyring(), &new) && opens(&process.keyring(), &old));
    }
    let by_slow = seal(&slow.keyring());
    assert!(opens(&quick.keyring(), &by_slow));
    let fresh = deployment.process().await.unwrap().keyring();
    assert!(opens(&fresh, &new) && opens(&fresh, &old));

    maker.drop_earlier().await.unwrap();
    clock.pass(CACHE);
    quick.refresh().await.unwrap();
    assert!(opens(&quick.keyring(), &new));
    assert!(!opens(&quick.keyring(), &old) && !opens(&quick.keyring(), &by_slow));
    assert_eq!(subject(&quick.keyring()), name);
}

#[tokio::test]
async fn steps_of_a_rotation_come_in_their_order() {
    let deployment = Deployment::empty().await;
    let maker = deployment.maker();
    assert_eq!(maker.announce().await, Err(KeyringError::None));
    maker.create().await.unwrap();
    assert!(matches!(maker.promote().await, Err(KeyringError::Order(_))));
    assert!(matches!(maker.drop_earlier().await, Err(KeyringError::Order(_))));
    maker.announce().await.unwrap();
    assert!(matches!(maker.announce().await, Err(KeyringError::Order(_))));
    assert!(matches!(maker.drop_earlier().await, Err(KeyringError::Order(_))));
    deployment.clock.pass(NOTICE);
    maker.promote().await.unwrap();
    assert!(matches!(maker.promote().await, Err(KeyringError::Order(_))));
    maker.announce().await.unwrap();
    let document = deployment.document().await;
    let sealing = document["sealing"].as_array().unwrap();
    let ids: Vec<_> = sealing
        .iter()
        .map(|key| (key["id"].as_u64().unwrap(), key["state"].as_str().unwrap()))
        .collect();
    assert_eq!(ids, [(1, "earlier"), (2, "current"), (3, "coming")]);
}

#[tokio::test]
async fn trouble_names_the_table_or_the_key() {
    let deployment = Deployment::empty().await;
    let why = async || deployment.process().await.err().unwrap().0;
    assert_eq!(why().await, "keyring: config lacks a keyring");
    deployment.account.wire.refuse(1, "ResourceNotFoundException");
    assert_eq!(why().await, "keyring: read config: ResourceNotFoundException");
    deployment.maker().create().await.unwrap();
    let (key, kms) = (&deployment.wrapping_key, deployment.account.direct().kms());
    kms.disable_key().key_id(key).send().await.unwrap();
    assert_eq!(
        why().await,
        format!("keyring: open under {key}: DisabledException")
    );
    kms.enable_key().key_id(key).send().await.unwrap();
    assert!(deployment.process().await.is_ok());
}

#[tokio::test]
async fn a_refresh_that_fails_changes_nothing_and_the_next_one_looks_again() {
    let deployment = Deployment::new().await;
    let process = deployment.process().await.unwrap();
    let sealed = seal(&process.keyring());
    deployment.clock.pass(CACHE);
    deployment.account.wire.take();
    deployment.account.wire.refuse(1, "ValidationException");
    assert_eq!(
        process.refresh().await,
        Err(Unavailable(
            "keyring: read config: ValidationException".to_owned()
        ))
    );
    assert!(opens(&process.keyring(), &sealed));
    process.refresh().await.unwrap();
    assert_eq!(deployment.account.asked(), ["GetItem", "GetItem"]);
}

#[tokio::test]
async fn another_identity_key_is_never_taken_up() {
    let deployment = Deployment::new().await;
    let process = deployment.process().await.unwrap();
    let name = subject(&process.keyring());
    let (_, mut item) = deployment.account.dump().await.remove(0);
    let other = Deployment::new().await.document().await;
    item.insert(
        "d".to_owned(),
        aws_sdk_dynamodb::types::AttributeValue::S(other.to_string()),
    );
    item.insert(
        "v".to_owned(),
        aws_sdk_dynamodb::types::AttributeValue::N("7".to_owned()),
    );
    let call = deployment
        .account
        .client
        .put_item()
        .table_name(&deployment.account.tables.config);
    call.set_item(Some(item)).send().await.unwrap();
    deployment.clock.pass(CACHE);
    assert_eq!(
        process.refresh().await,
        Err(Unavailable("keyring: the identity key was exchanged".to_owned()))
    );
    assert_eq!(subject(&process.keyring()), name);
}
