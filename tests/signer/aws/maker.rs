//! The operator's side of keys: making, activating, forgetting.

use std::sync::Arc;

use symbolon::{
    ports::{Algorithm, Clock, PublicKeys, Signer, SigningKey, Unavailable},
    types::KeyId,
};
use symbolon_aws::{KeySource, KeyState, ListedKey, Made, MakeError, Wait};

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
    let new = maker.next(&urban, Algorithm::Es256, &WRAPPED).await.unwrap();
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
    let early = maker.activate(&urban, &new, Wait::Kept).await;
    let published_at = deployment.clock.now() - CACHE;
    assert_eq!(early, Err(MakeError::TooEarly(published_at + 600)));
    deployment.pass(600 - CACHE);
    maker.activate(&urban, &new, Wait::Kept).await.unwrap();
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

    // What signs is neither activated twice nor forgotten.
    for kid in [&new, &old] {
        let again = maker.activate(&urban, kid, Wait::Skipped).await;
        assert_eq!(again, Err(MakeError::NotThere(kid.clone())));
    }
    assert_eq!(
        maker.forget(&urban, &new, Wait::Skipped).await,
        Err(MakeError::NotThere(new.clone()))
    );
    // Its last token lives for an hour.
    let early = maker.forget(&urban, &old, Wait::Kept).await;
    assert_eq!(early, Err(MakeError::TooEarly(turned + 4_200)));
    deployment.pass(4_200 - CACHE);
    maker.forget(&urban, &old, Wait::Kept).await.unwrap();
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
async fn of_many_who_change_the_keys_at_once_none_undoes_anothers() {
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
        tasks.spawn(async move { deployment.maker().next(&urban, Algorithm::Es256, &WRAPPED).await });
    }
    let made = tasks.join_all().await;
    let listed = deployment.maker().list(&urban).await.unwrap();
    let kept: Vec<&KeyId> = listed.iter().map(|key| &key.kid).collect();
    for made in &made {
        match made {
            Ok(kid) => assert!(kept.contains(&kid), "{made:?}"),
            Err(refused) => assert_eq!(*refused, MakeError::Conflict),
        }
    }
    assert_eq!(kept.len(), 1 + made.iter().filter(|made| made.is_ok()).count());
}
