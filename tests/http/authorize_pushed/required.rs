use crate::harness::{TEST_MEMBER, World};

const OPENID: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn a085_a_client_that_must_push_is_refused_otherwise() {
    let world = World::start().await;
    let client = world.fapi();
    let request = client.authorize("openid");
    world
        .browser()
        .ask(&request)
        .await
        .assert_refusal("invalid_request", &request);
    // Signed is not pushed.
    let object = client.object(world.now().await, &request, &serde_json::json!({}));
    let signed = request.clone().with("request", &object);
    world
        .browser()
        .ask(&signed)
        .await
        .assert_refusal("invalid_request", &request);
    // Until it is proven where the answer may go, there is none.
    let elsewhere = request.clone().with("redirect_uri", "https://evil.example/cb");
    let page = world.browser().ask(&elsewhere).await;
    page.assert_error_page("invalid_redirect_uri", &elsewhere.params);
    let link = client.pushed(&world, &request).await;
    let page = world.browser().through(&world, &link.url(), TEST_MEMBER).await;
    client.redeem(&world, &request, &page).await;
    // Nobody else has to; RFC 9126 s5: left out is false.
    let metadata = world.urbantrend().json(OPENID).await;
    assert_ne!(metadata["require_pushed_authorization_requests"], true);
    let free = world.conformance().authorize("openid");
    assert!(world.browser().get(&free.url()).await.has("form#phone-form"));
}

#[tokio::test]
async fn a085_a_brand_may_ask_it_of_every_client() {
    let sandbox = "[tenants.urbantrend]\n";
    let strict = format!("{sandbox}require_pushed_authorization_requests = true\n");
    let world = World::edited(&[(sandbox, &strict)]).await;
    let metadata = world.urbantrend().json(OPENID).await;
    assert_eq!(metadata["require_pushed_authorization_requests"], true);
    for client in [world.conformance(), world.spa(), world.shopease()] {
        let request = client.authorize("openid");
        world
            .browser()
            .ask(&request)
            .await
            .assert_refusal("invalid_request", &request);
        let link = client.pushed(&world, &request).await;
        let page = world.browser().through(&world, &link.url(), TEST_MEMBER).await;
        client.redeem(&world, &request, &page).await;
    }
    // The other brand has not asked it.
    let north = world.conformance_north().authorize("openid");
    assert!(world.browser().get(&north.url()).await.has("form#phone-form"));
}
