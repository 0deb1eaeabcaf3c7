//! Signing out at one of the demo's partner apps, as seen at the other.

use std::time::Duration;

use super::partners::{browser, connected_to_both, sign_in_at};
use crate::harness::{ALICE, World};

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn a082_signing_out_at_one_partner_signs_out_at_the_other() {
    let world = World::start().await;
    let mut alice = connected_to_both(&world).await;
    let mut elsewhere = browser(&world);
    let phone = sign_in_at(&world, &mut elsewhere, "shopease.localhost").await;
    elsewhere.sign_in(&world, &phone, ALICE).await;
    let home = alice.get(&world.url("fashionboard.localhost", "/")).await;
    alice.click(&home, "a#sign-out").await;
    // Its server is told behind the pages.
    let told = async {
        loop {
            let page = alice.get(&world.url("shopease.localhost", "/")).await;
            if page.has("a#sign-in") && !page.has("[data-points]") {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), told)
        .await
        .expect("still signed in at ShopEase");
    let page = elsewhere.get(&world.url("shopease.localhost", "/")).await;
    assert!(
        page.has("[data-points]"),
        "another browser is another session:\n{}",
        page.body
    );
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn a082_a_partner_signs_nobody_out_at_a_strangers_word() {
    let world = World::start().await;
    let mut alice = connected_to_both(&world).await;
    let client = world.fashionboard();
    let tokens = client.tokens(&world, &mut alice, "openid", ALICE).await;
    for token in [tokens.id.as_deref().unwrap(), &tokens.access, "x.y.z", ""] {
        let url = world.url("fashionboard.localhost", "/backchannel-logout");
        let answer = world
            .http()
            .post(url)
            .form(&[("logout_token", token)])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{token}");
    }
    let page = alice.get(&world.url("fashionboard.localhost", "/")).await;
    assert!(page.has("[data-tier]"), "{}", page.body);
}
