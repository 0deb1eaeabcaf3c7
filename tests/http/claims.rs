use serde_json::{Value, json};

use crate::harness::{ALICE, Authorization, BOB, TEST_MEMBER, Tokens, World};

async fn tokens(world: &World, scope: &str, claims: &Value) -> (Tokens, Value) {
    let client = world.conformance();
    let request = client.authorize(scope).with("claims", &claims.to_string());
    let page = world.browser().through(world, &request.url(), TEST_MEMBER).await;
    let tokens = client.redeem(world, &request, &page).await;
    let told = client.userinfo(&tokens.access).await.json().await.unwrap();
    (tokens, told)
}

fn names(of: &Value) -> Vec<&str> {
    of.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a034_single_claims_go_where_they_are_asked_for() {
    let world = World::start().await;
    let asked = json!({
        "id_token": { "email": null, "nobody_knows": null },
        "userinfo": { "given_name": { "essential": true }, "phone_number": null },
        "unknown_member": {},
    });
    let (tokens, told) = tokens(&world, "openid", &asked).await;
    let id = tokens.id_claims();
    assert_eq!(id["email"], "tess@urbantrend.example");
    assert!(id.get("email_verified").is_none() && id.get("given_name").is_none());
    assert_eq!(names(&told), ["given_name", "phone_number", "sub"]);
    assert_eq!(told["sub"], id["sub"]);
    // They add nothing to the scope.
    assert_eq!(tokens.scope(), ["openid"]);
}

#[tokio::test]
async fn a034_a_request_that_names_no_place_asks_for_nothing() {
    let world = World::start().await;
    let (plain, told) = tokens(&world, "openid", &json!({})).await;
    assert!(plain.id_claims().get("email").is_none());
    assert_eq!(names(&told), ["sub"]);
}

#[tokio::test]
async fn a034_a_missing_essential_claim_is_no_error() {
    let world = World::start().await;
    let client = world.conformance();
    let asked = json!({ "userinfo": { "middle_name": { "essential": true } }, "id_token": { "email": { "essential": true, "value": "x@y" } } });
    let request = client.authorize("openid").with("claims", &asked.to_string());
    let page = world.browser().through(&world, &request.url(), BOB).await;
    let tokens = client.redeem(&world, &request, &page).await;
    let told: Value = client.userinfo(&tokens.access).await.json().await.unwrap();
    assert_eq!(names(&told), ["sub"]);
    assert!(tokens.id_claims().get("email").is_none());
}

#[tokio::test]
async fn a034_she_is_asked_for_what_the_claims_belong_to() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let plain = client.authorize("openid");
    browser.through(&world, &plain.url(), ALICE).await;
    let claims = json!({ "userinfo": { "email": null } }).to_string();
    let more = client.authorize("openid").with("claims", &claims);
    assert_eq!(browser.silently(&more).await, "consent_required");
    let page = browser.get(&more.url()).await;
    assert_eq!(page.scopes(), ["email"]);
    let page = browser
        .submit(&page, "form#consent-form", &[("decision", "allow")])
        .await;
    let tokens = client.redeem(&world, &more, &page).await;
    let told: Value = client.userinfo(&tokens.access).await.json().await.unwrap();
    assert_eq!(told["email"], "alice@urbantrend.example");
    assert_eq!(browser.silently(&more).await, "code");
    // What she takes back, userinfo tells no more.
    browser.disconnect(&client.brand, "conformance").await;
    assert_eq!(client.userinfo(&tokens.access).await.status(), 401);
}

#[tokio::test]
async fn a034_a_client_gets_no_claim_of_a_scope_it_may_not_ask_for() {
    let world = World::start().await;
    let client = world.fashionboard();
    let claims = json!({ "userinfo": { "email": null, "name": null }, "id_token": { "phone_number": null } });
    let request = client.authorize("openid").with("claims", &claims.to_string());
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    assert_eq!(page.scopes(), ["profile"]);
    let page = browser
        .submit(&page, "form#consent-form", &[("decision", "allow")])
        .await;
    let tokens = client.redeem(&world, &request, &page).await;
    let told: Value = client.userinfo(&tokens.access).await.json().await.unwrap();
    assert_eq!(names(&told), ["name", "sub"]);
    assert!(tokens.id_claims().get("phone_number").is_none());
}

