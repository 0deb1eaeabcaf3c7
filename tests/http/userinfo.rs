mod forgeries;
mod signed;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::harness::{
    ALICE, BOB, Brand, Client, TEST_MEMBER, Tokens, World, answer_header, claims_of, media_type,
    not_cacheable, refusal,
};

const EVERYTHING: &str = "openid profile email phone address offline_access";

async fn tokens(world: &World, scope: &str, member: &str) -> Tokens {
    let client = world.conformance();
    client.tokens(world, &mut world.browser(), scope, member).await
}

async fn claims(world: &World, scope: &str, member: &str) -> Value {
    let access = tokens(world, scope, member).await.access;
    let answer = world.conformance().userinfo(&access).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

fn request(brand: &Brand, method: Method) -> RequestBuilder {
    brand.request(method, "/userinfo")
}

/// Asserts a refusal by RFC 6750 s3: the status, and the same error in header and body.
async fn refuses(answer: Response, status: u16, error: &str, case: &str) {
    let challenge = answer_header(&answer, "www-authenticate");
    let named = challenge.contains(&format!("error=\"{error}\""));
    assert!(challenge.starts_with("Bearer ") && named, "{case}: {challenge}");
    assert_eq!(refusal(answer).await, (status, error.to_owned()), "{case}");
}

async fn dead(client: &Client, token: &str, case: &str) {
    refuses(client.userinfo(token).await, 401, "invalid_token", case).await;
}

#[tokio::test]
async fn a067_header_and_form_carry_the_token() {
    let world = World::start().await;
    let (brand, token) = (world.urbantrend(), tokens(&world, "openid", ALICE).await.access);
    let form = [("access_token", token.as_str())];
    let header = format!("Bearer {token}");
    let requests = [
        request(&brand, Method::GET).bearer_auth(&token),
        request(&brand, Method::POST).bearer_auth(&token),
        request(&brand, Method::POST).form(&form),
        request(&brand, Method::GET).header("authorization", header.replacen("Bearer", "bEARER", 1)),
        request(&brand, Method::POST)
            .bearer_auth(&token)
            .form(&[("unknown", "x")]),
    ];
    for request in requests {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(media_type(&answer), "application/json");
        not_cacheable(&answer);
        let body: Value = answer.json().await.unwrap();
        assert!(body["sub"].is_string());
    }
}

#[tokio::test]
async fn a067_ht4_any_other_method_is_405() {
    let world = World::start().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
        let answer = request(&world.urbantrend(), method.clone()).send().await.unwrap();
        assert_eq!(answer.status(), 405, "ht4: {method}");
        assert_eq!(answer_header(&answer, "allow"), "GET, HEAD, POST, OPTIONS");
    }
}

#[tokio::test]
async fn a067_the_address_never_carries_the_token() {
    let world = World::start().await;
    let (brand, token) = (world.urbantrend(), tokens(&world, "openid", ALICE).await.access);
    let path = format!("/userinfo?access_token={token}");
    for method in [Method::GET, Method::POST] {
        let answer = brand.request(method, &path).send().await.unwrap();
        refuses(answer, 400, "invalid_request", "query").await;
    }
    let both = brand.request(Method::GET, &path).bearer_auth(&token);
    refuses(
        both.send().await.unwrap(),
        400,
        "invalid_request",
        "query and header",
    )
    .await;
}

