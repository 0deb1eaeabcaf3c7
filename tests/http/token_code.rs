mod pkce;
mod races;
mod tokens;

use serde_json::Value;

use crate::harness::{
    ALICE, BOB, Browser, Client, Tokens, World, answer_header, claims_of, fields, media_type, number,
    refusal, replaced,
};

type Form = Vec<(String, String)>;

const ALL: &str = "openid profile offline_access";

fn is(error: &str) -> (u16, String) {
    (400, error.to_owned())
}

/// A code of this member, and the form that redeems it.
async fn form_of(world: &World, browser: &mut Browser, client: &Client, scope: &str, member: &str) -> Form {
    let (request, page) = client.code(world, browser, scope, member).await;
    client.exchange(&page.callback()["code"], &request.verifier)
}

async fn alices(world: &World, client: &Client) -> Form {
    form_of(world, &mut world.browser(), client, ALL, ALICE).await
}

async fn redeem(world: &World, client: &Client, form: &[(String, String)]) -> Tokens {
    Tokens::of(client.token(world, form.to_vec()).await).await
}

async fn refused(world: &World, client: &Client, form: &[(String, String)]) -> (u16, String) {
    refusal(client.token(world, form.to_vec()).await).await
}

/// Whether userinfo and refresh still take these tokens.
async fn alive(world: &World, client: &Client, tokens: &Tokens) -> (bool, bool) {
    let access = client.userinfo(&tokens.access).await.status();
    let refresh = client.refresh(world, tokens.refresh.as_deref().unwrap()).await;
    assert!([200, 401].contains(&access.as_u16()), "{access}");
    assert!([200, 400].contains(&refresh.status().as_u16()), "{refresh:?}");
    (access == 200, refresh.status() == 200)
}

#[tokio::test]
async fn a050_success_says_what_was_issued_and_may_not_be_kept() {
    let world = World::start().await;
    let client = world.conformance();
    let form = alices(&world, &client).await;
    let answer = client.token(&world, form).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(media_type(&answer), "application/json");
    assert_eq!(answer_header(&answer, "cache-control"), "no-store", "ht5");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 600);
    let mut scope: Vec<_> = body["scope"].as_str().unwrap().split(' ').collect();
    scope.sort_unstable();
    assert_eq!(scope, ["offline_access", "openid", "profile"]);
}

#[tokio::test]
async fn a050_without_openid_or_offline_access_there_is_neither_token() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = client
        .tokens(&world, &mut world.browser(), "loyalty.tier.read", ALICE)
        .await;
    assert_eq!((tokens.id, tokens.refresh), (None, None));
    assert_eq!(tokens.all["scope"], "loyalty.tier.read");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ac1_a045_a_replay_ends_what_the_code_gave() {
    let world = World::start().await;
    for (client, pause) in [
        (world.conformance(), 0),
        (world.spa(), 0),
        // The code has long expired, but is still known.
        (world.conformance(), 300),
    ] {
        let form = alices(&world, &client).await;
        let first = redeem(&world, &client, &form).await;
        assert_eq!(client.userinfo(&first.access).await.status(), 200);
        world.advance(pause).await;
        assert_eq!(refused(&world, &client, &form).await, is("invalid_grant"));
        assert_eq!(alive(&world, &client, &first).await, (false, false), "{pause}");
        assert_eq!(refused(&world, &client, &form).await, is("invalid_grant"));
    }
}

#[tokio::test]
async fn ac1_a_replay_after_a_refresh_ends_the_refreshed_tokens_too() {
    let world = World::start().await;
    let client = world.conformance();
    let form = alices(&world, &client).await;
    let first = redeem(&world, &client, &form).await;
    let second = client.refresh(&world, first.refresh.as_deref().unwrap()).await;
    let second = Tokens::of(second).await;
    assert_eq!(refused(&world, &client, &form).await, is("invalid_grant"));
    assert_eq!(alive(&world, &client, &second).await, (false, false));
}

#[tokio::test]
async fn ac1_a_replay_does_not_touch_what_other_codes_gave() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let other = client.tokens(&world, &mut browser, ALL, ALICE).await;
    let form = form_of(&world, &mut browser, &client, ALL, ALICE).await;
    redeem(&world, &client, &form).await;
    assert_eq!(refused(&world, &client, &form).await, is("invalid_grant"));
    assert_eq!(alive(&world, &client, &other).await, (true, true));
}

