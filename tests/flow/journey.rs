use crate::harness::{ALICE, World};

#[tokio::test]
async fn a_member_signs_in_and_a_partner_gets_tokens() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let tokens = client
        .tokens(&world, &mut browser, "openid profile offline_access", ALICE)
        .await;
    let claims = tokens.id_claims();
    assert_eq!(claims["iss"], world.urbantrend().issuer.as_str());
    let info: serde_json::Value = client.userinfo(&tokens.access).await.json().await.unwrap();
    assert_eq!(info["sub"], claims["sub"]);
    assert!(
        client
            .refresh(&world, tokens.refresh.as_deref().unwrap())
            .await
            .status()
            .is_success()
    );
}