#[tokio::test]
async fn a068_without_a_token_there_is_nothing_to_complain_about() {
    let world = World::start().await;
    let (brand, token) = (world.urbantrend(), tokens(&world, "openid", ALICE).await.access);
    let json = json!({ "access_token": token }).to_string();
    let requests = [
        ("bare", request(&brand, Method::GET)),
        ("bare POST", request(&brand, Method::POST)),
        (
            "another scheme",
            request(&brand, Method::GET).basic_auth("conformance", Some("x")),
        ),
        (
            "no token",
            request(&brand, Method::GET).header("authorization", "Bearer"),
        ),
        (
            "empty token",
            request(&brand, Method::GET).header("authorization", "Bearer "),
        ),
        (
            "empty field",
            request(&brand, Method::POST).form(&[("access_token", "")]),
        ),
        (
            "JSON",
            request(&brand, Method::POST)
                .header("content-type", "application/json")
                .body(json),
        ),
        (
            "the form of a GET",
            request(&brand, Method::GET).form(&[("access_token", token.as_str())]),
        ),
    ];
    for (case, request) in requests {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{case}");
        let challenge = answer_header(&answer, "www-authenticate");
        assert!(challenge.starts_with("Bearer"), "{case}: {challenge}");
        assert!(!challenge.contains("error"), "{case}: {challenge}");
        not_cacheable(&answer);
        assert_eq!(answer.text().await.unwrap(), "", "{case}");
    }
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the API joins equal headers before a function is asked"
)]
async fn a068_two_carriers_are_an_error() {
    let world = World::start().await;
    let (brand, token) = (world.urbantrend(), tokens(&world, "openid", ALICE).await.access);
    let one = ("access_token", token.as_str());
    let requests = [
        (
            "header and form",
            request(&brand, Method::POST).bearer_auth(&token).form(&[one]),
        ),
        (
            "twice in the form",
            request(&brand, Method::POST).form(&[one, one]),
        ),
    ];
    for (case, request) in requests {
        refuses(request.send().await.unwrap(), 400, "invalid_request", case).await;
    }
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the API joins equal headers before a function is asked"
)]
async fn a068_two_headers_are_an_error() {
    let world = World::start().await;
    let token = tokens(&world, "openid", ALICE).await.access;
    let twice = request(&world.urbantrend(), Method::GET)
        .bearer_auth(&token)
        .bearer_auth(&token);
    refuses(twice.send().await.unwrap(), 400, "invalid_request", "two headers").await;
}

#[tokio::test]
async fn a068_a_token_without_openid_has_insufficient_scope() {
    let world = World::start().await;
    let token = tokens(&world, "profile loyalty.tier.read", ALICE).await.access;
    let answer = world.conformance().userinfo(&token).await;
    refuses(answer, 403, "insufficient_scope", "no openid").await;
}

#[tokio::test]
async fn a069_each_scope_gives_its_claims_and_no_other() {
    let world = World::start().await;
    let profile = [
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ];
    for (scope, expected) in [
        ("openid", &[][..]),
        ("openid profile", &profile),
        ("openid email", &["email", "email_verified"]),
        ("openid phone", &["phone_number", "phone_number_verified"]),
        ("openid address", &["address"]),
        ("openid loyalty.tier.read offline_access", &[]),
    ] {
        let claims = claims(&world, scope, TEST_MEMBER).await;
        let mut found: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        found.retain(|name| *name != "sub");
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{scope}");
    }
}

#[tokio::test]
async fn a069_sub_is_the_id_tokens_and_what_is_absent_is_left_out() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = tokens(&world, EVERYTHING, BOB).await;
    let info: Value = client.userinfo(&tokens.access).await.json().await.unwrap();
    assert_eq!(info["sub"], tokens.id_claims()["sub"]);
    assert_eq!(info["name"], "Bob Okafor");
    for absent in ["email", "email_verified", "address", "nickname", "birthdate"] {
        assert!(info.get(absent).is_none(), "{absent}: {info}");
    }
    assert!(info.as_object().unwrap().values().all(|v| !v.is_null()), "{info}");
}

