//! What only the store on `DynamoDB` could get wrong: it forgets late, answers in pages, and lets everybody write at once.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use symbolon::{
    model::{Challenge, Grant, Session},
    ports::{
        Assertions, Attempt, Challenges, Codes, Consumed, FirstUse, Grants, Opened, Put, Redeemed,
        RefreshFamilies, Resent, Rotated, SendLimits, Sessions, Taint,
    },
    types::{IssueId, Scope, SessionId},
};

use super::{
    backend::{NOW, RACERS, client, digest, member, race},
    challenges::{LIMITS, challenge, id},
    codes::{bindings, code},
    grants::grant,
    life::{SECRETS, fill, is_full, tenant},
    refresh_families::{family, present},
    sessions::session,
};
use crate::harness::aws::Account;

#[tokio::test]
async fn everything_is_there_for_another_process() {
    let account = Account::new().await;
    fill(&account.store()).await;
    is_full(&account.store()).await;
}

/// Every value of an item, as the bytes it is stored as.
fn bytes_of(value: &AttributeValue) -> Vec<u8> {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone().into_bytes(),
        AttributeValue::B(bytes) => bytes.clone().into_inner(),
        AttributeValue::M(map) => all_bytes(map),
        other => panic!("no item holds {other:?}"),
    }
}

fn all_bytes(item: &HashMap<String, AttributeValue>) -> Vec<u8> {
    item.iter()
        .flat_map(|(name, value)| [name.clone().into_bytes(), bytes_of(value), b"\n".to_vec()].concat())
        .collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test]
