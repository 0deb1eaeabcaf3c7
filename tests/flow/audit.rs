// Long because every event of the trail is made to happen here, where the tidy test looks for it.
//! The audit trail (OP2): each happening is one line with its brand, app and masked member, and nothing else is.
//!
//! A line reads `event tenant client member (cause)`; see [`Trail::told`].

use reqwest::Method;
use serde_json::json;

use crate::harness::{
    ALICE, BOB, Browser, CAROL, Client, NOBODY, Page, TEST_MEMBER, Tokens, Trail, World, wrong,
};

const OFFLINE: &str = "openid offline_access";

/// Alice at the page that asks for her code; what was told until then is forgotten.
async fn at_her_code(world: &World, trail: &Trail) -> (Browser, Page, String) {
    let mut browser = world.browser();
    let page = browser
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    assert_eq!(trail.told(), ["otp_sent urbantrend conformance m1"]);
    (browser, page, world.code(ALICE).await)
}

/// Alice with tokens at the conformance client; what was told until then is forgotten.
async fn with_tokens(world: &World, trail: &Trail, browser: &mut Browser) -> (Client, Tokens) {
    let client = world.conformance();
    let tokens = client.tokens(world, browser, OFFLINE, ALICE).await;
    assert!(
        trail
            .told()
            .contains(&"tokens_issued urbantrend conformance m1".to_owned())
    );
    (client, tokens)
}

async fn account(world: &World, browser: &mut Browser) -> Page {
    browser
        .get(&format!("{}/account", world.urbantrend().issuer))
        .await
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_journey_is_told_step_by_step() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let (client, mut browser) = (world.conformance(), world.browser());
    let request = client.authorize(OFFLINE);
    let phone = browser.get(&request.url()).await;
    assert!(trail.told().is_empty());
    let code_page = browser.type_number(&phone, ALICE).await;
    assert_eq!(trail.told(), ["otp_sent urbantrend conformance m1"]);
    let consent = browser.type_code(&code_page, &world.code(ALICE).await).await;
    assert_eq!(
        trail.told(),
        [
            "otp_verified urbantrend conformance m1",
            "signed_in urbantrend conformance m1"
        ]
    );
    let callback = browser.allow(&consent).await;
    assert_eq!(
        trail.told(),
        [
            "consent_given urbantrend conformance m1",
            "code_issued urbantrend conformance m1"
        ]
    );
    let fields = client.exchange(&callback.callback()["code"], &request.verifier);
    let tokens = Tokens::of(client.token(&world, fields).await).await;
    assert_eq!(trail.told(), ["tokens_issued urbantrend conformance m1"]);
    let refreshed = client.refresh(&world, tokens.refresh.as_deref().unwrap()).await;
    assert_eq!(refreshed.status(), 200);
    assert_eq!(trail.told(), ["tokens_refreshed urbantrend conformance m1"]);
    // The silent return.
    assert_eq!(browser.silently(&request).await, "code");
    assert_eq!(trail.told(), ["code_issued urbantrend conformance m1"]);
}

