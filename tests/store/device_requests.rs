use std::sync::Arc;

use symbolon::{
    model::{Authentication, DeviceApproval, DeviceDecision, DeviceRequest},
    ports::{DeviceRequests, Polled},
    types::{GrantId, IssueId, ScopeSet, SessionId, Timestamp},
};

use super::backend::{Bench, NOW, client, digest, member, on_every_backend, race};

on_every_backend![
    a_request_waits_and_is_found_until_it_expires,
    a_user_code_in_use_is_taken_and_a_repeat_is_the_same_call,
    an_old_user_code_is_free_again,
    who_asks_too_soon_waits_longer,
    a_stranger_changes_nothing,
    a_decision_stands_and_its_repeat_is_the_same,
    an_expired_request_is_nobodys_to_decide_or_redeem,
    an_approval_is_redeemed_once_and_its_replay_is_told,
    a_redemption_can_be_taken_back_by_its_nonce,
    of_racing_questions_one_redeems,
    of_racing_decisions_one_stands,
    equal_codes_of_two_tenants_are_two,
];

const A: [u8; 16] = [1; 16];
const B: [u8; 16] = [2; 16];

pub(super) fn asked() -> DeviceRequest {
    DeviceRequest {
        client: client("tv"),
        device_code: digest("raw-device-code"),
        scope: ScopeSet::parse("openid profile").unwrap(),
        resources: vec!["https://api.tld".to_owned()],
        decision: DeviceDecision::Pending,
        interval: 5,
        may_ask_at: NOW,
        expires_at: NOW + 600,
    }
}

pub(super) fn approval(n: u8) -> DeviceApproval {
    DeviceApproval {
        member: member("alice"),
        grant: GrantId::from_bytes([3; 16]),
        issue: IssueId::from_bytes([n; 16]),
        session: SessionId::from_bytes([5; 16]),
        scope: ScopeSet::parse("openid").unwrap(),
        resources: vec!["https://api.tld".to_owned()],
        authentication: Authentication {
            auth_time: NOW,
            amr: vec!["otp".to_owned()],
        },
    }
}

async fn create(b: &Bench, request: &DeviceRequest, now: Timestamp) -> bool {
    DeviceRequests::create(&*b.store, &b.tenant, &digest("WDJB-MJHT"), request, now)
        .await
        .unwrap()
}

async fn pending(b: &Bench, now: Timestamp) -> Option<DeviceRequest> {
    b.store
        .pending(&b.tenant, &digest("WDJB-MJHT"), now)
        .await
        .unwrap()
}

async fn decide(b: &Bench, approval: Option<&DeviceApproval>, now: Timestamp) -> bool {
    b.store
        .decide(&b.tenant, &digest("WDJB-MJHT"), approval, now)
        .await
        .unwrap()
}

async fn poll(b: &Bench, nonce: &[u8; 16], now: Timestamp) -> Polled {
    let (user, device) = (digest("WDJB-MJHT"), digest("raw-device-code"));
    b.store
        .poll(&b.tenant, &user, &client("tv"), &device, nonce, now)
        .await
        .unwrap()
}

async fn release(b: &Bench, nonce: &[u8; 16]) {
    DeviceRequests::release(&*b.store, &b.tenant, &digest("WDJB-MJHT"), nonce)
        .await
        .unwrap();
}

async fn a_request_waits_and_is_found_until_it_expires(b: Bench) {
    assert_eq!(pending(&b, NOW).await, None);
    assert_eq!(poll(&b, &A, NOW).await, Polled::Absent);
    assert!(create(&b, &asked(), NOW).await);
    assert_eq!(pending(&b, NOW).await, Some(asked()));
    assert_eq!(pending(&b, NOW + 599).await, Some(asked()));
    assert_eq!(pending(&b, NOW + 600).await, None);
    assert_eq!(poll(&b, &A, NOW + 600).await, Polled::Absent);
}

async fn a_user_code_in_use_is_taken_and_a_repeat_is_the_same_call(b: Bench) {
    assert!(create(&b, &asked(), NOW).await);
    assert!(create(&b, &asked(), NOW).await);
    let other = DeviceRequest {
        device_code: digest("another"),
        ..asked()
    };
    assert!(!create(&b, &other, NOW).await);
    assert_eq!(pending(&b, NOW).await, Some(asked()));
}

async fn an_old_user_code_is_free_again(b: Bench) {
    create(&b, &asked(), NOW).await;
    decide(&b, None, NOW).await;
    let late = NOW + 86_400;
    let other = DeviceRequest {
        device_code: digest("another"),
        may_ask_at: late,
        expires_at: late + 600,
        ..asked()
    };
    assert!(create(&b, &other, late).await);
    assert_eq!(pending(&b, late).await, Some(other));
}

