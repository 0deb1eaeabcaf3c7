//! What clients and devices do of their own accord, with canaries of it.

use reqwest::Method;

use super::{Canaries, OFFLINE};
use crate::harness::{ALICE, Browser, DpopKey, Tokens, World};

/// A client's assertion and the proof of a key, each sent twice.
pub(super) async fn replays(world: &World, canaries: &mut Canaries) {
    let client = world.shopease();
    let assertion = client.assertion(world.now().await, &serde_json::json!({}));
    let proof = DpopKey::new().token_proof(world, &client.brand).await.signed();
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    for status in [400, 401] {
        let form = [
            ("client_assertion_type", kind),
            ("client_assertion", &assertion),
            ("grant_type", "refresh_token"),
        ];
        let request = client.brand.request(Method::POST, "/oauth2/token").form(&form);
        assert_eq!(request.send().await.unwrap().status(), status);
        let request = world.conformance().token_request(world, Vec::new()).await;
        let answer = request.header("dpop", &proof).send().await.unwrap();
        assert_eq!(answer.status(), 400);
    }
    canaries.add("assertion", assertion);
    canaries.add("proof", proof);
}

/// A device that is allowed, one that is not, and somebody who guesses.
pub(super) async fn devices(world: &World, browser: &mut Browser, canaries: &mut Canaries) {
    let tv = world.tv();
    for allow in [true, false] {
        let codes = tv.device_codes(world, OFFLINE).await;
        let question = browser.reach_question(world, &tv.brand, &codes.user, ALICE).await;
        if allow {
            browser.allow(&question).await;
            canaries.tokens(&Tokens::of(tv.poll(world, &codes.device).await).await);
        } else {
            browser.deny(&question).await;
        }
        canaries.add("device code", codes.device);
        canaries.add("user code", codes.user);
    }
    let mut guesser = world.browser();
    let mut page = guesser.get(&format!("{}/device", tv.brand.issuer)).await;
    for _ in 0..11 {
        page = guesser.type_user_code(&page, "BCDF-GHJK").await;
    }
    for _ in 0..60 {
        tv.begin(world, &[("scope", "openid")]).await;
    }
}

/// A session on its way from the brand's app, opened by two.
pub(super) async fn transfers(world: &World, signed_in: &mut Browser, canaries: &mut Canaries) {
    let app = world.app();
    let tokens = app.tokens(world, signed_in, OFFLINE, ALICE).await;
    canaries.tokens(&tokens);
    let token = app.transfer(world, &tokens, None).await;
    let (mut browser, mut late) = (world.browser(), world.browser());
    let page = browser.open_transfer(&app.brand, &token).await;
    let opened = late.open_transfer(&app.brand, &token).await;
    canaries.cookies(&browser);
    browser.go_on(&page).await;
    canaries.cookies(&browser);
    late.go_on(&opened).await;
    browser.sign_out(&app.brand).await;
    let misplaced = format!("/oauth2/token?subject_token={token}");
    app.brand.request(Method::POST, &misplaced).send().await.unwrap();
    canaries.add("transfer", token);
}
