//! A brand that is suspended: nothing it ever gave out works, and all of it does again afterwards.

use reqwest::Method;
use serde_json::Value;

use crate::harness::{ALICE, Authorization, Browser, Client, Tokens, World, answer_header, fields, refusal};

const ISSUER: &str = "issuer = \"{scheme}://auth.urbantrend.localhost:{port}\"\n";
const OFFLINE: &str = "openid profile offline_access";

/// What a client may hold of a brand, all of it alive.
struct Held {
    browser: Browser,
    tokens: Tokens,
    exchange: Vec<(String, String)>,
    pushed: Authorization,
    device_code: String,
}

async fn hold(world: &World, client: &Client) -> Held {
    let mut browser = world.browser();
    let tokens = client.tokens(world, &mut browser, OFFLINE, ALICE).await;
    let device_code = world.tv().device_codes(world, "openid").await.device;
    let pushed = client.pushed(world, &client.authorize("openid")).await;
    let (request, callback) = client.code(world, &mut browser, OFFLINE, ALICE).await;
    Held {
        browser,
        tokens,
        exchange: client.exchange(&callback.callback()["code"], &request.verifier),
        pushed,
        device_code,
    }
}

async fn suspended(world: &mut World) {
    let edit = format!("{ISSUER}suspended = true\n");
    world.restart_edited(&[(ISSUER, &edit)]).await;
}

#[tokio::test]
async fn a066_nothing_of_a_suspended_brand_works_until_that_is_lifted() {
    let mut world = World::start().await;
    let client = world.conformance();
    let mut held = hold(&world, &client).await;
    let refresh = held.tokens.refresh.clone().unwrap();

    suspended(&mut world).await;

    let access = &held.tokens.access;
    for (what, answer) in [
        ("code", client.token(&world, held.exchange.clone()).await),
        ("refresh token", client.refresh(&world, &refresh).await),
        ("access token", client.userinfo(access).await),
        ("introspection", client.introspect(&world, access).await),
        ("revocation", client.revoke(&world, access).await),
        ("device code", world.tv().poll(&world, &held.device_code).await),
        (
            "new device",
            world.tv().begin(&world, &[("scope", "openid")]).await,
        ),
        ("pushing", client.push(&world, &client.authorize("openid")).await),
    ] {
        assert_ne!(answer_header(&answer, "retry-after"), "", "{what}");
        let temporarily = (503, "temporarily_unavailable".to_owned());
        assert_eq!(refusal(answer).await, temporarily, "{what}");
    }
    let silent = client.authorize("openid").with("prompt", "none");
    for url in [silent.url(), held.pushed.url()] {
        let page = held.browser.get(&url).await;
        assert_eq!(
            (page.status.as_u16(), page.error().as_str()),
            (503, "suspended"),
            "{url}"
        );
        assert!(!page.has("#retry"), "it would be in vain");
    }
    for path in [
        "/login",
        "/consent",
        "/account",
        "/device",
        "/oauth2/sessions/logout",
        "/session/transfer",
    ] {
        let url = format!("{}{path}", client.brand.issuer);
        let page = held.browser.get(&url).await;
        assert_eq!(
            (page.status.as_u16(), page.error().as_str()),
            (503, "suspended"),
            "{path}"
        );
    }

    world.restart_edited(&[]).await;

    Tokens::of(client.token(&world, held.exchange).await).await;
    Tokens::of(client.refresh(&world, &refresh).await).await;
    assert_eq!(client.userinfo(access).await.status(), 200);
    let active: Value = client.introspect(&world, access).await.json().await.unwrap();
    assert_eq!(active["active"], true);
    let pending = world.tv().poll(&world, &held.device_code).await;
    assert_eq!(refusal(pending).await, (400, "authorization_pending".to_owned()));
    assert_eq!(held.browser.silently(&silent).await, "code");
    let page = held.browser.get(&held.pushed.url()).await;
    assert!(page.callback().contains_key("code"), "{}", page.url);
}

#[tokio::test]
async fn a066_tokens_of_a_suspended_brand_can_be_verified_and_other_brands_go_on() {
    let mut world = World::start().await;
    let keys = world.urbantrend().keys().await;
    suspended(&mut world).await;
    let brand = world.urbantrend();
    assert_eq!(brand.keys().await, keys);
    let metadata = brand.json("/.well-known/openid-configuration").await;
    assert_eq!(metadata["issuer"], brand.issuer.as_str());
    let north = world.conformance_north();
    let refused = north
        .token(&world, fields(&[("grant_type", "refresh_token")]))
        .await;
    assert_eq!(refusal(refused).await.0, 400);
    let page = world.browser().get(&north.authorize("openid").url()).await;
    assert!(page.has("form#phone-form"), "{}", page.body);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the API itself answers what no route has")]
async fn a066_a_suspended_brand_has_no_other_page() {
    let mut world = World::start().await;
    suspended(&mut world).await;
    let url = format!("{}/elsewhere", world.urbantrend().issuer);
    let page = world.browser().get(&url).await;
    assert_eq!((page.status.as_u16(), page.error().as_str()), (503, "suspended"));
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the emulator answers OPTIONS itself; functions/tests do"
)]
async fn a066_a_script_reads_that_the_brand_is_suspended() {
    let mut world = World::start().await;
    let spa = "name = \"Native demo\"\n";
    let origin = "https://spa.example";
    let suspended = format!("{ISSUER}suspended = true\n");
    let edits = [
        (ISSUER, suspended.as_str()),
        (spa, &format!("{spa}allowed_origins = [\"{origin}\"]\n")),
    ];
    world.restart_edited(&edits).await;
    for (method, status) in [(Method::OPTIONS, 204), (Method::POST, 503)] {
        let request = world.urbantrend().request(method, "/oauth2/token");
        let answer = request.header("origin", origin).send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer_header(&answer, "access-control-allow-origin"), origin);
    }
}