#[tokio::test]
async fn ac3_a_replay_by_somebody_with_less_than_everything_harms_nobody() {
    let world = World::start().await;
    let client = world.conformance();
    let form = alices(&world, &client).await;
    let tokens = redeem(&world, &client, &form).await;
    let impostor = Client::basic(
        client.brand.clone(),
        "conformance",
        "guessed",
        &client.redirect_uri,
    );
    let tries = [
        (
            "wrong verifier",
            &client,
            replaced(&form, "code_verifier", &"v".repeat(43)),
            "invalid_grant",
        ),
        (
            "no verifier",
            &client,
            replaced(&form, "code_verifier", ""),
            "invalid_grant",
        ),
        (
            "another redirect_uri",
            &client,
            replaced(&form, "redirect_uri", "http://127.0.0.1:3999/other"),
            "invalid_grant",
        ),
        (
            "another client",
            &world.fashionboard(),
            form.clone(),
            "invalid_grant",
        ),
        ("a public client", &world.spa(), form.clone(), "invalid_grant"),
        (
            "another brand",
            &world.conformance_north(),
            form.clone(),
            "invalid_grant",
        ),
        ("wrong secret", &impostor, form.clone(), "invalid_client"),
    ];
    for (case, by, form, error) in &tries {
        assert_eq!(refused(&world, by, form).await.1, *error, "{case}");
    }
    assert_eq!(alive(&world, &client, &tokens).await, (true, true));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ac4_a047_the_code_is_its_clients_alone_and_survives_strangers() {
    let world = World::start().await;
    let client = world.conformance();
    let form = alices(&world, &client).await;
    for other in [
        world.fashionboard(),
        world.shopease(),
        world.spa(),
        world.conformance_north(),
    ] {
        let found = refused(&world, &other, &form).await;
        assert_eq!(
            found,
            is("invalid_grant"),
            "{} at {}",
            other.id,
            other.brand.issuer
        );
    }
    // With the owner's name in the body beside its own proof.
    let named = replaced(&form, "client_id", "conformance");
    let found = refused(&world, &world.fashionboard(), &named).await;
    assert_eq!(found, is("invalid_request"));
    redeem(&world, &client, &form).await;
}

#[tokio::test]
async fn a047_the_redirect_uri_is_compared_byte_for_byte() {
    let world = World::start().await;
    let spa = world.spa();
    let form = alices(&world, &spa).await;
    for (other, error) in [
        ("", "invalid_request"),
        ("http://127.0.0.1/callback", "invalid_grant"),
        ("http://127.0.0.1:5174/callback", "invalid_grant"),
        ("http://127.0.0.1:5173/callback/", "invalid_grant"),
        ("http://127.0.0.1:5173/Callback", "invalid_grant"),
        ("http://127.0.0.1:5173/callback?", "invalid_grant"),
        ("http://127.0.0.1:5173/%63allback", "invalid_grant"),
    ] {
        let found = refused(&world, &spa, &replaced(&form, "redirect_uri", other)).await;
        assert_eq!(found, is(error), "{other}");
    }
    redeem(&world, &spa, &form).await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ac5_a048_a_code_lives_for_a_minute() {
    let world = World::start().await;
    let client = world.conformance();
    let form = alices(&world, &client).await;
    world.advance(45).await;
    redeem(&world, &client, &form).await;
    let form = alices(&world, &client).await;
    world.advance(61).await;
    assert_eq!(refused(&world, &client, &form).await, is("invalid_grant"));
}

#[tokio::test]
async fn a048_codes_are_long_and_never_the_same() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let mut codes = Vec::new();
    for _ in 0..5 {
        let (_, page) = client.code(&world, &mut browser, "openid", ALICE).await;
        codes.push(page.callback()["code"].clone());
    }
    // 128 bits are 22 characters of base64url.
    assert!(codes.iter().all(|c| c.len() >= 22), "{codes:?}");
    let shared = |a: &String, b: &String| a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    assert!(codes.windows(2).all(|w| shared(&w[0], &w[1]) < 8), "{codes:?}");
}

#[tokio::test]
async fn ac6_nothing_else_passes_for_a_code() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let form = form_of(&world, &mut browser, &client, ALL, ALICE).await;
    let code = form.iter().find(|(n, _)| n == "code").unwrap().1.clone();
    let tokens = redeem(&world, &client, &form).await;
    // A step of a flow in the making: its cookie holds everything a code stands for.
    let mut other = world.browser();
    other.get(&client.authorize(ALL).url()).await;
    let mut impostors = vec![tokens.access, tokens.refresh.unwrap(), tokens.id.unwrap()];
    for jar in browser.cookies.values().chain(other.cookies.values()) {
        impostors.extend(jar.values().cloned());
    }
    impostors.extend([
        code.to_uppercase(),
        format!("{code}="),
        code[..code.len() - 1].to_owned(),
        "x".repeat(10_000),
        "%".to_owned(),
        "' OR 1=1 --".to_owned(),
        "कोड".to_owned(),
        "\u{7f}\u{1}".to_owned(),
    ]);
    assert!(
        impostors.len() >= 13,
        "session and transaction cookies are among them"
    );
    for impostor in impostors.iter().filter(|i| **i != code) {
        let found = refused(&world, &client, &replaced(&form, "code", impostor)).await;
        assert_eq!(found, is("invalid_grant"), "{impostor}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ac10_each_code_speaks_of_its_own_member() {
    let world = World::start().await;
    let (client, mut alice, mut bob) = (world.conformance(), world.browser(), world.browser());
    let (for_alice, for_bob) = (
        client.authorize("openid profile"),
        client.authorize("openid profile"),
    );
    let alice_at = alice.get(&for_alice.url()).await;
    let bob_at = bob.get(&for_bob.url()).await;
    let bob_at = bob.sign_in(&world, &bob_at, BOB).await;
    world.advance(100).await;
    let alice_at = alice.sign_in(&world, &alice_at, ALICE).await;
    let alice_at = alice.allow(&alice_at).await;
    let bob_at = bob.allow(&bob_at).await;
    let alices = client.exchange(&alice_at.callback()["code"], &for_alice.verifier);
    let bobs = client.exchange(&bob_at.callback()["code"], &for_bob.verifier);

    let crosswise = replaced(&alices, "code_verifier", &for_bob.verifier);
    assert_eq!(refused(&world, &client, &crosswise).await, is("invalid_grant"));
    let bobs = redeem(&world, &client, &bobs).await;
    let alices = redeem(&world, &client, &alices).await;
    assert_eq!(alices.id_claims()["nonce"], for_alice.get("nonce"));
    assert_eq!(bobs.id_claims()["nonce"], for_bob.get("nonce"));
    let [hers, his] = [&alices, &bobs].map(|t| number(t.id.as_ref().unwrap(), "auth_time"));
    assert!(hers >= his + 100, "{hers} and {his}");
    for (tokens, name) in [(&alices, "Alice Moreau"), (&bobs, "Bob Okafor")] {
        let info: Value = client.userinfo(&tokens.access).await.json().await.unwrap();
        assert_eq!(info["name"], name);
        assert_eq!(info["sub"], tokens.id_claims()["sub"]);
        assert_eq!(info["sub"], claims_of(&tokens.access)["sub"]);
    }
    assert_ne!(alices.id_claims()["sub"], bobs.id_claims()["sub"]);
}

#[tokio::test]
async fn a066_a_code_dies_with_consent_session_and_member() {
    let mut world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let form = form_of(&world, &mut browser, &client, ALL, ALICE).await;
    browser.disconnect(&client.brand, "conformance").await;
    assert_eq!(
        refused(&world, &client, &form).await,
        is("invalid_grant"),
        "consent"
    );

    let form = form_of(&world, &mut browser, &client, "openid", ALICE).await;
    browser.sign_out(&client.brand).await;
    assert_eq!(
        refused(&world, &client, &form).await,
        is("invalid_grant"),
        "session"
    );

    let form = form_of(&world, &mut browser, &client, ALL, ALICE).await;
    let suspended = "id = \"ut-1001\"\nstatus = \"suspended\"\n";
    world.restart_edited(&[("id = \"ut-1001\"\n", suspended)]).await;
    assert_eq!(
        refused(&world, &client, &form).await,
        is("invalid_grant"),
        "se8: member"
    );
}

#[tokio::test]
async fn se8_a_removed_client_redeems_nothing() {
    let mut world = World::start().await;
    let client = world.conformance();
    let form = alices(&world, &client).await;
    let renamed = (
        "[tenants.urbantrend.clients.conformance]",
        "[tenants.urbantrend.clients.successor]",
    );
    world.restart_edited(&[renamed]).await;
    assert_eq!(
        refused(&world, &client, &form).await,
        (401, "invalid_client".to_owned())
    );
    let successor = Client::basic(
        client.brand,
        "successor",
        "conformance-demo-secret",
        &client.redirect_uri,
    );
    assert_eq!(refused(&world, &successor, &form).await, is("invalid_grant"));
}

#[tokio::test]
async fn a057_nothing_is_read_from_the_wrong_grant() {
    let world = World::start().await;
    let client = world.conformance();
    let form = alices(&world, &client).await;
    let as_refresh = replaced(&form, "grant_type", "refresh_token");
    assert_eq!(refused(&world, &client, &as_refresh).await, is("invalid_request"));
    // Neither unknown parameters nor a scope change what the code stands for.
    let mut more = form;
    more.extend(fields(&[
        ("scope", "openid email"),
        ("audience", "x"),
        ("sub", "ut-1002"),
    ]));
    let tokens = redeem(&world, &client, &more).await;
    assert!(!tokens.all["scope"].as_str().unwrap().contains("email"));
}
