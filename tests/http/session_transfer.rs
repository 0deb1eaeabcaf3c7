//! The page that asks whether she goes on as who she is in the brand's app, and its answer.

mod session;

use crate::harness::{ALICE, Brand, Browser, Client, Page, Tokens, World, query_of};

const ALICE_MASKED: &str = "0101";

async fn asked(world: &World, partner: Option<&str>) -> (Client, Tokens, Browser, Page) {
    let (app, tokens) = world.app_of_alice().await;
    let token = app.transfer(world, &tokens, partner).await;
    let mut browser = world.browser();
    let page = browser.open_transfer(&app.brand, &token).await;
    assert!(page.has("form#transfer-form"), "{}", page.body);
    (app, tokens, browser, page)
}

async fn account(browser: &mut Browser, brand: &Brand) -> Page {
    browser.get(&format!("{}/account", brand.issuer)).await
}

/// Whose account the browser sees; `None` of nobody's.
async fn signed_in(browser: &mut Browser, brand: &Brand) -> Option<String> {
    let page = account(browser, brand).await;
    page.has("[data-session]").then_some(page.body)
}

fn is_of(account: Option<String>, masked: &str) -> bool {
    account.is_some_and(|body| body.contains(masked))
}

#[tokio::test]
async fn rfc8693_she_is_asked_and_goes_on_at_the_partner() {
    let world = World::start().await;
    let (app, _, mut browser, page) = asked(&world, Some("shopease")).await;
    assert!(page.text("h1").contains(ALICE_MASKED), "{}", page.text("h1"));
    assert!(page.text("#partner").contains("ShopEase"));
    assert!(!page.has("#replaces"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    // What the app was given is in no address that stays.
    assert_eq!(page.url.path(), "/session/transfer");
    assert!(!page.url.as_str().contains("token="));
    let own = world.url("shopease.localhost", "");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains(&format!("form-action 'self' {own} https:;")),
        "{policy}"
    );
    let sent = browser.go_on(&page).await;
    assert_eq!(sent.url.path(), "/initiate-login");
    assert_eq!(sent.url.host_str(), Some(&*world.host("shopease.localhost")));
    assert_eq!(query_of(&sent.url)["iss"], app.brand.issuer);
    assert!(is_of(signed_in(&mut browser, &app.brand).await, ALICE_MASKED));
}

#[tokio::test]
async fn rfc8693_without_a_partner_she_goes_on_at_her_account() {
    let world = World::start().await;
    let (app, _, mut browser, page) = asked(&world, None).await;
    assert!(page.text("#partner").contains("Urban Trend account"));
    assert!(
        page.header("content-security-policy")
            .contains("form-action 'self';")
    );
    let sent = browser.go_on(&page).await;
    assert_eq!(sent.url.path(), "/account");
    assert!(is_of(signed_in(&mut browser, &app.brand).await, ALICE_MASKED));
}

#[tokio::test]
async fn rfc8693_looking_uses_nothing_up_and_signs_nobody_in() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let token = app.transfer(&world, &tokens, None).await;
    let mut ahead = world.browser();
    for _ in 0..2 {
        let page = ahead.open_transfer(&app.brand, &token).await;
        assert!(page.has("form#transfer-form"));
        assert_eq!(ahead.get(page.url.as_str()).await.status, 200);
    }
    assert!(signed_in(&mut ahead, &app.brand).await.is_none());
    let mut browser = world.browser();
    let page = browser.open_transfer(&app.brand, &token).await;
    assert_eq!(browser.go_on(&page).await.url.path(), "/account");
}

#[tokio::test]
async fn rfc8693_a_transfer_is_good_once() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let token = app.transfer(&world, &tokens, Some("shopease")).await;
    let (mut first, mut second) = (world.browser(), world.browser());
    let page = first.open_transfer(&app.brand, &token).await;
    let opened = second.open_transfer(&app.brand, &token).await;
    first.go_on(&page).await;
    let late = second.go_on(&opened).await;
    assert_eq!((late.status.as_u16(), &*late.error()), (400, "transfer_used"));
    assert!(late.has("#back-to-app") && late.has("#error-id"));
    assert!(signed_in(&mut second, &app.brand).await.is_none());
    let again = world.browser().open_transfer(&app.brand, &token).await;
    assert_eq!(again.error(), "transfer_used");
}