#[tokio::test]
async fn a070_claims_have_the_types_of_the_standard() {
    let world = World::start().await;
    let info = claims(&world, EVERYTHING, TEST_MEMBER).await;
    assert_eq!(info["email_verified"], json!(true));
    assert_eq!(info["phone_number_verified"], json!(true));
    assert_eq!(info["phone_number"], TEST_MEMBER, "E.164");
    assert_eq!(info["updated_at"], json!(1_735_689_600));
    assert_eq!(info["birthdate"], "1990-04-01");
    assert_eq!(info["address"]["country"], "United Kingdom");
    assert_eq!(info["address"]["locality"], "London");
    for (name, value) in info["address"].as_object().unwrap() {
        assert!(value.is_string(), "{name}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a072_a_token_ends_with_its_time() {
    let world = World::start().await;
    let client = world.conformance();
    let token = tokens(&world, EVERYTHING, ALICE).await.access;
    world.advance(500).await;
    assert_eq!(client.userinfo(&token).await.status(), 200);
    world.advance(100).await;
    dead(&client, &token, "expired").await;
}

#[tokio::test]
async fn a072_a_token_ends_with_session_consent_and_replay() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let bound = client.tokens(&world, &mut browser, "openid", ALICE).await.access;
    let of_another = tokens(&world, "openid", ALICE).await.access;
    browser.sign_out(&client.brand).await;
    dead(&client, &bound, "signed out").await;
    assert_eq!(
        client.userinfo(&of_another).await.status(),
        200,
        "another session"
    );

    let mut browser = world.browser();
    let (request, page) = client.code(&world, &mut browser, "openid", ALICE).await;
    let form = client.exchange(&page.callback()["code"], &request.verifier);
    let replayed = Tokens::of(client.token(&world, form.clone()).await).await.access;
    assert_eq!(client.userinfo(&replayed).await.status(), 200);
    client.token(&world, form).await;
    dead(&client, &replayed, "its code was replayed").await;
    assert_eq!(client.userinfo(&of_another).await.status(), 200, "another code");

    browser.disconnect(&client.brand, "conformance").await;
    dead(&client, &of_another, "consent withdrawn").await;
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "gives a number to another member, which an import does not"
)]
async fn se8_a_token_ends_with_member_and_client() {
    let mut world = World::start().await;
    let client = world.conformance();
    let token = tokens(&world, EVERYTHING, ALICE).await.access;
    let member = "id = \"ut-1001\"\n";
    let suspended = "id = \"ut-1001\"\nstatus = \"suspended\"\n";
    let section = "[tenants.urbantrend.clients.conformance]\n";
    for (case, edit) in [
        ("member suspended", (member, suspended)),
        ("member gone", (member, "id = \"ut-2001\"\n")),
        (
            "client gone",
            (section, "[tenants.urbantrend.clients.successor]\n"),
        ),
    ] {
        world.restart_edited(&[edit]).await;
        dead(&client, &token, case).await;
    }
    world.restart_edited(&[]).await;
    assert_eq!(client.userinfo(&token).await.status(), 200);
}

#[tokio::test]
async fn a069_a_change_of_the_profile_shows_at_once() {
    let mut world = World::start().await;
    let client = world.conformance();
    let token = tokens(&world, EVERYTHING, ALICE).await.access;
    world
        .restart_edited(&[("name = \"Alice Moreau\"", "name = \"Alice Hill\"")])
        .await;
    let info: Value = client.userinfo(&token).await.json().await.unwrap();
    assert_eq!(info["name"], "Alice Hill");
}

#[tokio::test]
async fn tk1_nothing_else_passes_for_an_access_token() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let tokens = client.tokens(&world, &mut browser, EVERYTHING, ALICE).await;
    let (_, page) = client.code(&world, &mut browser, "openid", ALICE).await;
    let northern = world.conformance_north();
    let foreign = northern
        .tokens(&world, &mut world.browser(), "openid", ALICE)
        .await;
    let mut impostors = vec![
        ("ID token", tokens.id.clone().unwrap()),
        ("refresh token", tokens.refresh.clone().unwrap()),
        ("code", page.callback()["code"].clone()),
        ("another brand's", foreign.access.clone()),
        (
            "its own context",
            claims_of(&tokens.access)["ctx"].as_str().unwrap().to_owned(),
        ),
        ("text", "token".to_owned()),
        ("a long one", "a".repeat(10_000)),
        ("dots", "..".to_owned()),
    ];
    for value in browser.cookies.values().flat_map(|jar| jar.values()) {
        impostors.push(("cookie", value.clone()));
    }
    for (case, impostor) in &impostors {
        dead(&client, impostor, case).await;
        // A refresh token is one, and its own client may ask about it.
        let asked: &[&str] = if *case == "refresh token" {
            &["introspection"]
        } else {
            &[]
        };
        assert_eq!(world.takers(&client, impostor).await, asked, "{case}");
    }
    dead(&northern, &tokens.access, "te2: at another brand").await;
    assert_eq!(northern.userinfo(&foreign.access).await.status(), 200);
}
