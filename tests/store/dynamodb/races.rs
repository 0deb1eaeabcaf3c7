//! Everybody writes at once, and what was written is read at once.

use aws_sdk_dynamodb::types::AttributeValue;
use symbolon::{
    model::{Grant, Session},
    ports::{
        Attempt, Challenges, Codes, Consumed, Grants, Opened, Put, Redeemed, RefreshFamilies, Rotated,
        SendLimits, Sessions, Taint,
    },
    types::IssueId,
};

use crate::{
    harness::aws::Account,
    store::{
        backend::{NOW, RACERS, client, digest, member, race},
        challenges::{LIMITS, challenge, id},
        codes::{bindings, code},
        grants::grant,
        life::tenant,
        refresh_families::{family, present},
        sessions::session,
    },
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_writers_at_one_number_all_get_through() {
    let account = Account::new().await;
    let (t, number) = (tenant(), digest("+44"));
    let opened = race(|i| {
        let (store, t) = (account.store(), t.clone());
        async move { store.open(&t, &number, &challenge(i), &LIMITS, NOW).await }
    })
    .await;
    assert_eq!(opened, vec![Ok(Opened::Now); usize::from(RACERS)]);
    // After a right code nothing is counted, so each of these would begin the window.
    let consumed = account.store().consume(&t, &number, &id(0), &[1; 16], NOW).await;
    assert_eq!(consumed, Ok(Consumed::Now));
    let counted = race(|i| {
        let (store, t) = (account.store(), t.clone());
        async move {
            store
                .count_attempt(&t, &number, &id(1 + i % 15), 5, &LIMITS, NOW)
                .await
                .unwrap()
        }
    })
    .await;
    assert!(
        counted
            .iter()
            .all(|attempt| matches!(attempt, Attempt::Counted { .. })),
        "{counted:?}"
    );
    // Every one of them was counted, once: the budget says so.
    let spent = SendLimits {
        wrong_codes: RACERS.into(),
        ..LIMITS
    };
    let store = account.store();
    let next = store.count_attempt(&t, &number, &id(2), 5, &spent, NOW).await;
    assert_eq!(next, Ok(Attempt::Exhausted));
    let left = SendLimits {
        wrong_codes: u32::from(RACERS) + 1,
        ..LIMITS
    };
    let next = store.count_attempt(&t, &number, &id(2), 5, &left, NOW).await;
    assert!(matches!(next, Ok(Attempt::Counted { left: 3, .. })), "{next:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_requests_of_an_address_whose_window_is_over_are_each_counted() {
    let account = Account::new().await;
    let (t, address) = (tenant(), digest("192.0.2.1"));
    for _ in 0..3 {
        let store = account.store();
        store.count_address(&t, &address, 600, NOW).await.unwrap();
    }
    let mut counts = race(|_| {
        let (store, t) = (account.store(), t.clone());
        async move { store.count_address(&t, &address, 600, NOW + 600).await.unwrap() }
    })
    .await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=u32::from(RACERS)).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_redemptions_one_wins_and_all_others_are_told_of_it() {
    let account = Account::new().await;
    let t = tenant();
    Codes::put(&account.store(), &t, &digest("c"), &code())
        .await
        .unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..100 {
        let (store, t) = (account.store(), t.clone());
        tasks.spawn(async move {
            store
                .redeem(&t, &digest("c"), &bindings(), &[n; 16], NOW)
                .await
                .unwrap()
        });
    }
    let redeemed = tasks.join_all().await;
    let count = |wanted| redeemed.iter().filter(|r| **r == wanted).count();
    assert_eq!(
        (count(Redeemed::Now(code())), count(Redeemed::Already(code()))),
        (1, 99)
    );
}

#[tokio::test]
async fn st2_what_was_taken_back_is_refused_at_once_a_hundred_times() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    for n in 0..100 {
        let s = Session {
            member: member("alice"),
            ..session(n)
        };
        Sessions::create(&store, &t, &s).await.unwrap();
        store.end(&t, &s.member, &s.id).await.unwrap();
        assert_eq!(
            Sessions::get(&store, &t, &s.member, &s.secret, NOW).await,
            Ok(None)
        );

        let given = Grant {
            client: client(&n.to_string()),
            ..grant()
        };
        Grants::put(&store, &t, &given, None).await.unwrap();
        let dead = IssueId::from_bytes([n; 16]);
        let marked = store
            .taint(
                &t,
                &given.member,
                &given.client,
                Taint::Issue(dead),
                NOW + 60,
                NOW,
            )
            .await;
        assert_eq!(marked, Ok(()));
        let stored = Grants::get(&store, &t, &given.member, &given.client).await;
        assert!(!stored.unwrap().unwrap().honours(given.id, dead, None, NOW));
        let put = Grants::put(&store, &t, &given.clone().withdraw(NOW), Some(1)).await;
        assert_eq!(put, Ok(Put::Done));
        let stored = Grants::get(&store, &t, &given.member, &given.client).await;
        assert!(!stored.unwrap().unwrap().is_active());

        RefreshFamilies::create(&store, &t, &family(n)).await.unwrap();
        RefreshFamilies::revoke(&store, &t, &family(n).id).await.unwrap();
        assert_eq!(store.rotate(&t, &present(n, 0), NOW).await, Ok(Rotated::Dead));
    }
}

#[tokio::test]
async fn after_the_last_generation_there_is_no_next() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    RefreshFamilies::create(&store, &t, &family(1)).await.unwrap();
    let (_, item) = account.dump().await.swap_remove(0);
    let last = AttributeValue::N(u32::MAX.to_string());
    let call = account.client.update_item().table_name("ephemeral");
    let call = call.key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
    let call = call
        .update_expression("SET g = :last")
        .expression_attribute_values(":last", last);
    call.send().await.unwrap();
    let rotated = store.rotate(&t, &present(1, u32::MAX), NOW).await;
    assert_eq!(rotated, Ok(Rotated::Dead));
}
