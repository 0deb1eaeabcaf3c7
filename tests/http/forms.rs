//! Who may post a form: nobody but a person on our own page.

use reqwest::Method;

use crate::harness::{ALICE, BOB, Browser, Page, World, filled};

/// Posts a form as other sites could make a browser do. Each is refused, and none sets a cookie.
async fn forgeries(
    world: &World,
    browser: &Browser,
    page: &Page,
    form: &str,
    changes: &[(&str, &str)],
    foreign: &str,
) {
    let (action, fields) = filled(page, form, changes);
    let with_token = |token: Option<&str>| -> Vec<(String, String)> {
        let kept = fields.iter().filter(|(n, _)| n != "csrf").cloned();
        let token = token.map(|t| ("csrf".to_owned(), t.to_owned()));
        kept.chain(token).collect()
    };
    let mut bodies = vec![with_token(Some(foreign)), with_token(Some("x"))];
    // Without the field it is a partner's request to sign out, which asks her.
    if !action.path().ends_with("logout") {
        bodies.extend([with_token(None), with_token(Some(""))]);
    }
    for body in bodies {
        let answer = browser.clone().once(Method::POST, &action, Some(&body)).await;
        let found = (answer.status.as_u16(), answer.error());
        assert_eq!(found, (403, "cross_site_request".to_owned()), "{form} {body:?}");
        assert!(answer.set_cookies().is_empty());
    }
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("origin", "http://auth.urbantrend.localhost.evil.example"),
        ("origin", "http://auth.northpeak.localhost"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let mut browser = browser.clone();
        browser.headers.push((header, value.to_owned()));
        let answer = browser.once(Method::POST, &action, Some(&fields)).await;
        assert_eq!(answer.status, 403, "{form} {header}: {value}");
        assert_eq!(answer.error(), "cross_site_request");
        assert!(answer.set_cookies().is_empty());
    }
    let body: Vec<_> = fields.iter().map(|(n, v)| format!("{n}={v}")).collect();
    for content_type in ["text/plain", "application/json", "multipart/form-data", ""] {
        let answer = browser
            .clone()
            .post_body(world, &action, content_type, &body.join("&"))
            .await;
        assert_eq!(answer.status, 415, "{form} {content_type}");
        assert!(answer.set_cookies().is_empty());
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn br1_forged_login_and_consent_forms_send_and_change_nothing() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut browser = world.browser();
    // The token of another transaction of the same browser.
    let other = browser.get(&request.url()).await;
    let foreign = &other.attr("input[name=csrf]", "value");
    let phone = browser.get(&request.url()).await;
    let fields = [("phone", ALICE), ("action", "phone")];
    forgeries(&world, &browser, &phone, "form#phone-form", &fields, foreign).await;
    assert!(world.inbox(ALICE).await.is_empty());
    let page = browser.type_number(&phone, ALICE).await;
    let code = world.code(ALICE).await;
    // Neither right codes nor wrong ones count.
    for typed in [&*code, "000000"] {
        let fields = [("code", typed), ("action", "code")];
        forgeries(&world, &browser, &page, "form#code-form", &fields, foreign).await;
    }
    world.advance(31).await;
    let fields = [("action", "resend")];
    forgeries(&world, &browser, &page, "form#code-form", &fields, foreign).await;
    assert_eq!(world.inbox(ALICE).await.len(), 1);
    let page = browser.type_code(&page, &code).await;
    let fields = [("decision", "allow")];
    forgeries(&world, &browser, &page, "form#consent-form", &fields, foreign).await;
    assert_eq!(browser.silently(&request).await, "consent_required");
    assert!(browser.allow(&page).await.callback().contains_key("code"));
}

#[tokio::test]
async fn br1_forged_account_and_logout_forms_change_nothing() {
    let world = World::start().await;
    let client = world.conformance();
    let issuer = world.urbantrend().issuer;
    let mut browser = world.browser();
    let tokens = client.tokens(&world, &mut browser, "openid", ALICE).await;
    let mut second = world.browser();
    client.tokens(&world, &mut second, "openid", ALICE).await;
    // Tokens of the same form in her other browser.
    let theirs = second
        .get(&format!("{issuer}/account/revoke?client=conformance"))
        .await;
    let foreign = &theirs.attr("input[name=csrf]", "value");
    let revoke = browser
        .get(&format!("{issuer}/account/revoke?client=conformance"))
        .await;
    forgeries(&world, &browser, &revoke, "form#revoke-form", &[], foreign).await;
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
    let account = browser.get(&format!("{issuer}/account")).await;
    let end = "form[action='/account/end-session']";
    forgeries(&world, &browser, &account, end, &[], foreign).await;
    assert_eq!(second.silently(&client.authorize("openid")).await, "code");
    let logout = browser.get(&format!("{issuer}/oauth2/sessions/logout")).await;
    // Its own form's token does not fit either: it belongs to the account page.
    let foreign = &revoke.attr("input[name=csrf]", "value");
    forgeries(&world, &browser, &logout, "form#logout-form", &[], foreign).await;
    assert_eq!(browser.silently(&client.authorize("openid")).await, "code");
}

#[tokio::test]
async fn br2_an_attackers_own_code_signs_nobody_else_in() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let mut attacker = world.browser();
    let page = attacker.reach_code(&request, BOB).await;
    let code = world.code(BOB).await;
    // Posted by a script of his in her browser, with everything his page holds.
    let mut victim = world.browser();
    victim.get(&request.url()).await;
    let answer = victim.type_code(&page, &code).await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.error()),
        (400, "transaction_not_found")
    );
    assert_eq!(victim.silently(&request).await, "login_required");
    // His code in her own transaction is wrong.
    let page = victim.reach_code(&request, ALICE).await;
    assert!(victim.type_code(&page, &code).await.has("form#code-form"));
}

#[tokio::test]
async fn ot5_a_field_sent_twice_is_no_field() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser.get(&world.conformance().authorize("openid").url()).await;
    let (action, mut fields) = filled(&page, "form#phone-form", &[("phone", ALICE)]);
    fields.push(("phone".to_owned(), BOB.to_owned()));
    let answer = browser.once(Method::POST, &action, Some(&fields)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.error()),
        (400, "invalid_request".to_owned())
    );
    assert!(world.inbox(ALICE).await.is_empty() && world.inbox(BOB).await.is_empty());
}
