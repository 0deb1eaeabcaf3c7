use std::sync::Arc;

use symbolon::{
    model::{Authentication, AuthorizationCode, ClaimsRequest},
    ports::{Bindings, Codes, Redeemed},
    types::{
        ApplicationType, CodeChallenge, CodeVerifier, GrantId, IssueId, JwkThumbprint, RedirectTarget,
        RegisteredRedirectUri, ScopeSet, SessionId, Timestamp,
    },
};

use super::backend::{Bench, NOW, RACERS, client, digest, member, on_every_backend, race};

on_every_backend![
    a087_a_bound_code_is_redeemed_with_its_key_alone,
    a_code_is_redeemed_with_all_it_holds,
    an_unknown_code_is_absent,
    an_unused_code_ends,
    every_binding_must_match_and_a_mismatch_burns_nothing,
    a_mismatch_does_not_tell_that_a_code_was_used,
    a_second_request_is_a_replay_and_sees_the_code,
    a_repeat_of_the_same_request_is_not_a_replay,
    a_replay_is_told_after_the_code_expired,
    a_release_lets_the_code_be_used_and_only_by_its_redeemer,
    a_repeated_put_revives_nothing,
    of_racing_redemptions_one_wins_and_all_see_the_code,
    equal_codes_of_two_tenants_are_two,
];

const URI: &str = "https://app.tld/cb?shop=7";
const A: [u8; 16] = [1; 16];
const B: [u8; 16] = [2; 16];

pub(super) fn code() -> AuthorizationCode {
    AuthorizationCode {
        client: client("app"),
        redirect_uri: target(URI),
        challenge: Some(challenge('v')),
        resources: vec!["https://api.brand.tld".to_owned()],
        claims: ClaimsRequest::default(),
        dpop_jkt: None,
        member: member("alice"),
        grant: GrantId::from_bytes([3; 16]),
        issue: IssueId::from_bytes([4; 16]),
        session: SessionId::from_bytes([5; 16]),
        scope: ScopeSet::parse("openid points.read").unwrap(),
        nonce: Some("n-0S6_WzA2Mj".to_owned()),
        authentication: Authentication {
            auth_time: NOW - 9,
            amr: vec!["otp".to_owned(), "sms".to_owned()],
        },
        expires_at: NOW + 60,
    }
}

pub(super) fn bindings() -> Bindings {
    Bindings {
        client: client("app"),
        redirect_uri: URI.to_owned(),
        challenge: Some(challenge('v')),
        dpop_jkt: None,
    }
}

fn codes(b: &Bench) -> &dyn Codes {
    &*b.store
}

/// Stores the code that most tests use.
async fn put(b: &Bench) {
    codes(b).put(&b.tenant, &digest("c"), &code()).await.unwrap();
}

async fn redeem(b: &Bench, bindings: &Bindings, nonce: &[u8; 16], now: Timestamp) -> Redeemed {
    codes(b)
        .redeem(&b.tenant, &digest("c"), bindings, nonce, now)
        .await
        .unwrap()
}

fn target(uri: &str) -> RedirectTarget {
    RegisteredRedirectUri::register(uri, ApplicationType::Web)
        .unwrap()
        .matches(uri)
        .unwrap()
}

fn challenge(c: char) -> CodeChallenge {
    CodeVerifier::parse(&c.to_string().repeat(43))
        .unwrap()
        .challenge()
}

async fn a_code_is_redeemed_with_all_it_holds(b: Bench) {
    put(&b).await;
    assert_eq!(redeem(&b, &bindings(), &A, NOW + 59).await, Redeemed::Now(code()));
}

async fn a087_a_bound_code_is_redeemed_with_its_key_alone(b: Bench) {
    let [key, other] = ["key", "other"].map(|text| JwkThumbprint::new(digest(text)));
    let bound = AuthorizationCode {
        dpop_jkt: Some(key),
        ..code()
    };
    codes(&b).put(&b.tenant, &digest("c"), &bound).await.unwrap();
    let with = |dpop_jkt| Bindings {
        dpop_jkt,
        ..bindings()
    };
    for wrong in [None, Some(other)] {
        assert_eq!(redeem(&b, &with(wrong), &A, NOW).await, Redeemed::Mismatch);
    }
    assert_eq!(redeem(&b, &with(Some(key)), &A, NOW).await, Redeemed::Now(bound));
}

async fn an_unknown_code_is_absent(b: Bench) {
    put(&b).await;
    let redeemed = codes(&b)
        .redeem(&b.tenant, &digest("d"), &bindings(), &A, NOW)
        .await;
    assert_eq!(redeemed, Ok(Redeemed::Absent));
    codes(&b).release(&b.tenant, &digest("d"), &A).await.unwrap();
}

async fn an_unused_code_ends(b: Bench) {
    put(&b).await;
    for at in [NOW + 60, NOW + 61, NOW + 9_999] {
        assert_eq!(redeem(&b, &bindings(), &A, at).await, Redeemed::Absent);
    }
}

