//! The challenge of an authorization request.

use crate::harness::World;

#[tokio::test]
async fn a040_pk1_a_request_without_a_challenge_is_refused() {
    let world = World::start().await;
    for client in [world.spa(), world.fashionboard(), world.shopease()] {
        let bare = client.authorize("openid").without("code_challenge");
        for request in [bare.clone(), bare.without("code_challenge_method")] {
            let answer = world.browser().ask(&request).await;
            answer.assert_refusal("invalid_request", &request);
        }
    }
}

#[tokio::test]
async fn a042_pk2_only_s256_with_a_whole_digest_is_a_challenge() {
    let world = World::start().await;
    for client in [world.spa(), world.fashionboard(), world.conformance()] {
        let good = client.authorize("openid");
        for method in ["plain", "", "s256", "S512", "S256 plain", "none"] {
            let request = good.clone().with("code_challenge_method", method);
            let answer = world.browser().ask(&request).await;
            answer.assert_refusal("invalid_request", &request);
        }
        let challenge = good.get("code_challenge").to_owned();
        for bad in [
            &challenge[..42],
            &format!("{challenge}="),
            &format!("+{}", &challenge[1..]),
            "x",
        ] {
            let request = good.clone().with("code_challenge", bad);
            let answer = world.browser().ask(&request).await;
            answer.assert_refusal("invalid_request", &request);
        }
    }
}

#[tokio::test]
async fn a044_a_digest_is_43_characters_of_base64url() {
    let world = World::start().await;
    let request = world.spa().authorize("openid");
    let digest = request.get("code_challenge").to_owned();
    for other in [format!("{digest}A"), format!("{}~", &digest[..42])] {
        let request = request.clone().with("code_challenge", &other);
        let answer = world.browser().ask(&request).await;
        answer.assert_refusal("invalid_request", &request);
    }
}
