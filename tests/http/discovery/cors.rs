use reqwest::Method;

use super::{JWKS, OAUTH, OPENID, WITH_ORIGIN, allowed_origin, send};
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

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the emulator answers OPTIONS itself; functions/tests do"
)]
async fn a078_token_and_userinfo_open_to_registered_origins_only() {
    let world = World::edited(&[WITH_ORIGIN]).await;
    let brand = world.urbantrend();
    for path in ["/oauth2/token", "/userinfo"] {
        let preflight = [
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "authorization,dpop,content-type",
            ),
        ];
        let ours = [&preflight[..], &[("origin", "https://spa.example")]].concat();
        let answer = send(&brand, Method::OPTIONS, path, &ours).await;
        assert!(answer.status().is_success(), "{path}");
        assert_eq!(allowed_origin(answer.headers()), Some("https://spa.example"));
        let allowed = answer.headers()["access-control-allow-headers"].to_str().unwrap();
        for needed in ["authorization", "dpop", "content-type"] {
            assert!(allowed.contains(needed), "{allowed}");
        }
        // An error must be readable too, or the app cannot tell what is wrong.
        let answer = send(&brand, Method::POST, path, &[("origin", "https://spa.example")]).await;
        assert_eq!(allowed_origin(answer.headers()), Some("https://spa.example"));
        let exposed = answer.headers()["access-control-expose-headers"]
            .to_str()
            .unwrap()
            .to_ascii_lowercase();
        assert!(exposed.contains("www-authenticate") && exposed.contains("dpop-nonce"));
        assert!(!answer.headers().contains_key("access-control-allow-credentials"));

        for foreign in [
            "https://evil.example",
            "null",
            "https://spa.example.evil.example",
            "http://spa.example",
            "https://spa.example:8443",
            "https://spa.example/",
            "https://SPA.example",
            "*",
        ] {
            for method in [Method::OPTIONS, Method::POST] {
                let headers = [&preflight[..], &[("origin", foreign)]].concat();
                let answer = send(&brand, method, path, &headers).await;
                assert_eq!(allowed_origin(answer.headers()), None, "{path} {foreign}");
            }
            // Another brand's apps are foreign as well.
            let north = [("origin", "https://spa.example")];
            let answer = send(&world.northpeak(), Method::POST, path, &north).await;
            assert_eq!(allowed_origin(answer.headers()), None, "{path}");
        }
    }
}
