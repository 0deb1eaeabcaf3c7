use reqwest::Response;
use serde_json::Value;

use crate::harness::{ALICE, Authorization, Client, Tokens, World, claims_of, fields, refusal};

const TILL: &str = "https://till.urbantrend.example";
const SCOPE: &str = "openid offline_access loyalty.points.read loyalty.points.redeem";

/// Urban Trend with two APIs: points are read at one and redeemed at the other.
async fn two_apis() -> World {
    let declared = "[tenants.urbantrend.scopes.\"loyalty.points.redeem\"]\nresource = \"loyalty\"";
    let moved = format!(
        "[tenants.urbantrend.resources.till]\nidentifier = \"{TILL}\"\n\n{}",
        declared.replace("\"loyalty\"", "\"till\"")
    );
    World::edited(&[(declared, &moved)]).await
}

fn loyalty(world: &World) -> String {
    world.url("loyalty.urbantrend.localhost", "")
}

async fn tokens(world: &World, client: &Client, request: &Authorization) -> Tokens {
    let page = world.browser().through(world, &request.url(), ALICE).await;
    client.redeem(world, request, &page).await
}

fn audience(token: &str) -> Vec<String> {
    match claims_of(token)["aud"].clone() {
        // RFC 7519 s4.1.3: one may be written alone.
        Value::String(one) => vec![one],
        several => serde_json::from_value(several).unwrap(),
    }
}

/// What the token endpoint answers to a code, or a refresh token, and a resource.
async fn narrowed(
    world: &World,
    client: &Client,
    mut form: Vec<(String, String)>,
    resource: &str,
) -> Response {
    form.push(("resource".to_owned(), resource.to_owned()));
    client.token(world, form).await
}

fn refreshing(token: &Tokens) -> Vec<(String, String)> {
    fields(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", token.refresh.as_deref().unwrap()),
    ])
}

#[tokio::test]
async fn a089_a_token_is_for_the_resource_that_was_asked_for() {
    let world = two_apis().await;
    let client = world.conformance();
    let request = client.authorize(SCOPE).with("resource", TILL);
    let narrow = tokens(&world, &client, &request).await;
    assert_eq!(audience(&narrow.access), [TILL]);
    assert!(narrow.scope().contains(&"loyalty.points.redeem"));
    assert!(!narrow.scope().contains(&"loyalty.points.read"));
    assert_eq!(claims_of(&narrow.access)["scope"], narrow.all["scope"]);
    // Without `openid` there is nothing to do at userinfo.
    let loyalty = loyalty(&world);
    let bare = client.authorize("loyalty.points.read").with("resource", &loyalty);
    assert_eq!(audience(&tokens(&world, &client, &bare).await.access), [loyalty]);
}

#[tokio::test]
async fn a089_a_token_is_for_all_resources_that_were_asked_for() {
    let world = two_apis().await;
    let client = world.conformance();
    let loyalty = loyalty(&world);
    let both = client
        .authorize(SCOPE)
        .with("resource", TILL)
        .and("resource", &loyalty);
    let both = tokens(&world, &client, &both).await;
    assert_eq!(audience(&both.access), [loyalty, TILL.to_owned()]);
}

#[tokio::test]
async fn a_token_for_which_no_resource_is_named_is_for_all_its_scopes_lead_to() {
    let world = two_apis().await;
    let client = world.conformance();
    let issuer = client.brand.issuer.clone();
    let all = tokens(&world, &client, &client.authorize(SCOPE)).await;
    assert_eq!(audience(&all.access), [issuer, loyalty(&world), TILL.to_owned()]);
    let narrow = client.authorize(SCOPE).with("resource", TILL);
    let narrow = tokens(&world, &client, &narrow).await;
    assert_eq!(
        narrow.scope(),
        ["loyalty.points.redeem", "offline_access", "openid"]
    );
}

