//! Whose scripts may call, and whose may read the answer.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;

use crate::harness::{ALICE, Brand, Client, Tokens, World, answer_header, fields, tampered};

const REGISTERED: &str = "https://spa.example";
/// Of the client `conformance`, which has a secret.
const OTHER: &str = "https://other.example";
const TV: &str = "https://tv.example";
const NORTHERN: &str = "https://north.example";
const EVIL: &str = "https://evil.example";
const PATHS: [&str; 5] = [
    "/userinfo",
    "/oauth2/token",
    "/oauth2/par",
    "/oauth2/revoke",
    "/oauth2/device/auth",
];

/// The demo with an origin for each of three clients of Urban Trend, and for one of NorthPeak.
async fn world() -> World {
    let clients = [
        ("[tenants.urbantrend.clients.spa-demo]\n", REGISTERED),
        ("[tenants.urbantrend.clients.conformance]\n", OTHER),
        ("[tenants.urbantrend.clients.tv-demo]\n", TV),
        ("[tenants.northpeak.clients.trailmix]\n", NORTHERN),
    ];
    let edits =
        clients.map(|(client, origin)| (client, format!("{client}allowed_origins = [\"{origin}\"]\n")));
    let edits = edits.each_ref().map(|(from, to)| (*from, to.as_str()));
    World::edited(&edits).await
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
            "https://SPA.example",
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

const ORIGINS: [&str; 6] = [REGISTERED, OTHER, TV, NORTHERN, EVIL, "null"];

/// Which origins may read the answer to this very request, and the status that they see.
async fn readers(request: RequestBuilder) -> (u16, Vec<&'static str>) {
    let (mut readers, mut status) = (Vec::new(), 0);
    for origin in ORIGINS {
        let same = request.try_clone().unwrap().header("origin", origin);
        let answer = same.send().await.unwrap();
        if allowed(&answer) == origin {
            readers.push(origin);
            status = answer.status().as_u16();
        }
    }
    (status, readers)
}

/// A form with a client's proof.
async fn form(world: &World, client: &Client, path: &str, pairs: &[(&str, &str)]) -> RequestBuilder {
    client.form(world, path, fields(pairs)).await
}

#[tokio::test]
async fn a078_an_answer_is_for_the_scripts_of_its_client() {
    let world = world().await;
    let (spa, conformance) = (world.spa(), world.conformance());
    let request = conformance.authorize("openid").params;
    let pushed: Vec<_> = request.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let (token, par, revoke) = (PATHS[1], PATHS[2], PATHS[3]);
    let code = [("grant_type", "authorization_code"), ("code", "none")];
    let cases = [
        (&spa, token, &code[..], 400, REGISTERED),
        (&conformance, token, &code, 400, OTHER),
        (&conformance, par, &pushed, 201, OTHER),
        (&conformance, par, &[("scope", "openid")], 400, OTHER),
        (&conformance, revoke, &[("token", "none")], 200, OTHER),
    ];
    for (client, path, pairs, status, reader) in cases {
        let answered = readers(form(&world, client, path, pairs).await).await;
        assert_eq!(answered, (status, vec![reader]), "{} at {path}", client.id);
    }
    // A client without an origin has no scripts.
    let closed = form(&world, &world.fashionboard(), token, &code).await;
    assert_eq!(readers(closed).await, (0, vec![]));
}

#[tokio::test]
async fn a078_tokens_are_for_the_scripts_of_their_client() {
    let world = world().await;
    let spa = world.spa();
    let scope = "openid offline_access";
    let tokens = spa.tokens(&world, &mut world.browser(), scope, ALICE).await;
    let mut refresh = tokens.refresh.unwrap();
    for origin in [REGISTERED, OTHER, "null"] {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
        let request = form(&world, &spa, "/oauth2/token", &pairs).await;
        let answer = request.header("origin", origin).send().await.unwrap();
        if origin == REGISTERED {
            assert_eq!(allowed(&answer), origin);
            refresh = Tokens::of(answer).await.refresh.unwrap();
        } else {
            assert_ne!(allowed(&answer), origin);
        }
    }
}

/// What fails to prove itself is answered as the client that it claims to be.
#[tokio::test]
async fn a078_a_refused_client_is_still_that_client() {
    let world = world().await;
    for path in &PATHS[1..] {
        let wrong = world.urbantrend().request(Method::POST, path);
        let wrong = wrong
            .basic_auth("conformance", Some("wrong"))
            .form(&[("token", "x")]);
        assert_eq!(readers(wrong).await, (401, vec![OTHER]), "{path}");
    }
    // The proof of a key is read before the client proves itself.
    for path in [PATHS[1], PATHS[2]] {
        let request = form(&world, &world.conformance(), path, &[("scope", "openid")]).await;
        let garbled = request.header("dpop", "no proof");
        assert_eq!(readers(garbled).await, (400, vec![OTHER]), "{path}");
    }
}

/// So that a script can act on it: it tells nothing of any client.
#[tokio::test]
async fn a078_what_names_no_registered_client_is_for_the_scripts_of_all() {
    let (world, all) = (world().await, [REGISTERED, OTHER, TV]);
    let post = |path: &str| world.urbantrend().request(Method::POST, path);
    for path in &PATHS[1..] {
        for (request, status) in [
            (post(path).form(&[("client_id", "nobody")]), 401),
            (post(path).form(&[("scope", "openid")]), 401),
            (
                post(path).body("{}").header("content-type", "application/json"),
                400,
            ),
            (
                post(&format!("{path}?client_id=spa-demo")).form(&[("token", "x")]),
                400,
            ),
        ] {
            assert_eq!(readers(request).await, (status, all.to_vec()), "{path}");
        }
    }
    let get = |path: &str| world.urbantrend().request(Method::GET, path);
    let token = world
        .spa()
        .tokens(&world, &mut world.browser(), "openid", ALICE)
        .await;
    let forged = tampered(&token.access, "client_id", json!("conformance"));
    for (request, status) in [
        (get("/userinfo"), 401),
        (get("/userinfo").bearer_auth("no-token"), 401),
        (get("/userinfo").bearer_auth(&forged), 401),
        (get("/userinfo?access_token=x"), 400),
    ] {
        assert_eq!(readers(request).await, (status, all.to_vec()));
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a078_userinfo_is_for_the_scripts_of_the_tokens_client() {
    let world = world().await;
    let (conformance, mut browser) = (world.conformance(), world.browser());
    let token = conformance
        .tokens(&world, &mut browser, "openid", ALICE)
        .await
        .access;
    let with = |token: &str| {
        let request = conformance.brand.request(Method::GET, "/userinfo");
        request.bearer_auth(token)
    };
    assert_eq!(readers(with(&token)).await, (200, vec![OTHER]));
    // Revoked or expired, it is that client's all the same.
    assert_eq!(conformance.revoke(&world, &token).await.status(), 200);
    assert_eq!(readers(with(&token)).await, (401, vec![OTHER]));
    world.advance(3_600).await;
    assert_eq!(readers(with(&token)).await, (401, vec![OTHER]));
}
