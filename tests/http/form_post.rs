use crate::harness::{ALICE, Authorization, Client, Page, World};

fn posting(client: &Client, scope: &str) -> Authorization {
    client.authorize(scope).with("response_mode", "form_post")
}

/// What the page posts: 200, a form to the redirect URI, its fields, and nothing of them anywhere else.
fn posted(page: &Page, request: &Authorization) -> std::collections::BTreeMap<String, String> {
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(!page.headers.contains_key("location"));
    let (action, fields) = page.form("form");
    assert_eq!(action.as_str(), request.get("redirect_uri"));
    assert_eq!(page.attr("form", "method"), "post");
    assert!(page.body.contains("document.forms[0].submit()"));
    let code = fields.iter().find(|(name, _)| name == "code");
    assert!(code.is_none_or(|(_, code)| !page.url.as_str().contains(code)));
    fields.into_iter().collect()
}

#[tokio::test]
async fn a016_the_answer_is_a_form_that_posts_itself() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let odd = r#"a"><script>alert(1)</script>&'"#;
    let request = posting(&client, "openid").with("state", odd);
    let page = browser.through(&world, &request.url(), ALICE).await;
    let answer = posted(&page, &request);
    assert_eq!(answer["state"], odd);
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    assert_eq!(answer["iss"], client.brand.issuer);
    let fields = client.exchange(&answer["code"], &request.verifier);
    assert_eq!(client.token(&world, fields).await.status(), 200);
}

#[tokio::test]
async fn the_page_that_posts_itself_may_do_nothing_else() {
    let world = World::start().await;
    let request = posting(&world.conformance(), "openid");
    let page = world.browser().through(&world, &request.url(), ALICE).await;
    let (action, _) = page.form("form#form-post");
    let policy = page.header("content-security-policy");
    let origin = action.origin().ascii_serialization();
    assert!(
        policy.contains(&format!("form-action 'self' {origin}")),
        "{policy}"
    );
    assert!(policy.contains("script-src 'nonce-"), "{policy}");
}

#[tokio::test]
async fn a016_errors_travel_the_same_way() {
    let world = World::start().await;
    let client = world.conformance();
    for (name, value, error) in [
        ("prompt", "none", "login_required"),
        ("prompt", "none login", "invalid_request"),
        ("scope", "unknown", "invalid_scope"),
        ("response_type", "token", "unsupported_response_type"),
    ] {
        let request = posting(&client, "openid").with(name, value);
        let page = world.browser().ask(&request).await;
        let answer = posted(&page, &request);
        assert_eq!(answer["error"], error);
        assert_eq!(answer["state"], request.get("state"));
        assert_eq!(answer["iss"], client.brand.issuer);
    }
    let mut browser = world.browser();
    let request = posting(&client, "openid");
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let page = browser
        .submit(&page, "form#consent-form", &[("decision", "deny")])
        .await;
    assert_eq!(posted(&page, &request)["error"], "access_denied");
}

#[tokio::test]
async fn a016_a_private_scheme_takes_no_form() {
    let private = "com.symbolon.demo:/callback";
    let world = World::edited(&[("[\"http://127.0.0.1/callback\"]", &format!("[\"{private}\"]"))]).await;
    let mut request = posting(&world.spa(), "openid").with("redirect_uri", private);
    world
        .browser()
        .ask(&request)
        .await
        .assert_refusal("invalid_request", &request);
    request = request.without("response_mode");
    assert!(world.browser().get(&request.url()).await.has("form#phone-form"));
}
