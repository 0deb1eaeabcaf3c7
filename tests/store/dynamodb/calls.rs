//! How many calls a step costs, and what each is held to.

use symbolon::{
    model::Challenge,
    ports::{
        Assertions, Bindings, Challenges, Codes, DeviceRequests, Grants, Opened, PushedRequests,
        RefreshFamilies, Rotated, Rotation, Sessions,
    },
};

use super::wired::{MINE, OTHER, Wired};
use crate::store::{
    backend::{NOW, client, digest, member},
    challenges::{LIMITS, challenge},
    codes::{bindings, code},
    grants::grant,
    life::{fill, is_full},
    pushed_requests::{origin, request},
    refresh_families::{WINDOW, family, present},
    sessions::session,
};

#[tokio::test]
async fn a_step_at_a_number_is_one_call() {
    let w = Wired::new().await;
    w.ask("192.0.2.1").await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral ADDR"]);
    w.ask("192.0.2.1").await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral ADDR"]);
    w.open(1).await;
    assert_eq!(w.sent(), ["PutItem ephemeral OTP"]);
    w.open(1).await;
    assert_eq!(w.sent(), ["PutItem ephemeral OTP"]);
    w.left(1).await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral OTP"]);
    w.consume(1, &MINE).await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral OTP"]);
    w.consume(1, &OTHER).await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral OTP"]);
    // Rarer: a second challenge beside the first, the first try after a right code, a resend.
    w.open(2).await;
    assert_eq!(w.sent(), ["PutItem ephemeral OTP", "PutItem ephemeral OTP"]);
    w.resend(2, 30).await;
    assert_eq!(w.sent(), ["GetItem ephemeral OTP", "PutItem ephemeral OTP"]);
    w.resend(2, 31).await;
    assert_eq!(w.sent(), ["GetItem ephemeral OTP"]);
    w.open(3).await;
    w.consume(2, &MINE).await;
    w.sent();
    w.left(3).await;
    assert_eq!(w.sent(), ["UpdateItem ephemeral OTP", "PutItem ephemeral OTP"]);
}

#[tokio::test]
async fn a_number_that_signed_in_before_costs_no_more_than_a_new_one() {
    let w = Wired::new().await;
    w.open(1).await;
    w.left(1).await;
    w.consume(1, &MINE).await;
    w.sent();
    let later = NOW + 300;
    let next = Challenge {
        sent_at: later,
        expires_at: later + 300,
        ..challenge(2)
    };
    let opened = w.store.open(&w.t, &digest("+44"), &next, &LIMITS, later).await;
    assert_eq!(opened, Ok(Opened::Now));
    assert_eq!(w.sent(), ["PutItem ephemeral OTP"]);
}

#[tokio::test]
async fn a_step_at_a_code_a_family_or_an_assertion_is_one_call() {
    let w = Wired::new().await;
    Codes::put(&w.store, &w.t, &digest("c"), &code()).await.unwrap();
    assert_eq!(w.sent(), ["PutItem ephemeral CODE"]);
    let wrong = Bindings {
        client: client("shop"),
        ..bindings()
    };
    for (bindings, nonce) in [(&wrong, &MINE), (&bindings(), &MINE), (&bindings(), &OTHER)] {
        w.redeem(bindings, nonce).await;
        assert_eq!(w.sent(), ["UpdateItem ephemeral CODE"]);
    }
    Codes::release(&w.store, &w.t, &digest("c"), &MINE).await.unwrap();
    assert_eq!(w.sent(), ["UpdateItem ephemeral CODE"]);

    RefreshFamilies::create(&w.store, &w.t, &family(1)).await.unwrap();
    assert_eq!(w.sent(), ["PutItem ephemeral FAMILY"]);
    let kept = Rotation {
        replaces: false,
        ..present(1, 0)
    };
    for (rotation, expected) in [
        (kept, Rotated::Kept),
        (present(1, 0), Rotated::Now),
        (present(1, 0), Rotated::Again),
    ] {
        assert_eq!(w.rotate(rotation, 0).await, expected);
        assert_eq!(w.sent(), ["UpdateItem ephemeral FAMILY"]);
    }
    // Telling a reuse for the first time is the one step that must write after it has found.
    assert_eq!(w.rotate(present(1, 0), WINDOW + 1).await, Rotated::Reused);
    assert_eq!(
        w.sent(),
        ["UpdateItem ephemeral FAMILY", "UpdateItem ephemeral FAMILY"]
    );
    assert_eq!(w.rotate(present(1, 0), WINDOW + 1).await, Rotated::Reused);
    assert_eq!(w.sent(), ["UpdateItem ephemeral FAMILY"]);
    w.store.revoke(&w.t, &family(1).id).await.unwrap();
    assert_eq!(w.sent(), ["UpdateItem ephemeral FAMILY"]);
    let found = RefreshFamilies::get(&w.store, &w.t, &family(1).id, NOW).await;
    assert_eq!(
        (found, w.sent()),
        (Ok(None), vec!["GetItem ephemeral FAMILY".to_owned()])
    );

    for _ in 0..2 {
        w.use_once().await;
        assert_eq!(w.sent(), ["PutItem ephemeral JTI"]);
    }
    let found = w.store.was_used(&w.t, &digest("jti"), NOW).await;
    assert!(found.is_ok());
    assert_eq!(w.sent(), ["GetItem ephemeral JTI"]);
}

