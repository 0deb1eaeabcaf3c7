use std::sync::Arc;

use symbolon::{
    model::{Authentication, Session},
    ports::Sessions,
    types::{SessionId, Timestamp},
};

use super::backend::{Bench, NOW, digest, member, on_every_backend, race};

on_every_backend![
    a_session_is_read_as_it_was_stored,
    a_session_ends_when_idle_and_when_old,
    a_visit_moves_the_idle_end_and_nothing_else,
    a_visit_wakes_no_ended_session,
    a_late_visit_takes_nothing_back,
    an_ended_session_is_gone_and_ends_once_more,
    the_same_name_may_begin_again_with_another_secret,
    a_repeated_create_does_not_undo_a_visit,
    the_live_sessions_of_a_member_are_listed,
    racing_visits_and_an_end_leave_it_ended,
    another_tenant_member_or_secret_finds_nothing,
];

pub(super) fn session(n: u8) -> Session {
    Session {
        id: SessionId::from_bytes([n; 16]),
        secret: digest(&format!("secret {n}")),
        member: member("alice"),
        authentication: Authentication {
            auth_time: NOW,
            amr: vec!["otp".to_owned()],
        },
        last_seen: NOW,
        idle_expires_at: NOW + 100,
        expires_at: NOW + 1_000,
        device: "Firefox on Linux".to_owned(),
    }
}

fn sessions(b: &Bench) -> &dyn Sessions {
    &*b.store
}

async fn get(b: &Bench, s: &Session, now: Timestamp) -> Option<Session> {
    sessions(b)
        .get(&b.tenant, &s.member, &s.secret, now)
        .await
        .unwrap()
}

async fn touch(b: &Bench, s: &Session, last_seen: Timestamp, idle_end: Timestamp) {
    sessions(b)
        .touch(&b.tenant, &s.member, &s.secret, last_seen, idle_end)
        .await
        .unwrap();
}

async fn stored(b: &Bench, n: u8) -> Session {
    sessions(b).create(&b.tenant, &session(n)).await.unwrap();
    session(n)
}

async fn a_session_is_read_as_it_was_stored(b: Bench) {
    let s = stored(&b, 1).await;
    assert_eq!(get(&b, &s, NOW).await, Some(s));
}

async fn a_session_ends_when_idle_and_when_old(b: Bench) {
    let s = stored(&b, 1).await;
    assert!(get(&b, &s, NOW + 99).await.is_some());
    assert_eq!(get(&b, &s, NOW + 100).await, None);

    touch(&b, &s, NOW + 50, NOW + 5_000).await;
    assert!(get(&b, &s, NOW + 999).await.is_some());
    assert_eq!(get(&b, &s, NOW + 1_000).await, None);
}

async fn a_visit_moves_the_idle_end_and_nothing_else(b: Bench) {
    let s = stored(&b, 1).await;
    touch(&b, &s, NOW + 50, NOW + 150).await;
    let moved = Session {
        last_seen: NOW + 50,
        idle_expires_at: NOW + 150,
        ..s
    };
    assert_eq!(get(&b, &moved, NOW + 149).await, Some(moved));
}

async fn a_visit_wakes_no_ended_session(b: Bench) {
    let s = stored(&b, 1).await;
    sessions(&b).end(&b.tenant, &s.member, &s.id).await.unwrap();
    touch(&b, &s, NOW + 50, NOW + 150).await;
    assert_eq!(get(&b, &s, NOW + 50).await, None);

    let idle = stored(&b, 2).await;
    for after in [100, 150] {
        touch(&b, &idle, NOW + after, NOW + 300).await;
        assert_eq!(get(&b, &idle, NOW + after).await, None);
    }
}

async fn a_late_visit_takes_nothing_back(b: Bench) {
    let s = stored(&b, 1).await;
    touch(&b, &s, NOW + 50, NOW + 150).await;
    touch(&b, &s, NOW + 40, NOW + 140).await;
    let read = get(&b, &s, NOW + 149).await.unwrap();
    assert_eq!((read.last_seen, read.idle_expires_at), (NOW + 50, NOW + 150));
}

