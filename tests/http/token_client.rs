mod assertion;
mod basic;
mod methods;
mod published_keys;
mod time;

use reqwest::{Method, Response};
use serde_json::Value;

use crate::harness::{Brand, Client, World, answer_header, basic, fields, not_cacheable, refusal, replaced};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const UNKNOWN_CODE: [(&str, &str); 4] = [
    ("grant_type", "authorization_code"),
    ("code", "nothing"),
    ("redirect_uri", "http://127.0.0.1:3999/callback"),
    (
        "code_verifier",
        "a-verifier-of-forty-three-characters-or-a-few-more",
    ),
];

/// Posts an exchange of an unknown code: `invalid_grant` says that the client itself was accepted.
async fn post(brand: &Brand, authorization: Option<&str>, more: &[(&str, &str)]) -> Response {
    let mut form = fields(&UNKNOWN_CODE);
    form.extend(fields(more));
    let mut request = brand.token_request(&form);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    request.send().await.unwrap()
}

/// RFC 7617 s2: the scheme, and a realm.
fn asks_for_basic(answer: &Response, case: &str) {
    let challenge = answer_header(answer, "www-authenticate");
    assert!(challenge.starts_with("Basic realm=\""), "{case}: {challenge}");
}

fn is(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

#[tokio::test]
async fn a049_only_a_posted_form_is_read() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let query = "/oauth2/token?grant_type=refresh_token&refresh_token=x&client_id=spa-demo";
        for overriding in [None, Some("POST")] {
            let mut request = brand.request(method.clone(), query);
            if let Some(other) = overriding {
                request = request.header("x-http-method-override", other);
            }
            let answer = request.send().await.unwrap();
            assert!(answer.status().is_client_error(), "ht4: {method}");
        }
    }
    let form = "grant_type=authorization_code&code=x&redirect_uri=x&client_id=spa-demo";
    let json = r#"{"grant_type":"authorization_code","code":"x","client_id":"spa-demo"}"#;
    for (content_type, body) in [
        ("application/json", json),
        ("application/json", form),
        ("text/plain", form),
        ("multipart/form-data; boundary=x", form),
        ("application/x-www-form-urlencoded-not", form),
        ("", form),
    ] {
        let request = brand.request(Method::POST, "/oauth2/token").body(body);
        let request = if content_type.is_empty() {
            request
        } else {
            request.header("content-type", content_type)
        };
        let answer = request.send().await.unwrap();
        assert_eq!(
            refusal(answer).await,
            is(400, "invalid_request"),
            "ht4: {content_type}"
        );
    }
    for content_type in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-URLEncoded",
    ] {
        let request = brand.request(Method::POST, "/oauth2/token").body(form);
        let answer = request.header("content-type", content_type).send().await.unwrap();
        assert_eq!(refusal(answer).await, is(400, "invalid_grant"), "{content_type}");
    }
}

#[tokio::test]
async fn a049_ht4_any_other_method_is_405() {
    let world = World::start().await;
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = world.urbantrend().request(method.clone(), "/oauth2/token");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
        assert_eq!(answer_header(&answer, "allow"), "POST, OPTIONS", "{method}");
        not_cacheable(&answer);
    }
}

#[tokio::test]
async fn a049_credentials_in_the_address_are_refused() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for name in [
        "client_id",
        "client_secret",
        "client_assertion",
        "code",
        "refresh_token",
    ] {
        let request = brand.request(Method::POST, &format!("/oauth2/token?{name}=conformance"));
        let request = request.basic_auth("conformance", Some("conformance-demo-secret"));
        let answer = request.form(&UNKNOWN_CODE).send().await.unwrap();
        assert_eq!(refusal(answer).await, is(400, "invalid_request"), "{name}");
    }
}

