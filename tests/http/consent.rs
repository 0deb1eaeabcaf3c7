//! `/consent`: what a form can allow, for whom, and how often.

use crate::harness::{ALICE, Authorization, BOB, Browser, Page, Tokens, World, filled};

const ISSUER: &str = "auth.urbantrend.localhost";

async fn tokens(world: &World, request: &Authorization, page: &Page) -> Tokens {
    let client = if page.url.as_str().contains("fashionboard") {
        world.fashionboard()
    } else {
        world.conformance()
    };
    let fields = client.exchange(&page.callback()["code"], &request.verifier);
    Tokens::of(client.token(world, fields).await).await
}

fn scopes(text: &str) -> Vec<&str> {
    let mut scopes: Vec<_> = text.split(' ').collect();
    scopes.sort_unstable();
    scopes
}

#[tokio::test]
async fn a036_denying_returns_access_denied_and_keeps_the_session() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let page = browser.deny(&page).await;
    let answer = page.callback();
    assert_eq!(answer["error"], "access_denied");
    assert_eq!(answer["state"], request.get("state"));
    assert_eq!(answer["iss"], world.urbantrend().issuer);
    assert!(!answer.contains_key("code"));
    assert_eq!(browser.silently(&request).await, "consent_required");
}

#[tokio::test]
async fn a037_fl2_two_tabs_are_two_requests_in_any_order() {
    for order in [[0, 1], [1, 0]] {
        let world = World::start().await;
        let requests = [
            world.fashionboard().authorize("openid loyalty.tier.read"),
            world.conformance().authorize("openid profile"),
        ];
        let mut browser = world.browser();
        // Both tabs wait for a code of their own; both sign in; both ask; then each is answered.
        let mut pages = Vec::new();
        for request in &requests {
            let page = browser.reach_code(request, ALICE).await;
            let code = world.inbox(ALICE).await[0]["code"].as_str().unwrap().to_owned();
            pages.push((page, code));
        }
        let mut asked = vec![None, None];
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
            let tokens = tokens(&world, &requests[tab], &page).await;
            assert_eq!(tokens.id_claims()["nonce"], requests[tab].get("nonce"));
            let granted = tokens.all["scope"].as_str().unwrap_or(requests[tab].get("scope"));
            assert_eq!(scopes(granted), scopes(requests[tab].get("scope")));
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

#[tokio::test]
async fn a038_only_what_is_new_is_asked_and_each_app_is_asked_for_itself() {
    let world = World::start().await;
    let client = world.fashionboard();
    let mut browser = world.browser();
    let first = client.authorize("openid profile loyalty.tier.read");
    let page = browser.reach_consent(&world, &first, ALICE).await;
    assert_eq!(page.scopes(), ["loyalty.tier.read", "profile"]);
    browser.allow(&page).await;
    assert_eq!(browser.silently(&first).await, "code");
    let more = client.authorize("openid profile loyalty.tier.read loyalty.points.read");
    assert_eq!(browser.silently(&more).await, "consent_required");
    let page = browser.get(&more.url()).await;
    assert_eq!(page.scopes(), ["loyalty.points.read"]);
    assert_eq!(
        page.attrs("[data-allowed]", "data-allowed"),
        ["loyalty.tier.read", "profile"]
    );
    // Denying what is new leaves what was.
    browser.deny(&page).await;
    assert_eq!(browser.silently(&first).await, "code");
    let page = browser.get(&more.url()).await;
    browser.allow(&page).await;
    assert_eq!(browser.silently(&more).await, "code");
    assert_eq!(
        browser.silently(&world.conformance().authorize("openid")).await,
        "consent_required"
    );
    // And each member.
    let mut other = world.browser();
    other.reach_consent(&world, &first, BOB).await;
}

#[tokio::test]
async fn co1_a_form_can_take_away_and_never_add() {
    let world = World::start().await;
    let client = world.conformance_north();
    for (ticked, granted) in [
        (vec![], "openid profile"),
        (vec!["trail.log.read"], "openid profile trail.log.read"),
        (
            vec![
                "email",
                "offline_access",
                "phone",
                "admin",
                "*",
                "loyalty.tier.read",
            ],
            "openid profile",
        ),
        (vec!["trail.log.read email"], "openid profile"),
    ] {
        let request = client.authorize("openid profile trail.log.read");
        let mut browser = world.browser();
        let page = browser
            .reach_consent(&world, &request.clone().with("prompt", "consent"), ALICE)
            .await;
        assert!(page.has("input[type=checkbox][value='trail.log.read']:not([checked])"));
        let (action, mut fields) = filled(&page, "form#consent-form", &[("decision", "allow")]);
        fields.extend(ticked.iter().map(|s| ("scope".to_owned(), (*s).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
        let page = browser.post(action.as_str(), &fields).await;
        let code = client.exchange(&page.callback()["code"], &request.verifier);
        let tokens = Tokens::of(client.token(&world, code).await).await;
        let given = tokens.all["scope"].as_str().unwrap();
        assert_eq!(scopes(given), scopes(granted), "{ticked:?}");
        assert_eq!(tokens.refresh, None);
        // The next round is asked anew.
        let mut account = browser.get(&format!("{}/account", client.brand.issuer)).await;
        account = browser
            .get(
                account
                    .url
                    .join("/account/revoke?client=conformance")
                    .unwrap()
                    .as_str(),
            )
            .await;
        browser.submit(&account, "form#revoke-form", &[]).await;
    }
}

#[tokio::test]
async fn co1_a_client_cannot_be_allowed_what_it_may_not_ask() {
    let world = World::start().await;
    let client = world.fashionboard();
    let request = client.authorize("openid loyalty.tier.read loyalty.points.redeem");
    let mut browser = world.browser();
    let page = browser.get(&request.url()).await;
    if let Some(error) = page.callback().get("error") {
        assert_eq!(error, "invalid_scope");
        return;
    }
    let page = browser.reach_consent(&world, &request, ALICE).await;
    assert_eq!(page.scopes(), ["loyalty.tier.read"]);
    let changes = [("decision", "allow"), ("scope", "loyalty.points.redeem")];
    let page = browser.submit(&page, "form#consent-form", &changes).await;
    let tokens = tokens(&world, &request, &page).await;
    assert_eq!(
        scopes(tokens.all["scope"].as_str().unwrap()),
        ["loyalty.tier.read", "openid"]
    );
}

#[tokio::test]
async fn co2_fields_that_are_not_the_forms_own_change_nothing() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let changes = [
        ("client_id", "shopease"),
        ("redirect_uri", "https://evil.example/cb"),
        ("state", "evil"),
        ("member", "ut-1002"),
        ("sub", "ut-1002"),
        ("tenant", "northpeak"),
        ("resource", "https://evil.example"),
        ("decision", "allow"),
    ];
    let answer = browser.submit(&page, "form#consent-form", &changes).await;
    assert!(
        answer.url.as_str().starts_with(&request.get("redirect_uri")[..]),
        "{}",
        answer.url
    );
    assert_eq!(answer.callback()["state"], request.get("state"));
    let tokens = tokens(&world, &request, &answer).await;
    let alone = world.conformance();
    let other = alone.tokens(&world, &mut world.browser(), "openid", ALICE).await;
    assert_eq!(
        tokens.id_claims()["sub"],
        other.id_claims()["sub"],
        "the member who was asked"
    );
    // What names the ticket itself opens no other one.
    let page = browser
        .reach_consent(&world, &world.conformance().authorize("openid profile"), ALICE)
        .await;
    for tx in ["", "AAAAAAAAAAAAAAAA", "../../x", "%00"] {
        let changes = [("tx", tx), ("decision", "allow")];
        let answer = browser.submit(&page, "form#consent-form", &changes).await;
        assert_eq!(answer.status, 400, "{tx}");
    }
    for decision in ["", "ALLOW", "yes", "deny allow"] {
        let answer = browser
            .submit(&page, "form#consent-form", &[("decision", decision)])
            .await;
        assert_eq!(answer.error(), "invalid_request", "{decision}");
    }
    let more = world.conformance().authorize("openid profile");
    assert_eq!(browser.silently(&more).await, "consent_required");
}

#[tokio::test]
async fn co3_a_replayed_ticket_gives_no_second_grant_and_deny_is_final() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    // A copy of the browser as it was, with the ticket still open.
    let mut before = browser.clone();
    browser.deny(&page).await;
    let flipped = before.allow(&page).await;
    assert_eq!(flipped.error(), "transaction_finished");
    assert_eq!(browser.silently(&request).await, "consent_required");
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let mut before = browser.clone();
    browser.allow(&page).await;
    let account = browser
        .get(&format!("{}/account", world.urbantrend().issuer))
        .await;
    // Allowing what is allowed ends where the first did; it cannot be turned into a refusal of anything.
    let again = before.allow(&page).await;
    assert_eq!(again.callback()["state"], request.get("state"));
    let later = browser.get(account.url.as_str()).await;
    assert_eq!(
        later.attrs("form.revoke", "data-client"),
        account.attrs("form.revoke", "data-client")
    );
    assert_eq!(browser.silently(&request).await, "code");
}

#[tokio::test]
async fn co3_a_ticket_of_before_the_withdrawal_does_not_bring_the_consent_back() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let mut before = browser.clone();
    browser.allow(&page).await;
    let revoke = format!("{}/account/revoke?client=conformance", world.urbantrend().issuer);
    let confirm = browser.get(&revoke).await;
    browser.submit(&confirm, "form#revoke-form", &[]).await;
    assert_eq!(before.allow(&page).await.error(), "transaction_finished");
    assert_eq!(browser.silently(&request).await, "consent_required");
}

#[tokio::test]
async fn co4_a_ticket_is_its_members_and_its_browsers() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut alice = world.browser();
    let page = alice.reach_consent(&world, &request, ALICE).await;
    let mut bob = world.browser();
    bob.through(&world, &world.conformance().authorize("openid").url(), BOB)
        .await;
    let session = bob.cookies[ISSUER]["__Host-session"].clone();
    // Bob's session and Alice's ticket in one browser: he is asked for himself, and hers is not answered.
    let mut mixed = alice.clone();
    let jar = mixed.cookies.get_mut(ISSUER).unwrap();
    jar.insert("__Host-session".to_owned(), session);
    let answer = mixed.allow(&page).await;
    assert!(answer.has("form#consent-form"), "{}", answer.url);
    assert_eq!(alice.silently(&request).await, "consent_required");
    // Her other browser has her session and not the ticket.
    let mut other = world.browser();
    other.reach_consent(&world, &request, ALICE).await;
    assert_eq!(other.allow(&page).await.error(), "transaction_not_found");
    assert!(alice.allow(&page).await.callback().contains_key("code"));
}

#[tokio::test]
async fn a_session_that_ended_elsewhere_is_given_no_code() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut stolen = world.browser();
    let page = stolen.reach_consent(&world, &request, ALICE).await;
    let mut own = world.browser();
    let account = format!("{}/account", world.urbantrend().issuer);
    let phone = own.get(&account).await;
    let list = own.sign_in(&world, &phone, ALICE).await;
    own.submit(&list, "form[action='/account/end-session']", &[])
        .await;
    let answer = stolen.allow(&page).await;
    assert!(answer.has("form#phone-form"), "{}", answer.url);
}

