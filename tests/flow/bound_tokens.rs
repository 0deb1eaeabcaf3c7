//! Tokens bound to a key at an API that verifies them offline.

use serde_json::Value;

use crate::harness::{ALICE, DpopKey, World};

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "has the partner apps in this process; there they are walked in the browser"
)]
async fn a087_a_bound_token_opens_the_loyalty_api_with_its_key_only() {
    let world = World::start().await;
    let key = DpopKey::new();
    let (client, scope) = (world.fashionboard().holding(&key), "openid loyalty.tier.read");
    let token = client
        .tokens(&world, &mut world.browser(), scope, ALICE)
        .await
        .access;
    let url = world.url("loyalty.urbantrend.localhost", "/v1/tier");
    let bearer = world.http().get(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(bearer.status(), 401, "as a bearer token");
    let now = world.now().await;
    let ask = async |token: &str, proof: &str| {
        let request = world.http().get(&url).header("dpop", proof);
        let request = request.header("authorization", format!("dpop {token}"));
        request.send().await.unwrap()
    };
    let proof = key.proof("GET", &url, now).for_token(&token).signed();
    let answer = ask(&token, &proof).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap()["tier"], "VIP");
    let stolen = DpopKey::new().proof("GET", &url, now).for_token(&token).signed();
    for (case, bad) in [
        ("replayed", proof),
        ("another key", stolen),
        ("none", String::new()),
    ] {
        let answer = ask(&token, &bad).await;
        assert_eq!(answer.status(), 401, "{case}");
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap();
        assert!(
            challenge.starts_with("DPoP error=\"invalid_dpop_proof\""),
            "{case}: {challenge}"
        );
    }
    let unbound = world.fashionboard();
    let unbound = unbound
        .tokens(&world, &mut world.browser(), scope, ALICE)
        .await
        .access;
    let proof = key.proof("GET", &url, now).for_token(&unbound).signed();
    assert_eq!(ask(&unbound, &proof).await.status(), 401, "an unbound token");
}
