mod callers;
mod signed;

use serde_json::{Value, json};

use crate::harness::{ALICE, APIS, Client, Tokens, World, claims_of, fields, refusal};

const ALL: &str = "openid profile offline_access loyalty.tier.read";
const PATH: &str = "/oauth2/introspect";

fn is(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

fn refresh_token(tokens: &Tokens) -> &str {
    tokens.refresh.as_deref().unwrap()
}

async fn begin(world: &World, client: &Client) -> Tokens {
    client.tokens(world, &mut world.browser(), ALL, ALICE).await
}

/// Asserts that the one answer for everything that is wrong is given.
async fn inactive(world: &World, caller: &Client, token: &str, case: &str) {
    assert_eq!(
        caller.asks(world, token).await,
        json!({ "active": false }),
        "{case}"
    );
}

#[tokio::test]
async fn a092_a_client_is_told_what_its_access_token_stands_for() {
    let world = World::start().await;
    let client = world.conformance();
    let before = world.now().await;
    let tokens = begin(&world, &client).await;
    let told = client.asks(&world, &tokens.access).await;
    assert_eq!(told["active"], true);
    assert_eq!(told["iss"], client.brand.issuer);
    assert_eq!(told["sub"], tokens.id_claims()["sub"]);
    assert_eq!(told["client_id"], client.id);
    assert_eq!(told["scope"], tokens.all["scope"]);
    assert_eq!(told["token_type"], "Bearer");
    let (from, to) = (told["iat"].as_u64().unwrap(), told["exp"].as_u64().unwrap());
    assert!((before..=world.now().await).contains(&from));
    assert_eq!(Some(to - from), tokens.all["expires_in"].as_u64());
}

#[tokio::test]
async fn a092_a090_a_client_is_told_what_its_access_token_says() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    let claims = claims_of(&tokens.access);
    let mut told = client.asks(&world, &tokens.access).await;
    let told = told.as_object_mut().unwrap();
    told.remove("active");
    told.remove("token_type");
    let mut expected = claims.as_object().unwrap().clone();
    assert!(expected.remove("ctx").is_some(), "the provider's own");
    assert_eq!(*told, expected);
}

#[tokio::test]
async fn a092_a_client_is_told_what_its_refresh_token_stands_for() {
    let world = World::start().await;
    for client in [world.conformance(), world.shopease()] {
        let scope = "openid profile offline_access";
        let tokens = client.tokens(&world, &mut world.browser(), scope, ALICE).await;
        let now = world.now().await;
        let told = client.asks(&world, refresh_token(&tokens)).await;
        let end = told["exp"].as_u64().unwrap();
        assert!(
            (now + 29 * 86_400..=now + 30 * 86_400).contains(&end),
            "its idle end: {end}"
        );
        let expected = json!({
            "active": true, "iss": client.brand.issuer, "client_id": client.id, "sub": tokens.id_claims()["sub"],
            "scope": tokens.all["scope"],
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&told[name], value, "{name}");
        }
        assert!(told.get("token_type").is_none(), "it opens nothing by itself");
    }
}

/// And nothing beside it.
#[tokio::test]
async fn a_refresh_token_is_told_of_with_her_sign_in() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    let told = client.asks(&world, refresh_token(&tokens)).await;
    for name in ["auth_time", "acr"] {
        assert!(!told[name].is_null());
        assert_eq!(told[name], tokens.id_claims()[name], "{name}");
    }
    let names: Vec<_> = told.as_object().unwrap().keys().collect();
    let expected = [
        "acr",
        "active",
        "auth_time",
        "client_id",
        "exp",
        "iss",
        "scope",
        "sub",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn te2_a095_another_brands_token_is_not_active_and_lives_on() {
    let world = World::start().await;
    let (home, abroad) = (world.conformance(), world.conformance_north());
    let tokens = begin(&world, &home).await;
    for token in [&tokens.access, refresh_token(&tokens)] {
        inactive(&world, &abroad, token, "abroad").await;
        assert_eq!(home.asks(&world, token).await["active"], true);
    }
}

#[tokio::test]
async fn a092_the_hint_is_only_a_hint() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    for hint in ["access_token", "refresh_token", "pickle"] {
        for token in [&tokens.access, refresh_token(&tokens)] {
            let form = fields(&[("token", token), ("token_type_hint", hint)]);
            let answer = client.form(&world, PATH, form).await.send().await.unwrap();
            let told: Value = answer.json().await.unwrap();
            assert_eq!(told["active"], true, "{hint}");
        }
    }
}

