//! A call is carried out, its answer is lost, and the SDK sends it again.

use symbolon::ports::{
    Challenges, Codes, Consumed, FirstUse, Opened, Put, Redeemed, RefreshFamilies, Resent, Rotated, Rotation,
    Sessions,
};

use super::wired::{MINE, OTHER, Wired};
use crate::store::{
    backend::{NOW, digest},
    codes::{bindings, code},
    grants::grant,
    refresh_families::{family, present},
    sessions::session,
};

#[tokio::test]
async fn a_lost_answer_at_a_number_counts_nothing_twice_and_loses_no_message() {
    let w = Wired::new().await;
    w.lose_after(0);
    assert_eq!(w.ask("192.0.2.1").await, 1);
    w.lose_after(0);
    assert_eq!(w.ask("192.0.2.1").await, 2);
    assert_eq!(w.ask("192.0.2.1").await, 3);

    w.lose_after(0);
    assert_eq!(w.open(1).await, Opened::Now, "or nobody sends the message");
    assert_eq!(w.open(1).await, Opened::Already);
    w.lose_after(1);
    assert_eq!(w.open(2).await, Opened::Now);
    assert_eq!(w.open(2).await, Opened::Already);

    w.lose_after(0);
    assert_eq!(w.left(1).await, 4);
    assert_eq!(w.left(1).await, 3);

    w.lose_after(1);
    assert_eq!(w.resend(2, 30).await, Resent::Now { next: Some(NOW + 90) });
    assert_eq!(w.resend(2, 30).await, Resent::Wait(NOW + 90));

    w.lose_after(0);
    assert_eq!(w.consume(1, &MINE).await, Consumed::Now);
    assert_eq!(w.consume(1, &OTHER).await, Consumed::Gone);
    // Without a window, the try takes two calls.
    w.lose_after(1);
    assert_eq!(w.left(2).await, 4);
    assert_eq!(w.left(2).await, 3);
}

#[tokio::test]
async fn a_window_begun_by_a_call_whose_answer_was_lost_has_begun_once() {
    let w = Wired::new().await;
    w.ask("192.0.2.1").await;
    let later = async |spared| {
        w.lose_after(spared);
        w.store
            .count_address(&w.t, &digest("192.0.2.1"), 600, NOW + 600)
            .await
            .unwrap()
    };
    assert_eq!(later(1).await, 1);
    assert_eq!(later(0).await, 2);
}

#[tokio::test]
async fn a_lost_answer_is_no_replay() {
    let w = Wired::new().await;
    w.lose_after(0);
    assert_eq!(w.use_once().await, FirstUse::Yes);
    assert_eq!(w.use_once().await, FirstUse::No);

    w.lose_after(0);
    Codes::put(&w.store, &w.t, &digest("c"), &code()).await.unwrap();
    w.lose_after(0);
    assert_eq!(w.redeem(&bindings(), &MINE).await, Redeemed::Now(code()));
    w.lose_after(0);
    w.store.release(&w.t, &digest("c"), &MINE).await.unwrap();
    assert_eq!(w.redeem(&bindings(), &OTHER).await, Redeemed::Now(code()));
    assert_eq!(w.redeem(&bindings(), &MINE).await, Redeemed::Already(code()));

    w.lose_after(0);
    RefreshFamilies::create(&w.store, &w.t, &family(1)).await.unwrap();
    w.lose_after(0);
    let hasty = Rotation {
        retry_window: 0,
        ..present(1, 0)
    };
    assert_eq!(w.rotate(hasty, 0).await, Rotated::Again, "its own successor");
    assert_eq!(w.rotate(present(1, 1), 0).await, Rotated::Now);
    // The mark of a reuse is written, and its answer lost.
    w.lose_after(1);
    assert_eq!(w.rotate(present(1, 0), 0).await, Rotated::Reused);
    assert_eq!(w.rotate(present(1, 2), 0).await, Rotated::Reused);
    RefreshFamilies::create(&w.store, &w.t, &family(2)).await.unwrap();
    w.lose_after(0);
    w.store.revoke(&w.t, &family(2).id).await.unwrap();
    assert_eq!(w.rotate(present(2, 0), 0).await, Rotated::Dead);
}

#[tokio::test]
async fn a_lost_answer_is_no_conflict() {
    let w = Wired::new().await;
    w.lose_after(0);
    assert_eq!(w.put(&grant(), None).await, Put::Done);
    w.lose_after(0);
    w.taint(1).await;
    w.lose_after(0);
    assert_eq!(w.put(&grant().withdraw(NOW), Some(1)).await, Put::Done);

    let s = session(1);
    w.lose_after(0);
    Sessions::create(&w.store, &w.t, &s).await.unwrap();
    w.lose_after(0);
    assert_eq!(w.session(&s).await, Some(s.clone()));
    w.lose_after(0);
    let touched = w.store.touch(&w.t, &s.member, &s.secret, NOW, NOW + 200).await;
    assert_eq!(touched, Ok(()));
    assert_eq!(w.session(&s).await.unwrap().idle_expires_at, NOW + 200);
    w.lose_after(1);
    w.store.end(&w.t, &s.member, &s.id).await.unwrap();
    assert_eq!(w.session(&s).await, None);
}
