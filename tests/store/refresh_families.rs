use std::sync::Arc;

use symbolon::{
    model::RefreshFamily,
    ports::{RefreshFamilies, Rotated, Rotation},
    types::FamilyId,
};

use super::backend::{Bench, NOW, RACERS, client, on_every_backend, race};

on_every_backend![
    each_generation_is_replaced_by_the_next,
    the_previous_one_yields_its_successor_within_the_window,
    the_previous_one_after_the_window_revokes,
    an_older_one_revokes_even_within_the_window,
    a_generation_never_given_out_is_dead_and_harms_nothing,
    one_that_is_not_replaced_stays_the_current_one,
    use_without_replacement_moves_the_idle_end_alone,
    a_family_goes_over_from_one_way_to_the_other,
    another_client_neither_gets_nor_harms_anything,
    a_family_ends_when_idle_and_when_old,
    only_use_moves_the_idle_end,
    a_reuse_goes_on_being_told_until_the_family_expires,
    a_revoked_family_is_dead,
    a_look_tells_what_a_rotation_would_find_and_changes_nothing,
    a_repeated_create_does_not_go_back,
    of_racing_refreshes_one_rotates_and_the_others_share_its_successor,
    racing_reuse_is_told_to_everybody,
    tenants_and_families_are_apart,
];

pub(super) const WINDOW: u64 = 30;

pub(super) fn id(n: u8) -> FamilyId {
    FamilyId::from_bytes([n; 16])
}

pub(super) fn family(n: u8) -> RefreshFamily {
    RefreshFamily {
        id: id(n),
        client: client("app"),
        expires_at: NOW + 10_000,
        idle_expires_at: NOW + 1_000,
    }
}

pub(super) fn present(n: u8, generation: u32) -> Rotation {
    Rotation {
        family: id(n),
        client: client("app"),
        generation,
        replaces: true,
        key: None,
        retry_window: WINDOW,
        idle_expires_at: NOW + 5_000,
    }
}

pub(super) fn families(b: &Bench) -> &dyn RefreshFamilies {
    &*b.store
}

pub(super) async fn create(b: &Bench, n: u8) {
    families(b).create(&b.tenant, &family(n)).await.unwrap();
}

/// What the presented generation of family 1 finds, this many seconds after the start.
async fn rotate(b: &Bench, generation: u32, after: u64) -> Rotated {
    families(b)
        .rotate(&b.tenant, &present(1, generation), NOW + after)
        .await
        .unwrap()
}

async fn each_generation_is_replaced_by_the_next(b: Bench) {
    create(&b, 1).await;
    for generation in 0..5 {
        assert_eq!(rotate(&b, generation, 0).await, Rotated::Now);
    }
}

async fn the_previous_one_yields_its_successor_within_the_window(b: Bench) {
    create(&b, 1).await;
    assert_eq!(rotate(&b, 0, 100).await, Rotated::Now);
    assert_eq!(rotate(&b, 0, 100).await, Rotated::Again);
    assert_eq!(rotate(&b, 0, 100 + WINDOW).await, Rotated::Again);
    assert_eq!(rotate(&b, 1, 100 + WINDOW).await, Rotated::Now);
}

async fn the_previous_one_after_the_window_revokes(b: Bench) {
    create(&b, 1).await;
    rotate(&b, 0, 100).await;
    // A repeat within the window does not make the window longer.
    rotate(&b, 0, 100 + WINDOW).await;
    assert_eq!(rotate(&b, 0, 101 + WINDOW).await, Rotated::Reused);
    assert_eq!(rotate(&b, 1, 101 + WINDOW).await, Rotated::Reused);
}

async fn an_older_one_revokes_even_within_the_window(b: Bench) {
    create(&b, 1).await;
    rotate(&b, 0, 0).await;
    rotate(&b, 1, 0).await;
    assert_eq!(rotate(&b, 0, 0).await, Rotated::Reused);
    assert_eq!(rotate(&b, 2, 0).await, Rotated::Reused);
}

async fn a_generation_never_given_out_is_dead_and_harms_nothing(b: Bench) {
    create(&b, 1).await;
    for generation in [1, 2, u32::MAX] {
        assert_eq!(rotate(&b, generation, 0).await, Rotated::Dead);
    }
    assert_eq!(rotate(&b, 0, 0).await, Rotated::Now);
}

/// What the presented generation of family 1 finds where it is not to be replaced.
async fn keep(b: &Bench, generation: u32, after: u64) -> Rotated {
    let kept = Rotation {
        replaces: false,
        ..present(1, generation)
    };
    families(b).rotate(&b.tenant, &kept, NOW + after).await.unwrap()
}

