//! Keys in KMS and keys that KMS wraps, and what only those could get wrong.

mod deployment;
mod maker;

use serde_json::Value;
use symbolon::{
    model::KeyStep,
    ports::{Algorithm, PublicKeys, Signer, Unavailable},
    types::TenantId,
};
use symbolon_aws::{KeySource, MakeError};

use self::deployment::{CACHE, Deployment, WRAPPED};
use super::{active, tenant, token};

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
        assert_eq!(deployment.account.asked(), expected);
    }
    deployment.pass(CACHE);
    let key = active(&signer, &urban, Algorithm::Es256).await;
    token(&signer, &urban, &key).await;
    assert_eq!(deployment.account.asked(), ["GetItem"]);
    let key = active(&signer, &north, Algorithm::Es256).await;
    token(&signer, &north, &key).await;
    assert_eq!(deployment.account.asked(), ["GetItem", "Decrypt"]);
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
        deployment.account.asked();
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
        assert_eq!(deployment.account.asked(), expected);
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
    let unfit = deployment
        .step(&urban, Algorithm::Es256, &source, KeyStep::Publish)
        .await;
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
        .step(&urban, Algorithm::Rs256, &WRAPPED, KeyStep::Publish)
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
