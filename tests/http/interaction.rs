//! One request on its way through the pages: tabs, the back button, a change of member, the language.

use crate::harness::{ALICE, BOB, Browser, Page, World};

#[tokio::test]
async fn a037_fl2_two_tabs_are_two_requests_in_any_order() {
    for order in [[0, 1], [1, 0]] {
        let world = World::start().await;
        let clients = [world.fashionboard(), world.conformance()];
        let scopes = ["loyalty.tier.read openid", "openid profile"];
        let requests = [0, 1].map(|tab| clients[tab].authorize(scopes[tab]));
        let mut browser = world.browser();
        // Both tabs wait for a code of their own; both sign in; both ask; then each is answered.
        let mut pages = Vec::new();
        for request in &requests {
            let page = browser.reach_code(request, ALICE).await;
            let code = world.inbox(ALICE).await[0]["code"].as_str().unwrap().to_owned();
            pages.push((page, code));
        }
        let mut asked = [None, None];
        for tab in order {
            let (page, code) = &pages[tab];
            asked[tab] = Some(browser.type_code(page, code).await);
        }
        for tab in order {
            // The second sign-in replaced the session of the first, so that tab may ask her to sign in again.
            let page = asked[tab].take().unwrap();
            let mut page = browser.allow(&page).await;
            if page.has("form#phone-form") {
                page = browser.sign_in(&world, &page, ALICE).await;
            }
            if page.has("form#consent-form") {
                page = browser.allow(&page).await;
            }
            let answer = page.callback();
            assert_eq!(answer["state"], requests[tab].get("state"));
            let tokens = clients[tab].redeem(&world, &requests[tab], &page).await;
            assert_eq!(tokens.id_claims()["nonce"], requests[tab].get("nonce"));
            assert_eq!(tokens.scope().join(" "), scopes[tab]);
        }
    }
}

#[tokio::test]
async fn a037_se2_an_interaction_opens_in_its_own_browser_only() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let mut attacker = world.browser();
    let phone = attacker.get(&request.url()).await;
    let mut victim = world.browser();
    // Even one who is signed in.
    victim
        .through(&world, &world.conformance().authorize("openid").url(), ALICE)
        .await;
    for path in ["/login", "/consent", "/oauth2/auth"] {
        let link = phone.url.join(path).unwrap();
        let link = format!("{link}?{}", phone.url.query().unwrap());
        let page = victim.get(&link).await;
        assert_eq!(
            (page.status.as_u16(), &*page.error()),
            (400, "transaction_not_found"),
            "{path}"
        );
    }
    assert_eq!(
        victim.type_number(&phone, ALICE).await.error(),
        "transaction_not_found"
    );
    let asked = attacker.reach_consent(&world, &request, BOB).await;
    assert_eq!(victim.allow(&asked).await.error(), "transaction_not_found");
}

#[tokio::test]
async fn a037_a_finished_request_says_so_wherever_the_back_button_leads() {
    for allowed in [true, false] {
        let world = World::start().await;
        let request = world.fashionboard().authorize("openid loyalty.tier.read");
        let mut browser = world.browser();
        let asked = browser.reach_consent(&world, &request, ALICE).await;
        let page = if allowed {
            browser.allow(&asked).await
        } else {
            browser.deny(&asked).await
        };
        assert_eq!(page.callback()["state"], request.get("state"));
        for path in ["/login", "/consent", "/oauth2/auth"] {
            let link = asked.url.join(path).unwrap();
            let page = browser
                .get(&format!("{link}?{}", asked.url.query().unwrap()))
                .await;
            assert_eq!(page.error(), "transaction_finished", "{path}");
            assert_eq!(page.status, 400);
            assert!(
                page.attr("a#back-to-app", "href")
                    .contains("fashionboard.localhost"),
                "{path}"
            );
        }
        assert_eq!(browser.allow(&asked).await.error(), "transaction_finished");
        assert_eq!(browser.deny(&asked).await.error(), "transaction_finished");
    }
}

