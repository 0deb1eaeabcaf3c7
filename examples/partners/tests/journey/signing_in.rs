//! Signing in and out, the same at every app; seen at `FashionBoard`.

use axum::http::StatusCode;

use super::{
    browser::Browser,
    provider::{self, Provider},
};

#[tokio::test]
async fn fashionboard_shows_the_badge_and_later_asks_for_points() {
    let provider = Provider::start().await;
    let mut browser = Browser::new(&provider.fashionboard());
    assert!(browser.get("/").await.text.contains("Sign in with Urban Trend"));
    browser.sign_in(&provider).await;
    let page = browser.get("/").await;
    assert!(
        page.text.contains(r#"data-tier="VIP">Trendy Rewards VIP<"#),
        "{}",
        page.text
    );
    assert!(page.text.contains("Alice &lt;b&gt;"), "names are escaped");
    assert!(!page.text.contains("data-points"));

    let callback = browser
        .sign_in_until_callback(&provider, "/sign-in?more=points")
        .await;
    browser.get(&callback).await;
    assert!(
        browser
            .get("/")
            .await
            .text
            .contains(r#"data-points="1240">1,240 points<"#)
    );
}

#[tokio::test]
async fn a_provider_that_grants_less_than_asked_is_believed() {
    let provider = Provider::start().await;
    provider.state.lock().unwrap().withheld = Some("loyalty.points.read");
    let mut browser = Browser::new(&provider.fashionboard());
    let callback = browser
        .sign_in_until_callback(&provider, "/sign-in?more=points")
        .await;
    browser.get(&callback).await;
    let page = browser.get("/").await;
    assert!(page.text.contains("data-tier") && page.text.contains("ask-points"));
}

#[tokio::test]
async fn two_tabs_sign_in_side_by_side_and_a_callback_works_once() {
    let provider = Provider::start().await;
    let mut browser = Browser::new(&provider.fashionboard());
    let first = browser.sign_in_until_callback(&provider, "/sign-in").await;
    let second = browser.sign_in_until_callback(&provider, "/sign-in").await;
    assert_eq!(browser.get(&first).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&second).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&first).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn callbacks_that_do_not_fit_are_refused() {
    let provider = Provider::start().await;
    let app = provider.fashionboard();
    let mut browser = Browser::new(&app);
    let callback = browser.sign_in_until_callback(&provider, "/sign-in").await;
    let page = Browser::new(&app).get(&callback).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(
        page.text
            .contains(r#"<main id="error" data-error="wrong_browser">"#),
        "{}",
        page.text
    );

    let callback = browser.sign_in_until_callback(&provider, "/sign-in").await;
    let page = browser.get(&callback.replace("iss=http", "iss=https")).await;
    assert!(page.text.contains(r#"data-error="wrong_issuer""#));

    let callback = browser.sign_in_until_callback(&provider, "/sign-in").await;
    let page = browser.get(&callback.replace("iss=", "other=")).await;
    assert!(
        page.text.contains(r#"data-error="wrong_issuer""#),
        "no iss is a wrong iss"
    );

    for path in [
        "/callback",
        "/callback?state=x&code=y",
        "/callback?state=x&state=y",
    ] {
        assert_eq!(browser.get(path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    for nonce in ["wrong", ""] {
        let callback = browser.sign_in_until_callback(&provider, "/sign-in").await;
        provider.state.lock().unwrap().forged_nonce = Some(nonce);
        let page = browser.get(&callback).await;
        assert!(
            page.text.contains(r#"data-error="id_token_not_accepted""#),
            "{}",
            page.text
        );
    }
}

#[tokio::test]
async fn denying_is_a_friendly_page_and_keeps_the_visit() {
    let provider = Provider::start().await;
    let mut browser = Browser::new(&provider.fashionboard());
    browser.sign_in(&provider).await;
    let callback = browser
        .sign_in_until_callback(&provider, "/sign-in?more=points")
        .await;
    let page = browser
        .get(&callback.replace("code=", "error=access_denied&was="))
        .await;
    assert!(
        page.text
            .contains(r#"<main id="error" data-error="access_denied">"#),
        "{}",
        page.text
    );
    assert!(browser.get("/").await.text.contains("data-tier"));

    let callback = browser.sign_in_until_callback(&provider, "/sign-in").await;
    let page = browser
        .get(&callback.replace("code=", "error=%22%3E%3Cscript&was="))
        .await;
    assert!(page.text.contains(r#"data-error="invalid_callback""#) && !page.text.contains("<script"));
}

#[tokio::test]
async fn a_provider_that_is_down_is_a_page_to_retry_from() {
    let app = provider::fashionboard_at("http://127.0.0.1:1", "http://127.0.0.1:1");
    let page = Browser::new(&app).get("/sign-in").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text.contains(r#"data-error="provider_unavailable""#) && page.text.contains("sign-in"));
}

#[tokio::test]
async fn signing_out_ends_the_visit_here_and_then_at_the_provider() {
    let provider = Provider::start().await;
    let mut browser = Browser::new(&provider.fashionboard());
    browser.sign_in(&provider).await;
    let page = browser.get("/sign-out").await;
    assert!(
        page.location.starts_with(&format!("{}/logout?", provider.origin)),
        "{}",
        page.location
    );
    let home = "post_logout_redirect_uri=http%3A%2F%2Fapp.example%2Fsigned-out";
    for part in [home, "id_token_hint=ey", "state=", "client_id=fashionboard"] {
        assert!(page.location.contains(part), "{part}");
    }
    assert!(browser.get("/").await.text.contains(r#"id="sign-in""#));
    assert!(
        browser
            .get("/signed-out?state=x")
            .await
            .text
            .contains(r#"<main id="signed-out">"#)
    );
}
