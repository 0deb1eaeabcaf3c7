//! What a device is told when it asks (RFC 8628 s3.5), and what it gets.

use reqwest::Response;

use crate::harness::{ALICE, BOB, Client, DeviceCodes, Tokens, World, claims_of, fields, header_of, refusal};

const OFFLINE: &str = "openid profile offline_access";

fn is(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

async fn asks(client: &Client, world: &World, codes: &DeviceCodes) -> (u16, String) {
    refusal(client.poll(world, &codes.device).await).await
}

/// The codes of a television that a member has allowed.
async fn allowed(world: &World, scope: &str, number: &str) -> DeviceCodes {
    let tv = world.tv();
    let codes = tv.device_codes(world, scope).await;
    let mut browser = world.browser();
    let question = browser
        .reach_question(world, &tv.brand, &codes.user, number)
        .await;
    let done = browser.allow(&question).await;
    assert_eq!(done.attr("main#device-done", "data-outcome"), "allowed");
    codes
}

async fn tokens(answer: Response) -> Tokens {
    Tokens::of(answer).await
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a093_a_device_waits_and_gets_tokens_as_an_app_does() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, OFFLINE).await;
    assert_eq!(asks(&tv, &world, &codes).await, is(400, "authorization_pending"));
    let question = browser
        .reach_question(&world, &tv.brand, &codes.user, ALICE)
        .await;
    world.advance(5).await;
    assert_eq!(asks(&tv, &world, &codes).await, is(400, "authorization_pending"));
    browser.allow(&question).await;
    let tokens = tokens(tv.poll(&world, &codes.device).await).await;
    assert_eq!(tokens.all["token_type"], "Bearer");
    assert_eq!(tokens.scope(), ["offline_access", "openid", "profile"]);
    let claims = tv.brand.verified(tokens.id.as_deref().unwrap()).await;
    assert_eq!(
        (&claims["aud"], &claims["nonce"]),
        (&"tv-demo".into(), &serde_json::Value::Null)
    );
    assert_eq!(claims["amr"], serde_json::json!(["otp", "sms"]));
    let about: serde_json::Value = tv.userinfo(&tokens.access).await.json().await.unwrap();
    assert_eq!(about["name"], "Alice Moreau");
    let next = Tokens::of(tv.refresh(&world, tokens.refresh.as_deref().unwrap()).await).await;
    assert_eq!(tv.userinfo(&next.access).await.status(), 200);
}

