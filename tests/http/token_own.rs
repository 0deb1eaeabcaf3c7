//! `client_credentials`: tokens that a client has for itself.

use serde_json::{Value, json};

use crate::harness::{APIS, Client, Tokens, World, claims_of, fields, header_of, refusal};

fn is(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

/// What makes the loyalty API's of both APIs that ask: of tokens for the other, only what they say is known.
const NOBODY_ASKS: (&str, &str) = (
    "resource = \"stock\"\ngrant_types = []\n",
    "resource = \"loyalty\"\ngrant_types = []\n",
);

/// `aud` is a text or a list of them (RFC 7519 s4.1.3).
fn audiences(claims: &Value) -> Vec<&str> {
    match &claims["aud"] {
        Value::Array(all) => all.iter().map(|one| one.as_str().unwrap()).collect(),
        one => vec![one.as_str().unwrap()],
    }
}

fn asking(scope: &str) -> Vec<(String, String)> {
    fields(&[("grant_type", "client_credentials"), ("scope", scope)])
}

async fn own(world: &World, scope: &str) -> Tokens {
    Tokens::of(world.robot().token(world, asking(scope)).await).await
}

async fn refuses(world: &World, scopes: &[&str]) {
    for scope in scopes {
        let found = refusal(world.robot().token(world, asking(scope)).await).await;
        assert_eq!(found, is(400, "invalid_scope"), "{scope}");
    }
}

async fn inactive(world: &World, caller: &Client, token: &str, case: &str) {
    assert_eq!(
        caller.asks(world, token).await,
        json!({ "active": false }),
        "{case}"
    );
}

#[tokio::test]
async fn a060_a_client_of_its_own_gets_an_access_token_and_nothing_else() {
    let world = World::with_apis().await;
    let tokens = own(&world, "stock.read").await;
    let mut names: Vec<_> = tokens.all.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["access_token", "expires_in", "scope", "token_type"]);
    assert_eq!(
        (&tokens.all["scope"], &tokens.all["token_type"]),
        (&json!("stock.read"), &json!("Bearer"))
    );
}

#[tokio::test]
async fn a060_a090_its_token_says_that_it_is_about_the_client() {
    let world = World::edited(&[APIS, NOBODY_ASKS]).await;
    let tokens = own(&world, "stock.read").await;
    let claims = world.urbantrend().verified(&tokens.access).await;
    assert_eq!(header_of(&tokens.access)["typ"], "at+jwt");
    assert_eq!(claims["sub"], "robot");
    assert_eq!(claims["client_id"], "robot");
    assert_eq!(audiences(&claims), ["https://stock.urbantrend.example"]);
    assert_eq!(claims["iss"], world.urbantrend().issuer);
    for absent in ["auth_time", "acr", "member_ref", "sid"] {
        assert!(claims.get(absent).is_none(), "{absent}");
    }
}

/// RFC 6749 s3.3: a server has a default for who names no scope, or refuses.
#[tokio::test]
async fn a060_who_names_no_scope_gets_all_that_is_its_own() {
    let world = World::with_apis().await;
    let form = fields(&[("grant_type", "client_credentials")]);
    let all = Tokens::of(world.robot().token(&world, form).await).await;
    let scope = ["loyalty.tier.read", "stock.read"];
    assert!(all.all["scope"].is_string(), "no scope in {}", all.all);
    assert_eq!(all.scope(), scope, "nothing that is about a member");
}

#[tokio::test]
async fn a060_what_is_not_registered_is_refused() {
    let world = World::with_apis().await;
    refuses(
        &world,
        &["loyalty.points.read", "stock.read loyalty.points.read", "\""],
    )
    .await;
}

#[tokio::test]
async fn a060_what_nobody_knows_is_refused() {
    let world = World::with_apis().await;
    refuses(&world, &["stock.read unknown"]).await;
}

#[tokio::test]
async fn a060_what_is_about_a_member_is_refused() {
    let world = World::with_apis().await;
    refuses(
        &world,
        &[
            "openid",
            "openid stock.read",
            "profile stock.read",
            "offline_access",
        ],
    )
    .await;
}

#[tokio::test]
async fn a089_a060_a_named_api_narrows_it_down() {
    let world = World::edited(&[APIS, NOBODY_ASKS]).await;
    let stock = "https://stock.urbantrend.example";
    let both = "stock.read loyalty.tier.read";
    let naming = |api: &str| [asking(both), fields(&[("resource", api)])].concat();
    let tokens = Tokens::of(world.robot().token(&world, naming(stock)).await).await;
    assert_eq!(tokens.scope(), ["stock.read"]);
    assert_eq!(audiences(&claims_of(&tokens.access)), [stock]);
    let elsewhere = world.robot().token(&world, naming("https://other.example")).await;
    assert_eq!(refusal(elsewhere).await, is(400, "invalid_target"));
}

