mod family;
mod kept;

use serde_json::Value;

use crate::harness::{
    ALICE, Client, Tokens, World, answer_header, claims_of, fields, header_of, media_type, number, refusal,
    replaced,
};

const ALL: &str = "openid profile offline_access loyalty.tier.read";

fn is(error: &str) -> (u16, String) {
    (400, error.to_owned())
}

async fn begin(world: &World, client: &Client) -> Tokens {
    client.tokens(world, &mut world.browser(), ALL, ALICE).await
}

async fn refresh(world: &World, client: &Client, tokens: &Tokens) -> Tokens {
    Tokens::of(client.refresh(world, refresh_token(tokens)).await).await
}

async fn refused(world: &World, client: &Client, token: &str) -> (u16, String) {
    refusal(client.refresh(world, token).await).await
}

fn refresh_token(tokens: &Tokens) -> &str {
    tokens.refresh.as_deref().unwrap()
}

fn words(scope: &Value) -> Vec<&str> {
    let mut words: Vec<_> = scope.as_str().unwrap().split(' ').collect();
    words.sort_unstable();
    words
}

#[tokio::test]
async fn a050_a_refresh_answers_as_a_redemption_does() {
    let world = World::start().await;
    for client in [world.conformance(), world.spa()] {
        let first = begin(&world, &client).await;
        let answer = client.refresh(&world, refresh_token(&first)).await;
        assert_eq!(answer_header(&answer, "cache-control"), "no-store", "ht5");
        assert_eq!(media_type(&answer), "application/json");
        let second = Tokens::of(answer).await;
        assert_eq!(second.all["token_type"], "Bearer");
        assert_eq!(second.all["expires_in"], 600);
        assert_eq!(words(&second.all["scope"]), words(&first.all["scope"]));
        assert_ne!(second.refresh, first.refresh);
        assert_ne!(second.access, first.access);
        for tokens in [&first, &second] {
            assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
        }
    }
}

#[tokio::test]
async fn a062_a090_a_refreshed_access_token_says_what_it_is_narrowed_to() {
    let world = World::start().await;
    let client = world.conformance();
    let first = begin(&world, &client).await;
    let asking = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token(&first)),
        ("scope", "profile openid"),
    ];
    let narrow = Tokens::of(client.token(&world, fields(&asking)).await).await;
    let claims = client.brand.verified(&narrow.access).await;
    assert_eq!(header_of(&narrow.access)["typ"], "at+jwt");
    assert_eq!(claims["client_id"], client.id.as_str());
    assert_eq!(words(&claims["scope"]), ["openid", "profile"]);
    assert_eq!(
        claims["aud"].as_array().unwrap().len(),
        1,
        "nothing for the loyalty API"
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a065_the_refreshed_id_token_speaks_of_the_same_sign_in() {
    let world = World::start().await;
    let client = world.conformance();
    let first = begin(&world, &client).await;
    world.advance(1_000).await;
    let second = refresh(&world, &client, &first).await;
    let (before, after) = (first.id_claims(), second.id_claims());
    for claim in ["iss", "sub", "aud", "auth_time", "amr"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    let (old, new) = (first.id.as_ref().unwrap(), second.id.as_ref().unwrap());
    assert!(number(new, "iat") >= number(old, "iat") + 1_000);
    assert_eq!(number(new, "exp") - number(new, "iat"), 600);
    assert!(after.get("nonce").is_none_or(|nonce| *nonce == before["nonce"]));
    client.brand.verified(new).await;
}

#[tokio::test]
async fn a062_narrower_is_given_once_and_wider_never() {
    let world = World::start().await;
    let client = world.conformance();
    let first = begin(&world, &client).await;
    let asking = |token: &str, scope: &str| {
        fields(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("scope", scope),
        ])
    };
    for wider in [
        "openid email",
        "openid profile offline_access loyalty.tier.read phone",
        "unheard.of",
        "openid \"profile\"",
        "OPENID",
    ] {
        let answer = client.token(&world, asking(refresh_token(&first), wider)).await;
        assert_eq!(refusal(answer).await, is("invalid_scope"), "{wider}");
    }
    let narrow = client
        .token(&world, asking(refresh_token(&first), "profile openid"))
        .await;
    let narrow = Tokens::of(narrow).await;
    assert_eq!(words(&narrow.all["scope"]), ["openid", "profile"]);
    let without_openid = client
        .token(&world, asking(refresh_token(&narrow), "loyalty.tier.read"))
        .await;
    let without_openid = Tokens::of(without_openid).await;
    assert_eq!(without_openid.id, None);
    assert_eq!(client.userinfo(&without_openid.access).await.status(), 403);

    let whole = refresh(&world, &client, &without_openid).await;
    assert_eq!(
        words(&whole.all["scope"]),
        words(&first.all["scope"]),
        "not sticky"
    );
    let empty = replaced(&asking(refresh_token(&whole), ""), "scope", "");
    let empty = Tokens::of(client.token(&world, empty).await).await;
    assert_eq!(words(&empty.all["scope"]), words(&first.all["scope"]));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rt4_a061_a_refresh_token_is_its_clients_alone_and_survives_strangers() {
    let world = World::start().await;
    let owner = world.conformance();
    let tokens = begin(&world, &owner).await;
    for other in [world.shopease(), world.spa(), world.conformance_north()] {
        // Asking for more than it grants tells a stranger nothing of what it grants.
        for scope in ["openid", "openid email"] {
            let form = fields(&[
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token(&tokens)),
                ("scope", scope),
            ]);
            let found = refusal(other.token(&world, form).await).await;
            assert_eq!(
                found,
                is("invalid_grant"),
                "{} at {}",
                other.id,
                other.brand.issuer
            );
        }
    }
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token(&tokens)),
    ];
    let invalid_client = (401, "invalid_client".to_owned());
    for (case, more) in [
        ("nobody", vec![]),
        ("the name alone", vec![("client_id", "conformance")]),
        (
            "a wrong secret",
            vec![("client_id", "conformance"), ("client_secret", "guessed")],
        ),
    ] {
        let form = fields(&[form.as_slice(), &more].concat());
        let answer = owner.brand.token_request(&form).send().await.unwrap();
        assert_eq!(refusal(answer).await, invalid_client, "{case}");
    }
    let next = refresh(&world, &owner, &tokens).await;
    assert_eq!(owner.userinfo(&next.access).await.status(), 200);
}