#[tokio::test]
async fn a090_a_devices_access_token_is_one_as_any() {
    let world = World::start().await;
    let codes = allowed(&world, OFFLINE, ALICE).await;
    let tokens = tokens(world.tv().poll(&world, &codes.device).await).await;
    assert_eq!(header_of(&tokens.access)["typ"], "at+jwt");
    assert_eq!(claims_of(&tokens.access)["client_id"], "tv-demo");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a093_who_asks_too_soon_waits_five_seconds_longer_each_time() {
    let world = World::start().await;
    let tv = world.tv();
    let codes = tv.device_codes(&world, "openid").await;
    // Seconds since the question before, and the answer.
    for (seconds, error) in [
        (0, "authorization_pending"),
        (0, "slow_down"),
        (6, "slow_down"),
        (15, "authorization_pending"),
        (11, "slow_down"),
        (20, "authorization_pending"),
    ] {
        world.advance(seconds).await;
        assert_eq!(asks(&tv, &world, &codes).await, is(400, error), "after {seconds}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a093_her_no_and_the_end_of_time_are_told() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid profile").await;
    let question = browser
        .reach_question(&world, &tv.brand, &codes.user, ALICE)
        .await;
    let done = browser.deny(&question).await;
    assert_eq!(done.attr("main#device-done", "data-outcome"), "denied");
    assert_eq!(asks(&tv, &world, &codes).await, is(400, "access_denied"));
    let late = tv.device_codes(&world, "openid").await;
    world.advance(601).await;
    assert_eq!(asks(&tv, &world, &late).await, is(400, "expired_token"));
    world.advance(86_400 * 30).await;
    assert_eq!(asks(&tv, &world, &late).await, is(400, "expired_token"));
}

#[tokio::test]
async fn her_no_is_told_as_often_as_the_device_asks() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid profile").await;
    let question = browser
        .reach_question(&world, &tv.brand, &codes.user, ALICE)
        .await;
    browser.deny(&question).await;
    for _ in 0..3 {
        assert_eq!(asks(&tv, &world, &codes).await, is(400, "access_denied"));
    }
}

#[tokio::test]
async fn a093_a_device_code_is_good_once_and_its_replay_ends_what_came_of_it() {
    let world = World::start().await;
    let tv = world.tv();
    let codes = allowed(&world, OFFLINE, ALICE).await;
    let tokens = tokens(tv.poll(&world, &codes.device).await).await;
    assert_eq!(tv.userinfo(&tokens.access).await.status(), 200);
    assert_eq!(asks(&tv, &world, &codes).await, is(400, "invalid_grant"));
    assert_eq!(tv.userinfo(&tokens.access).await.status(), 401);
    let refresh = tokens.refresh.as_deref().unwrap();
    assert_eq!(
        refusal(tv.refresh(&world, refresh).await).await,
        is(400, "invalid_grant")
    );
}

#[tokio::test]
async fn a093_a_device_code_is_its_clients_and_its_brands_alone() {
    let native = "name = \"Native demo\"\n";
    let too = "grant_types = [\"authorization_code\", \"refresh_token\", \"urn:ietf:params:oauth:grant-type:device_code\"]\n";
    let world = World::edited(&[(native, &format!("{native}{too}"))]).await;
    let codes = allowed(&world, OFFLINE, ALICE).await;
    for stranger in [world.spa(), world.tv_north()] {
        assert_eq!(asks(&stranger, &world, &codes).await, is(400, "invalid_grant"));
    }
    for wrong in ["x", &codes.user, &codes.device[1..]] {
        let answer = world.tv().poll(&world, wrong).await;
        assert_eq!(refusal(answer).await, is(400, "invalid_grant"), "{wrong}");
    }
    // None of it has used the code up, or made its owner wait.
    tokens(world.tv().poll(&world, &codes.device).await).await;
}

#[tokio::test]
async fn a093_a_client_without_this_grant_is_not_authorized_for_it() {
    let world = World::start().await;
    let codes = world.tv().device_codes(&world, OFFLINE).await;
    let found = asks(&world.conformance(), &world, &codes).await;
    assert_eq!(found, is(400, "unauthorized_client"));
}

#[tokio::test]
async fn a093_two_devices_are_two() {
    let world = World::start().await;
    let tv = world.tv();
    let (one, two) = (
        tv.device_codes(&world, "openid profile").await,
        allowed(&world, "openid profile", BOB).await,
    );
    assert_eq!(asks(&tv, &world, &one).await, is(400, "authorization_pending"));
    let tokens = tokens(tv.poll(&world, &two.device).await).await;
    let about: serde_json::Value = tv.userinfo(&tokens.access).await.json().await.unwrap();
    assert_eq!(about["name"], "Bob Okafor");
    assert!(tokens.refresh.is_none());
}

/// Asks for a token of one resource.
async fn asks_for(tv: &Client, world: &World, device_code: &str, resource: &str) -> Response {
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let form = [
        ("grant_type", grant),
        ("device_code", device_code),
        ("resource", resource),
    ];
    tv.token(world, fields(&form)).await
}

/// RFC 8707 s2.2, where a device asks: for one of what was allowed, and for nothing else.
#[tokio::test]
async fn a089_a093_a_device_may_narrow_what_its_token_is_for() {
    let world = World::start().await;
    let tv = world.tv();
    let loyalty = world.url("loyalty.urbantrend.localhost", "");
    let allowed = async |resource: &str| {
        let asked = [("scope", "openid loyalty.tier.read"), ("resource", resource)];
        let codes: serde_json::Value = tv.begin(&world, &asked).await.json().await.unwrap();
        let mut browser = world.browser();
        let user_code = codes["user_code"].as_str().unwrap();
        let question = browser.reach_question(&world, &tv.brand, user_code, ALICE).await;
        let done = browser.allow(&question).await;
        assert_eq!(done.attr("main#device-done", "data-outcome"), "allowed");
        codes["device_code"].as_str().unwrap().to_owned()
    };
    let wrong = asks_for(&tv, &world, &allowed(&loyalty).await, "https://elsewhere.example").await;
    assert_eq!(refusal(wrong).await, is(400, "invalid_target"));
    let tokens = tokens(asks_for(&tv, &world, &allowed(&loyalty).await, &loyalty).await).await;
    let audience = claims_of(&tokens.access)["aud"].clone();
    assert!(
        audience == loyalty.as_str() || audience == serde_json::json!([loyalty]),
        "{audience}"
    );
}

#[tokio::test]
async fn a_wrong_resource_is_no_use_of_a_device_code() {
    let world = World::start().await;
    let tv = world.tv();
    let codes = allowed(&world, "openid loyalty.tier.read", ALICE).await;
    let wrong = asks_for(&tv, &world, &codes.device, "https://elsewhere.example").await;
    assert_eq!(refusal(wrong).await, is(400, "invalid_target"));
    let loyalty = world.url("loyalty.urbantrend.localhost", "");
    let tokens = tokens(asks_for(&tv, &world, &codes.device, &loyalty).await).await;
    assert_eq!(claims_of(&tokens.access)["aud"], serde_json::json!([loyalty]));
}

#[tokio::test]
async fn a093_without_offline_access_a_device_goes_with_the_session_that_allowed_it() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid profile").await;
    let question = browser
        .reach_question(&world, &tv.brand, &codes.user, ALICE)
        .await;
    browser.allow(&question).await;
    let tokens = tokens(tv.poll(&world, &codes.device).await).await;
    assert_eq!(tv.userinfo(&tokens.access).await.status(), 200);
    browser.sign_out(&tv.brand).await;
    assert_eq!(tv.userinfo(&tokens.access).await.status(), 401);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a083_what_she_allowed_before_she_signed_out_is_worth_nothing_however_late_the_device_asks() {
    let address = "[tenants.urbantrend.policy.otp.address]";
    let patient = format!("[tenants.urbantrend.policy.device]\nlifetime = 1800\n\n{address}");
    for seconds in [0, 721, 1_790] {
        let world = World::edited(&[(address, &patient)]).await;
        let (tv, mut browser) = (world.tv(), world.browser());
        let codes = tv.device_codes(&world, "openid profile").await;
        let question = browser
            .reach_question(&world, &tv.brand, &codes.user, ALICE)
            .await;
        browser.allow(&question).await;
        browser.sign_out(&tv.brand).await;
        world.advance(seconds).await;
        assert_eq!(
            asks(&tv, &world, &codes).await,
            is(400, "invalid_grant"),
            "{seconds}"
        );
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st4_a093_trouble_of_ours_uses_no_device_code_up() {
    let world = World::start().await;
    let tv = world.tv();
    let codes = allowed(&world, OFFLINE, ALICE).await;
    world.fault("signer", "fail", 1, 1).await;
    assert_eq!(tv.poll(&world, &codes.device).await.status(), 503);
    // A step whose answer is lost is asked for again, and is the same step.
    world.fault("store", "lose_answer", 1, 1).await;
    let tokens = tokens(tv.poll(&world, &codes.device).await).await;
    assert_eq!(tv.userinfo(&tokens.access).await.status(), 200);
}
