//! What the trail says of something that may be sent once and came again.

use reqwest::Method;
use serde_json::json;

use crate::harness::{ALICE, DpopKey, Trail, World, fields};

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn ca1_op2_an_assertion_that_comes_again_is_told() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let assertion = world.shopease().assertion(world.now().await, &json!({}));
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let form = fields(&[
        ("client_assertion_type", kind),
        ("client_assertion", &assertion),
        ("token", "none"),
    ]);
    let revoke = || {
        world
            .urbantrend()
            .request(Method::POST, "/oauth2/revoke")
            .form(&form)
    };
    assert_eq!(revoke().send().await.unwrap().status(), 200);
    assert!(trail.told().is_empty());
    assert_eq!(revoke().send().await.unwrap().status(), 401);
    assert_eq!(
        trail.told(),
        [
            "replay_refused urbantrend shopease (assertion)",
            "client_rejected urbantrend shopease"
        ]
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_proof_that_comes_again_is_told() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let key = DpopKey::new();
    let client = world.conformance().holding(&key);
    let token = client
        .tokens(&world, &mut world.browser(), "openid", ALICE)
        .await
        .access;
    let used = key.userinfo_proof(&world, &client.brand, &token).await.signed();
    trail.told();
    for (status, told) in [
        (200, vec![]),
        (401, vec!["replay_refused urbantrend conformance (proof)"]),
    ] {
        let answer = client.bound_userinfo(&token, &used).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), trail.told()),
            (status, told.into_iter().map(str::to_owned).collect())
        );
    }
    let used = key.token_proof(&world, &client.brand).await.signed();
    for told in [vec![], vec!["replay_refused urbantrend conformance (proof)"]] {
        let code = client.exchange("none", "a-verifier-of-at-least-forty-three-characters");
        let request = client.token_request(&world, code).await.header("dpop", &used);
        assert_eq!(request.send().await.unwrap().status(), 400);
        assert_eq!(trail.told(), told);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_device_that_a_limit_refuses_is_told() {
    let section = "[tenants.urbantrend.policy.otp.address]";
    let limit = format!("[tenants.urbantrend.policy.device.authorization]\nrequests = 1\n\n{section}");
    let (trail, world) = (Trail::begin(), World::edited(&[(section, &limit)]).await);
    for told in [vec![], vec!["device_limited urbantrend tv-demo"]] {
        world.tv().begin(&world, &[("scope", "openid")]).await;
        assert_eq!(trail.told(), told);
    }
}