#[tokio::test]
async fn tk1_a092_nothing_else_passes_for_a_token() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let tokens = client.tokens(&world, &mut browser, ALL, ALICE).await;
    let (_, page) = client.code(&world, &mut browser, ALL, ALICE).await;
    let refresh = refresh_token(&tokens);
    let mut impostors = vec![
        "token".to_owned(),
        "..".to_owned(),
        "a".repeat(10_000),
        tokens.id.clone().unwrap(),
        page.callback()["code"].clone(),
        claims_of(&tokens.access)["ctx"].as_str().unwrap().to_owned(),
        format!("{refresh}A"),
        refresh[..refresh.len() - 1].to_owned(),
    ];
    impostors.extend(browser.cookies.values().flat_map(|jar| jar.values().cloned()));
    for impostor in &impostors {
        inactive(&world, &client, impostor, impostor).await;
    }
}

#[tokio::test]
async fn tk2_a_token_is_told_of_to_its_client_and_its_api_alone() {
    let world = World::with_apis().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    let told = world.loyalty_api().asks(&world, &tokens.access).await;
    assert_eq!(
        told,
        client.asks(&world, &tokens.access).await,
        "what the token itself says, and no more"
    );
    assert!(told["member_ref"].is_string());
    for other in [world.stock_api(), world.fashionboard(), world.robot()] {
        inactive(&world, &other, &tokens.access, &other.id).await;
    }
    // An API has no business with refresh tokens, nor with tokens that lead elsewhere.
    inactive(
        &world,
        &world.loyalty_api(),
        refresh_token(&tokens),
        "refresh token",
    )
    .await;
    let elsewhere = client
        .tokens(&world, &mut world.browser(), "openid profile", ALICE)
        .await;
    inactive(&world, &world.loyalty_api(), &elsewhere.access, "for userinfo").await;
    assert_eq!(client.asks(&world, &elsewhere.access).await["active"], true);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a092_a_token_ends_with_its_time() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    world.advance(tokens.all["expires_in"].as_u64().unwrap()).await;
    inactive(&world, &client, &tokens.access, "access token").await;
    assert_eq!(client.asks(&world, refresh_token(&tokens)).await["active"], true);
    world.advance(30 * 86_400).await;
    inactive(&world, &client, refresh_token(&tokens), "rt7: idle").await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a092_rt1_a_replaced_refresh_token_is_not_active_and_asking_harms_nothing() {
    let world = World::start().await;
    let client = world.conformance();
    let r0 = begin(&world, &client).await;
    let r1 = Tokens::of(client.refresh(&world, refresh_token(&r0)).await).await;
    world.advance(31).await;
    for _ in 0..3 {
        inactive(&world, &client, refresh_token(&r0), "replaced").await;
        assert_eq!(client.asks(&world, refresh_token(&r1)).await["active"], true);
    }
    let r2 = Tokens::of(client.refresh(&world, refresh_token(&r1)).await).await;
    assert_eq!(client.refresh(&world, refresh_token(&r0)).await.status(), 400);
    for tokens in [&r0, &r1, &r2] {
        inactive(&world, &client, refresh_token(tokens), "rt1: reused").await;
        inactive(&world, &client, &tokens.access, "rt1: reused").await;
    }
}

/// As long as it is taken (decision 0007).
#[tokio::test]
async fn a_replaced_refresh_token_is_active_within_its_window() {
    let world = World::start().await;
    let client = world.conformance();
    let r0 = begin(&world, &client).await;
    assert_eq!(client.refresh(&world, refresh_token(&r0)).await.status(), 200);
    assert_eq!(client.asks(&world, refresh_token(&r0)).await["active"], true);
}

#[tokio::test]
async fn a092_a_token_ends_for_its_api_too() {
    let world = World::with_apis().await;
    let (client, api, mut browser) = (world.conformance(), world.loyalty_api(), world.browser());
    let scope = "loyalty.tier.read";
    let bound = client.tokens(&world, &mut browser, scope, ALICE).await.access;
    let given_back = client.tokens(&world, &mut browser, scope, ALICE).await.access;
    for token in [&bound, &given_back] {
        assert_eq!(api.asks(&world, token).await["active"], true);
    }
    client.gives_back(&world, &given_back).await;
    inactive(&world, &api, &given_back, "a091: revoked").await;
    browser.sign_out(&client.brand).await;
    inactive(&world, &api, &bound, "a083: signed out").await;
}

#[tokio::test]
async fn a092_a_token_ends_with_session_replay_and_revocation() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let bound = client
        .tokens(&world, &mut browser, "openid profile", ALICE)
        .await
        .access;
    assert_eq!(client.asks(&world, &bound).await["active"], true);
    browser.sign_out(&client.brand).await;
    inactive(&world, &client, &bound, "a083: signed out").await;

    let mut browser = world.browser();
    let (request, page) = client.code(&world, &mut browser, ALL, ALICE).await;
    let form = client.exchange(&page.callback()["code"], &request.verifier);
    let replayed = Tokens::of(client.token(&world, form.clone()).await).await;
    client.token(&world, form).await;
    for token in [&replayed.access, refresh_token(&replayed)] {
        inactive(&world, &client, token, "ac1: its code was replayed").await;
    }

    let given_back = client.tokens(&world, &mut browser, ALL, ALICE).await;
    client.gives_back(&world, &given_back.access).await;
    inactive(&world, &client, &given_back.access, "a091: revoked").await;
    let given_back = client.tokens(&world, &mut browser, ALL, ALICE).await;
    client.gives_back(&world, refresh_token(&given_back)).await;
    inactive(&world, &client, &given_back.access, "a091: revoked").await;
    inactive(&world, &client, refresh_token(&given_back), "a091: revoked").await;
}

