//! What the brand's own app gets for its refresh token (RFC 8693 s2), and what it does not.

use crate::harness::{
    ALICE, Client, DpopKey, EXCHANGE, SESSION_TRANSFER, Tokens, World, answer_header, refusal,
};

const NO_MORE: &str = "id = \"ut-1001\"\n";
const APP: &str = "[tenants.urbantrend.clients.brand-app]\n";

fn is(error: &str) -> (u16, String) {
    (400, error.to_owned())
}

async fn refused(app: &Client, world: &World, tokens: &Tokens, changes: &[(&str, &str)]) -> (u16, String) {
    refusal(app.hand_on(world, tokens, changes).await).await
}

async fn works(app: &Client, world: &World, tokens: &Tokens) {
    assert_eq!(app.hand_on(world, tokens, &[]).await.status(), 200);
}

#[tokio::test]
async fn rfc8693_an_app_gets_a_transfer_and_keeps_its_refresh_token() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    for partner in ["", "shopease", "fashionboard"] {
        let answer = app.hand_on(&world, &tokens, &[("audience", partner)]).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer_header(&answer, "cache-control"), "no-store");
        let all: serde_json::Value = answer.json().await.unwrap();
        let names: Vec<_> = all.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["access_token", "expires_in", "issued_token_type", "token_type"]
        );
        assert_eq!(all["issued_token_type"], SESSION_TRANSFER);
        assert_eq!(
            (&all["token_type"], &all["expires_in"]),
            (&"N_A".into(), &60.into())
        );
        // It is no access token, and no refresh token.
        let token = all["access_token"].as_str().unwrap();
        assert_eq!(app.userinfo(token).await.status(), 401);
        assert_eq!(
            refusal(app.refresh(&world, token).await).await,
            is("invalid_grant")
        );
    }
    let next = app.refresh(&world, tokens.refresh.as_deref().unwrap()).await;
    assert_eq!(next.status(), 200);
}

#[tokio::test]
async fn rfc8693_each_parameter_is_what_it_must_be() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let access = "urn:ietf:params:oauth:token-type:access_token";
    for (name, value, error) in [
        ("subject_token", "", "invalid_request"),
        ("subject_token", "x", "invalid_request"),
        ("subject_token", &*tokens.access, "invalid_request"),
        ("subject_token_type", "", "invalid_request"),
        ("subject_token_type", access, "invalid_request"),
        ("requested_token_type", "", "invalid_request"),
        ("requested_token_type", access, "invalid_request"),
        ("actor_token", "x", "invalid_request"),
        ("actor_token_type", access, "invalid_request"),
        ("resource", "https://api.tld", "invalid_request"),
        ("scope", "openid", "invalid_request"),
        // Unknown, of another brand, and one that does not say where its sign-in begins.
        ("audience", "nobody", "invalid_target"),
        ("audience", "trailmix", "invalid_target"),
        ("audience", "conformance", "invalid_target"),
    ] {
        let found = refused(&app, &world, &tokens, &[(name, value)]).await;
        assert_eq!(found, is(error), "{name}={value}");
    }
    let mut twice = vec![("grant_type".to_owned(), EXCHANGE.to_owned())];
    twice.extend(["shopease", "fashionboard"].map(|to| ("audience".to_owned(), to.to_owned())));
    assert_eq!(
        refusal(app.token(&world, twice).await).await,
        is("invalid_request")
    );
    works(&app, &world, &tokens).await;
}

#[tokio::test]
async fn rfc8693_credentials_belong_into_the_body() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let query = format!(
        "/oauth2/token?subject_token={}",
        tokens.refresh.as_deref().unwrap()
    );
    let request = app.brand.request(reqwest::Method::POST, &query);
    let answer = request.form(&[("grant_type", EXCHANGE), ("client_id", "brand-app")]);
    assert_eq!(refusal(answer.send().await.unwrap()).await, is("invalid_request"));
}

#[tokio::test]
async fn rfc8693_only_a_registered_app_exchanges_and_only_its_own_token() {
    let other = "[tenants.urbantrend.clients.other-app]\nname = \"Other\"\ntoken_endpoint_auth_method = \"none\"\n\
        application_type = \"native\"\nredirect_uris = [\"http://127.0.0.1/callback\"]\n\
        grant_types = [\"authorization_code\", \"refresh_token\", \"urn:ietf:params:oauth:grant-type:token-exchange\"]\n\
        scopes = [\"openid\", \"offline_access\"]\n\n";
    let world = World::edited(&[(APP, &format!("{other}{APP}"))]).await;
    let (app, tokens) = world.app_of_alice().await;
    let stranger = Client::public(world.urbantrend(), "other-app", &app.redirect_uri);
    for (client, error) in [
        (stranger, "invalid_request"),
        // The same name at another brand.
        (world.app_north(), "invalid_request"),
        (world.spa(), "unauthorized_client"),
        (world.conformance(), "unauthorized_client"),
    ] {
        assert_eq!(
            refused(&client, &world, &tokens, &[]).await,
            is(error),
            "{}",
            client.id
        );
    }
    works(&app, &world, &tokens).await;
}

