use std::{collections::BTreeMap, sync::Arc};

use symbolon::{
    model::{ConsentEvent, Grant, GrantState, Receipt},
    ports::{Grants, Put, Taint},
    types::{Digest, GrantId, IssueId, Locale, Scope, SessionId, Timestamp, TokenId},
};

use super::backend::{Bench, NOW, client, member, on_every_backend, race};

on_every_backend![
    a_grant_is_read_as_it_was_stored,
    a_grant_is_replaced_only_from_the_version_that_was_read,
    a_repeat_of_the_same_put_is_done,
    another_change_under_the_same_version_is_a_conflict,
    of_racing_changes_one_is_done,
    a_mark_stands_whatever_is_put_after,
    marks_do_not_change_the_version_and_need_a_grant,
    a_mark_is_never_shortened_and_says_nothing_once_it_is_past,
    a_token_is_marked_alone_and_very_many_by_their_issue,
    racing_marks_all_stand,
    the_grants_of_a_member_are_listed,
    tenants_members_and_clients_are_apart,
];

fn receipt(scopes: &str) -> Receipt {
    let scopes: BTreeMap<Scope, u32> = scopes.split(' ').map(|s| (Scope::parse(s).unwrap(), 2)).collect();
    Receipt {
        at: NOW,
        event: ConsentEvent::Given,
        scopes,
        locale: Some(Locale::En),
        notice: Some(Digest::of(b"Allow?")),
    }
}

pub(super) fn grant() -> Grant {
    Grant::allow(
        None,
        GrantId::from_bytes([7; 16]),
        &member("alice"),
        &client("app"),
        receipt("points.read"),
        receipt("email phone").scopes,
    )
}

fn allow(before: Option<Grant>, scopes: &str) -> Grant {
    Grant::allow(
        before,
        GrantId::from_bytes([7; 16]),
        &member("alice"),
        &client("app"),
        receipt(scopes),
        BTreeMap::new(),
    )
}

fn grants(b: &Bench) -> &dyn Grants {
    &*b.store
}

async fn put(b: &Bench, grant: &Grant, expected: Option<u64>) -> Put {
    grants(b).put(&b.tenant, grant, expected).await.unwrap()
}

/// Marks the grant of [`grant`].
async fn taint(b: &Bench, taint: Taint, until: Timestamp, now: Timestamp) {
    let (who, app) = (member("alice"), client("app"));
    grants(b)
        .taint(&b.tenant, &who, &app, taint, until, now)
        .await
        .unwrap();
}

async fn read(b: &Bench) -> Grant {
    grants(b)
        .get(&b.tenant, &member("alice"), &client("app"))
        .await
        .unwrap()
        .unwrap()
}

fn issue(n: u8) -> Taint {
    Taint::Issue(IssueId::from_bytes([n; 16]))
}

async fn a_grant_is_read_as_it_was_stored(b: Bench) {
    assert_eq!(
        grants(&b).get(&b.tenant, &member("alice"), &client("app")).await,
        Ok(None)
    );
    assert_eq!(put(&b, &grant(), None).await, Put::Done);
    let stored = read(&b).await;
    assert_eq!(stored, grant());
    assert_eq!(stored.declined, receipt("email phone").scopes);
    // Whatever its state.
    let withdrawn = grant().withdraw(NOW);
    assert_eq!(put(&b, &withdrawn, Some(1)).await, Put::Done);
    assert_eq!(read(&b).await, withdrawn);
}

async fn a_grant_is_replaced_only_from_the_version_that_was_read(b: Bench) {
    assert_eq!(put(&b, &grant(), Some(1)).await, Put::Conflict);
    put(&b, &grant(), None).await;
    let next = allow(Some(grant()), "points.redeem");
    for stale in [None, Some(0), Some(2)] {
        assert_eq!(put(&b, &next, stale).await, Put::Conflict);
    }
    assert_eq!(read(&b).await, grant());
    assert_eq!(put(&b, &next, Some(1)).await, Put::Done);
    assert_eq!(read(&b).await, next);
}