async fn one_that_is_not_replaced_stays_the_current_one(b: Bench) {
    create(&b, 1).await;
    for after in [0, 0, 100, 100 + 2 * WINDOW] {
        assert_eq!(keep(&b, 0, after).await, Rotated::Kept, "{after}");
    }
    assert_eq!(keep(&b, 1, 200).await, Rotated::Dead, "never given out");
    let foreign = Rotation {
        client: client("shop"),
        replaces: false,
        ..present(1, 0)
    };
    let rotated = families(&b).rotate(&b.tenant, &foreign, NOW + 200).await;
    assert_eq!(rotated, Ok(Rotated::Dead));
    assert!(taken(&b, 0, 200).await && !taken(&b, 1, 200).await);
    families(&b).revoke(&b.tenant, &id(1)).await.unwrap();
    assert_eq!(keep(&b, 0, 200).await, Rotated::Dead);
}

async fn use_without_replacement_moves_the_idle_end_alone(b: Bench) {
    create(&b, 1).await;
    assert_eq!(keep(&b, 0, 1_000).await, Rotated::Dead);
    assert_eq!(keep(&b, 0, 999).await, Rotated::Kept);
    let line = families(&b)
        .get(&b.tenant, &id(1), NOW + 999)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((line.generation, line.forget_at()), (0, NOW + 5_000));
    assert_eq!(keep(&b, 0, 4_999).await, Rotated::Kept);
    assert_eq!(keep(&b, 0, 5_000).await, Rotated::Dead);

    let ends = RefreshFamily {
        expires_at: NOW + 50,
        ..family(2)
    };
    families(&b).create(&b.tenant, &ends).await.unwrap();
    for (after, expected) in [(49, Rotated::Kept), (50, Rotated::Dead)] {
        let kept = Rotation {
            replaces: false,
            ..present(2, 0)
        };
        let found = families(&b).rotate(&b.tenant, &kept, NOW + after).await;
        assert_eq!(found, Ok(expected), "{after}");
    }
}

async fn a_family_goes_over_from_one_way_to_the_other(b: Bench) {
    create(&b, 1).await;
    assert_eq!(keep(&b, 0, 100).await, Rotated::Kept);
    assert_eq!(rotate(&b, 0, 200).await, Rotated::Now);
    // Whose last answer was lost still learns the successor.
    assert_eq!(keep(&b, 0, 200 + WINDOW).await, Rotated::Again);
    for after in [200, 300] {
        assert_eq!(keep(&b, 1, after).await, Rotated::Kept, "{after}");
    }
    assert_eq!(rotate(&b, 1, 300).await, Rotated::Now);
    assert_eq!(keep(&b, 0, 300).await, Rotated::Reused, "replaced long ago");
    assert_eq!(keep(&b, 2, 300).await, Rotated::Reused);
}

async fn another_client_neither_gets_nor_harms_anything(b: Bench) {
    create(&b, 1).await;
    rotate(&b, 0, 0).await;
    rotate(&b, 1, 0).await;
    for generation in 0..4 {
        let foreign = Rotation {
            client: client("shop"),
            ..present(1, generation)
        };
        let rotated = families(&b).rotate(&b.tenant, &foreign, NOW + 100).await;
        assert_eq!(rotated, Ok(Rotated::Dead), "{generation}");
    }
    assert_eq!(rotate(&b, 2, 100).await, Rotated::Now);
}

async fn a_family_ends_when_idle_and_when_old(b: Bench) {
    create(&b, 1).await;
    assert_eq!(rotate(&b, 0, 1_000).await, Rotated::Dead);
    assert_eq!(rotate(&b, 0, 999).await, Rotated::Now);
    // The use moved the idle end to 5,000.
    assert_eq!(rotate(&b, 1, 4_999).await, Rotated::Now);
    assert_eq!(rotate(&b, 2, 5_000).await, Rotated::Dead);

    families(&b)
        .create(
            &b.tenant,
            &RefreshFamily {
                expires_at: NOW + 50,
                ..family(2)
            },
        )
        .await
        .unwrap();
    let rotated = families(&b).rotate(&b.tenant, &present(2, 0), NOW + 50).await;
    assert_eq!(rotated, Ok(Rotated::Dead));
    let rotated = families(&b).rotate(&b.tenant, &present(2, 0), NOW + 49).await;
    assert_eq!(rotated, Ok(Rotated::Now));
}

async fn only_use_moves_the_idle_end(b: Bench) {
    create(&b, 1).await;
    rotate(&b, 0, 980).await;
    let later = Rotation {
        idle_expires_at: NOW + 9_000,
        ..present(1, 0)
    };
    assert_eq!(
        families(&b).rotate(&b.tenant, &later, NOW + 990).await,
        Ok(Rotated::Again)
    );
    assert_eq!(rotate(&b, 1, 5_000).await, Rotated::Dead);
}

