//! A line of refresh tokens that a key joins (RFC 9449 s5): it goes on with one.

use std::sync::Arc;

use symbolon::{
    ports::{Rotated, Rotation},
    types::JwkThumbprint,
};

use super::{
    backend::{Bench, NOW, RACERS, digest, on_every_backend, race},
    refresh_families::{WINDOW, create, families, id, present},
};

on_every_backend![
    the_previous_one_yields_its_successor_to_the_same_key_alone,
    of_racing_keys_one_has_the_successor,
];

fn bound(generation: u32, key: Option<&str>) -> Rotation {
    Rotation {
        key: key.map(|key| JwkThumbprint::new(digest(key))),
        ..present(1, generation)
    }
}

async fn the_previous_one_yields_its_successor_to_the_same_key_alone(b: Bench) {
    create(&b, 1).await;
    for (generation, key, after, expected) in [
        (0, Some("k"), 100, Rotated::Now),
        (0, Some("other"), 100, Rotated::Mismatch),
        (0, None, 100, Rotated::Mismatch),
        // It has harmed nothing, and the owner may ask again.
        (0, Some("k"), 100 + WINDOW, Rotated::Again),
        (1, Some("k"), 100 + WINDOW, Rotated::Now),
        (1, Some("other"), 100 + WINDOW, Rotated::Mismatch),
        // Late is late, whoever comes.
        (1, Some("other"), 101 + 2 * WINDOW, Rotated::Reused),
    ] {
        let rotation = bound(generation, key);
        let rotated = families(&b).rotate(&b.tenant, &rotation, NOW + after).await;
        assert_eq!(rotated, Ok(expected), "{generation} {key:?} {after}");
    }
    create(&b, 2).await;
    for (key, expected) in [
        (None, Rotated::Now),
        (Some("k"), Rotated::Mismatch),
        (None, Rotated::Again),
    ] {
        let rotation = Rotation {
            family: id(2),
            ..bound(0, key)
        };
        assert_eq!(families(&b).rotate(&b.tenant, &rotation, NOW).await, Ok(expected));
    }
}

async fn of_racing_keys_one_has_the_successor(b: Bench) {
    create(&b, 1).await;
    let rotated = race(|i| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move {
            let rotation = bound(0, Some(&format!("key {i}")));
            store.rotate(&tenant, &rotation, NOW).await.unwrap()
        }
    })
    .await;
    let count = |wanted| rotated.iter().filter(|r| **r == wanted).count();
    assert_eq!(
        (count(Rotated::Now), count(Rotated::Mismatch)),
        (1, usize::from(RACERS) - 1)
    );
}