/// What changes nothing is nobody's history.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_looking_is_not_told() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let mut browser = world.browser();
    let (client, tokens) = with_tokens(&world, &trail, &mut browser).await;
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
    assert_eq!(client.userinfo("not a token").await.status(), 401);
    world.urbantrend().keys().await;
    account(&world, &mut browser).await;
    let asked = browser.get(&client.authorize("openid profile").url()).await;
    assert!(asked.has("form#consent-form"));
    browser.get(asked.url.as_str()).await;
    assert!(trail.told().is_empty());
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn op2_a_member_has_one_name_and_no_two_have_the_same() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let subject = async |client: Client, number| {
        client.tokens(&world, &mut world.browser(), OFFLINE, number).await;
        let lines = trail.lines();
        assert!(lines.iter().all(|line| line["subject"] == lines[0]["subject"]));
        lines[0]["subject"].to_owned()
    };
    let alice = subject(world.conformance(), ALICE).await;
    assert_eq!(alice, subject(world.shopease(), ALICE).await, "at every app");
    assert_ne!(alice, subject(world.conformance(), BOB).await);
    assert_ne!(
        alice,
        subject(world.conformance_north(), ALICE).await,
        "another brand"
    );
    // Neither her own id at the brand nor what partners call her.
    let partner = world.conformance();
    let id = partner.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
    let told = id.id_claims()["sub"].as_str().unwrap().to_owned();
    assert!(!alice.contains("1001") && !told.contains(&alice));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn op2_who_gets_no_message_is_told_and_a_failed_one_is_not_called_sent() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let request = world.conformance().authorize("openid");
    world.browser().reach_code(&request, NOBODY).await;
    world.browser().reach_code(&request, CAROL).await;
    assert_eq!(trail.told(), ["otp_withheld urbantrend conformance"; 2]);
    world.browser().reach_code(&request, TEST_MEMBER).await;
    assert_eq!(trail.told(), ["otp_withheld urbantrend conformance m1"]);
    world.fault("sms", "fail", 1, 1).await;
    world.browser().reach_code(&request, BOB).await;
    assert!(trail.told().is_empty());
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_every_guess_is_one_line_and_the_lock_is_one() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let (mut browser, mut page, code) = at_her_code(&world, &trail).await;
    // What cannot be a code is no guess.
    browser.type_code(&page, "12").await;
    assert!(trail.told().is_empty());
    for _ in 0..4 {
        page = browser.type_code(&page, &wrong(&code)).await;
        assert_eq!(trail.told(), ["otp_rejected urbantrend conformance m1 (wrong)"]);
    }
    browser.type_code(&page, &wrong(&code)).await;
    assert_eq!(trail.told(), ["otp_locked urbantrend conformance m1"]);
    browser.type_code(&page, &code).await;
    assert_eq!(trail.told(), ["otp_limited urbantrend conformance (tries)"]);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn op2_a_right_code_that_is_late_or_used_is_rejected() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let (mut browser, page, code) = at_her_code(&world, &trail).await;
    let mut second = browser.clone();
    browser.type_code(&page, &code).await;
    trail.told();
    second.type_code(&page, &code).await;
    assert_eq!(trail.told(), ["otp_rejected urbantrend conformance (gone)"]);
    let (mut browser, page, code) = at_her_code(&world, &trail).await;
    world.advance(301).await;
    browser.type_code(&page, &code).await;
    assert_eq!(trail.told(), ["otp_rejected urbantrend conformance (gone)"]);
}