async fn a_reuse_goes_on_being_told_until_the_family_expires(b: Bench) {
    create(&b, 1).await;
    rotate(&b, 0, 0).await;
    assert_eq!(rotate(&b, 0, 1 + WINDOW).await, Rotated::Reused);
    // Whoever was told first may have failed to act on it. The newest token is no exception, nor one never given out.
    for generation in [0, 1, 2, u32::MAX] {
        assert_eq!(
            rotate(&b, generation, 4_999).await,
            Rotated::Reused,
            "{generation}"
        );
    }
    let foreign = Rotation {
        client: client("shop"),
        ..present(1, 0)
    };
    let rotated = families(&b).rotate(&b.tenant, &foreign, NOW + 4_999).await;
    assert_eq!(rotated, Ok(Rotated::Dead));
    // Neither signing out nor a late create hides it.
    families(&b).revoke(&b.tenant, &id(1)).await.unwrap();
    create(&b, 1).await;
    assert_eq!(rotate(&b, 0, 4_999).await, Rotated::Reused);
    assert_eq!(rotate(&b, 0, 5_000).await, Rotated::Dead);
}

async fn a_revoked_family_is_dead(b: Bench) {
    create(&b, 1).await;
    rotate(&b, 0, 0).await;
    for _ in 0..2 {
        families(&b).revoke(&b.tenant, &id(1)).await.unwrap();
    }
    for generation in 0..3 {
        assert_eq!(rotate(&b, generation, 0).await, Rotated::Dead);
    }
    families(&b).revoke(&b.tenant, &id(9)).await.unwrap();
}

/// Whether a token of family 1 would be taken this many seconds after the start.
async fn taken(b: &Bench, generation: u32, after: u64) -> bool {
    let now = NOW + after;
    let line = families(b).get(&b.tenant, &id(1), now).await.unwrap();
    line.is_some_and(|line| line.takes(generation, WINDOW, now))
}

async fn a_look_tells_what_a_rotation_would_find_and_changes_nothing(b: Bench) {
    assert!(!taken(&b, 0, 0).await, "not there yet");
    create(&b, 1).await;
    let line = families(&b).get(&b.tenant, &id(1), NOW).await.unwrap().unwrap();
    assert_eq!(
        (line.family.client.as_str(), line.forget_at()),
        ("app", NOW + 1_000)
    );
    assert!(!taken(&b, 1, 0).await, "never given out");
    rotate(&b, 0, 100).await;
    for (generation, after, expected) in [
        (1, 100, true),
        (0, 100 + WINDOW, true),
        (0, 101 + WINDOW, false),
        (2, 100, false),
        (u32::MAX, 100, false),
        (1, 4_999, true),
        (1, 5_000, false),
    ] {
        assert_eq!(
            taken(&b, generation, after).await,
            expected,
            "{generation} after {after}"
        );
    }
    assert_eq!(families(&b).get(&b.other, &id(1), NOW).await, Ok(None));
    assert_eq!(
        rotate(&b, 1, 200).await,
        Rotated::Now,
        "a look at an old one was no reuse"
    );
    assert!(!taken(&b, 0, 200).await);
    assert_eq!(rotate(&b, 0, 200).await, Rotated::Reused);
    assert_eq!(families(&b).get(&b.tenant, &id(1), NOW + 200).await, Ok(None));
    create(&b, 2).await;
    families(&b).revoke(&b.tenant, &id(2)).await.unwrap();
    assert_eq!(families(&b).get(&b.tenant, &id(2), NOW).await, Ok(None));
}

async fn a_repeated_create_does_not_go_back(b: Bench) {
    create(&b, 1).await;
    rotate(&b, 0, 0).await;
    rotate(&b, 1, 0).await;
    create(&b, 1).await;
    assert_eq!(rotate(&b, 2, 0).await, Rotated::Now);
    families(&b).revoke(&b.tenant, &id(1)).await.unwrap();
    create(&b, 1).await;
    assert_eq!(rotate(&b, 0, 0).await, Rotated::Dead);
}

async fn raced(b: &Bench, after: u64) -> Vec<Rotated> {
    race(|_| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move { store.rotate(&tenant, &present(1, 0), NOW + after).await.unwrap() }
    })
    .await
}

async fn of_racing_refreshes_one_rotates_and_the_others_share_its_successor(b: Bench) {
    create(&b, 1).await;
    let rotated = raced(&b, 0).await;
    let count = |wanted| rotated.iter().filter(|r| **r == wanted).count();
    assert_eq!(
        (count(Rotated::Now), count(Rotated::Again)),
        (1, usize::from(RACERS) - 1)
    );
    assert_eq!(rotate(&b, 1, 0).await, Rotated::Now);
}

async fn racing_reuse_is_told_to_everybody(b: Bench) {
    create(&b, 1).await;
    rotate(&b, 0, 0).await;
    rotate(&b, 1, 0).await;
    assert_eq!(raced(&b, 0).await, vec![Rotated::Reused; usize::from(RACERS)]);
}

async fn tenants_and_families_are_apart(b: Bench) {
    create(&b, 1).await;
    create(&b, 2).await;
    let elsewhere = families(&b).rotate(&b.other, &present(1, 0), NOW).await;
    assert_eq!(elsewhere, Ok(Rotated::Dead));
    families(&b).revoke(&b.other, &id(1)).await.unwrap();
    families(&b).revoke(&b.tenant, &id(2)).await.unwrap();
    assert_eq!(rotate(&b, 0, 0).await, Rotated::Now);
}
