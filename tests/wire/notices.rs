//! The notices of logout on the deployed stack: who ends a session puts them into the queue, and `notify` is woken by it.
//! What it tells partners is seen where a partner can be asked: the demo's are on this machine, where no Lambda asks.

use std::time::Duration;

use super::{faults::assert_retryable, tap::Tap};
use crate::harness::{ALICE, Browser, Page, World};

/// Signed in at a partner that is told; the address that signs her out.
async fn signed_in(world: &World) -> (Browser, String) {
    let mut browser = world.browser();
    let client = world.fashionboard();
    let tokens = client.tokens(world, &mut browser, "openid", ALICE).await;
    let issuer = world.urbantrend().issuer;
    let hint = tokens.id.unwrap();
    (
        browser,
        format!("{issuer}/oauth2/sessions/logout?id_token_hint={hint}"),
    )
}

/// Until `notify` has read whom to tell, and under which name.
async fn assert_notified(tap: &mut Tap) {
    for _ in 0..100 {
        let calls = tap.all();
        let mut calls = calls.iter().filter(|call| call["function"] == "notify");
        if calls.any(|call| call["keys"][0] == "CLIENT") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("nobody was notified within 20 s");
}

fn signed_out(page: &Page) -> bool {
    page.has("main#signed-out")
}

#[tokio::test]
async fn a082_a_logout_wakes_who_tells_partners() {
    let world = World::start().await;
    let (mut browser, logout) = signed_in(&world).await;
    let mut tap = Tap::on(&world);
    let page = browser.get(&logout).await;
    assert!(signed_out(&page), "{}", page.url);
    assert_notified(&mut tap).await;
}

/// She is signed out once her partners will hear of it, and not before: pressed again, it is done.
#[tokio::test]
async fn a082_st5_a_logout_outlives_an_outage_of_the_queue() {
    let world = World::start().await;
    for (mode, times) in [("fail", 5), ("throttle", 5), ("lose_answer", 5), ("delay", 1)] {
        let (mut browser, logout) = signed_in(&world).await;
        let mut tap = Tap::on(&world);
        tap.strike("sqs", mode, 1, times).await;
        let mut page = browser.get(&logout).await;
        tap.heal().await;
        // Five times is more than the SDK tries.
        assert_eq!(signed_out(&page), times == 1, "{mode}: {}", page.url);
        if times > 1 {
            assert_retryable(&page, mode);
            page = browser.get(&logout).await;
        }
        assert!(signed_out(&page), "{mode}: {}", page.url);
        assert_notified(&mut tap).await;
        let page = browser.get(&world.conformance().authorize("openid").url()).await;
        assert!(page.has("form#phone-form"), "{mode}: {}", page.url);
    }
}
