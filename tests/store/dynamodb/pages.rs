//! Lists longer than one answer.

use std::collections::BTreeMap;

use symbolon::{
    model::{Grant, Session},
    ports::{Grants, Put, Sessions},
    types::Scope,
};

use crate::{
    harness::aws::Account,
    store::{
        backend::{NOW, client, member},
        grants::grant,
        life::tenant,
        sessions::session,
    },
};

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