#[tokio::test]
async fn rt6_nothing_else_passes_for_a_refresh_token() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let tokens = client.tokens(&world, &mut browser, ALL, ALICE).await;
    let (_, page) = client.code(&world, &mut browser, ALL, ALICE).await;
    let token = refresh_token(&tokens);
    let flipped = |at: usize| {
        let mut bytes = token.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let sealed = claims_of(&tokens.access)["ctx"].clone();
    let mut impostors = vec![
        tokens.access.clone(),
        tokens.id.clone().unwrap(),
        page.callback()["code"].clone(),
        sealed.as_str().unwrap().to_owned(),
        flipped(0),
        flipped(token.len() / 2),
        flipped(token.len() - 3),
        token[..token.len() - 1].to_owned(),
        format!("{token}="),
        format!("{token}A"),
        "x".repeat(10_000),
        "रिफ़्रेश".to_owned(),
    ];
    impostors.extend(browser.cookies.values().flat_map(|jar| jar.values().cloned()));
    for impostor in &impostors {
        assert_eq!(
            refused(&world, &client, impostor).await,
            is("invalid_grant"),
            "{impostor}"
        );
    }
    refresh(&world, &client, &tokens).await;
}

#[tokio::test]
async fn a066_a_withdrawn_consent_ends_refreshing_for_good() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let spa = world.spa();
    let tokens = client.tokens(&world, &mut browser, ALL, ALICE).await;
    let others = spa.tokens(&world, &mut browser, ALL, ALICE).await;
    browser.disconnect(&client.brand, "conformance").await;
    assert_eq!(
        refused(&world, &client, refresh_token(&tokens)).await,
        is("invalid_grant")
    );
    assert_eq!(client.userinfo(&tokens.access).await.status(), 401);
    refresh(&world, &spa, &others).await;
    // A consent given later is another one.
    client.tokens(&world, &mut browser, ALL, ALICE).await;
    assert_eq!(
        refused(&world, &client, refresh_token(&tokens)).await,
        is("invalid_grant")
    );
    assert_eq!(client.userinfo(&tokens.access).await.status(), 401);
}

#[tokio::test]
async fn a066_offline_access_outlives_the_session() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let tokens = client.tokens(&world, &mut browser, ALL, ALICE).await;
    browser.sign_out(&client.brand).await;
    let next = refresh(&world, &client, &tokens).await;
    for tokens in [&tokens, &next] {
        assert_eq!(client.userinfo(&tokens.access).await.status(), 200, "a083");
    }
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "gives a number to another member, which an import does not"
)]
async fn se8_a066_a_suspended_member_is_refused_at_once_and_comes_back() {
    let mut world = World::start().await;
    let client = world.conformance();
    let tokens = begin(&world, &client).await;
    let member = "id = \"ut-1001\"\n";
    for (case, to) in [
        ("suspended", "id = \"ut-1001\"\nstatus = \"suspended\"\n"),
        ("replaced by another", "id = \"ut-2001\"\n"),
    ] {
        world.restart_edited(&[(member, to)]).await;
        let found = refused(&world, &client, refresh_token(&tokens)).await;
        assert_eq!(found, is("invalid_grant"), "{case}");
        assert_eq!(client.userinfo(&tokens.access).await.status(), 401, "{case}");
    }
    world.restart_edited(&[]).await;
    refresh(&world, &client, &tokens).await;
}

#[tokio::test]
async fn se8_a_client_that_may_no_longer_refresh_does_not() {
    let mut world = World::start().await;
    let spa = world.spa();
    let tokens = begin(&world, &spa).await;
    let scopes = "post_logout_redirect_uris = [\"http://127.0.0.1/signed-out\"]\n\
        scopes = [\"openid\", \"profile\", \"offline_access\", \"loyalty.tier.read\"]";
    let fewer = "scopes = [\"openid\", \"profile\", \"loyalty.tier.read\"]";
    world.restart_edited(&[(scopes, fewer)]).await;
    assert_eq!(
        refused(&world, &spa, refresh_token(&tokens)).await,
        is("unauthorized_client")
    );
}
