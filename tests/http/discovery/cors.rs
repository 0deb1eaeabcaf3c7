use reqwest::Method;

use super::{JWKS, OAUTH, OPENID, allowed_origin, send};
use crate::harness::World;

#[tokio::test]
async fn a078_anybody_may_read_discovery_and_keys() {
    let world = World::start().await;
    for path in [OPENID, OAUTH, JWKS] {
        for origin in ["https://anywhere.example", "null"] {
            let answer = send(&world.urbantrend(), Method::GET, path, &[("origin", origin)]).await;
            assert_eq!(allowed_origin(answer.headers()), Some("*"), "{path}");
            assert!(!answer.headers().contains_key("access-control-allow-credentials"));
        }
    }
}
