//! One item of every kind, each past its first step, and what they must say afterwards.

use symbolon::{
    ports::{
        Attempt, Challenges, Codes, Consumed, DeviceRequests, FirstUse, Grants, Polled, PushedRequests,
        Redeemed, RefreshFamilies, Rotated, Sessions, Taint,
    },
    types::{IssueId, TenantId},
};

use super::{
    backend::{NOW, Store, client, digest, member},
    challenges::{LIMITS, challenge, id},
    codes::{bindings, code},
    device_requests::{approval, asked},
    grants::grant,
    pushed_requests::{origin, request},
    refresh_families::{family, present},
    sessions::session,
};

const MINE: [u8; 16] = [1; 16];

pub(super) fn tenant() -> TenantId {
    TenantId::new("urban")
}

/// One item of every kind, each past its first step.
pub(super) async fn fill(store: &dyn Store) {
    let t = tenant();
    Codes::put(store, &t, &digest("raw-code"), &code()).await.unwrap();
    store
        .redeem(&t, &digest("raw-code"), &bindings(), &MINE, NOW)
        .await
        .unwrap();
    Sessions::create(store, &t, &session(1)).await.unwrap();
    Grants::put(store, &t, &grant(), None).await.unwrap();
    let dead = Taint::Issue(IssueId::from_bytes([4; 16]));
    store
        .taint(&t, &member("alice"), &client("app"), dead, NOW + 60, NOW)
        .await
        .unwrap();
    RefreshFamilies::create(store, &t, &family(1)).await.unwrap();
    store.rotate(&t, &present(1, 0), NOW).await.unwrap();
    store.use_once(&t, &digest("jti"), NOW + 60, NOW).await.unwrap();
    let user_code = digest("WDJB-MJHT");
    DeviceRequests::create(store, &t, &user_code, &asked(), NOW)
        .await
        .unwrap();
    store
        .decide(&t, &user_code, Some(&approval(1)), NOW)
        .await
        .unwrap();
    let pushed = digest("raw-request-uri");
    PushedRequests::put(store, &t, &pushed, &request()).await.unwrap();
    let ended = PushedRequests::consume(store, &t, &origin("raw-request-uri"), &MINE, NOW).await;
    assert_eq!(ended, Ok(true));
    store
        .open(&t, &digest("+447700900101"), &challenge(1), &LIMITS, NOW)
        .await
        .unwrap();
    store
        .count_attempt(&t, &digest("+447700900101"), &id(1), 5, &LIMITS, NOW)
        .await
        .unwrap();
    store
        .count_address(&t, &digest("192.0.2.1"), 600, NOW)
        .await
        .unwrap();
}

/// Checks that every item of [`fill`] stands, and where it was left.
pub(super) async fn is_full(store: &dyn Store) {
    let t = tenant();
    let replay = store
        .redeem(&t, &digest("raw-code"), &bindings(), &[2; 16], NOW)
        .await;
    assert_eq!(replay, Ok(Redeemed::Already(code())));
    let s = session(1);
    assert_eq!(
        Sessions::get(store, &t, &s.member, &s.secret, NOW).await,
        Ok(Some(s))
    );
    let stored = Grants::get(store, &t, &member("alice"), &client("app"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((stored.version, stored.tainted.len()), (1, 1));
    assert_eq!(store.rotate(&t, &present(1, 0), NOW).await, Ok(Rotated::Again));
    assert_eq!(store.rotate(&t, &present(1, 1), NOW).await, Ok(Rotated::Now));
    assert_eq!(
        store.use_once(&t, &digest("jti"), NOW + 60, NOW).await,
        Ok(FirstUse::No)
    );
    let (user_code, device_code) = (digest("WDJB-MJHT"), digest("raw-device-code"));
    let polled = store
        .poll(&t, &user_code, &client("tv"), &device_code, &MINE, NOW)
        .await;
    assert_eq!(polled, Ok(Polled::Now(approval(1))));
    let pushed = origin("raw-request-uri");
    for (nonce, ended) in [(&[2; 16], false), (&MINE, true)] {
        let found = PushedRequests::consume(store, &t, &pushed, nonce, NOW).await;
        assert_eq!(found, Ok(ended));
    }
    let counted = store
        .count_attempt(&t, &digest("+447700900101"), &id(1), 5, &LIMITS, NOW)
        .await;
    assert_eq!(
        counted,
        Ok(Attempt::Counted {
            challenge: challenge(1),
            left: 3
        })
    );
    let consumed = Challenges::consume(store, &t, &digest("+447700900101"), &id(1), &MINE, NOW).await;
    assert_eq!(consumed, Ok(Consumed::Now));
    assert_eq!(
        store.count_address(&t, &digest("192.0.2.1"), 600, NOW).await,
        Ok(2)
    );
}

/// What a dump of [`fill`] must not hold.
pub(super) const SECRETS: [&str; 8] = [
    "WDJB-MJHT",
    "raw-device-code",
    "raw-code",
    "raw-request-uri",
    "secret 1",
    "7700900101",
    "192.0.2.1",
    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
];