#[tokio::test]
async fn rfc8693_a_lost_answer_is_given_again_to_the_same_browser() {
    let world = World::start().await;
    let (app, _, mut browser, page) = asked(&world, Some("shopease")).await;
    let mut lost = browser.clone();
    lost.go_on_once(&page).await;
    // Nothing of that answer has arrived; she presses again.
    let sent = browser.go_on(&page).await;
    assert_eq!(sent.url.path(), "/initiate-login");
    let account = account(&mut browser, &app.brand).await;
    assert!(account.body.contains(ALICE_MASKED));
    // It is one session: the app's own browser has the other.
    assert_eq!(account.attrs("[data-session]", "data-session").len(), 2);
    // Where it has arrived, she just goes on.
    let sent = browser.get(page.url.as_str()).await;
    assert_eq!(sent.url.path(), "/initiate-login");
    assert_eq!(browser.go_on(&page).await.url.path(), "/initiate-login");
}

#[tokio::test]
async fn rfc8693_no_ends_it() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let token = app.transfer(&world, &tokens, Some("shopease")).await;
    let mut browser = world.browser();
    let page = browser.open_transfer(&app.brand, &token).await;
    let done = browser
        .submit(&page, "form#transfer-form", &[("decision", "no")])
        .await;
    assert!(done.has("main#transfer-declined") && done.has("#back-to-app"));
    assert!(browser.get(done.url.as_str()).await.has("main#transfer-declined"));
    assert!(browser.go_on(&page).await.has("main#transfer-declined"));
    assert!(signed_in(&mut browser, &app.brand).await.is_none());
    let elsewhere = world.browser().open_transfer(&app.brand, &token).await;
    assert_eq!(elsewhere.error(), "transfer_used");
    let neither = world.app_of_alice().await;
    let token = app.transfer(&world, &neither.1, None).await;
    let page = browser.open_transfer(&app.brand, &token).await;
    let unclear = browser.submit(&page, "form#transfer-form", &[]).await;
    assert_eq!(unclear.error(), "invalid_request");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn rfc8693_a_transfer_is_opened_within_a_minute_and_answered_within_five() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let token = app.transfer(&world, &tokens, None).await;
    let mut browser = world.browser();
    world.advance(58).await;
    let page = browser.open_transfer(&app.brand, &token).await;
    assert!(page.has("form#transfer-form"));
    world.advance(2).await;
    let late = world.browser().open_transfer(&app.brand, &token).await;
    assert_eq!((late.status.as_u16(), &*late.error()), (400, "transfer_expired"));
    assert!(late.has("#error-id"));
    world.advance(200).await;
    assert!(browser.get(page.url.as_str()).await.has("form#transfer-form"));
    world.advance(100).await;
    assert_eq!(browser.go_on(&page).await.error(), "transfer_expired");
    assert_eq!(browser.get(page.url.as_str()).await.error(), "transfer_expired");
    assert!(signed_in(&mut browser, &app.brand).await.is_none());
}

#[tokio::test]
async fn te2_rfc8693_nothing_but_this_brands_own_is_opened() {
    let world = World::start().await;
    let (app, tokens) = world.app_of_alice().await;
    let token = app.transfer(&world, &tokens, None).await;
    let north = world.app_north();
    let scope = "openid offline_access";
    let hers = north.tokens(&world, &mut world.browser(), scope, ALICE).await;
    let foreign = north.transfer(&world, &hers, None).await;
    let flipped = format!(
        "{}{}",
        if token.starts_with('A') { 'B' } else { 'A' },
        &token[1..]
    );
    for (brand, text) in [
        (&north.brand, &*token),
        (&app.brand, &*foreign),
        (&app.brand, &*flipped),
        (&app.brand, tokens.refresh.as_deref().unwrap()),
        (&app.brand, &*tokens.access),
        (&app.brand, "x"),
        (&app.brand, ""),
    ] {
        let page = world.browser().open_transfer(brand, text).await;
        assert_eq!(
            (page.status.as_u16(), &*page.error()),
            (400, "transfer_unknown"),
            "{text}"
        );
    }
    let twice = format!(
        "{}/session/transfer?token={token}&token={token}",
        app.brand.issuer
    );
    assert_eq!(world.browser().get(&twice).await.error(), "transfer_unknown");
}

#[tokio::test]
async fn br1_rfc8693_the_answer_comes_from_our_page_in_this_browser() {
    let world = World::start().await;
    let (app, _, browser, page) = asked(&world, None).await;
    let forged = [("decision", "continue"), ("csrf", "x")];
    let refused = browser.clone().submit(&page, "form#transfer-form", &forged).await;
    assert_eq!(
        (refused.status.as_u16(), &*refused.error()),
        (403, "cross_site_request")
    );
    let mut cross = browser.clone();
    cross.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    assert_eq!(cross.go_on(&page).await.status, 403);
    // Whoever sends a victim this form of his own page has no cookie in her browser.
    let mut victim = world.browser();
    assert_eq!(victim.go_on(&page).await.error(), "transaction_not_found");
    assert!(signed_in(&mut victim, &app.brand).await.is_none());
    // A transaction of something else is none of this.
    let mut other = world.browser();
    let phone = other.get(&world.conformance().authorize("openid").url()).await;
    let id = query_of(&phone.url)["tx"].clone();
    let odd = other
        .get(&format!("{}/session/transfer?tx={id}", app.brand.issuer))
        .await;
    assert_eq!(odd.error(), "transaction_not_found");
}