#[tokio::test]
async fn a052_every_failed_authentication_looks_the_same() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let tries = [
        ("unknown client", basic("nobody:conformance-demo-secret")),
        ("wrong secret", basic("conformance:conformance-demo-secreT")),
        (
            "secret of another client",
            basic("conformance:fashionboard-demo-secret"),
        ),
        (
            "secret of another brand",
            basic("conformance:conformance-north-secret"),
        ),
        ("client of another brand", basic("trailmix:trailmix-demo-secret")),
        ("key instead of secret", basic("shopease:conformance-demo-secret")),
        ("public client", basic("spa-demo:conformance-demo-secret")),
    ];
    let mut bodies = Vec::new();
    for (case, authorization) in &tries {
        let answer = post(&brand, Some(authorization), &[]).await;
        assert_eq!(answer.status(), 401, "{case}");
        asks_for_basic(&answer, case);
        not_cacheable(&answer);
        bodies.push(answer.text().await.unwrap());
    }
    for (case, credentials) in [
        (
            "unknown, in the body",
            &[("client_id", "nobody"), ("client_secret", "x")][..],
        ),
        ("unknown, bare", &[("client_id", "nobody")]),
    ] {
        let answer = post(&brand, None, credentials).await;
        assert_eq!(answer.status(), 401, "{case}");
        assert_eq!(answer_header(&answer, "www-authenticate"), "", "{case}");
        bodies.push(answer.text().await.unwrap());
    }
    let body: Value = serde_json::from_str(&bodies[0]).unwrap();
    assert_eq!(body["error"], "invalid_client");
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[tokio::test]
async fn a052_no_secret_and_no_client_look_the_same_too() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let empty = post(&brand, Some(&basic("conformance:")), &[]).await;
    asks_for_basic(&empty, "empty secret");
    assert_eq!(refusal(empty).await, is(401, "invalid_client"));
    for nobody in [&[][..], &[("client_id", "")]] {
        let answer = post(&brand, None, nobody).await;
        assert_eq!(answer_header(&answer, "www-authenticate"), "");
        assert_eq!(refusal(answer).await, is(401, "invalid_client"), "{nobody:?}");
    }
}

#[tokio::test]
async fn a056_a_public_client_gives_its_name_and_gets_nothing_for_itself() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for nameless in [&[][..], &[("client_id", "")]] {
        let (status, error) = refusal(post(&brand, None, nameless).await).await;
        assert!([400, 401].contains(&status), "{status}");
        assert_ne!(error, "invalid_grant", "nobody is a client");
    }
    let named = refusal(post(&brand, None, &[("client_id", "spa-demo")]).await).await;
    assert_eq!(named, is(400, "invalid_grant"));
    let for_itself = fields(&[("grant_type", "client_credentials")]);
    let found = refusal(world.spa().token(&world, for_itself).await).await;
    assert_eq!(found, is(400, "unauthorized_client"));
}

#[tokio::test]
async fn a057_each_mistake_has_its_own_error() {
    let world = World::start().await;
    let (client, form) = (world.conformance(), fields(&UNKNOWN_CODE));
    for grant in [
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "Authorization_Code",
        "authorization_code ",
    ] {
        let answer = client.token(&world, replaced(&form, "grant_type", grant)).await;
        assert_eq!(
            refusal(answer).await,
            is(400, "unsupported_grant_type"),
            "mx4: {grant}"
        );
    }
    for missing in ["grant_type", "code", "redirect_uri"] {
        let answer = client.token(&world, replaced(&form, missing, "")).await;
        assert_eq!(refusal(answer).await, is(400, "invalid_request"), "no {missing}");
    }
    let without_token = fields(&[("grant_type", "refresh_token")]);
    let found = refusal(client.token(&world, without_token).await).await;
    assert_eq!(found, is(400, "invalid_request"), "no refresh_token");
    // Not registered for offline access.
    let found = refusal(world.fashionboard().refresh(&world, "anything").await).await;
    assert_eq!(found, is(400, "unauthorized_client"), "mx4");
}

#[tokio::test]
async fn a057_a_repeated_parameter_is_an_invalid_request() {
    let world = World::start().await;
    let (client, form) = (world.conformance(), fields(&UNKNOWN_CODE));
    for (name, value) in &form {
        let mut twice = form.clone();
        twice.push((name.clone(), value.clone()));
        let answer = client.token(&world, twice).await;
        assert_eq!(
            refusal(answer).await,
            is(400, "invalid_request"),
            "ht3: {name} twice"
        );
    }
}

#[tokio::test]
async fn a057_ht2_broken_encoding_is_an_invalid_request() {
    let world = World::start().await;
    let brand = world.urbantrend();
    for body in ["code=%zz", "code=%c0%af", "code=%00", "code=%ed%a0%80"] {
        let body = format!("grant_type=authorization_code&redirect_uri=x&client_id=spa-demo&{body}");
        let request = brand.request(Method::POST, "/oauth2/token").body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let found = refusal(request.send().await.unwrap()).await;
        assert_eq!(found, is(400, "invalid_request"), "ht2");
    }
}

#[tokio::test]
async fn te1_a_client_of_another_brand_is_unknown() {
    let world = World::start().await;
    let stranger = Client::basic(world.northpeak(), "fashionboard", "fashionboard-demo-secret", "x");
    let found = refusal(stranger.token(&world, fields(&UNKNOWN_CODE)).await).await;
    assert_eq!(found, is(401, "invalid_client"));
}