async fn st7_no_secret_and_no_number_is_in_the_tables() {
    let account = Account::new().await;
    fill(&account.store()).await;
    let rows = account.dump().await;
    assert_eq!(rows.len(), 7, "{rows:?}");
    let bytes: Vec<u8> = rows.iter().flat_map(|(_, item)| all_bytes(item)).collect();
    // The search works: what is not secret is found.
    assert!(holds(&bytes, b"https://app.tld/cb") && holds(&bytes, digest("raw-code").to_string().as_bytes()));
    for secret in SECRETS {
        assert!(!holds(&bytes, secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn an_item_is_one_unit_of_writing_and_its_names_are_short() {
    let account = Account::new().await;
    fill(&account.store()).await;
    for (table, item) in account.dump().await {
        let size = all_bytes(&item).len();
        assert!(size < 1_024, "{table} {:?} has {size} bytes", item["pk"]);
        assert!(
            item.keys().all(|name| name.len() <= 3),
            "{table} {:?}",
            item.keys()
        );
        // Consents are proof; everything else ends.
        assert_eq!(item.contains_key("exp"), table == "ephemeral", "{:?}", item["pk"]);
    }
}

#[tokio::test]
async fn st1_what_has_expired_is_refused_though_it_is_still_stored() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    let fresh = digest("unused");
    Codes::put(&store, &t, &fresh, &code()).await.unwrap();
    fill(&store).await;
    let stored = account.dump().await.len();

    let late = NOW + 1_000_000;
    let redeemed = store.redeem(&t, &fresh, &bindings(), &[1; 16], late).await;
    assert_eq!(redeemed, Ok(Redeemed::Absent));
    let s = session(1);
    assert_eq!(
        Sessions::get(&store, &t, &s.member, &s.secret, late).await,
        Ok(None)
    );
    assert_eq!(
        Sessions::of_member(&store, &t, &s.member, late).await,
        Ok(Vec::new())
    );
    let touched = store.touch(&t, &s.member, &s.secret, late, late + 60).await;
    assert_eq!(touched, Ok(()));
    assert_eq!(
        Sessions::get(&store, &t, &s.member, &s.secret, late).await,
        Ok(None)
    );
    for generation in 0..3 {
        let rotated = store.rotate(&t, &present(1, generation), late).await;
        assert_eq!(rotated, Ok(Rotated::Dead));
    }
    let number = digest("+447700900101");
    let counted = store.count_attempt(&t, &number, &id(1), 5, &LIMITS, late).await;
    assert_eq!(counted, Ok(Attempt::Gone));
    let resent = store.resend(&t, &number, &id(1), &[30], &LIMITS, late).await;
    assert_eq!(resent, Ok(Resent::Gone));
    let consumed = store.consume(&t, &number, &id(1), &[1; 16], late).await;
    assert_eq!(consumed, Ok(Consumed::Gone));

    assert_eq!(account.dump().await.len(), stored, "it was all still there");
}

#[tokio::test]
async fn what_is_over_is_in_nobodys_way_though_it_is_still_stored() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    fill(&store).await;
    let stored = account.dump().await.len();

    let late = NOW + 1_000_000;
    let again = store.use_once(&t, &digest("jti"), late + 60, late).await;
    assert_eq!(again, Ok(FirstUse::Yes));
    let counted = store.count_address(&t, &digest("192.0.2.1"), 600, late).await;
    assert_eq!(counted, Ok(1));
    // The same challenge once more, and no counter of the window before.
    let (number, one) = (
        digest("+447700900101"),
        SendLimits {
            challenges: 1,
            messages: 1,
            wrong_codes: 1,
            window: 600,
        },
    );
    let reopened = Challenge {
        sent_at: late,
        expires_at: late + 300,
        ..challenge(1)
    };
    let opened = store.open(&t, &number, &reopened, &one, late).await;
    assert_eq!(opened, Ok(Opened::Now));
    let counted = store.count_attempt(&t, &number, &id(1), 5, &one, late).await;
    let expected = Attempt::Counted {
        challenge: reopened,
        left: 4,
    };
    assert_eq!(counted, Ok(expected));

    assert_eq!(account.dump().await.len(), stored);
}

#[tokio::test]
async fn a_window_that_ends_before_its_challenge_begins_anew() {
    let account = Account::new().await;
    let (store, t, number) = (account.store(), tenant(), digest("+44"));
    let limits = SendLimits {
        challenges: 1,
        messages: 2,
        wrong_codes: 2,
        window: 100,
    };
    let attempt = async |after| {
        store
            .count_attempt(&t, &number, &id(1), 5, &limits, NOW + after)
            .await
            .unwrap()
    };
    let opened = store.open(&t, &number, &challenge(1), &limits, NOW).await;
    assert_eq!(opened, Ok(Opened::Now));
    assert!(matches!(attempt(99).await, Attempt::Counted { left: 4, .. }));
    // Two more, although one is spent: it belongs to the window that is over.
    assert!(matches!(attempt(100).await, Attempt::Counted { left: 3, .. }));
    assert!(matches!(attempt(199).await, Attempt::Counted { left: 2, .. }));
    assert_eq!(attempt(199).await, Attempt::Exhausted);
    assert!(matches!(attempt(200).await, Attempt::Counted { left: 1, .. }));
    // A right code clears the counters, so there is a challenge to be had within this window.
    let consumed = store.consume(&t, &number, &id(1), &[1; 16], NOW + 201).await;
    assert_eq!(consumed, Ok(Consumed::Now));
    let opened = store.open(&t, &number, &challenge(2), &limits, NOW + 201).await;
    assert_eq!(opened, Ok(Opened::Now));
}

#[tokio::test]
async fn the_tables_may_forget_what_is_over_and_nothing_else() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    fill(&store).await;
    assert_eq!(account.forget(NOW).await, 0);
    is_full(&store).await;
    // By now the challenge, the assertion, the address and the session are over. The code has expired too, but its
    // replay is still told.
    assert_eq!(account.forget(NOW + 60 + 15 * 60 - 1).await, 4);
    let replay = store
        .redeem(&t, &digest("raw-code"), &bindings(), &[2; 16], NOW + 900)
        .await;
    assert_eq!(replay, Ok(Redeemed::Already(code())));
    let reused = store.rotate(&t, &present(1, 1), NOW + 900).await;
    assert_eq!(reused, Ok(Rotated::Reused));
    // Its use has moved the family's end.
    assert_eq!(account.forget(NOW + 4_999).await, 1);
    let reused = store.rotate(&t, &present(1, 1), NOW + 4_999).await;
    assert_eq!(reused, Ok(Rotated::Reused));
    // Consents alone are for ever.
    assert_eq!(account.forget(NOW + 1_000_000).await, 1);
    let found = Grants::get(&store, &t, &member("alice"), &client("app")).await;
    assert!(found.unwrap().is_some());
}

#[tokio::test]
async fn a_session_that_is_visited_is_not_forgotten() {
    let account = Account::new().await;
    let (store, t, s) = (account.store(), tenant(), session(1));
    Sessions::create(&store, &t, &s).await.unwrap();
    let touched = store.touch(&t, &s.member, &s.secret, NOW + 50, NOW + 150).await;
    assert_eq!(touched, Ok(()));
    assert_eq!(account.forget(NOW + 149).await, 0);
    let found = Sessions::get(&store, &t, &s.member, &s.secret, NOW + 149).await;
    assert!(found.unwrap().is_some());
    assert_eq!(account.forget(NOW + 150).await, 1);
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
async fn a_member_has_all_her_sessions_on_however_many_pages() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    for n in 0..8 {
        let wordy = Session {
            device: "d".repeat(200_000),
            ..session(n)
        };
        Sessions::create(&store, &t, &wordy).await.unwrap();
    }
    account.wire.take();
    let listed = Sessions::of_member(&store, &t, &member("alice"), NOW).await;
    assert_eq!(listed.unwrap().len(), 8);
    assert!(account.wire.take().len() > 1, "one page: the test is too small");
    // Whichever page it is on.
    for n in 0..8 {
        store.end(&t, &member("alice"), &session(n).id).await.unwrap();
    }
    let listed = Sessions::of_member(&store, &t, &member("alice"), NOW).await;
    assert_eq!(listed, Ok(Vec::new()));
}

#[tokio::test]
async fn a_member_has_all_her_grants_on_however_many_pages() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    let scopes: BTreeMap<Scope, u32> = (0..2_000)
        .map(|n| (Scope::parse(&format!("{}{n}", "s".repeat(80))).unwrap(), 1))
        .collect();
    for n in 0..8 {
        let wide = Grant {
            client: client(&n.to_string()),
            scopes: scopes.clone(),
            ..grant()
        };
        assert_eq!(Grants::put(&store, &t, &wide, None).await, Ok(Put::Done));
    }
    account.wire.take();
    let listed = Grants::of_member(&store, &t, &member("alice")).await;
    assert_eq!(listed.unwrap().len(), 8);
    assert!(account.wire.take().len() > 1, "one page: the test is too small");
}

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
async fn past_marks_do_not_pile_up_and_no_other_is_dropped_with_them() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    let (who, app) = (member("alice"), client("app"));
    Grants::put(&store, &t, &grant(), None).await.unwrap();
    let taint = async |taint, until, now| {
        store
            .taint(&t, &who, &app, taint, NOW + until, NOW + now)
            .await
            .unwrap();
        let stored = Grants::get(&store, &t, &who, &app).await.unwrap().unwrap();
        stored.tainted.len()
    };
    let issue = |n| Taint::Issue(IssueId::from_bytes([n; 16]));
    for n in 0..6 {
        taint(issue(n), 10, 0).await;
    }
    taint(issue(6), 60, 0).await;
    assert_eq!(taint(issue(7), 60, 10).await, 8, "not worth a call yet");
    // The ninth: six are past.
    let session = Taint::Session(SessionId::from_bytes([8; 16]));
    assert_eq!(taint(session, 60, 10).await, 3);
    let stored = Grants::get(&store, &t, &who, &app).await.unwrap().unwrap();
    for mark in [issue(6), issue(7), session] {
        assert!(stored.tainted.iter().any(|found| found.taint == mark), "{mark:?}");
    }
    assert_eq!(stored.version, 1);
}
