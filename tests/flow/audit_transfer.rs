//! What is told of a session on its way from the brand's app to a browser.

use crate::harness::{BOB, Trail, World};

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_session_handed_on_is_told_with_the_app_it_came_from() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let (app, tokens) = world.app_of_alice().await;
    trail.told();
    let token = app.transfer(&world, &tokens, Some("shopease")).await;
    assert_eq!(trail.told(), ["transfer_issued urbantrend brand-app m1"]);
    let (mut browser, mut late) = (world.browser(), world.browser());
    let page = browser.open_transfer(&app.brand, &token).await;
    let opened = late.open_transfer(&app.brand, &token).await;
    assert!(trail.told().is_empty());
    browser.go_on(&page).await;
    assert_eq!(trail.told(), ["session_transferred urbantrend brand-app m1"]);
    // The same step once more is not told once more.
    browser.go_on(&page).await;
    assert!(trail.told().is_empty());
    late.go_on(&opened).await;
    assert_eq!(trail.told(), ["transfer_refused urbantrend brand-app m1 (used)"]);
    // Looking is not told.
    late.get(opened.url.as_str()).await;
    assert!(trail.told().is_empty());
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn op2_what_comes_of_no_transfer_is_told_with_its_cause() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let (app, tokens) = world.app_of_alice().await;
    let opened = async || {
        let token = app.transfer(&world, &tokens, None).await;
        let mut browser = world.browser();
        let page = browser.open_transfer(&app.brand, &token).await;
        trail.told();
        (browser, page)
    };
    let (mut browser, page) = opened().await;
    let no = [("decision", "no")];
    browser.submit(&page, "form#transfer-form", &no).await;
    assert_eq!(
        trail.told(),
        ["transfer_refused urbantrend brand-app m1 (declined)"]
    );
    let (mut browser, page) = opened().await;
    world.advance(400).await;
    browser.go_on(&page).await;
    assert_eq!(
        trail.told(),
        ["transfer_refused urbantrend brand-app m1 (expired)"]
    );
    // Another member who was there is told of too.
    let (mut browser, page) = opened().await;
    world
        .conformance()
        .code(&world, &mut browser, "openid", BOB)
        .await;
    trail.told();
    browser.go_on(&page).await;
    assert_eq!(
        trail.told(),
        [
            "session_ended urbantrend m2 (replaced)",
            "session_transferred urbantrend brand-app m1"
        ]
    );
    let (mut browser, page) = opened().await;
    app.revoke(&world, tokens.refresh.as_deref().unwrap()).await;
    trail.told();
    browser.go_on(&page).await;
    assert_eq!(trail.told(), ["transfer_refused urbantrend brand-app m1 (gone)"]);
}