#[tokio::test]
async fn co8_a_withdrawn_consent_shows_at_once() {
    let world = World::with_apis().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let tokens = client.tokens(&world, &mut browser, ALL, ALICE).await;
    browser.disconnect(&client.brand, "conformance").await;
    for caller in [client.clone(), world.loyalty_api()] {
        inactive(&world, &caller, &tokens.access, &caller.id).await;
    }
    inactive(&world, &client, refresh_token(&tokens), "refresh token").await;
    // A consent given later is another one.
    let later = client.tokens(&world, &mut browser, ALL, ALICE).await;
    inactive(&world, &client, &tokens.access, "of the consent before").await;
    assert_eq!(client.asks(&world, &later.access).await["active"], true);
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "gives a number to another member, which an import does not"
)]
async fn se8_a_token_ends_with_member_and_client() {
    let mut world = World::with_apis().await;
    let (client, api) = (world.conformance(), world.loyalty_api());
    let tokens = begin(&world, &client).await;
    let member = "id = \"ut-1001\"\n";
    for (case, to) in [
        ("suspended", "id = \"ut-1001\"\nstatus = \"suspended\"\n"),
        ("gone", "id = \"ut-2001\"\n"),
    ] {
        world.restart_edited(&[APIS, (member, to)]).await;
        for (caller, token) in [
            (&client, &tokens.access),
            (&api, &tokens.access),
            (&client, tokens.refresh.as_ref().unwrap()),
        ] {
            inactive(&world, caller, token, case).await;
        }
    }
    let section = "[tenants.urbantrend.clients.conformance]\n";
    let successor = "[tenants.urbantrend.clients.successor]\n";
    world.restart_edited(&[APIS, (section, successor)]).await;
    inactive(&world, &api, &tokens.access, "client gone").await;
    world.restart_edited(&[APIS]).await;
    assert_eq!(api.asks(&world, &tokens.access).await["active"], true);
    assert_eq!(client.asks(&world, refresh_token(&tokens)).await["active"], true);
}

/// What the app may ask for has changed: the API that nothing leads to any more is told nothing.
#[tokio::test]
async fn a092_what_is_told_is_what_is_left() {
    let mut world = World::with_apis().await;
    let (spa, api) = (world.spa(), world.loyalty_api());
    let tokens = begin(&world, &spa).await;
    let loyalty = world.url("loyalty.urbantrend.localhost", "");
    let told = api.asks(&world, &tokens.access).await;
    assert_eq!(told["aud"], json!([spa.brand.issuer, loyalty]));
    let scopes = r#"scopes = ["openid", "profile", "offline_access", "loyalty.tier.read"]"#;
    let fewer = r#"scopes = ["openid", "profile", "offline_access"]"#;
    world.restart_edited(&[APIS, (scopes, fewer)]).await;
    inactive(&world, &api, &tokens.access, "nothing of it is left").await;
    assert_eq!(spa.userinfo(&tokens.access).await.status(), 200);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "injects faults")]
async fn st5_what_cannot_be_read_is_not_called_inactive() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    for (port, token) in [
        ("store", tokens.access.as_str()),
        ("members", &tokens.access),
        ("store", refresh_token(&tokens)),
    ] {
        world.fault(port, "fail", 1, 1).await;
        let answer = client.introspect(&world, token).await;
        assert_eq!(
            refusal(answer).await,
            is(503, "temporarily_unavailable"),
            "{port}"
        );
        assert_eq!(client.asks(&world, token).await["active"], true, "{port}");
    }
}
