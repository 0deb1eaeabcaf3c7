//! Redeeming, refreshing and being removed.

use std::sync::atomic::Ordering::SeqCst;

use axum::http::{Method, StatusCode};

use super::{
    browser::{Browser, Page},
    provider::Provider,
};

fn redemption_of(page: &Page) -> String {
    let (_, rest) = page.text.split_once(r#"name="redemption" value=""#).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn shopease_redeems_once_per_form() {
    let provider = Provider::start().await;
    let mut browser = Browser::new(&provider.shopease());
    browser.sign_in(&provider).await;
    let page = browser.get("/").await;
    assert!(
        page.text.contains(r#"data-points="1240">1,240 points<"#),
        "{}",
        page.text
    );
    let form = format!("redemption={}&points=200", redemption_of(&page));
    for _ in 0..2 {
        let page = browser.post("/redeem", form.clone()).await;
        assert!(page.text.contains(r#"data-points="1040""#), "{}", page.text);
    }
    let other = form.replace("=200", "=300");
    assert!(browser.post("/redeem", other).await.text.contains("already used"));
    let page = browser.get("/").await;
    for (points, answer) in [
        ("5000", "do not have"),
        ("0", "not an amount"),
        ("-1", "whole number"),
        ("x", "whole"),
    ] {
        let form = format!("redemption={}&points={points}", redemption_of(&page));
        let answered = browser.post("/redeem", form).await;
        assert!(
            answered.text.contains(answer) && answered.text.contains(r#"data-points="1040""#),
            "{points}"
        );
    }
    let form = format!("redemption={}&points=1", redemption_of(&page));
    let foreign = browser
        .send(Method::POST, "/redeem", Some("http://evil.example"), form.clone())
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let own = browser
        .send(Method::POST, "/redeem", Some("http://app.example"), form)
        .await;
    assert!(own.text.contains(r#"data-points="1039""#));
}

#[tokio::test]
async fn shopease_refreshes_once_for_requests_at_the_same_time() {
    let provider = Provider::start().await;
    let app = provider.shopease();
    let mut browser = Browser::new(&app);
    browser.sign_in(&provider).await;
    for round in 1..=2 {
        provider.clock.fetch_add(3600, SeqCst);
        let mut tab = Browser {
            app: app.clone(),
            cookies: browser.cookies.clone(),
        };
        let (one, two) = tokio::join!(browser.get("/"), tab.get("/"));
        assert!(one.text.contains("data-points") && two.text.contains("data-points"));
        // The test's provider accepts only the newest refresh token, so a stale one would have failed.
        assert_eq!(provider.state.lock().unwrap().refreshes, round);
    }
}

#[tokio::test]
async fn shopease_says_when_it_was_removed() {
    let provider = Provider::start().await;
    let mut browser = Browser::new(&provider.shopease());
    browser.sign_in(&provider).await;
    provider.state.lock().unwrap().refresh = String::from("revoked");
    provider.clock.fetch_add(3600, SeqCst);
    for page in [browser.get("/").await, browser.get("/").await] {
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("ShopEase is no longer connected") && page.text.contains("sign-in"));
    }
    browser.sign_in(&provider).await;
    assert!(browser.get("/").await.text.contains("data-points"));
}

#[tokio::test]
async fn shopease_shows_only_what_was_granted() {
    for (withheld, shown, hidden) in [
        ("loyalty.points.redeem", "data-points", "redeem-form"),
        ("loyalty.points.read", "not shared your points", "data-points="),
    ] {
        let provider = Provider::start().await;
        provider.state.lock().unwrap().withheld = Some(withheld);
        let mut browser = Browser::new(&provider.shopease());
        browser.sign_in(&provider).await;
        let page = browser.get("/").await;
        assert!(
            page.text.contains(shown) && !page.text.contains(hidden),
            "{}",
            page.text
        );
    }
}
