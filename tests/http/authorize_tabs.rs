//! To whom a started sign-in belongs: one browser, one request, however many tabs.

use reqwest::Method;

use crate::harness::{ALICE, Authorization, BOB, Browser, Client, Page, TEST_MEMBER, World};

const HOST: &str = "auth.urbantrend.localhost";

/// The callback is the one of this request, and so are its tokens.
async fn belongs(world: &World, client: &Client, request: &Authorization, page: &Page) {
    let state = page.callback().remove("state");
    assert_eq!(state.as_deref(), Some(request.get("state")), "{}", page.body);
    assert!(page.url.as_str().starts_with(request.get("redirect_uri")));
    let tokens = client.redeem(world, request, page).await;
    assert_eq!(tokens.id_claims()["nonce"], request.get("nonce"));
    assert_eq!(tokens.id_claims()["aud"], client.id.as_str());
    let mut asked: Vec<_> = request.get("scope").split(' ').collect();
    asked.sort_unstable();
    assert_eq!(tokens.scope(), asked);
}

/// Which step both tabs have reached before either goes on.
#[derive(Debug, Clone, Copy)]
enum Reached {
    Phone,
    Code,
    Consent,
}

async fn bring_to(world: &World, browser: &mut Browser, request: &Authorization, step: Reached) -> Page {
    let page = browser.get(&request.url()).await;
    match step {
        Reached::Code => {
            let fields = [("phone", TEST_MEMBER), ("action", "phone")];
            browser.submit(&page, "form#phone-form", &fields).await
        }
        Reached::Consent if page.has("form#phone-form") => browser.sign_in(world, &page, TEST_MEMBER).await,
        Reached::Phone | Reached::Consent => page,
    }
}

/// Brings both tabs to a step, then finishes one after the other; each must end with its own answer.
async fn interleave(other: &str, step: Reached, turned: bool) {
    let world = World::start().await;
    let a = world.conformance();
    let (b, scope) = match other {
        "conformance" => (world.conformance(), "email openid"),
        _ => (world.fashionboard(), "loyalty.tier.read openid"),
    };
    let (x, y) = (a.authorize("openid profile"), b.authorize(scope));
    let mut browser = world.browser();
    let mut tabs = [
        (&a, &x, bring_to(&world, &mut browser, &x, step).await),
        (&b, &y, bring_to(&world, &mut browser, &y, step).await),
    ];
    if turned {
        tabs.reverse();
    }
    for (client, request, mut page) in tabs {
        if page.has("form#code-form") {
            let fields = [("code", "424242"), ("action", "code")];
            page = browser.submit(&page, "form#code-form", &fields).await;
        } else if page.has("form#phone-form") {
            page = browser.sign_in(&world, &page, TEST_MEMBER).await;
        }
        // Once more where the other tab changed what is left to ask.
        for _ in 0..2 {
            if page.has("form#consent-form") {
                page = browser.allow(&page).await;
            }
        }
        belongs(&world, client, request, &page).await;
    }
}

#[tokio::test]
async fn a037_fl2_two_tabs_do_not_mix_in_any_order() {
    for other in ["conformance", "fashionboard"] {
        for step in [Reached::Phone, Reached::Code, Reached::Consent] {
            for turned in [false, true] {
                interleave(other, step, turned).await;
            }
        }
    }
}

#[tokio::test]
async fn fl2_a_tab_left_open_asks_only_what_the_other_did_not_settle() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let (x, y) = (
        client.authorize("openid profile"),
        client.authorize("openid profile email"),
    );
    let first = bring_to(&world, &mut browser, &x, Reached::Consent).await;
    let second = bring_to(&world, &mut browser, &y, Reached::Consent).await;
    browser.allow(&first).await;
    let again = browser.allow(&second).await;
    assert_eq!(
        again.scopes(),
        ["email"],
        "nothing is allowed by a page that was out of date"
    );
    // And a refusal there is final, though the old page is posted once more.
    let jar = browser.clone();
    let end = browser.deny(&again).await;
    assert_eq!(end.callback()["error"], "access_denied");
    for mut replay in [browser, jar] {
        let page = replay.allow(&again).await;
        assert_eq!(page.status, 400);
        assert_eq!(page.error(), "transaction_finished");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a037_a_step_of_another_browser_is_not_found() {
    let world = World::start().await;
    let mut owner = world.browser();
    let request = world.conformance().authorize("openid profile");
    for step in [Reached::Phone, Reached::Code, Reached::Consent] {
        let page = bring_to(&world, &mut owner, &request, step).await;
        let tx = page.url.query().unwrap();
        for path in ["/login", "/consent", "/oauth2/auth"] {
            let url = format!("{}{path}?{tx}", world.urbantrend().issuer);
            let answer = world.browser().get(&url).await;
            assert_eq!(
                (answer.status.as_u16(), answer.error().as_str()),
                (400, "transaction_not_found")
            );
        }
        // Every field of the owner's form is worth nothing without her cookie.
        let form = ["form#phone-form", "form#code-form", "form#consent-form"];
        let form = form.into_iter().find(|f| page.has(f)).unwrap();
        let answer = world
            .browser()
            .submit(
                &page,
                form,
                &[("decision", "allow"), ("code", "424242"), ("action", "code")],
            )
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (400, "transaction_not_found"),
            "{form}"
        );
        // A signed-in browser of somebody else does no better.
        let mut other = world.browser();
        world
            .conformance()
            .tokens(&world, &mut other, "openid", BOB)
            .await;
        let answer = other.submit(&page, form, &[("decision", "allow")]).await;
        assert_eq!(answer.error(), "transaction_not_found");
        world.advance(3_600).await;
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a037_a_finished_or_expired_step_goes_nowhere() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let request = client.authorize("openid profile");
    let phone = browser.get(&request.url()).await;
    let consent = browser.sign_in(&world, &phone, TEST_MEMBER).await;
    let end = browser.allow(&consent).await;
    client.redeem(&world, &request, &end).await;
    for (page, form) in [(&phone, "form#phone-form"), (&consent, "form#consent-form")] {
        let answer = browser
            .submit(
                page,
                form,
                &[("decision", "allow"), ("action", "phone"), ("phone", BOB)],
            )
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (400, "transaction_finished"),
            "{form}"
        );
        let answer = browser.get(page.url.as_str()).await;
        assert_eq!(answer.error(), "transaction_finished", "{form}");
    }
    assert!(
        world.inbox(BOB).await.is_empty(),
        "nothing is sent from a finished step"
    );

    // After its hour a step begins anew, after a day it is gone.
    let mut late = world.browser();
    let phone = late.get(&request.url()).await;
    let code = [("phone", TEST_MEMBER), ("action", "phone")];
    let code = late.submit(&phone, "form#phone-form", &code).await;
    world.advance(3_700).await;
    let answer = late
        .submit(&code, "form#code-form", &[("code", "424242"), ("action", "code")])
        .await;
    assert!(answer.has("form#phone-form"), "{}", answer.body);
    world.advance(90_000).await;
    let answer = late.get(phone.url.as_str()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.error().as_str()),
        (400, "transaction_not_found")
    );
}

