//! `/login`, and what a brand sends at most, whoever asks and from where.

use crate::harness::{ALICE, BOB, Browser, NOBODY, Page, TEST_MEMBER, World};

const ADDRESS: &str = "[tenants.urbantrend.policy.otp.address]";

/// The demo, in which Urban Trend sends two messages in ten minutes.
async fn sparing() -> World {
    let brand = "[tenants.urbantrend.policy.otp.brand]\nmessages = 2\nwindow = 600";
    World::edited(&[(ADDRESS, &format!("{brand}\n\n{ADDRESS}"))]).await
}

async fn asks(world: &World, number: &str) -> (Browser, Page) {
    let mut browser = world.browser();
    let page = browser
        .reach_code(&world.conformance().authorize("openid"), number)
        .await;
    (browser, page)
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a096_a_brand_sends_so_many_messages_and_no_more() {
    let world = sparing().await;
    // Nobody's number costs nothing, and so takes nothing away; nor does one with a fixed code.
    for number in [NOBODY, NOBODY, TEST_MEMBER] {
        asks(&world, number).await;
    }
    asks(&world, ALICE).await;
    asks(&world, BOB).await;
    assert_eq!(
        (world.inbox(ALICE).await.len(), world.inbox(BOB).await.len()),
        (1, 1)
    );

    let (mut browser, limited) = asks(&world, ALICE).await;
    let (_, nobody) = asks(&world, NOBODY).await;
    assert_eq!(limited.status, nobody.status);
    assert_eq!(
        limited.text("main h1"),
        nobody.text("main h1"),
        "it tells who is a member"
    );
    assert_eq!(world.inbox(ALICE).await.len(), 1, "beyond the limit");
    world.advance(31).await;
    browser.resend(&limited).await;
    assert_eq!(world.inbox(ALICE).await.len(), 1, "a resend is a message");

    let north = world.conformance_north().authorize("openid");
    world.browser().reach_code(&north, ALICE).await;
    world.advance(600).await;
    let (mut browser, page) = asks(&world, ALICE).await;
    let code = world.code(ALICE).await;
    assert!(browser.type_code(&page, &code).await.has("form#consent-form"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads how the local server refuses to start")]
async fn a096_outside_a_sandbox_no_number_has_a_fixed_code() {
    let line = World::refusal(&[("sandbox = true", "sandbox = false")]).await;
    assert!(
        line.ends_with(".fixed_code: a fixed code is for a tenant with `sandbox = true`"),
        "{line}"
    );
}