async fn a_repeat_of_the_same_put_is_done(b: Bench) {
    let next = allow(Some(grant()), "points.redeem");
    for _ in 0..2 {
        assert_eq!(put(&b, &grant(), None).await, Put::Done);
    }
    taint(&b, issue(1), NOW + 60, NOW).await;
    for _ in 0..2 {
        assert_eq!(put(&b, &next, Some(1)).await, Put::Done);
    }
    // The first call's repeat arrives after the second: it is not the last word any longer.
    assert_eq!(put(&b, &grant(), None).await, Put::Conflict);
}

async fn another_change_under_the_same_version_is_a_conflict(b: Bench) {
    put(&b, &grant(), None).await;
    // Two tabs read version 1 and both make version 2 of the same grant. Who withdraws must not be told "done".
    let (allowed, withdrawn) = (allow(Some(grant()), "points.redeem"), grant().withdraw(NOW));
    assert_eq!((allowed.id, allowed.version), (withdrawn.id, withdrawn.version));
    assert_eq!(put(&b, &allowed, Some(1)).await, Put::Done);
    assert_eq!(put(&b, &withdrawn, Some(1)).await, Put::Conflict);
    assert_eq!(read(&b).await, allowed);
}

async fn of_racing_changes_one_is_done(b: Bench) {
    for round in [None, Some(1)] {
        let puts = race(|i| {
            let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
            let id = GrantId::from_bytes([i; 16]);
            let version = round.unwrap_or(0) + 1;
            let mine = Grant {
                id,
                version,
                ..grant()
            };
            async move { (Grants::put(&*store, &tenant, &mine, round).await.unwrap(), mine) }
        })
        .await;
        let done: Vec<&Grant> = puts
            .iter()
            .filter(|(put, _)| *put == Put::Done)
            .map(|(_, mine)| mine)
            .collect();
        assert_eq!(done, [&read(&b).await]);
    }
}

async fn a_mark_stands_whatever_is_put_after(b: Bench) {
    put(&b, &grant(), None).await;
    let seen = read(&b).await;
    // A replay is told between another request's read and its write.
    taint(&b, issue(1), NOW + 60, NOW).await;
    let next = allow(Some(seen), "points.redeem");
    assert_eq!(put(&b, &next, Some(1)).await, Put::Done);
    let stored = read(&b).await;
    assert!(!stored.honours(stored.id, IssueId::from_bytes([1; 16]), None, NOW));
    assert!(stored.honours(stored.id, IssueId::from_bytes([2; 16]), None, NOW));
}

async fn marks_do_not_change_the_version_and_need_a_grant(b: Bench) {
    let (who, app) = (member("alice"), client("app"));
    taint(&b, issue(1), NOW + 60, NOW).await;
    assert_eq!(grants(&b).get(&b.tenant, &who, &app).await, Ok(None));

    put(&b, &grant(), None).await;
    let session = SessionId::from_bytes([9; 16]);
    taint(&b, Taint::Session(session), NOW + 60, NOW).await;
    let stored = read(&b).await;
    assert_eq!((stored.version, stored.state), (1, GrantState::Active));
    assert!(!stored.honours(stored.id, IssueId::from_bytes([1; 16]), Some(session), NOW));
    assert_eq!(
        Grant {
            tainted: Vec::new(),
            ..stored
        },
        grant()
    );
}