async fn refused(world: &World, claims: &str, error: &str) {
    let request = world.conformance().authorize("openid").with("claims", claims);
    world
        .browser()
        .ask(&request)
        .await
        .assert_refusal(error, &request);
}

#[tokio::test]
async fn a034_a_bad_shape_is_an_invalid_request() {
    let world = World::start().await;
    for bad in [
        "x",
        "[]",
        "{\"id_token\": [\"email\"]}",
        "{\"userinfo\": {\"email\": true}}",
    ] {
        refused(&world, bad, "invalid_request").await;
    }
}

#[tokio::test]
async fn a034_a_sub_asked_by_value_is_that_member_or_nobody() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let sub = client
        .tokens(&world, &mut browser, "openid", ALICE)
        .await
        .id_claims()["sub"]
        .clone();
    let wanting = |sub: &Value| -> Authorization {
        let claims = json!({ "id_token": { "sub": { "value": sub } } });
        client.authorize("openid").with("claims", &claims.to_string())
    };
    assert_eq!(browser.silently(&wanting(&sub)).await, "code");
    assert_eq!(
        browser.silently(&wanting(&json!("somebody-else"))).await,
        "login_required"
    );
}

#[tokio::test]
async fn a034_a_sub_that_is_no_text_is_an_invalid_request() {
    let world = World::start().await;
    refused(
        &world,
        &json!({ "id_token": { "sub": { "value": 7 } } }).to_string(),
        "invalid_request",
    )
    .await;
}

#[tokio::test]
async fn a033_acr_is_told_whatever_was_wished_for() {
    let world = World::start().await;
    let client = world.conformance();
    let metadata = client.brand.json("/.well-known/openid-configuration").await;
    let ours = metadata["acr_values_supported"][0].as_str().unwrap().to_owned();
    for voluntary in [
        ours.as_str(),
        "urn:example:gold",
        "urn:example:gold urn:symbolon:acr:otp",
    ] {
        let request = client.authorize("openid").with("acr_values", voluntary);
        let page = world.browser().through(&world, &request.url(), ALICE).await;
        let tokens = client.redeem(&world, &request, &page).await;
        assert_eq!(tokens.id_claims()["acr"], ours, "{voluntary}");
    }
    // The same wish as a claim, and the demand for what there is.
    for wish in [
        json!(null),
        json!({ "value": "urn:example:gold" }),
        json!({ "values": ["urn:example:gold", "urn:example:silver"] }),
        json!({ "essential": true }),
        json!({ "essential": true, "value": ours }),
        json!({ "essential": true, "values": ["urn:example:gold", ours] }),
    ] {
        let claims = json!({ "id_token": { "acr": wish } }).to_string();
        let request = client.authorize("openid").with("claims", &claims);
        let page = world.browser().through(&world, &request.url(), ALICE).await;
        let tokens = client.redeem(&world, &request, &page).await;
        assert_eq!(tokens.id_claims()["acr"], ours, "{claims}");
    }
}

#[tokio::test]
async fn a033_an_essential_acr_that_nobody_reaches_is_refused_before_a_sign_in() {
    let world = World::start().await;
    let essential = json!({ "id_token": { "acr": { "essential": true, "values": ["urn:example:gold"] } } });
    refused(
        &world,
        &essential.to_string(),
        "unmet_authentication_requirements",
    )
    .await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a028_a_client_may_register_its_max_age() {
    let world = World::edited(&[("pkce = \"optional\"", "pkce = \"optional\"\ndefault_max_age = 60")]).await;
    let client = world.conformance();
    let mut browser = world.browser();
    let request = client.authorize("openid");
    browser.through(&world, &request.url(), ALICE).await;
    assert_eq!(browser.silently(&request).await, "code");
    world.advance(61).await;
    assert_eq!(browser.silently(&request).await, "login_required");
    assert_eq!(browser.silently(&request.with("max_age", "600")).await, "code");
}