async fn an_ended_session_is_gone_and_ends_once_more(b: Bench) {
    let (s, stays) = (stored(&b, 1).await, stored(&b, 2).await);
    for _ in 0..2 {
        sessions(&b).end(&b.tenant, &s.member, &s.id).await.unwrap();
    }
    assert_eq!(get(&b, &s, NOW).await, None);
    assert_eq!(
        sessions(&b).of_member(&b.tenant, &s.member, NOW).await,
        Ok(vec![stays])
    );
}

async fn the_same_name_may_begin_again_with_another_secret(b: Bench) {
    let s = stored(&b, 1).await;
    sessions(&b).end(&b.tenant, &s.member, &s.id).await.unwrap();
    let again = Session {
        secret: digest("another secret"),
        ..s.clone()
    };
    sessions(&b).create(&b.tenant, &again).await.unwrap();
    assert_eq!(get(&b, &s, NOW).await, None, "the old secret stays dead");
    assert_eq!(get(&b, &again, NOW).await, Some(again.clone()));
    let listed = || sessions(&b).of_member(&b.tenant, &s.member, NOW);
    assert_eq!(listed().await, Ok(vec![again.clone()]));
    sessions(&b)
        .end(&b.tenant, &again.member, &again.id)
        .await
        .unwrap();
    assert_eq!(listed().await, Ok(vec![]));
}

async fn a_repeated_create_does_not_undo_a_visit(b: Bench) {
    let s = stored(&b, 1).await;
    touch(&b, &s, NOW + 50, NOW + 150).await;
    stored(&b, 1).await;
    let read = get(&b, &s, NOW + 60).await.unwrap();
    assert_eq!(read.last_seen, NOW + 50);
}

async fn the_live_sessions_of_a_member_are_listed(b: Bench) {
    let (one, two) = (stored(&b, 1).await, stored(&b, 2).await);
    let idle = Session {
        idle_expires_at: NOW + 5,
        ..session(3)
    };
    sessions(&b).create(&b.tenant, &idle).await.unwrap();
    sessions(&b)
        .create(
            &b.tenant,
            &Session {
                member: member("bob"),
                ..session(4)
            },
        )
        .await
        .unwrap();
    sessions(&b).create(&b.other, &session(5)).await.unwrap();
    let mut ids: Vec<_> = sessions(&b)
        .of_member(&b.tenant, &member("alice"), NOW + 5)
        .await
        .unwrap()
        .iter()
        .map(|s| s.id)
        .collect();
    ids.sort();
    assert_eq!(ids, [one.id, two.id]);
}

async fn racing_visits_and_an_end_leave_it_ended(b: Bench) {
    let s = stored(&b, 1).await;
    race(|i| {
        let (store, tenant, s) = (Arc::clone(&b.store), b.tenant.clone(), s.clone());
        async move {
            let sessions: &dyn Sessions = &*store;
            if i == 7 {
                sessions.end(&tenant, &s.member, &s.id).await.unwrap();
            } else {
                sessions
                    .touch(&tenant, &s.member, &s.secret, NOW + 1, NOW + 101)
                    .await
                    .unwrap();
            }
        }
    })
    .await;
    assert_eq!(get(&b, &s, NOW + 1).await, None);
}

async fn another_tenant_member_or_secret_finds_nothing(b: Bench) {
    let s = stored(&b, 1).await;
    assert_eq!(
        sessions(&b).get(&b.other, &s.member, &s.secret, NOW).await,
        Ok(None)
    );
    assert_eq!(
        sessions(&b).get(&b.tenant, &member("bob"), &s.secret, NOW).await,
        Ok(None)
    );
    assert_eq!(
        sessions(&b)
            .get(&b.tenant, &s.member, &digest("guess"), NOW)
            .await,
        Ok(None)
    );
    // Nor does it end or move anything.
    sessions(&b).end(&b.other, &s.member, &s.id).await.unwrap();
    sessions(&b).end(&b.tenant, &member("bob"), &s.id).await.unwrap();
    sessions(&b)
        .touch(&b.other, &s.member, &s.secret, NOW + 1, NOW + 900)
        .await
        .unwrap();
    sessions(&b)
        .touch(&b.tenant, &member("bob"), &s.secret, NOW + 1, NOW + 900)
        .await
        .unwrap();
    assert_eq!(get(&b, &s, NOW).await, Some(s));
}