#[tokio::test]
async fn rfc8693_what_no_longer_stands_signs_nobody_in() {
    let mut world = World::start().await;
    for case in ["given back", "withdrawn", "suspended", "unregistered"] {
        let (app, tokens, mut browser, page) = asked(&world, Some("shopease")).await;
        match case {
            "given back" => {
                app.revoke(&world, tokens.refresh.as_deref().unwrap()).await;
            }
            "withdrawn" => {
                let url = format!("{}/account", app.brand.issuer);
                let mut hers = world.browser();
                hers.through(&world, &url, ALICE).await;
                let confirm = hers.get(&format!("{url}/revoke?client=brand-app")).await;
                hers.submit(&confirm, "form#revoke-form", &[]).await;
            }
            "suspended" => {
                let from = "id = \"ut-1001\"\n";
                let to = format!("{from}status = \"suspended\"\n");
                world.restart_edited(&[(from, &to)]).await;
            }
            _ => {
                let may = "    \"authorization_code\", \"refresh_token\", \"urn:ietf:params:oauth:grant-type:token-exchange\",\n";
                let may_not = "    \"authorization_code\", \"refresh_token\",\n";
                world.restart_edited(&[(may, may_not)]).await;
            }
        }
        let refused = browser.go_on(&page).await;
        assert_eq!(
            (refused.status.as_u16(), &*refused.error()),
            (400, "transfer_refused"),
            "{case}"
        );
        let shown = browser.get(page.url.as_str()).await;
        assert_eq!(shown.error(), "transfer_refused", "{case}");
        world.restart_edited(&[]).await;
        assert!(signed_in(&mut browser, &app.brand).await.is_none(), "{case}");
    }
}

#[tokio::test]
async fn rfc8693_the_page_is_in_her_language() {
    let world = World::start().await;
    let (_, _, mut browser, page) = asked(&world, Some("shopease")).await;
    let arabic = browser.click(&page, "footer a[lang=ar]").await;
    assert_eq!(arabic.attr("html", "dir"), "rtl");
    assert!(arabic.has("form#transfer-form"));
    let no = browser
        .submit(&arabic, "form#transfer-form", &[("decision", "no")])
        .await;
    assert_eq!(no.attr("html", "lang"), "ar");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st4_rfc8693_each_call_may_fail_once() {
    for (port, nth) in (1..=5).map(|nth| ("store", nth)).chain([("members", 1)]) {
        let world = World::start().await;
        let (app, _, mut browser, page) = asked(&world, Some("shopease")).await;
        world.fault(port, "fail", nth, 1).await;
        let mut sent = browser.go_on(&page).await;
        if sent.status == 503 {
            assert_eq!(sent.error(), "temporarily_unavailable", "{port} {nth}");
            assert!(sent.has("a#retry"), "{port} {nth}");
            let retried = browser.click(&sent, "a#retry").await;
            sent = browser.go_on(&retried).await;
        }
        assert_eq!(sent.url.path(), "/initiate-login", "{port} {nth}");
        assert!(
            signed_in(&mut browser, &app.brand).await.is_some(),
            "{port} {nth}"
        );
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st4_rfc8693_a_lost_answer_of_ours_leaves_her_a_way() {
    for (port, nth) in (1..=5).map(|nth| ("store", nth)).chain([("members", 1)]) {
        let world = World::start().await;
        let (app, tokens, mut browser, page) = asked(&world, Some("shopease")).await;
        world.fault(port, "lose_answer", nth, 1).await;
        let sent = browser.go_on(&page).await;
        let sent = if sent.status == 503 {
            browser.go_on(&page).await
        } else {
            sent
        };
        if sent.url.path() == "/initiate-login" {
            continue;
        }
        // Whether it was she who used it is not known, so it is used. The app gets another.
        assert_eq!(sent.error(), "transfer_used", "{port} {nth}");
        assert!(sent.has("#back-to-app"));
        let token = app.transfer(&world, &tokens, Some("shopease")).await;
        let page = browser.open_transfer(&app.brand, &token).await;
        assert_eq!(browser.go_on(&page).await.url.path(), "/initiate-login");
    }
}
