use std::sync::Arc;

use symbolon::ports::FirstUse;

use super::backend::{Bench, NOW, RACERS, digest, on_every_backend, race};

on_every_backend![
    a_key_is_new_once,
    a_key_is_remembered_until_it_expires,
    of_racing_uses_one_is_the_first,
    tenants_and_keys_are_apart,
    a_look_finds_what_is_remembered_and_changes_nothing,
];

async fn a_key_is_new_once(b: Bench) {
    let key = digest("jti");
    assert_eq!(
        b.store.use_once(&b.tenant, &key, NOW + 60, NOW).await,
        Ok(FirstUse::Yes)
    );
    assert_eq!(
        b.store.use_once(&b.tenant, &key, NOW + 60, NOW).await,
        Ok(FirstUse::No)
    );
}

async fn a_key_is_remembered_until_it_expires(b: Bench) {
    let key = digest("jti");
    b.store.use_once(&b.tenant, &key, NOW + 60, NOW).await.unwrap();
    assert_eq!(
        b.store.use_once(&b.tenant, &key, NOW + 900, NOW + 59).await,
        Ok(FirstUse::No)
    );
    // A refused use does not prolong the memory.
    assert_eq!(
        b.store.use_once(&b.tenant, &key, NOW + 120, NOW + 60).await,
        Ok(FirstUse::Yes)
    );
    assert_eq!(
        b.store.use_once(&b.tenant, &key, NOW + 120, NOW + 119).await,
        Ok(FirstUse::No)
    );
}

async fn of_racing_uses_one_is_the_first(b: Bench) {
    let (store, tenant, key) = (b.store, b.tenant, digest("jti"));
    let uses = race(|_| {
        let (store, tenant) = (Arc::clone(&store), tenant.clone());
        async move { store.use_once(&tenant, &key, NOW + 60, NOW).await.unwrap() }
    })
    .await;
    assert_eq!(uses.iter().filter(|u| **u == FirstUse::Yes).count(), 1);
    assert_eq!(uses.len(), usize::from(RACERS));
}

async fn tenants_and_keys_are_apart(b: Bench) {
    b.store
        .use_once(&b.tenant, &digest("jti"), NOW + 60, NOW)
        .await
        .unwrap();
    assert_eq!(
        b.store.use_once(&b.other, &digest("jti"), NOW + 60, NOW).await,
        Ok(FirstUse::Yes)
    );
    assert_eq!(
        b.store.use_once(&b.tenant, &digest("jti2"), NOW + 60, NOW).await,
        Ok(FirstUse::Yes)
    );
}

async fn a_look_finds_what_is_remembered_and_changes_nothing(b: Bench) {
    let key = digest("jti");
    assert_eq!(b.store.was_used(&b.tenant, &key, NOW).await, Ok(false));
    b.store.use_once(&b.tenant, &key, NOW + 60, NOW).await.unwrap();
    for (tenant, key, now, expected) in [
        (&b.tenant, &key, NOW + 59, true),
        (&b.tenant, &key, NOW + 60, false),
        (&b.other, &key, NOW, false),
        (&b.tenant, &digest("jti2"), NOW, false),
    ] {
        assert_eq!(b.store.was_used(tenant, key, now).await, Ok(expected));
    }
    assert_eq!(
        b.store.use_once(&b.tenant, &digest("jti2"), NOW + 60, NOW).await,
        Ok(FirstUse::Yes)
    );
}
