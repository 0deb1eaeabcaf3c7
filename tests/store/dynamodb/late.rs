//! Tables forget days late, and nothing but what no step heeds any more.

use symbolon::{
    model::{Challenge, DeviceRequest},
    ports::{
        self, Assertions, Attempt, Challenges, Codes, Consumed, DeviceRequests, FirstUse, Grants, Opened,
        Polled, Redeemed, RefreshFamilies, Resent, Rotated, SendLimits, Sessions, Taint,
    },
    types::{IssueId, SessionId},
};

use crate::{
    harness::aws::Account,
    store::{
        backend::{NOW, client, digest, member},
        challenges::{LIMITS, challenge, id},
        codes::{bindings, code},
        device_requests::asked,
        grants::grant,
        life::{fill, is_full, tenant},
        pushed_requests::{origin, request},
        refresh_families::present,
        sessions::session,
    },
};

#[tokio::test]
async fn st1_what_has_expired_is_refused_though_it_is_still_stored() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    let fresh = digest("unused");
    Codes::put(&store, &t, &fresh, &code()).await.unwrap();
    ports::PushedRequests::put(&store, &t, &fresh, &request())
        .await
        .unwrap();
    let (waiting, user, device) = (
        digest("BCDF-GHJK"),
        digest("WDJB-MJHT"),
        digest("raw-device-code"),
    );
    DeviceRequests::create(&store, &t, &waiting, &asked(), NOW)
        .await
        .unwrap();
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
    let begun = ports::PushedRequests::get(&store, &t, &fresh, late).await;
    assert_eq!(begun, Ok(None));
    let ended = ports::PushedRequests::consume(&store, &t, &origin("unused"), &[1; 16], late).await;
    assert_eq!(ended, Ok(false));
    // One that waited for a decision, and one that was allowed and never fetched.
    assert_eq!(store.pending(&t, &waiting, late).await, Ok(None));
    assert_eq!(store.decide(&t, &waiting, None, late).await, Ok(false));
    for code in [&waiting, &user] {
        let polled = store.poll(&t, code, &client("tv"), &device, &[1; 16], late).await;
        assert_eq!(polled, Ok(Polled::Absent));
    }

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
    let another = DeviceRequest {
        device_code: digest("another"),
        may_ask_at: late,
        expires_at: late + 600,
        ..asked()
    };
    let user_code = digest("WDJB-MJHT");
    let begun = DeviceRequests::create(&store, &t, &user_code, &another, late).await;
    assert_eq!(begun, Ok(true));
    assert_eq!(store.pending(&t, &user_code, late).await, Ok(Some(another)));
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
    // The code and the device's request, whose replays are told no more. Its use has moved the family's end.
    assert_eq!(account.forget(NOW + 4_999).await, 2);
    let reused = store.rotate(&t, &present(1, 1), NOW + 4_999).await;
    assert_eq!(reused, Ok(Rotated::Reused));
    // The family and the end of the pushed request, which is told for a day. Consents alone are for ever.
    assert_eq!(account.forget(NOW + 1_000_000).await, 2);
    let found = Grants::get(&store, &t, &member("alice"), &client("app")).await;
    assert!(found.unwrap().is_some());
}

#[tokio::test]
async fn a085_what_was_pushed_may_be_forgotten_once_nothing_can_begin_with_it() {
    let account = Account::new().await;
    let (store, t) = (account.store(), tenant());
    let put = ports::PushedRequests::put(&store, &t, &digest("r"), &request()).await;
    assert_eq!(put, Ok(()));
    assert_eq!(account.forget(NOW + 59).await, 0);
    assert_eq!(account.forget(NOW + 60).await, 1);
    // The flow that began with it ends, and that is told for a day.
    let ended = ports::PushedRequests::consume(&store, &t, &origin("r"), &[1; 16], NOW + 600).await;
    assert_eq!(ended, Ok(true));
    assert_eq!(account.forget(NOW + 60 + 86_399).await, 0);
    assert_eq!(account.forget(NOW + 60 + 86_400).await, 1);
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
