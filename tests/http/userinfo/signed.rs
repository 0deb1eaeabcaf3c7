use serde_json::Value;

use crate::harness::{ALICE, World, header_of, media_type, not_cacheable, refusal};

const SECTION: &str = "[tenants.urbantrend.clients.conformance]\n";

#[tokio::test]
async fn a071_claims_are_signed_where_the_client_registered_it() {
    for algorithm in ["RS256", "PS256", "ES256"] {
        let registered = format!("{SECTION}userinfo_signed_response_alg = \"{algorithm}\"\n");
        let world = World::edited(&[(SECTION, &registered)]).await;
        let (client, brand) = (world.conformance(), world.urbantrend());
        let tokens = client
            .tokens(&world, &mut world.browser(), "openid email", ALICE)
            .await;
        let answer = client.userinfo(&tokens.access).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(media_type(&answer), "application/jwt");
        not_cacheable(&answer);
        let jwt = answer.text().await.unwrap();
        assert_eq!(header_of(&jwt)["alg"], algorithm);
        let claims = brand.verified(&jwt).await;
        assert_eq!(claims["iss"], brand.issuer.as_str());
        assert_eq!(claims["aud"], "conformance");
        assert_eq!(claims["sub"], tokens.id_claims()["sub"]);
        let mut names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        // When it was said, and until when it is true, may stand there too.
        names.retain(|name| !["iat", "exp"].contains(name));
        names.sort_unstable();
        assert_eq!(names, ["aud", "email", "email_verified", "iss", "sub"]);
        // Errors stay as they are, and what is signed is no access token.
        assert_eq!(
            refusal(client.userinfo("x").await).await,
            (401, "invalid_token".to_owned())
        );
        assert_eq!(client.userinfo(&jwt).await.status(), 401, "tk1");
        // Nobody else is answered otherwise than before.
        let other = world.fashionboard();
        let plain = other.tokens(&world, &mut world.browser(), "openid", ALICE).await;
        let body: Value = other.userinfo(&plain.access).await.json().await.unwrap();
        assert_eq!(body, serde_json::json!({ "sub": plain.id_claims()["sub"] }));
    }
}