/// "Not you?", and then another number.
async fn switch(world: &World, browser: &mut Browser, page: &Page, number: &str) -> Page {
    let phone = browser.click(page, "a#not-you").await;
    assert!(phone.has("form#phone-form"));
    browser.sign_in(world, &phone, number).await
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn not_you_switches_the_member_and_ends_what_hung_on_the_old_session() {
    let world = World::start().await;
    let mut browser = world.browser();
    let bound = world
        .fashionboard()
        .tokens(&world, &mut browser, "openid loyalty.tier.read", ALICE)
        .await;
    let scope = "openid offline_access loyalty.points.read";
    let offline = world.shopease().tokens(&world, &mut browser, scope, ALICE).await;
    let old = browser.session().unwrap();
    let request = world.conformance().authorize("openid");
    let page = browser.reach_consent(&world, &request, ALICE).await;
    assert!(page.text("main").contains("0101"));
    // Looking at the phone page switches nothing yet.
    browser.click(&page, "a#not-you").await;
    assert_eq!(world.fashionboard().userinfo(&bound.access).await.status(), 200);
    let page = switch(&world, &mut browser, &page, BOB).await;
    assert!(page.text("main").contains("0102"));
    let page = browser.allow(&page).await;
    let bob = world.conformance().redeem(&world, &request, &page).await;
    let own = world
        .conformance()
        .tokens(&world, &mut world.browser(), "openid", BOB)
        .await;
    assert_eq!(bob.id_claims()["sub"], own.id_claims()["sub"]);
    assert_eq!(world.fashionboard().userinfo(&bound.access).await.status(), 401);
    let refreshed = world
        .shopease()
        .refresh(&world, offline.refresh.as_deref().unwrap())
        .await;
    assert_eq!(refreshed.status(), 200, "offline access is not the session's");
    let mut replay = world.browser();
    replay.plant_session(&old);
    assert_eq!(replay.silently(&request).await, "login_required");
}

#[tokio::test]
async fn the_language_is_switched_and_kept_through_the_steps() {
    let world = World::start().await;
    // What she chooses counts for more than what the app asks for.
    let plain = world.conformance().authorize("openid profile");
    let request = plain.clone().with("ui_locales", "en");
    let mut browser = world.browser();
    let phone = browser.get(&request.url()).await;
    assert_eq!(
        (phone.attr("html", "lang"), phone.attr("html", "dir")),
        ("en".into(), "ltr".into())
    );
    let arabic = browser.click(&phone, "footer a[lang=ar]").await;
    assert_eq!(
        (arabic.attr("html", "lang"), arabic.attr("html", "dir")),
        ("ar".into(), "rtl".into())
    );
    let code = browser.type_number(&arabic, ALICE).await;
    assert_eq!(code.attr("html", "dir"), "rtl");
    assert_eq!(code.attr("input#code", "dir"), "ltr");
    let asked = browser.type_code(&code, &world.code(ALICE).await).await;
    assert_eq!(asked.attr("html", "lang"), "ar");
    let hindi = browser.click(&asked, "footer a[lang=hi]").await;
    assert_eq!(hindi.attr("html", "lang"), "hi");
    assert!(hindi.has("form#consent-form"));
    let unknown = browser.get(&format!("{}&lang=xx", hindi.url)).await;
    assert_eq!(unknown.attr("html", "lang"), "hi");
    assert!(browser.allow(&unknown).await.callback().contains_key("code"));
    // The next sign-in of this browser is in her language; another browser's is not.
    let next = browser.get(&plain.clone().with("prompt", "login").url()).await;
    assert_eq!(next.attr("html", "lang"), "hi");
    assert_eq!(world.browser().get(&plain.url()).await.attr("html", "lang"), "en");
}

#[tokio::test]
async fn switching_the_language_stays_on_the_page() {
    let world = World::start().await;
    let mut browser = world.browser();
    let code = browser
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    let phone = browser.click(&code, "a#change-number").await;
    assert!(phone.has("form#phone-form"));
    let arabic = browser.click(&phone, "footer a[lang=ar]").await;
    assert!(arabic.has("form#phone-form"), "{}", arabic.url);
}

#[tokio::test]
async fn a_double_submit_ends_where_the_first_did() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut browser = world.browser();
    let page = browser.reach_code(&request, ALICE).await;
    let code = world.code(ALICE).await;
    let mut at_once = browser.clone();
    let asked = browser.type_code(&page, &code).await;
    // The button again, with the cookies of the first answer: her step is done, and she goes on.
    let again = browser.type_code(&page, &code).await;
    assert!(again.has("form#consent-form"));
    // Both at once: the second answer finds the code used, and its button leads on.
    let late = at_once.type_code(&page, &code).await;
    assert_eq!(late.status, 400);
    assert!(browser.resend(&late).await.has("form#consent-form"));
    assert_eq!(world.inbox(ALICE).await.len(), 1);
    let mut at_once = browser.clone();
    let (first, second) = (browser.allow(&asked).await, at_once.allow(&asked).await);
    for page in [first, second] {
        assert_eq!(page.callback()["state"], request.get("state"));
        assert!(page.callback().contains_key("code"));
    }
    assert_eq!(browser.allow(&asked).await.error(), "transaction_finished");
}

#[tokio::test]
async fn an_allow_sent_twice_is_one_though_the_app_insists_on_asking() {
    let world = World::start().await;
    let client = world.conformance();
    let request = client.authorize("openid profile").with("prompt", "consent");
    let mut browser = world.browser();
    let asked = browser.reach_consent(&world, &request, ALICE).await;
    let mut at_once = browser.clone();
    for browser in [&mut browser, &mut at_once] {
        let callback = browser.allow(&asked).await;
        client.redeem(&world, &request, &callback).await;
    }
    // The next request asks again.
    let next = client.authorize("openid profile").with("prompt", "consent");
    assert!(browser.get(&next.url()).await.has("form#consent-form"));
}