#[tokio::test]
async fn a089_the_token_endpoint_may_narrow_and_never_widens() {
    let world = two_apis().await;
    let client = world.conformance();
    let loyalty = loyalty(&world);
    let request = client
        .authorize(SCOPE)
        .with("resource", TILL)
        .and("resource", &loyalty);
    let page = world.browser().through(&world, &request.url(), ALICE).await;
    let form = client.exchange(&page.callback()["code"], &request.verifier);
    let first = Tokens::of(narrowed(&world, &client, form, TILL).await).await;
    assert_eq!(audience(&first.access), [TILL]);
    // Narrowing was for that answer only.
    let again = Tokens::of(narrowed(&world, &client, refreshing(&first), &loyalty).await).await;
    assert_eq!(audience(&again.access), [loyalty.as_str()]);
    assert!(again.scope().contains(&"loyalty.points.read"));
    assert!(!again.scope().contains(&"loyalty.points.redeem"));
    // What was narrowed at the first step stays so.
    let request = client.authorize(SCOPE).with("resource", TILL);
    for wider in [
        loyalty.as_str(),
        &client.brand.issuer,
        "https://elsewhere.example",
    ] {
        let page = world.browser().through(&world, &request.url(), ALICE).await;
        let form = client.exchange(&page.callback()["code"], &request.verifier);
        let at_once = narrowed(&world, &client, form, wider).await;
        assert_eq!(refusal(at_once).await, (400, "invalid_target".to_owned()));
        let only = tokens(&world, &client, &request).await;
        let later = narrowed(&world, &client, refreshing(&only), wider).await;
        assert_eq!(refusal(later).await, (400, "invalid_target".to_owned()));
    }
}

#[tokio::test]
async fn a_wrong_resource_uses_neither_code_nor_refresh_token_up() {
    let world = two_apis().await;
    let client = world.conformance();
    let (issuer, loyalty) = (client.brand.issuer.clone(), loyalty(&world));
    let request = client.authorize(SCOPE);
    let page = world.browser().through(&world, &request.url(), ALICE).await;
    let form = client.exchange(&page.callback()["code"], &request.verifier);
    let wrong = narrowed(&world, &client, form.clone(), "https://elsewhere.example").await;
    assert_eq!(refusal(wrong).await, (400, "invalid_target".to_owned()));
    let first = Tokens::of(narrowed(&world, &client, form, TILL).await).await;
    let wrong = narrowed(&world, &client, refreshing(&first), "https://elsewhere.example").await;
    assert_eq!(refusal(wrong).await, (400, "invalid_target".to_owned()));
    // And narrowing was for that answer only, where nothing is named afterwards.
    let refreshed = Tokens::of(client.refresh(&world, first.refresh.as_deref().unwrap()).await).await;
    assert_eq!(audience(&refreshed.access), [issuer, loyalty, TILL.to_owned()]);
}

#[tokio::test]
async fn tk2_a089_a_token_for_an_api_does_not_open_userinfo() {
    let world = two_apis().await;
    let client = world.conformance();
    let (issuer, loyalty) = (client.brand.issuer.clone(), loyalty(&world));
    let plain = client.authorize("openid profile loyalty.points.read");
    let api = tokens(&world, &client, &plain.clone().with("resource", &loyalty)).await;
    assert!(api.id.is_some());
    assert_eq!(client.userinfo(&api.access).await.status(), 401);
    assert_eq!(
        client.asks(&world, &api.access).await["aud"],
        serde_json::json!([loyalty])
    );
    // Userinfo is had by naming the provider, alone or beside an API.
    let alone = tokens(&world, &client, &plain.clone().with("resource", &issuer)).await;
    assert_eq!(audience(&alone.access), [issuer.as_str()]);
    assert_eq!(alone.scope(), ["openid", "profile"]);
    assert!(claims_of(&alone.access)["member_ref"].is_null());
    let beside = plain.with("resource", &issuer).and("resource", &loyalty);
    let beside = tokens(&world, &client, &beside).await;
    let mut both = audience(&beside.access);
    both.sort_unstable();
    let mut named = [issuer.clone(), loyalty];
    named.sort_unstable();
    assert_eq!(both, named);
    for token in [alone, beside] {
        assert_eq!(client.userinfo(&token.access).await.status(), 200);
    }
    // Without `openid` there is nothing to be had there.
    let bare = client.authorize("loyalty.points.read").with("resource", &issuer);
    let page = world.browser().ask(&bare).await;
    page.assert_refusal("invalid_target", &bare);
}

#[tokio::test]
async fn a089_only_a_known_resource_is_a_target() {
    let world = two_apis().await;
    let client = world.conformance();
    for (scope, resource) in [
        (SCOPE, "https://elsewhere.example"),
        (SCOPE, "not-a-uri"),
        (SCOPE, "https://till.urbantrend.example#part"),
        (SCOPE, "https://till.urbantrend.example/"),
    ] {
        let request = client.authorize(scope).with("resource", resource);
        let page = world.browser().ask(&request).await;
        page.assert_refusal("invalid_target", &request);
    }
}

#[tokio::test]
async fn a089_a_resource_that_no_scope_leads_to_is_no_target() {
    let world = two_apis().await;
    let client = world.conformance();
    let request = client
        .authorize("openid loyalty.points.read")
        .with("resource", TILL);
    let page = world.browser().ask(&request).await;
    page.assert_refusal("invalid_target", &request);
}
