//! One member, one issuer: the straight way, and the ways people really take.

use crate::harness::{ALICE, Browser, Page, Tokens, World};

#[tokio::test]
async fn a_member_signs_in_and_a_partner_gets_tokens() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let tokens = client
        .tokens(&world, &mut browser, "openid profile offline_access", ALICE)
        .await;
    let claims = tokens.id_claims();
    assert_eq!(claims["iss"], world.urbantrend().issuer.as_str());
    let info: serde_json::Value = client.userinfo(&tokens.access).await.json().await.unwrap();
    assert_eq!(info["sub"], claims["sub"]);
    assert!(
        client
            .refresh(&world, tokens.refresh.as_deref().unwrap())
            .await
            .status()
            .is_success()
    );
}

/// As far as the page that asks for the code.
async fn code_page(browser: &mut Browser, url: &str) -> Page {
    let phone = browser.get(url).await;
    let fields = [("phone", ALICE), ("action", "phone")];
    browser.submit(&phone, "form#phone-form", &fields).await
}

async fn type_code(browser: &mut Browser, page: &Page, code: &str) -> Page {
    let fields = [("code", code), ("action", "code")];
    browser.submit(page, "form#code-form", &fields).await
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a_code_that_took_too_long_is_replaced_with_one_tap() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = code_page(&mut browser, &world.conformance().authorize("openid").url()).await;
    let old = world.code(ALICE).await;
    world.advance(301).await;
    let expired = type_code(&mut browser, &page, &old).await;
    assert!(
        expired.has("form#code-form") && expired.has("#resend"),
        "{}",
        expired.main()
    );
    let again = browser
        .submit(&expired, "form:has(#resend)", &[("action", "resend")])
        .await;
    let new = world.code(ALICE).await;
    assert_ne!(old, new);
    let consent = type_code(&mut browser, &again, &new).await;
    assert!(consent.has("form#consent-form"), "{}", consent.main());
}

/// The transaction outlives its time: she begins again where she was, and still ends at the partner.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a_page_left_open_for_hours_leads_back_into_the_journey() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let request = client.authorize("openid");
    let page = code_page(&mut browser, &request.url()).await;
    world.advance(6 * 3_600).await;
    let mut page = type_code(&mut browser, &page, "000000").await;
    assert!(page.has("form#phone-form"), "{}", page.main());
    page = browser.sign_in(&world, &page, ALICE).await;
    page = browser.allow(&page).await;
    assert_eq!(page.callback()["state"], request.get("state"));
    let fields = client.exchange(&page.callback()["code"], &request.verifier);
    Tokens::of(client.token(&world, fields).await).await;
}

#[tokio::test]
async fn the_back_button_leads_on_and_after_the_end_nowhere_else() {
    let world = World::start().await;
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid");
    let phone = browser.get(&request.url()).await;
    let code = code_page(&mut browser, &request.url()).await;
    let consent = {
        let typed = world.code(ALICE).await;
        type_code(&mut browser, &code, &typed).await
    };
    // Back to the code's page: the step is done, so it leads to the next one.
    let back = browser.get(code.url.as_str()).await;
    assert!(back.has("form#consent-form"), "{}", back.main());
    let end = browser.allow(&consent).await;
    assert!(end.callback().contains_key("code"));
    for page in [&code, &consent] {
        let back = browser.get(page.url.as_str()).await;
        assert_eq!(back.error(), "transaction_finished", "{}", page.url);
    }
    // The first tab's transaction is another, and still stands.
    let other = browser.get(phone.url.as_str()).await;
    assert!(!other.has("main#error"), "{}", other.main());
}

#[tokio::test]
async fn two_tabs_are_two_transactions() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let (first, second) = (client.authorize("openid"), client.authorize("openid profile"));
    let one = browser.get(&first.url()).await;
    let two = browser.get(&second.url()).await;
    let consent = browser.sign_in(&world, &two, ALICE).await;
    let end = browser.allow(&consent).await;
    assert_eq!(end.callback()["state"], second.get("state"));
    // She has signed in meanwhile, and what the first tab asks for she has allowed.
    let end = browser
        .get(one.url.as_str().replace("/login", "/oauth2/auth").as_str())
        .await;
    assert_eq!(end.callback()["state"], first.get("state"));
}

#[tokio::test]
async fn a_form_sent_twice_counts_once() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let request = client.authorize("openid");
    let page = code_page(&mut browser, &request.url()).await;
    let code = world.code(ALICE).await;
    let mut twin = browser.clone();
    let consent = type_code(&mut browser, &page, &code).await;
    // The second of two clicks has the cookies of before the first.
    let late = type_code(&mut twin, &page, &code).await;
    assert!(late.has("form#code-form"), "used up: {}", late.main());
    assert!(
        !twin
            .cookies
            .values()
            .any(|jar| jar.contains_key("__Host-session"))
    );

    let mut twin = browser.clone();
    let end = browser.allow(&consent).await;
    let again = twin.allow(&consent).await;
    let (one, two) = (end.callback(), again.callback());
    assert_eq!(one["state"], two["state"]);
    // Both lead to the partner; the first code still works, and each only once.
    let fields = client.exchange(&one["code"], &request.verifier);
    Tokens::of(client.token(&world, fields.clone()).await).await;
    assert_eq!(client.token(&world, fields).await.status(), 400);
}
