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
    let aud = claims_of(token)["aud"].clone();
    serde_json::from_value(aud).unwrap()
}

#[tokio::test]
async fn a089_a_token_is_for_the_resource_that_was_asked_for() {
    let world = two_apis().await;
    let client = world.conformance();
    let (issuer, loyalty) = (client.brand.issuer.clone(), loyalty(&world));
    let plain = client.authorize(SCOPE);
    let all = tokens(&world, &client, &plain).await;
    assert_eq!(
        audience(&all.access),
        [issuer.clone(), loyalty.clone(), TILL.to_owned()]
    );
    let narrow = tokens(&world, &client, &plain.clone().with("resource", TILL)).await;
    assert_eq!(audience(&narrow.access), [TILL]);
    assert_eq!(
        narrow.scope(),
        ["loyalty.points.redeem", "offline_access", "openid"]
    );
    assert_eq!(claims_of(&narrow.access)["scope"], narrow.all["scope"]);
    let both = plain.with("resource", TILL).and("resource", &loyalty);
    let both = tokens(&world, &client, &both).await;
    assert_eq!(audience(&both.access), [loyalty.clone(), TILL.to_owned()]);
    // Without `openid` there is nothing to do at userinfo.
    let bare = client.authorize("loyalty.points.read").with("resource", &loyalty);
    assert_eq!(audience(&tokens(&world, &client, &bare).await.access), [loyalty]);
}

#[tokio::test]
async fn a089_the_token_endpoint_may_narrow_and_never_widens() {
    let world = two_apis().await;
    let client = world.conformance();
    let (issuer, loyalty) = (client.brand.issuer.clone(), loyalty(&world));
    let request = client.authorize(SCOPE);
    let page = world.browser().through(&world, &request.url(), ALICE).await;
    let code = page.callback()["code"].clone();
    let with = |resource: &str| {
        let mut fields = client.exchange(&code, &request.verifier);
        fields.push(("resource".to_owned(), resource.to_owned()));
        fields
    };
    // A wrong resource is no use of the code.
    let wrong = client.token(&world, with("https://elsewhere.example")).await;
    assert_eq!(refusal(wrong).await, (400, "invalid_target".to_owned()));
    let first = Tokens::of(client.token(&world, with(TILL)).await).await;
    assert_eq!(audience(&first.access), [TILL]);
    // Narrowing was for that answer only.
    let refreshed = Tokens::of(client.refresh(&world, first.refresh.as_deref().unwrap()).await).await;
    assert_eq!(
        audience(&refreshed.access),
        [issuer.clone(), loyalty.clone(), TILL.to_owned()]
    );
    let refresh = |token: &Tokens, resource: &str| {
        let token = token.refresh.clone().unwrap();
        fields(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", &token),
            ("resource", resource),
        ])
    };
    let again = Tokens::of(client.token(&world, refresh(&refreshed, &loyalty)).await).await;
    assert_eq!(audience(&again.access), [loyalty.as_str()]);
    assert_eq!(again.scope(), ["loyalty.points.read", "offline_access", "openid"]);
    // What was narrowed at the first step stays so.
    let only = client.authorize(SCOPE).with("resource", TILL);
    let only = tokens(&world, &client, &only).await;
    for wider in [&loyalty, &issuer] {
        let wider = client.token(&world, refresh(&only, wider)).await;
        assert_eq!(refusal(wider).await, (400, "invalid_target".to_owned()));
    }
    assert_eq!(
        client
            .refresh(&world, only.refresh.as_deref().unwrap())
            .await
            .status(),
        200
    );
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
    assert_eq!(audience(&beside.access), [issuer.clone(), loyalty]);
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