#[tokio::test]
async fn a039_the_session_cookie_is_locked_down_and_changes_at_every_sign_in() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client.tokens(&world, &mut browser, "openid", TEST_MEMBER).await;
    let old = browser.clone();
    let request = client.authorize("openid").with("prompt", "login");
    let phone = browser.get(&request.url()).await;
    let fields = [("phone", TEST_MEMBER), ("action", "phone")];
    let code = browser.submit(&phone, "form#phone-form", &fields).await;
    let (action, mut fields) = code.form("form#code-form");
    fields.retain(|(name, _)| name != "code");
    fields.push(("code".to_owned(), "424242".to_owned()));
    let answer = browser.once(Method::POST, &action, Some(&fields)).await;
    let cookies: Vec<&str> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|c| c.to_str().unwrap())
        .collect();
    assert!(
        cookies.iter().any(|c| c.starts_with("__Host-session=")),
        "{cookies:?}"
    );
    for cookie in cookies {
        let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
        for needed in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&needed), "{cookie}");
        }
        assert!(cookie.starts_with("__Host-") && !cookie.contains("Domain") && cookie.len() < 4_096);
    }
    // The new cookie is a session, the old one no more.
    let silent = client.authorize("openid").with("prompt", "none");
    assert!(browser.get(&silent.url()).await.callback().contains_key("code"));
    let answer = old.clone().ask(&silent).await;
    answer.assert_refusal("login_required", &silent);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn se5_a_sign_in_that_is_given_up_leaves_the_session_as_it_was() {
    let world = World::start().await;
    let client = world.conformance();
    for (name, value) in [("prompt", "login"), ("max_age", "1")] {
        let mut browser = world.browser();
        let first = client
            .tokens(&world, &mut browser, "openid", TEST_MEMBER)
            .await
            .id_claims();
        world.advance(100).await;
        let request = client.authorize("openid").with(name, value);
        let session = browser.cookies[HOST]["__Host-session"].clone();
        // Halfway as herself, with a wrong code; and halfway as somebody else.
        for (number, code) in [(TEST_MEMBER, "000000"), (ALICE, "000000")] {
            let phone = browser.get(&request.url()).await;
            assert!(phone.has("form#phone-form"), "{name}={value}");
            let page = browser
                .submit(
                    &phone,
                    "form#phone-form",
                    &[("phone", number), ("action", "phone")],
                )
                .await;
            let page = browser
                .submit(&page, "form#code-form", &[("code", code), ("action", "code")])
                .await;
            assert_eq!(page.status, 400);
        }
        assert_eq!(browser.cookies[HOST]["__Host-session"], session);
        let silent = client.authorize("openid").with("prompt", "none");
        let page = browser.get(&silent.url()).await;
        let claims = client.redeem(&world, &silent, &page).await.id_claims();
        assert_eq!(claims["sub"], first["sub"]);
        assert_eq!(claims["auth_time"], first["auth_time"], "{name}={value}");
        // The step left open is still a sign-in, not a way around it.
        let open = browser.get(&request.url()).await;
        assert!(open.has("form#phone-form"));
    }
}

#[tokio::test]
async fn a037_many_large_requests_do_not_lock_a_browser_out() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    for _ in 0..8 {
        let large = client
            .authorize("openid")
            .with("state", &"s".repeat(1_300))
            .with("nonce", &"n".repeat(400));
        assert!(browser.get(&large.url()).await.has("form#phone-form"));
    }
    let kept: usize = browser
        .cookies
        .values()
        .flatten()
        .map(|(n, v)| n.len() + v.len() + 3)
        .sum();
    assert!(kept < 7_000, "{kept} bytes of cookies");
    // The newest is still there to go on with.
    let page = browser
        .through(&world, &client.authorize("openid").url(), ALICE)
        .await;
    assert!(page.callback().contains_key("code"));
}
