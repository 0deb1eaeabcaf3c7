use std::sync::Arc;

use crate::harness::{ALICE, Browser, Client, Page, Tokens, World, at_once, refusal};

/// A browser that has come to the question of a pushed request, the cookies of that moment in it.
async fn asked(world: &World, client: &Client) -> (Browser, Page, String) {
    let request = client.authorize("openid profile").with("prompt", "consent");
    let link = client.pushed(world, &request).await;
    let mut browser = world.browser();
    let question = browser.reach_consent(world, &link, ALICE).await;
    (browser, question, request.verifier)
}

/// Her answer, and the address where `authorize` tells the partner.
async fn answered(browser: &mut Browser, question: &Page) -> String {
    let onward = browser
        .submit_once(question, "form#consent-form", &[("decision", "allow")])
        .await;
    let url = question.url.join(onward.header("location")).unwrap();
    url.to_string()
}

fn told(page: &Page) -> Option<String> {
    let location = page.header("location");
    let told = location.split_once("code=").or(location.split_once("error="));
    told.map(|(_, rest)| rest.split('&').next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a085_pa1_one_answer_has_one_code_however_often_it_is_given() {
    let world = Arc::new(World::start().await);
    let client = world.conformance();
    let (mut browser, question, verifier) = asked(&world, &client).await;
    let authorize = answered(&mut browser, &question).await;
    let pages = at_once(20, |_| {
        let (mut browser, url) = (browser.clone(), authorize.parse().unwrap());
        async move { browser.once(reqwest::Method::GET, &url, None).await }
    })
    .await;
    let mut codes: Vec<String> = pages.iter().filter_map(told).collect();
    assert!(!codes.is_empty());
    codes.dedup();
    assert_eq!(codes.len(), 1, "{codes:?}");
    let exchange = || client.exchange(&codes[0], &verifier);
    Tokens::of(client.token(&world, exchange()).await).await;
    let again = client.token(&world, exchange()).await;
    assert_eq!(refusal(again).await, (400, "invalid_grant".to_owned()));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn pa1_after_a_moment_the_answer_is_not_given_again() {
    let world = World::start().await;
    let client = world.conformance();
    let (mut browser, question, _) = asked(&world, &client).await;
    let before = browser.clone();
    let authorize = answered(&mut browser, &question).await;
    let consented = browser.clone();
    let code = told(
        &browser
            .once(reqwest::Method::GET, &authorize.parse().unwrap(), None)
            .await,
    );
    assert!(code.is_some());
    // A lost answer is asked for again at once.
    let retry = consented
        .clone()
        .once(reqwest::Method::GET, &authorize.parse().unwrap(), None)
        .await;
    assert_eq!(told(&retry), code);
    for wait in [60, 3_000] {
        world.advance(wait).await;
        let mut late = consented.clone();
        let mut page = late.get(&authorize).await;
        if page.has("form#consent-form") {
            page = late.allow(&page).await;
        }
        assert_eq!(
            (page.status.as_u16(), page.error().as_str()),
            (400, "transaction_finished"),
            "{wait}"
        );
    }
    // The page of then says the same, whatever is pressed on it.
    let mut late = before;
    for _ in 0..3 {
        let page = late.allow(&question).await;
        assert!(
            !page.url.as_str().starts_with(&client.redirect_uri),
            "{}",
            page.url
        );
    }
}

#[tokio::test]
async fn co3_pa1_an_answer_is_not_turned_round() {
    let world = World::start().await;
    let client = world.conformance();
    for (first, second) in [("deny", "allow"), ("allow", "deny")] {
        let (browser, question, _) = asked(&world, &client).await;
        let answer = async |decision: &str| {
            browser
                .clone()
                .submit(&question, "form#consent-form", &[("decision", decision)])
                .await
        };
        let told_first = answer(first).await;
        assert!(
            told_first.url.as_str().starts_with(&client.redirect_uri),
            "{first}"
        );
        let then = answer(second).await;
        assert_eq!(
            (then.status.as_u16(), then.error().as_str()),
            (400, "transaction_finished"),
            "{first}, {second}"
        );
    }
}