async fn who_asks_too_soon_waits_longer(b: Bench) {
    create(&b, &asked(), NOW).await;
    for (at, polled) in [
        (0, Polled::Pending),
        (4, Polled::TooSoon),
        (13, Polled::TooSoon),
        (28, Polled::Pending),
        (42, Polled::TooSoon),
        (62, Polled::Pending),
    ] {
        assert_eq!(poll(&b, &A, NOW + at).await, polled, "at {at}");
    }
    assert_eq!(pending(&b, NOW + 62).await.unwrap().interval, 20);
    // Once it is decided, nobody is made to wait.
    decide(&b, Some(&approval(1)), NOW + 62).await;
    assert_eq!(poll(&b, &A, NOW + 62).await, Polled::Now(approval(1)));
}

async fn a_stranger_changes_nothing(b: Bench) {
    create(&b, &asked(), NOW).await;
    for (who, code) in [("tv", "wrong"), ("other", "raw-device-code")] {
        let (user, device) = (digest("WDJB-MJHT"), digest(code));
        let polled = b
            .store
            .poll(&b.tenant, &user, &client(who), &device, &A, NOW)
            .await;
        assert_eq!(polled, Ok(Polled::Mismatch));
    }
    assert_eq!(pending(&b, NOW).await, Some(asked()));
    assert_eq!(poll(&b, &A, NOW).await, Polled::Pending);
}

async fn a_decision_stands_and_its_repeat_is_the_same(b: Bench) {
    assert!(!decide(&b, None, NOW).await);
    create(&b, &asked(), NOW).await;
    assert!(decide(&b, Some(&approval(1)), NOW).await);
    assert!(decide(&b, Some(&approval(1)), NOW).await);
    assert!(!decide(&b, Some(&approval(2)), NOW).await);
    assert!(!decide(&b, None, NOW).await);
    assert_eq!(pending(&b, NOW).await, None);
    assert_eq!(poll(&b, &A, NOW).await, Polled::Now(approval(1)));
    assert!(decide(&b, Some(&approval(1)), NOW).await);
    assert!(!decide(&b, None, NOW).await);
}

async fn an_expired_request_is_nobodys_to_decide_or_redeem(b: Bench) {
    create(&b, &asked(), NOW).await;
    assert!(!decide(&b, Some(&approval(1)), NOW + 600).await);
    assert!(decide(&b, Some(&approval(1)), NOW + 599).await);
    assert_eq!(poll(&b, &A, NOW + 600).await, Polled::Absent);
    assert_eq!(poll(&b, &A, NOW + 599).await, Polled::Now(approval(1)));
}

async fn an_approval_is_redeemed_once_and_its_replay_is_told(b: Bench) {
    create(&b, &asked(), NOW).await;
    decide(&b, Some(&approval(1)), NOW).await;
    assert_eq!(poll(&b, &A, NOW).await, Polled::Now(approval(1)));
    assert_eq!(poll(&b, &A, NOW).await, Polled::Now(approval(1)));
    assert_eq!(poll(&b, &B, NOW).await, Polled::Already(approval(1)));
    assert_eq!(poll(&b, &B, NOW + 700).await, Polled::Already(approval(1)));
}

async fn a_redemption_can_be_taken_back_by_its_nonce(b: Bench) {
    create(&b, &asked(), NOW).await;
    decide(&b, Some(&approval(1)), NOW).await;
    release(&b, &A).await;
    assert_eq!(poll(&b, &A, NOW).await, Polled::Now(approval(1)));
    release(&b, &B).await;
    assert_eq!(poll(&b, &B, NOW).await, Polled::Already(approval(1)));
    release(&b, &A).await;
    assert_eq!(poll(&b, &B, NOW).await, Polled::Now(approval(1)));
}

async fn of_racing_questions_one_redeems(b: Bench) {
    create(&b, &asked(), NOW).await;
    decide(&b, Some(&approval(1)), NOW).await;
    let polled = race(|i| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move {
            let (user, device) = (digest("WDJB-MJHT"), digest("raw-device-code"));
            store
                .poll(&tenant, &user, &client("tv"), &device, &[i; 16], NOW)
                .await
                .unwrap()
        }
    })
    .await;
    let won = polled.iter().filter(|p| **p == Polled::Now(approval(1))).count();
    let told = polled
        .iter()
        .filter(|p| **p == Polled::Already(approval(1)))
        .count();
    assert_eq!((won, told), (1, polled.len() - 1));
}

async fn of_racing_decisions_one_stands(b: Bench) {
    create(&b, &asked(), NOW).await;
    let stood = race(|i| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move {
            let said = approval(i);
            store
                .decide(&tenant, &digest("WDJB-MJHT"), Some(&said), NOW)
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(stood.iter().filter(|stands| **stands).count(), 1);
}

async fn equal_codes_of_two_tenants_are_two(b: Bench) {
    create(&b, &asked(), NOW).await;
    let (user, device) = (digest("WDJB-MJHT"), digest("raw-device-code"));
    assert_eq!(b.store.pending(&b.other, &user, NOW).await, Ok(None));
    assert_eq!(b.store.decide(&b.other, &user, None, NOW).await, Ok(false));
    let polled = b
        .store
        .poll(&b.other, &user, &client("tv"), &device, &A, NOW)
        .await;
    assert_eq!(polled, Ok(Polled::Absent));
    assert_eq!(pending(&b, NOW).await, Some(asked()));
}