/// "Not you?", and then another number.
async fn switch(world: &World, browser: &mut Browser, page: &Page, number: &str) -> Page {
    let phone = browser.click(page, "a#not-you").await;
    assert!(phone.has("form#phone-form"));
    browser.sign_in(world, &phone, number).await
}

#[tokio::test]
async fn not_you_switches_the_member_and_ends_what_hung_on_the_old_session() {
    let world = World::start().await;
    let mut browser = world.browser();
    let bound = world
        .fashionboard()
        .tokens(&world, &mut browser, "openid loyalty.tier.read", ALICE)
        .await;
    let scope = "openid offline_access loyalty.points.read";
    let offline = world.shopease().tokens(&world, &mut browser, scope, ALICE).await;
    let old = browser.cookies[ISSUER]["__Host-session"].clone();
    let request = world.conformance().authorize("openid");
    let page = browser.reach_consent(&world, &request, ALICE).await;
    assert!(page.text("main").contains("0101"));
    // Looking at the phone page switches nothing yet.
    browser.click(&page, "a#not-you").await;
    assert_eq!(world.fashionboard().userinfo(&bound.access).await.status(), 200);
    let page = switch(&world, &mut browser, &page, BOB).await;
    assert!(page.text("main").contains("0102"));
    let page = browser.allow(&page).await;
    let bob = tokens(&world, &request, &page).await;
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
    replay
        .cookies
        .entry(ISSUER.to_owned())
        .or_default()
        .insert("__Host-session".to_owned(), old);
    assert_eq!(replay.silently(&request).await, "login_required");
}

#[tokio::test]
async fn the_language_is_switched_and_kept_through_the_steps() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
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
    let next = browser.get(&request.clone().with("prompt", "login").url()).await;
    assert_eq!(next.attr("html", "lang"), "hi");
    assert_eq!(
        world.browser().get(&request.url()).await.attr("html", "lang"),
        "en"
    );
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
