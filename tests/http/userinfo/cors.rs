use reqwest::{Method, Response};

use super::tokens;
use crate::harness::{ALICE, Brand, World, answer_header};

const REGISTERED: &str = "https://spa.example";
const NORTHERN: &str = "https://north.example";
const PATHS: [&str; 4] = ["/userinfo", "/oauth2/token", "/oauth2/par", "/oauth2/revoke"];

/// The demo with an origin registered at each brand.
async fn world() -> World {
    let (spa, trailmix) = ("name = \"Native demo\"\n", "name = \"TrailMix\"\n");
    World::edited(&[
        (spa, &format!("{spa}allowed_origins = [\"{REGISTERED}\"]\n")),
        (
            trailmix,
            &format!("{trailmix}allowed_origins = [\"{NORTHERN}\"]\n"),
        ),
    ])
    .await
}

async fn asked(brand: &Brand, method: Method, path: &str, origin: &str) -> Response {
    let request = brand.request(method, path).header("origin", origin);
    let request = request
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    request.send().await.unwrap()
}

fn allowed(answer: &Response) -> String {
    assert_eq!(answer_header(answer, "access-control-allow-credentials"), "");
    assert!(answer_header(answer, "vary").to_lowercase().contains("origin"));
    answer_header(answer, "access-control-allow-origin")
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the emulator answers OPTIONS itself; functions/tests do"
)]
async fn a078_scripts_of_a_clients_origin_may_call() {
    let world = world().await;
    let brand = world.urbantrend();
    for path in PATHS {
        let preflight = asked(&brand, Method::OPTIONS, path, REGISTERED).await;
        assert!(preflight.status().is_success(), "{path}");
        assert_eq!(allowed(&preflight), REGISTERED, "{path}");
        let headers = answer_header(&preflight, "access-control-allow-headers").to_lowercase();
        for name in ["authorization", "content-type", "dpop"] {
            assert!(headers.split(", ").any(|h| h == name), "{name}: {headers}");
        }
        assert!(answer_header(&preflight, "access-control-allow-methods").contains("POST"));
        // A refusal is readable too, or the script could not tell why.
        let refused = asked(&brand, Method::POST, path, REGISTERED).await;
        assert!(refused.status().is_client_error());
        assert_eq!(allowed(&refused), REGISTERED, "{path}");
        let exposed = answer_header(&refused, "access-control-expose-headers").to_lowercase();
        for name in ["www-authenticate", "dpop-nonce"] {
            assert!(exposed.contains(name), "{exposed}");
        }
    }
    let token = tokens(&world, "openid", ALICE).await.access;
    let request = brand.request(Method::GET, "/userinfo").bearer_auth(token);
    let answer = request.header("origin", REGISTERED).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), allowed(&answer).as_str()),
        (200, REGISTERED)
    );
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the emulator answers OPTIONS itself; functions/tests do"
)]
async fn a078_scripts_of_any_other_origin_may_not() {
    let world = world().await;
    let brand = world.urbantrend();
    for path in PATHS {
        for origin in [
            "null",
            "*",
            "https://evil.example",
            "http://spa.example",
            "https://spa.example:444",
            "https://spa.example.evil.example",
            "https://sub.spa.example",
            "HTTPS://SPA.EXAMPLE",
            "https://spa.example/",
            NORTHERN,
            brand.issuer.as_str(),
        ] {
            for method in [Method::OPTIONS, Method::POST] {
                let answer = asked(&brand, method.clone(), path, origin).await;
                assert_eq!(allowed(&answer), "", "{method} {path} from {origin}");
            }
        }
        let theirs = asked(&world.northpeak(), Method::OPTIONS, path, NORTHERN).await;
        assert_eq!(allowed(&theirs), NORTHERN, "{path}");
    }
}
