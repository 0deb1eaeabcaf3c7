use std::sync::Arc;

use super::assert_stale;
use crate::harness::{ALICE, TEST_MEMBER, World, at_once};

#[tokio::test]
async fn a085_pa1_of_two_tabs_the_first_to_end_has_it() {
    let world = World::start().await;
    let client = world.conformance();
    let request = client.authorize("openid profile");
    let link = client.pushed(&world, &request).await;
    let (mut one, mut two) = (world.browser(), world.browser());
    let first = one.reach_consent(&world, &link, TEST_MEMBER).await;
    let second = two.reach_consent(&world, &link, TEST_MEMBER).await;
    let ended = one.allow(&first).await;
    let late = two.allow(&second).await;
    assert!(!late.callback().contains_key("code"), "{}", late.url);
    client.redeem(&world, &request, &ended).await;
}

#[tokio::test]
async fn pa1_the_second_tab_to_end_is_told_on_a_page() {
    let world = World::start().await;
    let client = world.conformance();
    let link = client.pushed(&world, &client.authorize("openid profile")).await;
    let (mut one, mut two) = (world.browser(), world.browser());
    let first = one.reach_consent(&world, &link, TEST_MEMBER).await;
    let second = two.reach_consent(&world, &link, TEST_MEMBER).await;
    one.allow(&first).await;
    let late = two.allow(&second).await;
    assert_eq!(
        (late.status.as_u16(), late.error().as_str()),
        (400, "transaction_finished")
    );
}

#[tokio::test]
async fn a085_pa1_a_late_no_is_not_told_to_the_partner_twice() {
    let world = World::start().await;
    let client = world.conformance();
    let request = client.authorize("openid profile").with("prompt", "consent");
    let link = client.pushed(&world, &request).await;
    let (mut one, mut two) = (world.browser(), world.browser());
    let first = one.reach_consent(&world, &link, TEST_MEMBER).await;
    let second = two.reach_consent(&world, &link, TEST_MEMBER).await;
    let denied = one.deny(&first).await;
    assert_eq!(denied.callback()["error"], "access_denied");
    let late = two.deny(&second).await;
    assert_eq!(
        (late.status.as_u16(), late.error().as_str()),
        (400, "transaction_finished")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a085_pa1_of_parallel_flows_one_gets_a_code() {
    let world = Arc::new(World::start().await);
    let client = world.conformance();
    let mut browser = world.browser();
    client.tokens(&world, &mut browser, "openid", TEST_MEMBER).await;
    let request = client.authorize("openid").with("prompt", "none");
    let link = client.pushed(&world, &request).await;
    let pages = at_once(12, |_| {
        let (mut browser, link) = (browser.clone(), link.clone());
        async move { browser.ask(&link).await }
    })
    .await;
    let codes = pages
        .iter()
        .filter(|p| p.header("location").contains("code="))
        .count();
    assert_eq!(codes, 1);
    assert!(
        pages
            .iter()
            .filter(|p| p.status == 400)
            .all(|p| p.header("location").is_empty())
    );
    assert_eq!(pages.iter().filter(|p| p.status == 400).count(), 11);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st5_no_code_without_its_end_and_no_end_without_its_code() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client.tokens(&world, &mut browser, "openid", ALICE).await;
    // Of a silent return: what was pushed, session, consent, code, and the end of what was pushed, tried twice.
    for (nth, times, mode) in [
        (1, 1, "fail"),
        (4, 1, "fail"),
        (5, 2, "fail"),
        (4, 1, "lose_answer"),
        (5, 1, "lose_answer"),
        (5, 2, "lose_answer"),
    ] {
        let request = client.authorize("openid");
        let link = client.pushed(&world, &request).await;
        world.fault("store", mode, nth, times).await;
        let page = browser.ask(&link).await;
        world.fault("store", mode, nth, 0).await;
        let what = format!("{mode} {nth} {times}");
        if page.header("location").contains("code=") {
            assert_eq!((mode, nth, times), ("lose_answer", 5, 1), "{what}");
            assert_stale(&browser.ask(&link).await, &link);
            continue;
        }
        assert_eq!(page.error(), "temporarily_unavailable", "{what}");
        let again = browser.ask(&link).await;
        if (mode, nth) == ("lose_answer", 5) {
            // It ended, and nobody knows: the app starts again.
            assert_stale(&again, &link);
        } else {
            assert!(
                again.header("location").contains("code="),
                "{what}: {}",
                again.body
            );
        }
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st5_a_flow_that_was_interrupted_at_its_end_can_end() {
    let world = World::start().await;
    let client = world.conformance();
    for mode in ["fail", "lose_answer"] {
        world.advance(2 * 86_400).await;
        let request = client.authorize("openid profile").with("prompt", "consent");
        let link = client.pushed(&world, &request).await;
        let mut browser = world.browser();
        let consent = browser.reach_consent(&world, &link, ALICE).await;
        // The answer is written with session and consent; then the code, then the end.
        let onward = browser
            .submit_once(&consent, "form#consent-form", &[("decision", "allow")])
            .await;
        let target = consent.url.join(onward.header("location")).unwrap();
        world.fault("store", mode, 2, 2).await;
        let broken = browser.get(target.as_str()).await;
        world.fault("store", mode, 2, 0).await;
        assert_eq!(broken.error(), "temporarily_unavailable", "{mode}");
        let page = browser.click(&broken, "a#retry").await;
        client.redeem(&world, &request, &page).await;
    }
}
