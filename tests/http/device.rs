//! The page where a member types her device's code, and the way from there (RFC 8628 s3.3, s5).

use crate::harness::{ALICE, BOB, World, refusal};

fn limited(requests: u32) -> [(&'static str, String); 1] {
    let section = "[tenants.urbantrend.policy.otp.address]";
    let device = format!("[tenants.urbantrend.policy.device.address]\nrequests = {requests}\n\n{section}");
    [(section, device)]
}

#[tokio::test]
async fn a093_a_code_is_taken_however_it_is_typed() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid profile offline_access").await;
    let typed = format!(" {} ", codes.user.to_lowercase().replace('-', " "));
    let question = browser.reach_question(&world, &tv.brand, &typed, ALICE).await;
    let mut scopes = question.scopes();
    scopes.sort();
    assert_eq!(scopes, ["offline_access", "profile"]);
    let done = browser.allow(&question).await;
    assert_eq!(done.attr("main#device-done", "data-outcome"), "allowed");
}

#[tokio::test]
async fn the_question_names_app_and_code_and_its_end_stays() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid profile offline_access").await;
    let question = browser
        .reach_question(&world, &tv.brand, &codes.user, ALICE)
        .await;
    assert!(
        question
            .text("h1")
            .starts_with("Allow Urban Trend TV on a device")
    );
    assert_eq!(question.text("#place bdi"), codes.user);
    assert!(question.text("#device-note").contains(&codes.user));
    assert_eq!(question.scopes(), ["profile", "offline_access"]);
    assert!(
        question
            .header("content-security-policy")
            .contains("form-action 'self';")
    );
    let done = browser.allow(&question).await;
    assert_eq!(done.url.path(), "/device");
    assert!(done.text("h1").contains("go back to your device"));
    // A reload says the same; what was decided stays so.
    let again = browser.get(done.url.as_str()).await;
    assert_eq!(again.attr("main#device-done", "data-outcome"), "allowed");
}

#[tokio::test]
async fn a093_a_link_with_the_code_still_asks_her_to_compare() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid profile").await;
    let complete = codes.all["verification_uri_complete"].as_str().unwrap();
    let page = browser.get(complete).await;
    assert_eq!(page.attr("#user_code", "value"), codes.user);
    assert!(page.has("#compare"));
    let phone = browser.submit(&page, "form#device-form", &[]).await;
    assert!(phone.has("form#phone-form"), "{}", phone.body);
}

#[tokio::test]
async fn what_is_no_code_is_not_shown_from_a_link() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let odd = browser
        .get(&format!("{}/device?user_code=%3Cscript%3Ehello", tv.brand.issuer))
        .await;
    assert_eq!(odd.attr("#user_code", "value"), "");
    assert!(!odd.has("#compare") && !odd.body.contains("hello"));
}

#[tokio::test]
async fn a093_each_device_is_asked_for_though_all_of_it_is_remembered() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    for _ in 0..2 {
        let codes = tv.device_codes(&world, "openid profile").await;
        let question = browser
            .reach_question(&world, &tv.brand, &codes.user, ALICE)
            .await;
        assert_eq!(
            refusal(tv.poll(&world, &codes.device).await).await.1,
            "authorization_pending"
        );
        browser.allow(&question).await;
        assert_eq!(tv.poll(&world, &codes.device).await.status(), 200);
    }
}