#[tokio::test]
async fn a056_a060_only_who_is_registered_for_it_may() {
    let world = World::with_apis().await;
    for client in [
        world.conformance(),
        world.fashionboard(),
        world.spa(),
        world.loyalty_api(),
    ] {
        let found = refusal(client.token(&world, asking("stock.read")).await).await;
        assert_eq!(found, is(400, "unauthorized_client"), "{}", client.id);
    }
    let found = refusal(world.robot().refresh(&world, "x").await).await;
    assert_eq!(found, is(400, "unauthorized_client"));
}

#[tokio::test]
async fn a056_a060_who_is_registered_for_it_alone_has_no_way_through_a_browser() {
    let world = World::with_apis().await;
    let page = world
        .browser()
        .get(&world.robot().authorize("stock.read").url())
        .await;
    assert_eq!(page.status, 400, "{}", page.body);
    let wrong = Client::basic(world.urbantrend(), "robot", "guessed", "");
    let found = refusal(wrong.token(&world, asking("stock.read")).await).await;
    assert_eq!(found, is(401, "invalid_client"));
}

#[tokio::test]
async fn a060_such_a_token_is_nobody_at_userinfo_and_at_the_loyalty_api() {
    let world = World::with_apis().await;
    let tokens = own(&world, "loyalty.tier.read").await;
    assert_eq!(
        world.takers(&world.robot(), &tokens.access).await,
        ["introspection"]
    );
}

#[tokio::test]
async fn tk2_a060_such_a_token_is_told_of_to_its_client_and_its_api() {
    let world = World::with_apis().await;
    let (robot, stock) = (world.robot(), world.stock_api());
    let tokens = own(&world, "stock.read").await;
    let claims = claims_of(&tokens.access);
    for caller in [&robot, &stock] {
        let told = caller.asks(&world, &tokens.access).await;
        let expected = json!({
            "active": true, "iss": claims["iss"], "sub": "robot", "client_id": "robot", "scope": "stock.read",
            "aud": claims["aud"], "exp": claims["exp"], "iat": claims["iat"], "jti": claims["jti"],
            "token_type": "Bearer",
        });
        assert_eq!(told, expected);
    }
    for other in [
        world.loyalty_api(),
        world.conformance(),
        world.conformance_north(),
    ] {
        inactive(&world, &other, &tokens.access, &other.id).await;
    }
}

#[tokio::test]
async fn a091_such_a_token_is_given_back_alone() {
    let world = World::with_apis().await;
    let (robot, stock) = (world.robot(), world.stock_api());
    let (one, other) = (own(&world, "stock.read").await, own(&world, "stock.read").await);
    assert_eq!(
        world.conformance().revoke(&world, &one.access).await.status(),
        400
    );
    assert_eq!(stock.asks(&world, &one.access).await["active"], true);
    for _ in 0..2 {
        robot.gives_back(&world, &one.access).await;
        inactive(&world, &stock, &one.access, "given back").await;
        inactive(&world, &robot, &one.access, "given back").await;
    }
    assert_eq!(stock.asks(&world, &other.access).await["active"], true);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a060_such_a_token_ends_with_its_time() {
    let world = World::with_apis().await;
    let tokens = own(&world, "stock.read").await;
    world.advance(600).await;
    inactive(&world, &world.stock_api(), &tokens.access, "expired").await;
}

#[tokio::test]
async fn se8_a060_such_a_token_ends_with_what_its_client_may() {
    let mut world = World::with_apis().await;
    let tokens = own(&world, "stock.read").await;
    let stock = world.stock_api();
    let may = "grant_types = [\"client_credentials\"]\nscopes = [\"openid\", \"profile\", \"stock.read\", ";
    for (case, from, to) in [
        ("scope", may, "grant_types = [\"client_credentials\"]\nscopes = ["),
        (
            "client",
            "[tenants.urbantrend.clients.robot]",
            "[tenants.urbantrend.clients.robert]",
        ),
    ] {
        world.restart_edited(&[APIS, (from, to)]).await;
        inactive(&world, &stock, &tokens.access, case).await;
    }
    world.restart_edited(&[APIS]).await;
    assert_eq!(stock.asks(&world, &tokens.access).await["active"], true);
}
