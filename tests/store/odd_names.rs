//! Names and sizes that tempt an adapter which splices keys together or counts bytes as characters.

use symbolon::{
    model::{AuthorizationCode, Grant, Session},
    ports::{Codes, Grants, Put, Redeemed, Sessions},
    types::{ClientId, MemberId, TenantId},
};

use super::{
    backend::{Bench, NOW, digest, on_every_backend},
    codes::{bindings, code},
    grants::grant,
    sessions::session,
};

on_every_backend![
    names_that_look_like_spliced_keys_stay_apart,
    names_of_any_script_and_byte_survive,
    long_values_survive,
];

async fn names_that_look_like_spliced_keys_stay_apart(b: Bench) {
    let grants: &dyn Grants = &*b.store;
    let t = b.tenant.as_str();
    let triples = [
        (format!("{t}#a"), "b", "c"),
        (t.to_owned(), "a#b", "c"),
        (t.to_owned(), "a", "b#c"),
        (t.to_owned(), "a", "b"),
        (t.to_owned(), "A", "b"),
        (t.to_owned(), "a ", "b"),
        (t.to_owned(), "", "a#b"),
        (t.to_owned(), "%", "_"),
    ];
    for (tenant, member, client) in &triples {
        let grant = Grant {
            member: MemberId::new(*member),
            client: ClientId::new(*client),
            ..grant()
        };
        assert_eq!(
            grants.put(&TenantId::new(tenant), &grant, None).await,
            Ok(Put::Done),
            "{member} {client}"
        );
    }
    for (tenant, member, client) in &triples {
        let (tenant, member) = (TenantId::new(tenant), MemberId::new(*member));
        let found = grants
            .get(&tenant, &member, &ClientId::new(*client))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found.member, found.client.as_str()), (member, *client));
    }
    let listed = grants.of_member(&b.tenant, &MemberId::new("a")).await.unwrap();
    assert_eq!(listed.len(), 2);
}

async fn names_of_any_script_and_byte_survive(b: Bench) {
    let sessions: &dyn Sessions = &*b.store;
    for (n, name) in [
        "अलिस",
        "ألِس",
        "e\u{301}",
        "é",
        "a\u{0}b",
        "a\u{0}",
        "a",
        "'; DROP TABLE sessions; --",
        "🛍️",
    ]
    .into_iter()
    .enumerate()
    {
        let n = u8::try_from(n).unwrap();
        let s = Session {
            member: MemberId::new(name),
            device: name.to_owned(),
            ..session(n)
        };
        sessions.create(&b.tenant, &s).await.unwrap();
        assert_eq!(
            sessions.of_member(&b.tenant, &s.member, NOW).await,
            Ok(vec![s]),
            "{name:?}"
        );
    }
}

async fn long_values_survive(b: Bench) {
    let codes: &dyn Codes = &*b.store;
    let long = AuthorizationCode {
        nonce: Some("n".repeat(10_240)),
        ..code()
    };
    codes.put(&b.tenant, &digest("c"), &long).await.unwrap();
    let redeemed = codes
        .redeem(&b.tenant, &digest("c"), &bindings(), &[1; 16], NOW)
        .await;
    assert_eq!(redeemed, Ok(Redeemed::Now(long)));
}
