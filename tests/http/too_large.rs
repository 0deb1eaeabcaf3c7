//! Too much of anything (HT1): refused at once, by the limit itself and not by what it would lead to.

use reqwest::{Method, Response};

use crate::harness::{Authorization, Brand, Page, World, refusal};

fn a(length: usize) -> String {
    "a".repeat(length)
}

async fn post(brand: &Brand, path: &str, body: String) -> Response {
    let request = brand.request(Method::POST, path).body(body);
    let form = "application/x-www-form-urlencoded";
    request.header("content-type", form).send().await.unwrap()
}

/// The request with its scope replaced, as its first answer.
async fn with_scope(world: &World, request: &Authorization, scope: &str) -> Page {
    world.browser().ask(&request.clone().with("scope", scope)).await
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the API itself answers what is too large")]
async fn ht1_a_body_an_address_and_headers_have_a_length() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for path in [
        "/oauth2/token",
        "/oauth2/par",
        "/oauth2/auth",
        "/login",
        "/userinfo",
    ] {
        assert_ne!(
            post(&brand, path, format!("x={}", a(60_000))).await.status(),
            413,
            "{path}"
        );
        assert_eq!(
            post(&brand, path, format!("x={}", a(65_535))).await.status(),
            413,
            "{path}"
        );
    }
    for path in [
        "/oauth2/auth",
        "/login",
        "/.well-known/openid-configuration",
        "/nowhere",
    ] {
        let answer = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
        let get = |length: usize| brand.request(Method::GET, &format!("{path}?x={}", a(length)));
        assert_ne!(answer(get(7_000)).await, 414, "{path}");
        assert_eq!(answer(get(8_200)).await, 414, "{path}");
        assert_ne!(answer(get(1).header("x", a(15_000))).await, 431, "{path}");
        assert_eq!(answer(get(1).header("x", a(16_400))).await, 431, "{path}");
        // Cookies are headers: what counts is bytes, not how many there are.
        let crumbs = |count: usize| vec!["crumb=12345678"; count].join("; ");
        assert_ne!(answer(get(1).header("cookie", crumbs(500))).await, 431, "{path}");
        assert_eq!(
            answer(get(1).header("cookie", crumbs(1_100))).await,
            431,
            "{path}"
        );
    }
}

#[tokio::test]
async fn ht1_a_hundred_parameters_are_the_most() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let client = world.conformance();
    let request = client.authorize("openid");
    let more = |count: usize| (0..count).fold(String::new(), |all, n| all + &format!("&x{n}=1"));
    let own = request.params.len();
    let ask = async |count: usize| {
        let url = format!("{}{}", request.url(), more(count));
        world
            .browser()
            .once(Method::GET, &url.parse().unwrap(), None)
            .await
    };
    assert_eq!(ask(100 - own).await.status, 303);
    ask(101 - own).await.assert_error_page("invalid_request", &[]);
    let token = |count: usize| format!("grant_type=x&client_id=spa-demo{}", more(count - 2));
    let told = async |body| refusal(post(&brand, "/oauth2/token", body).await).await;
    let unsupported = (400, "unsupported_grant_type".to_owned());
    assert_eq!(told(token(100)).await, unsupported);
    assert_eq!(told(token(101)).await, (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn ht1_fifty_scopes_are_the_most_known_or_not() {
    let named = |count: usize| (1..count).map(|n| format!("s{n}")).collect::<Vec<_>>();
    let asked = |count: usize| format!("openid {}", named(count).join(" "));
    let redeem = "[tenants.urbantrend.scopes.\"loyalty.points.redeem\"]";
    let declared = named(51).iter().fold(String::new(), |all, name| {
        let scope = format!("[tenants.urbantrend.scopes.{name}]\nresource = \"loyalty\"\n");
        all + &scope + &format!("[tenants.urbantrend.scopes.{name}.label]\nen = \"{name}\"\n")
    });
    let allowed = format!("\"{}\",", named(51).join("\", \""));
    let own = "scopes = [\n";
    let known = World::edited(&[
        (redeem, &format!("{declared}{redeem}")),
        (own, &format!("{own}{allowed}\n")),
    ])
    .await;
    for world in [World::start().await, known] {
        let request = world.conformance().authorize("openid");
        let page = with_scope(&world, &request, &asked(50)).await;
        assert!(
            page.header("location").starts_with("/login"),
            "{}",
            page.header("location")
        );
        let sent = request.clone().with("scope", &asked(51));
        let answer = with_scope(&world, &request, &asked(51)).await;
        let told = answer.assert_refusal("invalid_scope", &sent);
        assert_eq!(
            told["error_description"],
            "scope is malformed or has more than 50 values"
        );
    }
}

#[tokio::test]
async fn ht1_a_state_of_two_kilobytes_is_the_longest() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    for (length, status) in [(1_500, 303), (2_049, 400)] {
        let page = world
            .browser()
            .ask(&request.clone().with("state", &a(length)))
            .await;
        assert_eq!(page.status, status, "{length}");
    }
}