fn wrong_bindings() -> Vec<Bindings> {
    vec![
        Bindings {
            client: client("App"),
            ..bindings()
        },
        Bindings {
            redirect_uri: "https://app.tld/cb".to_owned(),
            ..bindings()
        },
        Bindings {
            redirect_uri: format!("{URI}&"),
            ..bindings()
        },
        Bindings {
            redirect_uri: String::new(),
            ..bindings()
        },
        Bindings {
            challenge: Some(challenge('w')),
            dpop_jkt: None,
            ..bindings()
        },
        Bindings {
            challenge: None,
            dpop_jkt: None,
            ..bindings()
        },
    ]
}

async fn every_binding_must_match_and_a_mismatch_burns_nothing(b: Bench) {
    put(&b).await;
    for wrong in wrong_bindings() {
        assert_eq!(redeem(&b, &wrong, &A, NOW).await, Redeemed::Mismatch, "{wrong:?}");
    }
    assert_eq!(redeem(&b, &bindings(), &B, NOW).await, Redeemed::Now(code()));

    // A verifier for a code that was asked for without a challenge (RFC 9700 s4.8.2).
    let bare = AuthorizationCode {
        challenge: None,
        dpop_jkt: None,
        ..code()
    };
    codes(&b).put(&b.tenant, &digest("bare"), &bare).await.unwrap();
    let redeemed = codes(&b)
        .redeem(&b.tenant, &digest("bare"), &bindings(), &A, NOW)
        .await;
    assert_eq!(redeemed, Ok(Redeemed::Mismatch));
}

async fn a_mismatch_does_not_tell_that_a_code_was_used(b: Bench) {
    put(&b).await;
    redeem(&b, &bindings(), &A, NOW).await;
    for wrong in wrong_bindings() {
        for nonce in [&A, &B] {
            assert_eq!(
                redeem(&b, &wrong, nonce, NOW + 61).await,
                Redeemed::Mismatch,
                "{wrong:?}"
            );
        }
    }
}

async fn a_second_request_is_a_replay_and_sees_the_code(b: Bench) {
    put(&b).await;
    redeem(&b, &bindings(), &A, NOW).await;
    for _ in 0..2 {
        assert_eq!(redeem(&b, &bindings(), &B, NOW).await, Redeemed::Already(code()));
    }
}

async fn a_repeat_of_the_same_request_is_not_a_replay(b: Bench) {
    put(&b).await;
    for at in [NOW, NOW, NOW + 61] {
        assert_eq!(redeem(&b, &bindings(), &A, at).await, Redeemed::Now(code()));
    }
}

async fn a_replay_is_told_after_the_code_expired(b: Bench) {
    put(&b).await;
    redeem(&b, &bindings(), &A, NOW).await;
    assert_eq!(
        redeem(&b, &bindings(), &B, NOW + 60 + 15 * 60 - 1).await,
        Redeemed::Already(code())
    );
}

async fn a_release_lets_the_code_be_used_and_only_by_its_redeemer(b: Bench) {
    put(&b).await;
    redeem(&b, &bindings(), &A, NOW).await;
    codes(&b).release(&b.tenant, &digest("c"), &B).await.unwrap();
    codes(&b).release(&b.other, &digest("c"), &A).await.unwrap();
    assert_eq!(redeem(&b, &bindings(), &B, NOW).await, Redeemed::Already(code()));
    codes(&b).release(&b.tenant, &digest("c"), &A).await.unwrap();
    assert_eq!(redeem(&b, &bindings(), &B, NOW).await, Redeemed::Now(code()));
    // The first redeemer's release arrives late, and once more: it is not hers any longer.
    codes(&b).release(&b.tenant, &digest("c"), &A).await.unwrap();
    assert_eq!(redeem(&b, &bindings(), &A, NOW).await, Redeemed::Already(code()));
}

async fn a_repeated_put_revives_nothing(b: Bench) {
    put(&b).await;
    redeem(&b, &bindings(), &A, NOW).await;
    put(&b).await;
    assert_eq!(redeem(&b, &bindings(), &B, NOW).await, Redeemed::Already(code()));
}

async fn of_racing_redemptions_one_wins_and_all_see_the_code(b: Bench) {
    let (store, tenant) = (b.store, b.tenant);
    Codes::put(&*store, &tenant, &digest("c"), &code()).await.unwrap();
    let results = race(|i| {
        let (store, tenant) = (Arc::clone(&store), tenant.clone());
        async move {
            store
                .redeem(&tenant, &digest("c"), &bindings(), &[i; 16], NOW)
                .await
                .unwrap()
        }
    })
    .await;
    let count = |wanted: &Redeemed| results.iter().filter(|r| *r == wanted).count();
    assert_eq!(count(&Redeemed::Now(code())), 1);
    assert_eq!(count(&Redeemed::Already(code())), usize::from(RACERS) - 1);
}

async fn equal_codes_of_two_tenants_are_two(b: Bench) {
    put(&b).await;
    let elsewhere = codes(&b)
        .redeem(&b.other, &digest("c"), &bindings(), &A, NOW)
        .await;
    assert_eq!(elsewhere, Ok(Redeemed::Absent));
    codes(&b).put(&b.other, &digest("c"), &code()).await.unwrap();
    codes(&b)
        .redeem(&b.other, &digest("c"), &bindings(), &A, NOW)
        .await
        .unwrap();
    assert_eq!(redeem(&b, &bindings(), &B, NOW).await, Redeemed::Now(code()));
}
