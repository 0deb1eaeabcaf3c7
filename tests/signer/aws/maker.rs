//! The operator's side of keys: making, activating, forgetting.

use std::sync::Arc;

use symbolon::{
    model::{KeyState, KeyStep, Policy},
    ports::{Advanced, Algorithm, Clock, PublicKeys, Signer, SigningKey, Unavailable},
    types::KeyId,
};
use symbolon_aws::{KeySource, ListedKey, Made, MakeError};

use super::{
    super::{active, parts, tenant, token, verifies},
    deployment::{CACHE, Deployment, WRAPPED},
};

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
    let step = async |step| deployment.step(&urban, Algorithm::Es256, &WRAPPED, step).await;
    let Advanced::Now(KeyStep::Publish, new) = step(KeyStep::Publish).await.unwrap() else {
        panic!("nothing was published");
    };
    assert_eq!(published().await, std::slice::from_ref(&old));
    deployment.pass(CACHE);
    assert_eq!(published().await, [old.clone(), new.clone()]);
    assert_eq!(current().await, old);
    let pending = SigningKey {
        kid: new.clone(),
        algorithm: Algorithm::Es256,
    };
    assert!(signer.sign(&urban, &pending, &[7; 32]).await.is_err());

    // A verifier may still be without it.
    let published_at = deployment.clock.now() - CACHE;
    assert_eq!(
        step(KeyStep::Activate).await,
        Ok(Advanced::NotBefore(published_at + 600))
    );
    deployment.pass(600 - CACHE);
    assert_eq!(
        step(KeyStep::Activate).await,
        Ok(Advanced::Now(KeyStep::Activate, new.clone()))
    );
    deployment.pass(CACHE);
    assert_eq!(current().await, new);
    assert_eq!(published().await, [old.clone(), new.clone()]);
    let public = keys.public_keys(&urban).await.unwrap();
    let of = |kid: &KeyId| public.iter().find(|key| parts(key).0 == kid).unwrap();
    assert!(verifies(&before, of(&old), Algorithm::Es256));
    let after = token(&signer, &urban, &active(&signer, &urban, Algorithm::Es256).await).await;
    assert!(verifies(&after, of(&new), Algorithm::Es256));
    let turned = deployment.clock.now() - CACHE;
    let listed = |kid: &KeyId, state| ListedKey {
        kid: kid.clone(),
        algorithm: Algorithm::Es256,
        state,
        since: turned,
        source: WRAPPED,
    };
    assert_eq!(
        maker.list(&urban).await.unwrap(),
        [listed(&old, KeyState::Retired), listed(&new, KeyState::Active)]
    );

    // What signs is not activated twice.
    assert_eq!(step(KeyStep::Activate).await, Ok(Advanced::Nothing));
    // The last token of the other lives for an hour.
    assert_eq!(
        step(KeyStep::Withdraw).await,
        Ok(Advanced::NotBefore(turned + 4_200))
    );
    deployment.pass(4_200 - CACHE);
    assert_eq!(
        step(KeyStep::Withdraw).await,
        Ok(Advanced::Now(KeyStep::Withdraw, old.clone()))
    );
    deployment.pass(CACHE);
    assert_eq!(published().await, std::slice::from_ref(&new));
    // A hint may be as old as a session. No token is signed with it any more.
    let hints = async || keys.hint_keys(&urban).await.unwrap().len();
    assert_eq!(hints().await, 2);
    let former = SigningKey {
        kid: old.clone(),
        algorithm: Algorithm::Es256,
    };
    assert!(signer.sign(&urban, &former, &[7; 32]).await.is_err());
    deployment.pass(Policy::default().session.absolute);
    assert_eq!(
        step(KeyStep::Forget).await,
        Ok(Advanced::Now(KeyStep::Forget, old))
    );
    deployment.pass(CACHE);
    assert_eq!(hints().await, 1);
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
    assert_eq!(
        (again, listed.len()),
        (Ok(Made::Already(listed[0].kid.clone())), 1)
    );
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

#[tokio::test]
async fn of_many_who_take_a_step_at_once_one_does() {
    let deployment = Arc::new(Deployment::new().await);
    let urban = tenant("urban");
    deployment
        .maker()
        .first(&urban, Algorithm::Es256, &WRAPPED)
        .await
        .unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (deployment, urban) = (Arc::clone(&deployment), urban.clone());
        tasks.spawn(async move {
            let wished = KeyStep::Publish;
            deployment
                .step(&urban, Algorithm::Es256, &WRAPPED, wished)
                .await
                .unwrap()
        });
    }
    let made = tasks.join_all().await;
    let listed = deployment.maker().list(&urban).await.unwrap();
    let [_, pending] = listed.as_slice() else {
        panic!("{listed:?}")
    };
    let won = Advanced::Now(KeyStep::Publish, pending.kid.clone());
    assert_eq!(made.iter().filter(|made| **made == won).count(), 1, "{made:?}");
    let others = made
        .iter()
        .filter(|made| matches!(made, Advanced::Raced | Advanced::Nothing));
    assert_eq!(others.count(), 5, "{made:?}");
}
