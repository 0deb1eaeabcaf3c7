//! She is signed in in the brand's own app; a browser that has never seen her goes on as her, at the partners too.

use super::partners::{browser, connected_to_both};
use crate::harness::{ALICE, World};

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn from_the_brands_app_to_a_partner_without_a_number_and_without_a_code() {
    let world = World::start().await;
    connected_to_both(&world).await;
    let (app, tokens) = world.app_of_alice().await;
    let messages = world.inbox(ALICE).await.len();
    let mut fresh = browser(&world);
    let token = app.transfer(&world, &tokens, Some("shopease")).await;
    let question = fresh.open_transfer(&app.brand, &token).await;
    assert!(question.text("#partner").contains("ShopEase"));
    // One press, and the partner has its code, redeemed it, and shows her points.
    let home = fresh.go_on(&question).await;
    assert_eq!(home.url.host_str(), Some("shopease.localhost"));
    assert!(home.has("[data-points]"), "{}", home.body);
    // Her session is the brand's, so the other partner asks nothing at all.
    let seen = fresh.seen.len();
    let sign_in = fresh.get(&world.url("fashionboard.localhost", "/")).await;
    let badge = fresh.click(&sign_in, "a#sign-in").await;
    assert!(badge.has("[data-tier]"), "{}", badge.body);
    assert_eq!(fresh.seen.len(), seen);
    assert_eq!(fresh.seen, ["/session/transfer"]);
    assert_eq!(world.inbox(ALICE).await.len(), messages);
    // The app is as it was.
    let refreshed = app.refresh(&world, tokens.refresh.as_deref().unwrap()).await;
    assert_eq!(refreshed.status(), 200);
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn a_partner_begins_a_sign_in_for_its_own_brand_only() {
    let world = World::start().await;
    let at = |iss: &str| {
        let query = format!("/initiate-login{iss}");
        world.url("shopease.localhost", &query)
    };
    let own = world.urbantrend().issuer;
    let page = browser(&world).get(&at(&format!("?iss={own}"))).await;
    assert!(page.has("form#phone-form"), "{}", page.body);
    let foreign = world.northpeak().issuer;
    for iss in [
        String::new(),
        format!("?iss={foreign}"),
        "?iss=x&iss=y".to_owned(),
    ] {
        let page = browser(&world).get(&at(&iss)).await;
        assert_eq!(page.status, 400, "{iss}");
        assert!(page.body.contains("wrong_issuer"), "{iss}: {}", page.body);
    }
}