#[tokio::test]
async fn pressing_twice_allows_once_and_is_told_so_twice() {
    let world = World::start().await;
    let (tv, mut first) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid profile").await;
    let question = first.reach_question(&world, &tv.brand, &codes.user, ALICE).await;
    // The second press leaves before the first is answered.
    let mut second = first.clone();
    let allow = [("decision", "allow")];
    let answers = [
        first.submit_once(&question, "form#consent-form", &allow).await,
        second.submit_once(&question, "form#consent-form", &allow).await,
    ];
    for (browser, answer) in [&mut first, &mut second].into_iter().zip(answers) {
        let onward = question.url.join(answer.header("location")).unwrap();
        let done = browser.get(onward.as_str()).await;
        assert_eq!(
            done.attr("main#device-done", "data-outcome"),
            "allowed",
            "{}",
            done.url
        );
    }
    assert_eq!(tv.poll(&world, &codes.device).await.status(), 200);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a093_a_wrong_code_says_no_more_than_that() {
    let world = World::start().await;
    let (tv, north) = (world.tv(), world.tv_north());
    let codes = tv.device_codes(&world, "openid").await;
    let late = tv.device_codes(&world, "openid").await;
    let used = tv.device_codes(&world, "openid profile").await;
    let mut browser = world.browser();
    let question = browser.reach_question(&world, &tv.brand, &used.user, ALICE).await;
    browser.deny(&question).await;
    let mut said = Vec::new();
    for (brand, typed) in [
        (&tv.brand, "BCDF-GHJK"),
        (&tv.brand, "hello"),
        (&tv.brand, &used.user),
        // Of another brand.
        (&north.brand, &codes.user),
    ] {
        let page = world.browser().connect(brand, typed).await;
        assert_eq!((page.status.as_u16(), page.has("[aria-invalid]")), (400, true));
        said.push(page.text("[role=alert]"));
    }
    world.advance(601).await;
    let page = world.browser().connect(&tv.brand, &late.user).await;
    said.push(page.text("[role=alert]"));
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
}

#[tokio::test]
async fn who_types_nothing_is_asked_to() {
    let world = World::start().await;
    let empty = world.browser().connect(&world.urbantrend(), " ").await;
    assert_eq!(
        empty.text("[role=alert]"),
        "Enter the code that your device shows."
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a093_an_address_guesses_so_often_and_no_more() {
    let edits = limited(3);
    let edits = edits.each_ref().map(|(from, to)| (*from, to.as_str()));
    let world = World::edited(&edits).await;
    let tv = world.tv();
    let codes = tv.device_codes(&world, "openid profile").await;
    for _ in 0..3 {
        let page = world.browser().connect(&tv.brand, "BCDF-GHJK").await;
        assert_eq!(page.status, 400);
    }
    let mut browser = world.browser();
    let page = browser.connect(&tv.brand, &codes.user).await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (429, "600"));
    // The other brand counts for itself, and time heals.
    let north = world.browser().connect(&world.northpeak(), "BCDF-GHJK").await;
    assert_eq!(north.status, 400);
    world.advance(601).await;
    let codes = tv.device_codes(&world, "openid profile").await;
    let phone = browser.connect(&tv.brand, &codes.user).await;
    assert!(phone.has("form#phone-form"));
}

#[tokio::test]
async fn a093_a_visit_ends_after_ten_wrong_codes() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid").await;
    let mut page = browser.get(&format!("{}/device", tv.brand.issuer)).await;
    for _ in 0..10 {
        page = browser.type_user_code(&page, "BCDF-GHJK").await;
        assert_eq!(page.status, 400);
    }
    assert_eq!(browser.type_user_code(&page, &codes.user).await.status, 429);
}

#[tokio::test]
async fn br1_a093_a_code_is_taken_from_our_own_page_only() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid").await;
    let page = browser.get(&format!("{}/device", tv.brand.issuer)).await;
    let forged = [("user_code", codes.user.as_str()), ("csrf", "x")];
    let refused = browser.clone().submit(&page, "form#device-form", &forged).await;
    assert_eq!(
        (refused.status.as_u16(), refused.error().as_str()),
        (403, "cross_site_request")
    );
    let mut cross = browser.clone();
    cross.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    let refused = cross.type_user_code(&page, &codes.user).await;
    assert_eq!(refused.status, 403);
    // A page of one browser is of no use in another (SE2).
    let mut other = world.browser();
    let refused = other.type_user_code(&page, &codes.user).await;
    assert_eq!(refused.error(), "transaction_not_found");
    // No app has sent her, so the page itself says where to begin.
    assert_eq!(refused.attr("main#error a", "href"), "/device");
    let no_transaction = other
        .post(
            &format!("{}/device", tv.brand.issuer),
            &[("user_code", &codes.user)],
        )
        .await;
    assert_eq!(no_transaction.error(), "transaction_not_found");
}

#[tokio::test]
async fn se2_a093_a_question_is_answered_by_whom_it_was_put_to() {
    let world = World::start().await;
    let (tv, mut alice, mut bob) = (world.tv(), world.browser(), world.browser());
    let codes = tv.device_codes(&world, "openid profile").await;
    let hers = alice.reach_question(&world, &tv.brand, &codes.user, ALICE).await;
    let elsewhere = bob.get(hers.url.as_str()).await;
    assert_eq!(elsewhere.error(), "transaction_not_found");
    // Both typed the same code: the first answer stands, and the second is told so.
    let his = bob.reach_question(&world, &tv.brand, &codes.user, BOB).await;
    assert_eq!(
        alice.deny(&hers).await.attr("#device-done", "data-outcome"),
        "denied"
    );
    let late = bob.allow(&his).await;
    assert_eq!(late.attr("#device-done", "data-outcome"), "too-late");
    assert_eq!(
        refusal(tv.poll(&world, &codes.device).await).await.1,
        "access_denied"
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn co3_a093_no_consent_is_kept_for_a_device_that_came_too_late() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    for decision in ["allow", "deny"] {
        let codes = tv.device_codes(&world, "openid profile offline_access").await;
        let question = browser
            .reach_question(&world, &tv.brand, &codes.user, ALICE)
            .await;
        world.advance(601).await;
        let late = browser
            .submit(&question, "form#consent-form", &[("decision", decision)])
            .await;
        assert_eq!(
            late.attr("#device-done", "data-outcome"),
            "too-late",
            "{decision}"
        );
        let account = browser.get(&format!("{}/account", tv.brand.issuer)).await;
        assert_eq!(account.url.path(), "/account");
        assert!(
            account.attrs("form.revoke", "data-client").is_empty(),
            "{decision}"
        );
    }
}

#[tokio::test]
async fn the_page_is_in_her_language_and_keeps_what_came_with_the_link() {
    let world = World::start().await;
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid").await;
    let complete = codes.all["verification_uri_complete"].as_str().unwrap();
    let page = browser.get(complete).await;
    let arabic = browser.click(&page, "footer a[lang=ar]").await;
    assert_eq!(arabic.attr("html", "dir"), "rtl");
    assert_eq!(arabic.attr("#user_code", "value"), codes.user);
    assert!(
        browser
            .submit(&arabic, "form#device-form", &[])
            .await
            .has("form#phone-form")
    );
}