async fn a_mark_is_never_shortened_and_says_nothing_once_it_is_past(b: Bench) {
    put(&b, &grant(), None).await;
    taint(&b, issue(1), NOW + 10, NOW).await;
    taint(&b, issue(2), NOW + 60, NOW).await;
    taint(&b, issue(2), NOW + 30, NOW + 10).await;
    let stored = read(&b).await;
    let honours = |n, now| stored.honours(stored.id, IssueId::from_bytes([n; 16]), None, now);
    assert!(honours(1, NOW + 10));
    assert!(!honours(2, NOW + 59));
    assert!(honours(2, NOW + 60));
    // Each mark stands once. Past ones may be dropped, and need not be.
    let lasting: Vec<_> = stored
        .tainted
        .iter()
        .filter(|mark| !mark.until.is_past(NOW + 10))
        .map(|mark| (mark.taint, mark.until))
        .collect();
    assert_eq!(lasting, [(issue(2), NOW + 60)]);
}

async fn racing_marks_all_stand(b: Bench) {
    put(&b, &grant(), None).await;
    race(|i| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move {
            store
                .taint(&tenant, &member("alice"), &client("app"), issue(i), NOW + 60, NOW)
                .await
                .unwrap();
        }
    })
    .await;
    let stored = read(&b).await;
    for i in 0..super::backend::RACERS {
        assert!(
            !stored.honours(stored.id, IssueId::from_bytes([i; 16]), None, NOW),
            "{i}"
        );
    }
}

async fn the_grants_of_a_member_are_listed(b: Bench) {
    let of = |who: &str, app: &str| Grant {
        member: member(who),
        client: client(app),
        ..grant()
    };
    for g in [of("alice", "b"), of("alice", "a"), of("bob", "c")] {
        put(&b, &g, None).await;
    }
    grants(&b).put(&b.other, &of("alice", "d"), None).await.unwrap();
    grants(&b)
        .taint(&b.tenant, &member("alice"), &client("a"), issue(1), NOW + 60, NOW)
        .await
        .unwrap();
    let mut listed = grants(&b).of_member(&b.tenant, &member("alice")).await.unwrap();
    listed.sort_by(|x, y| x.client.cmp(&y.client));
    assert_eq!(
        listed.iter().map(|g| g.client.as_str()).collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(listed.iter().map(|g| g.tainted.len()).collect::<Vec<_>>(), [1, 0]);
}

async fn tenants_members_and_clients_are_apart(b: Bench) {
    put(&b, &grant(), None).await;
    for (tenant, who, app) in [
        (&b.other, "alice", "app"),
        (&b.tenant, "bob", "app"),
        (&b.tenant, "alice", "shop"),
    ] {
        let (who, app) = (member(who), client(app));
        assert_eq!(grants(&b).get(tenant, &who, &app).await, Ok(None));
        grants(&b)
            .taint(tenant, &who, &app, issue(1), NOW + 60, NOW)
            .await
            .unwrap();
        let theirs = Grant {
            member: who,
            client: app,
            ..grant().withdraw(NOW)
        };
        assert_eq!(grants(&b).put(tenant, &theirs, None).await, Ok(Put::Done));
    }
    assert_eq!(read(&b).await, grant());
}

async fn a_token_is_marked_alone_and_very_many_by_their_issue(b: Bench) {
    put(&b, &grant(), None).await;
    let token = |n| TokenId::from_bytes([n; 16]);
    let of = IssueId::from_bytes([1; 16]);
    for n in 0..100 {
        let mark = read(&b).await.mark_of(token(n), of, NOW);
        assert_eq!(mark, Taint::Token(token(n)));
        taint(&b, mark, NOW + 60, NOW).await;
    }
    let stored = read(&b).await;
    assert!(stored.has_revoked(token(99), NOW + 59) && !stored.has_revoked(token(99), NOW + 60));
    assert!(!stored.has_revoked(token(100), NOW));
    assert!(stored.honours(stored.id, of, None, NOW), "its issue goes on");
    assert_eq!(stored.mark_of(token(100), of, NOW + 59), Taint::Issue(of));
    assert_eq!(
        stored.mark_of(token(100), of, NOW + 60),
        Taint::Token(token(100)),
        "those are past"
    );
}