#[tokio::test]
async fn rfc8693_what_a_refresh_would_not_take_is_not_exchanged() {
    let mut world = World::start().await;
    let (app, withdrawn) = world.app_of_alice().await;
    let account = format!("{}/account", world.urbantrend().issuer);
    let mut browser = world.browser();
    let page = browser.through(&world, &account, ALICE).await;
    assert!(page.has("form.revoke[data-client=brand-app]"), "{}", page.body);
    let confirm = browser.get(&format!("{account}/revoke?client=brand-app")).await;
    browser.submit(&confirm, "form#revoke-form", &[]).await;
    assert_eq!(
        refused(&app, &world, &withdrawn, &[]).await,
        is("invalid_request")
    );

    let (_, given_back) = world.app_of_alice().await;
    app.revoke(&world, given_back.refresh.as_deref().unwrap()).await;
    assert_eq!(
        refused(&app, &world, &given_back, &[]).await,
        is("invalid_request")
    );

    let (_, tokens) = world.app_of_alice().await;
    world
        .restart_edited(&[(NO_MORE, "id = \"ut-1001\"\nstatus = \"suspended\"\n")])
        .await;
    assert_eq!(refused(&app, &world, &tokens, &[]).await, is("invalid_request"));
    world.restart().await;
    world.restart_edited(&[]).await;
    works(&app, &world, &tokens).await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rt1_rfc8693_a_replaced_refresh_token_ends_its_line_here_too() {
    let world = World::start().await;
    let (app, first) = world.app_of_alice().await;
    let second = Tokens::of(app.refresh(&world, first.refresh.as_deref().unwrap()).await).await;
    // Within the window its answer may have been lost.
    works(&app, &world, &first).await;
    works(&app, &world, &second).await;
    world.advance(31).await;
    works(&app, &world, &second).await;
    assert_eq!(refused(&app, &world, &first, &[]).await, is("invalid_request"));
    assert_eq!(refused(&app, &world, &second, &[]).await, is("invalid_request"));
    let refresh = second.refresh.as_deref().unwrap();
    assert_eq!(
        refusal(app.refresh(&world, refresh).await).await,
        is("invalid_grant")
    );
    assert_eq!(app.userinfo(&second.access).await.status(), 401);
}

#[tokio::test]
async fn rfc8693_a086_a_bound_refresh_token_needs_its_key() {
    let world = World::start().await;
    let app = world.app().holding(&DpopKey::new());
    let tokens = app
        .tokens(&world, &mut world.browser(), "openid offline_access", ALICE)
        .await;
    works(&app, &world, &tokens).await;
    for thief in [world.app(), world.app().holding(&DpopKey::new())] {
        assert_eq!(refused(&thief, &world, &tokens, &[]).await, is("invalid_request"));
    }
}

/// Between a token and its successor, which is bound: whoever has the old one alone has nothing (RFC 9449 s5).
#[tokio::test]
async fn rfc8693_rt3_what_was_replaced_by_a_bound_token_needs_its_key_too() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let holder = world.app().holding(&DpopKey::new());
    Tokens::of(holder.refresh(&world, tokens.refresh.as_deref().unwrap()).await).await;
    for thief in [app, world.app().holding(&DpopKey::new())] {
        assert_eq!(refused(&thief, &world, &tokens, &[]).await, is("invalid_request"));
    }
    works(&holder, &world, &tokens).await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rfc8693_a_session_that_would_be_over_is_not_handed_on() {
    let policy = "[tenants.urbantrend.policy.otp.address]";
    let short = format!("[tenants.urbantrend.policy.session]\nidle = 600\nabsolute = 3600\n\n{policy}");
    let world = World::edited(&[(policy, &short)]).await;
    let (app, tokens) = world.app_of_alice().await;
    world.advance(3590).await;
    works(&app, &world, &tokens).await;
    world.advance(10).await;
    let answer = app.hand_on(&world, &tokens, &[]).await;
    let all: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(all["error"], "invalid_request");
    assert!(
        all["error_description"]
            .as_str()
            .unwrap()
            .contains("sign in again")
    );
    // The app is signed in all the same.
    let refreshed = app.refresh(&world, tokens.refresh.as_deref().unwrap()).await;
    assert_eq!(refreshed.status(), 200);
}

#[tokio::test]
async fn rfc8693_the_grant_is_for_a_brands_own_app() {
    let grants = "    \"authorization_code\", \"refresh_token\", \"urn:ietf:params:oauth:grant-type:token-exchange\",\n";
    let web =
        "application_type = \"native\"\nredirect_uris = [\"http://127.0.0.1/callback\"]\ngrant_types = [\n";
    let as_web = "redirect_uris = [\"http://127.0.0.1/callback\"]\ngrant_types = [\n";
    for (from, to, refusal) in [
        (
            grants,
            "\"authorization_code\", \"urn:ietf:params:oauth:grant-type:token-exchange\",\n",
            "grant_types: lacks refresh_token",
        ),
        (
            web,
            as_web,
            "grant_types: has token-exchange, but `application_type` is not native",
        ),
    ] {
        let line = World::refusal(&[(from, to)]).await;
        assert!(line.contains(refusal), "{line}");
    }
    let uri = "initiate_login_uri = \"{scheme}://shopease.localhost:{port}/initiate-login\"";
    for bad in [
        "http://shopease.example/x",
        "https://shopease.example/x#y",
        "https://*.shopease.example/x",
        "com.shopease.app:/x",
        "https://shopease.example/a/../b",
    ] {
        let line = World::refusal(&[(uri, &format!("initiate_login_uri = \"{bad}\""))]).await;
        assert!(line.contains("shopease.initiate_login_uri: "), "{bad}: {line}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st4_rfc8693_trouble_of_ours_costs_the_app_nothing() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    for (port, nth) in [("store", 1), ("store", 2), ("members", 1)] {
        for mode in ["fail", "lose_answer"] {
            world.fault(port, mode, nth, 1).await;
            let answer = app.hand_on(&world, &tokens, &[]).await;
            assert_eq!(answer.status(), 503, "{port} {nth} {mode}");
            works(&app, &world, &tokens).await;
        }
    }
}