/// Whether the other was counted before it was used up or came after, it is one line.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn op2_of_two_right_codes_at_once_one_is_verified() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let (mut one, page, code) = at_her_code(&world, &trail).await;
    let mut two = one.clone();
    world.reset_counts().await;
    // The first counts its try, and is held up before it uses the code.
    let fault = json!({ "port": "store", "mode": "delay", "nth": 2, "delay_ms": 500 });
    world.dev(Method::POST, "/dev/fault", Some(fault)).await;
    tokio::join!(one.type_code(&page, &code), async {
        while world.counts().await.1 == 0 {}
        two.type_code(&page, &code).await
    });
    let mut told = trail.told();
    told.sort();
    let rejected = told.remove(0);
    let either = [
        "otp_rejected urbantrend conformance (gone)",
        "otp_rejected urbantrend conformance m1 (used)",
    ];
    assert!(either.contains(&&*rejected), "{rejected}");
    assert_eq!(
        told,
        [
            "otp_verified urbantrend conformance m1",
            "signed_in urbantrend conformance m1"
        ]
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn op2_limits_are_told_with_the_limit() {
    let otp =
        "[tenants.urbantrend.policy.otp.number]\nchallenges = 1\n\n[tenants.urbantrend.policy.otp.address]";
    let (trail, world) = (
        Trail::begin(),
        World::edited(&[
            ("[tenants.urbantrend.policy.otp.address]", otp),
            ("requests = 1000", "requests = 2"),
        ])
        .await,
    );
    let request = world.conformance().authorize("openid");
    let (mut browser, page, _) = at_her_code(&world, &trail).await;
    browser.resend(&page).await;
    assert_eq!(trail.told(), ["otp_limited urbantrend conformance (resend)"]);
    world.advance(31).await;
    browser.resend(&page).await;
    assert_eq!(trail.told(), ["otp_sent urbantrend conformance m1"]);
    for limit in ["m1 (number)", "(address)"] {
        let mut other = world.browser();
        let phone = other.get(&request.url()).await;
        assert_eq!(other.type_number(&phone, ALICE).await.status, 429);
        assert_eq!(
            trail.told(),
            [format!("otp_limited urbantrend conformance {limit}")]
        );
    }
}

/// It leaves in the name of no app: elsewhere that is behind a queue.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_the_limit_of_a_brand_is_told_where_a_message_does_not_leave() {
    let address = "[tenants.urbantrend.policy.otp.address]";
    let brand = format!("[tenants.urbantrend.policy.otp.brand]\nmessages = 1\n\n{address}");
    let (trail, world) = (Trail::begin(), World::edited(&[(address, &brand)]).await);
    at_her_code(&world, &trail).await;
    let request = world.conformance().authorize("openid");
    world.browser().reach_code(&request, ALICE).await;
    assert_eq!(
        trail.told(),
        [
            "otp_limited urbantrend (brand)",
            "otp_sent urbantrend conformance m1"
        ]
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_consent_denied_and_withdrawn_is_told_once() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid");
    let consent = browser.reach_consent(&world, &request, ALICE).await;
    trail.told();
    for told in [&["consent_denied urbantrend conformance m1"][..], &[]] {
        let mut again = browser.clone();
        again.deny(&consent).await;
        assert_eq!(trail.told(), told);
    }
    with_tokens(&world, &trail, &mut browser).await;
    let page = account(&world, &mut browser).await;
    let revoke = page.url.join("/account/revoke?client=conformance").unwrap();
    let confirm = browser.get(revoke.as_str()).await;
    assert!(trail.told().is_empty());
    for told in [&["consent_withdrawn urbantrend conformance m1"][..], &[]] {
        browser.submit(&confirm, "form#revoke-form", &[]).await;
        assert_eq!(trail.told(), told);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_session_ends_by_logout_on_the_account_page_or_for_another_member() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let (mut hinted, mut asked, mut ended) = (world.browser(), world.browser(), world.browser());
    let (_, tokens) = with_tokens(&world, &trail, &mut hinted).await;
    for browser in [&mut asked, &mut ended] {
        with_tokens(&world, &trail, browser).await;
    }
    let logout = format!("{}/oauth2/sessions/logout", world.urbantrend().issuer);
    let hint = tokens.id.as_deref().unwrap();
    hinted.get(&format!("{logout}?id_token_hint={hint}")).await;
    assert_eq!(trail.told(), ["signed_out urbantrend conformance m1"]);
    hinted.get(&format!("{logout}?id_token_hint={hint}")).await;
    let question = asked.get(&logout).await;
    assert!(trail.told().is_empty());
    asked.submit(&question, "form#logout-form", &[]).await;
    assert_eq!(trail.told(), ["signed_out urbantrend m1"]);
    // Bob signs in where Alice is.
    let request = world.conformance().authorize("openid").with("prompt", "login");
    let page = ended.get(&request.url()).await;
    ended.sign_in(&world, &page, BOB).await;
    assert_eq!(
        trail.told(),
        [
            "otp_sent urbantrend conformance m2",
            "session_ended urbantrend m1 (replaced)",
            "otp_verified urbantrend conformance m2",
            "signed_in urbantrend conformance m2"
        ]
    );
    // From one of his browsers he ends the session of another.
    let phone = account(&world, &mut asked).await;
    asked.sign_in(&world, &phone, BOB).await;
    let page = account(&world, &mut ended).await;
    trail.told();
    ended.submit(&page, "li form:has([name=session])", &[]).await;
    assert_eq!(trail.told(), ["session_ended urbantrend m2 (account)"]);
}

/// She visits her own page: no app is concerned.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_visit_of_her_own_names_no_app() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let mut browser = world.browser();
    let phone = account(&world, &mut browser).await;
    browser.sign_in(&world, &phone, ALICE).await;
    assert_eq!(
        trail.told(),
        [
            "otp_sent urbantrend m1",
            "otp_verified urbantrend m1",
            "signed_in urbantrend m1"
        ]
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_replay_and_reuse_are_told_as_warnings() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let mut browser = world.browser();
    let (client, first) = with_tokens(&world, &trail, &mut browser).await;
    let old = first.refresh.unwrap();
    let second = Tokens::of(client.refresh(&world, &old).await).await;
    client.refresh(&world, second.refresh.as_deref().unwrap()).await;
    trail.told();
    assert_eq!(client.refresh(&world, &old).await.status(), 400);
    let reuse = trail.lines();
    assert_eq!(reuse.len(), 1);
    let (request, callback) = client.code(&world, &mut browser, OFFLINE, ALICE).await;
    let fields = client.exchange(&callback.callback()["code"], &request.verifier);
    assert_eq!(client.token(&world, fields.clone()).await.status(), 200);
    trail.told();
    assert_eq!(client.token(&world, fields).await.status(), 400);
    let replay = trail.lines();
    assert_eq!(replay.len(), 1);
    for (line, event) in [(&reuse[0], "refresh_reused"), (&replay[0], "code_replayed")] {
        assert_eq!((&line["event"], line.level), (event, tracing::Level::WARN));
        assert_eq!((&line["tenant"], &line["client"]), ("urbantrend", "conformance"));
        assert_eq!(line["subject"], reuse[0]["subject"]);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_client_that_proves_nothing_is_told_with_the_id_of_its_answer() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let known = |id: &str| Client::basic(world.urbantrend(), id, "a-wrong-client-secret", "x");
    let cases = [
        (known("conformance"), "client_rejected urbantrend conformance"),
        // A secret instead of the method it is registered for.
        (known("shopease"), "client_rejected urbantrend shopease"),
        // What is no client may be anything: a number, a secret.
        (known("+447700900101"), "client_rejected urbantrend"),
    ];
    for (client, told) in cases {
        let answer = client.refresh(&world, "x").await;
        assert_eq!(answer.status(), 401);
        let lines = trail.lines();
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["error_id"], answer.headers()["x-request-id"]);
        assert_eq!(trail.tell(&lines[0]), told);
    }
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let answer = world
        .urbantrend()
        .request(Method::POST, "/oauth2/token")
        .form(&form);
    assert_eq!(answer.send().await.unwrap().status(), 401);
    assert_eq!(trail.told(), ["client_rejected urbantrend"]);
    // One who is who she says, and asks for nonsense, is no impostor.
    assert_eq!(world.conformance().refresh(&world, "x").await.status(), 400);
    assert!(trail.told().is_empty());
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_token_given_back_is_told_and_asking_about_one_is_not() {
    let (trail, world) = (Trail::begin(), World::with_apis().await);
    let (client, tokens) = with_tokens(&world, &trail, &mut world.browser()).await;
    let refresh = tokens.refresh.as_deref().unwrap();
    client.asks(&world, refresh).await;
    client.asks(&world, &tokens.access).await;
    client.gives_back(&world, "unknown").await;
    assert!(trail.told().is_empty());
    client.gives_back(&world, &tokens.access).await;
    assert_eq!(
        trail.told(),
        ["token_revoked urbantrend conformance m1 (access_token)"]
    );
    client.gives_back(&world, refresh).await;
    assert_eq!(
        trail.told(),
        ["token_revoked urbantrend conformance m1 (refresh_token)"]
    );
    let own = vec![("grant_type".to_owned(), "client_credentials".to_owned())];
    let own = Tokens::of(world.robot().token(&world, own).await).await;
    world.robot().gives_back(&world, &own.access).await;
    assert_eq!(
        trail.told(),
        [
            "tokens_issued urbantrend robot",
            "token_revoked urbantrend robot (access_token)"
        ]
    );
    // Whoever cannot prove who it is, is told of with both.
    let wrong = Client::basic(world.urbantrend(), "conformance", "guessed", "");
    wrong.revoke(&world, refresh).await;
    wrong.introspect(&world, refresh).await;
    world.spa().introspect(&world, refresh).await;
    assert_eq!(
        trail.told(),
        [
            "client_rejected urbantrend conformance",
            "client_rejected urbantrend conformance",
            "client_rejected urbantrend spa-demo"
        ]
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_a_device_is_told_of_with_who_allowed_it() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let (tv, mut browser) = (world.tv(), world.browser());
    let codes = tv.device_codes(&world, "openid profile").await;
    let mut page = browser.get(&format!("{}/device", tv.brand.issuer)).await;
    assert!(trail.told().is_empty());
    for _ in 0..11 {
        page = browser.type_user_code(&page, "BCDF-GHJK").await;
    }
    let told = trail.told();
    assert_eq!(told[..10], vec!["device_code_rejected urbantrend"; 10]);
    assert_eq!(told[10..], ["device_code_limited urbantrend (visit)"]);
    let question = browser
        .reach_question(&world, &tv.brand, &codes.user, ALICE)
        .await;
    trail.told();
    browser.allow(&question).await;
    tv.poll(&world, &codes.device).await;
    tv.poll(&world, &codes.device).await;
    assert_eq!(
        trail.told(),
        [
            "consent_given urbantrend tv-demo m1",
            "device_allowed urbantrend tv-demo m1",
            "tokens_issued urbantrend tv-demo m1",
            "code_replayed urbantrend tv-demo m1"
        ]
    );
    let codes = tv.device_codes(&world, "openid profile").await;
    let question = browser
        .reach_question(&world, &tv.brand, &codes.user, ALICE)
        .await;
    browser.deny(&question).await;
    assert_eq!(
        trail.told(),
        [
            "consent_denied urbantrend tv-demo m1",
            "device_denied urbantrend tv-demo m1"
        ]
    );
}