#[tokio::test]
async fn a_step_at_a_pushed_request_is_one_call() {
    let w = Wired::new().await;
    let r = digest("r");
    PushedRequests::put(&w.store, &w.t, &r, &request()).await.unwrap();
    assert_eq!(w.sent(), ["PutItem ephemeral PAR"]);
    PushedRequests::get(&w.store, &w.t, &r, NOW).await.unwrap();
    assert_eq!(w.sent(), ["GetItem ephemeral PAR"]);
    for (nonce, ended) in [(&MINE, true), (&MINE, true), (&OTHER, false)] {
        let found = PushedRequests::consume(&w.store, &w.t, &origin("r"), nonce, NOW).await;
        assert_eq!(found, Ok(ended));
        assert_eq!(w.sent(), ["UpdateItem ephemeral PAR"]);
    }
}

#[tokio::test]
async fn a_step_at_a_session_or_a_grant_is_one_call() {
    let w = Wired::new().await;
    let s = session(1);
    Sessions::create(&w.store, &w.t, &s).await.unwrap();
    assert_eq!(w.sent(), ["PutItem ephemeral SESSION"]);
    w.session(&s).await;
    assert_eq!(w.sent(), ["GetItem ephemeral SESSION"]);
    let touched = w
        .store
        .touch(&w.t, &s.member, &s.secret, NOW + 1, NOW + 101)
        .await;
    assert_eq!(
        (touched, w.sent()),
        (Ok(()), vec!["UpdateItem ephemeral SESSION".to_owned()])
    );
    Sessions::of_member(&w.store, &w.t, &s.member, NOW).await.unwrap();
    assert_eq!(w.sent(), ["Query ephemeral SESSION"]);
    w.store.end(&w.t, &s.member, &s.id).await.unwrap();
    assert_eq!(
        w.sent(),
        ["Query ephemeral SESSION", "DeleteItem ephemeral SESSION"]
    );

    w.put(&grant(), None).await;
    assert_eq!(w.sent(), ["UpdateItem identity GRANT"]);
    w.put(&grant().withdraw(NOW), Some(1)).await;
    assert_eq!(w.sent(), ["UpdateItem identity GRANT"]);
    w.taint(1).await;
    assert_eq!(w.sent(), ["UpdateItem identity GRANT"]);
    let found = Grants::get(&w.store, &w.t, &member("alice"), &client("app")).await;
    assert!(found.unwrap().is_some());
    assert_eq!(w.sent(), ["GetItem identity GRANT"]);
    Grants::of_member(&w.store, &w.t, &member("alice")).await.unwrap();
    assert_eq!(w.sent(), ["Query identity GRANT"]);
}

#[tokio::test]
async fn every_read_is_strong_and_every_write_has_its_condition() {
    let w = Wired::new().await;
    fill(&w.store).await;
    is_full(&w.store).await;
    let s = session(1);
    Sessions::of_member(&w.store, &w.t, &s.member, NOW).await.unwrap();
    Grants::of_member(&w.store, &w.t, &s.member).await.unwrap();
    w.store.end(&w.t, &s.member, &s.id).await.unwrap();
    w.resend(1, 30).await;
    RefreshFamilies::get(&w.store, &w.t, &family(1).id, NOW)
        .await
        .unwrap();
    w.store.was_used(&w.t, &digest("jti"), NOW).await.unwrap();
    w.store.pending(&w.t, &digest("WDJB-MJHT"), NOW).await.unwrap();
    DeviceRequests::release(&w.store, &w.t, &digest("WDJB-MJHT"), &MINE)
        .await
        .unwrap();
    PushedRequests::get(&w.store, &w.t, &digest("raw-request-uri"), NOW)
        .await
        .unwrap();
    let sent = w.account.wire.take();
    assert!(sent.len() > 20, "{}", sent.len());
    for call in sent {
        let body = &call.body;
        match call.operation.as_str() {
            "GetItem" | "Query" => {
                assert_eq!(body["ConsistentRead"], true, "{call}");
                assert!(body.get("IndexName").is_none(), "{call}");
            }
            "PutItem" | "UpdateItem" => {
                assert!(body["ConditionExpression"].is_string(), "{call}");
                assert_eq!(body["ReturnValuesOnConditionCheckFailure"], "ALL_OLD", "{call}");
            }
            "DeleteItem" => assert!(body["ConditionExpression"].is_string(), "{call}"),
            other => panic!("{other}"),
        }
    }
}
