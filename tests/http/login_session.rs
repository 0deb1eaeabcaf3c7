//! The session a sign-in begins, and the steps that lead to it.

use crate::harness::{ALICE, BOB, World};

#[tokio::test]
async fn se1_a039_the_session_is_new_with_every_sign_in_and_the_old_one_is_unknown() {
    let world = World::start().await;
    let request = || world.conformance().authorize("openid");
    let mut browser = world.browser();
    browser.through(&world, &request().url(), ALICE).await;
    let first = browser.session().unwrap();
    // Signing in again, as herself.
    browser
        .through(&world, &request().with("prompt", "login").url(), ALICE)
        .await;
    let second = browser.session().unwrap();
    assert_ne!(first, second);
    for (value, answer) in [(&first, "login_required"), (&second, "code")] {
        let mut replay = world.browser();
        replay.plant_session(value);
        assert_eq!(replay.silently(&request()).await, answer);
    }
    // A victim with a planted session of the attacker's: hers is another, and his is over.
    let mut attacker = world.browser();
    attacker.through(&world, &request().url(), BOB).await;
    let planted = attacker.session().unwrap();
    let mut victim = world.browser();
    victim.plant_session(&planted);
    victim
        .through(&world, &request().with("prompt", "login").url(), ALICE)
        .await;
    assert_ne!(victim.session().unwrap(), planted);
    assert_eq!(attacker.silently(&request()).await, "login_required");
}

#[tokio::test]
async fn se3_a_forged_session_is_no_session() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let mut browser = world.browser();
    browser.through(&world, &request.url(), ALICE).await;
    let good = browser.session().unwrap();
    let mut forged = vec![
        String::new(),
        "x".to_owned(),
        good[1..].to_owned(),
        format!("{good}A"),
    ];
    for at in [0, 1, good.len() / 2, good.len() - 2] {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        forged.push(format!("{}{other}{}", &good[..at], &good[at + 1..]));
    }
    for value in forged {
        let mut other = world.browser();
        other.plant_session(&value);
        assert_eq!(other.silently(&request).await, "login_required", "{value}");
    }
    assert_eq!(browser.silently(&request).await, "code");
}

#[tokio::test]
async fn se4_steps_cannot_be_skipped() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let mut browser = world.browser();
    let page = browser.get(&request.url()).await;
    // Verify before send.
    let fields = [("code", "000000"), ("action", "code")];
    let verify = browser.submit(&page, "form#phone-form", &fields).await;
    assert!(verify.has("form#phone-form"));
    for action in ["resend", "continue"] {
        let page = browser
            .submit(&page, "form#phone-form", &[("action", action)])
            .await;
        assert!(page.has("form#phone-form"), "{action}");
    }
    // Consent before the code, seen and posted.
    let (login, _) = page.form("form#phone-form");
    let consent = login.join("/consent").unwrap();
    let look = browser
        .get(&format!("{consent}?{}", page.url.query().unwrap()))
        .await;
    assert!(look.has("form#phone-form"));
    let (_, fields) = page.form("form#phone-form");
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
    fields.push(("decision", "allow"));
    let allow = browser.post(consent.as_str(), &fields).await;
    assert!(allow.has("form#phone-form"));
    let code_page = browser.type_number(&page, ALICE).await;
    let allow = browser.post(consent.as_str(), &fields).await;
    assert!(
        allow.has("form#code-form"),
        "the code under way is not lost: {}",
        allow.body
    );
    assert_eq!(browser.session(), None);
    assert!(code_page.has("form#code-form"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a_step_that_took_too_long_starts_again() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let mut browser = world.browser();
    let page = browser.reach_code(&request, ALICE).await;
    let code = world.code(ALICE).await;
    world.advance(3_601).await;
    let page = browser.type_code(&page, &code).await;
    assert!(page.has("form#phone-form"), "{}", page.body);
    let page = browser.sign_in(&world, &page, ALICE).await;
    let page = browser.allow(&page).await;
    assert_eq!(page.callback()["state"], request.get("state"));
    assert!(page.callback().contains_key("code"));
}
