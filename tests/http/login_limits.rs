// Long because one rule, the limit, is attacked from many sides with the same few helpers.
//! `/login` under attack: guessing, hammering, forging, and reading the clock.

use std::{collections::BTreeSet, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

use crate::harness::{
    ALICE, BOB, Browser, CAROL, LENIENT, NOBODY, Page, World, filled, rank_test, stopwatch, wrong,
};

const ADDRESS: &str = "[tenants.urbantrend.policy.otp.address]";

/// The demo with other limits for one number.
async fn world_with(otp: &str) -> World {
    World::edited(&[(ADDRESS, &format!("{otp}\n\n{ADDRESS}"))]).await
}

/// Submits the same form of many copies of a browser at once.
async fn at_once(browser: &Browser, page: &Page, bodies: Vec<Vec<(String, String)>>) -> Vec<Page> {
    let (action, _) = page.form("form");
    let mut tasks = JoinSet::new();
    for body in bodies {
        let (mut browser, action) = (browser.clone(), action.clone());
        tasks.spawn(async move { browser.once(Method::POST, &action, Some(&body)).await });
    }
    tasks.join_all().await
}

fn count(pages: &[Page], status: u16) -> usize {
    pages.iter().filter(|p| p.status == status).count()
}

fn guess(page: &Page, code: &str) -> Vec<(String, String)> {
    filled(page, "form#code-form", &[("code", code), ("action", "code")]).1
}

#[tokio::test]
async fn ot1_five_wrong_codes_and_the_right_one_is_refused_too() {
    let world = World::start().await;
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid");
    let mut page = browser.reach_code(&request, ALICE).await;
    let code = world.code(ALICE).await;
    for left in [4, 3, 2, 1] {
        page = browser.type_code(&page, &wrong(&code)).await;
        assert_eq!(page.status, 400);
        let tries = if left == 1 { "try" } else { "tries" };
        assert_eq!(
            page.text("[role=alert]"),
            format!("That code isn't right. {left} {tries} left.")
        );
    }
    for typed in [&wrong(&code), &code] {
        let answer = browser.type_code(&page, typed).await;
        assert_eq!(answer.status, 429);
        assert_eq!(answer.text("[role=alert]"), "Too many tries. Get a new code.");
    }
    assert_eq!(browser.silently(&request).await, "login_required");
}

#[tokio::test]
async fn ot1_after_too_many_tries_one_tap_gets_a_code_that_works() {
    let world = World::start().await;
    let mut browser = world.browser();
    let mut page = browser
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    let code = world.code(ALICE).await;
    for _ in 0..5 {
        page = browser.type_code(&page, &wrong(&code)).await;
    }
    assert_eq!(page.text("button#resend"), "Get a new code");
    let page = browser.resend(&page).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let new = world.code(ALICE).await;
    assert_ne!(new, code, "the spent code was sent once more");
    assert!(browser.type_code(&page, &new).await.has("form#consent-form"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ot2_of_fifty_parallel_guesses_at_most_five_are_compared() {
    let world = World::start().await;
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid");
    let page = browser.reach_code(&request, ALICE).await;
    let code = world.code(ALICE).await;
    let answers = at_once(&browser, &page, vec![guess(&page, &wrong(&code)); 50]).await;
    // A compared guess hears how many tries are left; the fifth, and every one after it, that there are none.
    assert_eq!((count(&answers, 400), count(&answers, 429)), (4, 46));
    let late = browser.type_code(&page, &code).await;
    assert_eq!(late.status, 429);
    // The right one among them, in a new challenge: it wins only as one of the five.
    let page = browser.reach_code(&request, ALICE).await;
    let code = world.code(ALICE).await;
    let mut guesses = vec![guess(&page, &wrong(&code)); 49];
    guesses.insert(25, guess(&page, &code));
    let answers = at_once(&browser, &page, guesses).await;
    assert!(count(&answers, 303) <= 1);
    // Guesses after the right one hear that the code has expired: they too answer 400, and are not compared.
    let compared = |page: &&Page| page.status == 303 || page.text("[role=alert]").ends_with(" left.");
    assert!(answers.iter().filter(compared).count() <= 5);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ot3_new_challenges_do_not_buy_more_guesses() {
    let world = world_with("[tenants.urbantrend.policy.otp.number]\nwrong_codes = 7").await;
    let request = world.conformance().authorize("openid");
    let mut compared = 0;
    for _ in 0..4 {
        let mut browser = world.browser();
        let phone = browser.get(&request.url()).await;
        let page = browser.type_number(&phone, ALICE).await;
        if page.has("form#phone-form") {
            assert_eq!(page.status, 429);
            break;
        }
        let code = wrong(&world.code(ALICE).await);
        for _ in 0..5 {
            let answer = browser.type_code(&page, &code).await;
            let last = answer.status == 429;
            compared += usize::from(!last);
            if last {
                break;
            }
        }
    }
    // Of the first challenge four hear of tries left and the fifth that there are none; of the second, two.
    assert_eq!(compared, 4 + 2);
    // The window ends, and with it the wait.
    world.advance(86_401).await;
    world.browser().reach_code(&request, ALICE).await;
}

#[tokio::test]
async fn ot3_ten_challenges_a_number_and_day_and_a_right_code_clears_the_count() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    for number in [ALICE, NOBODY] {
        for _ in 0..10 {
            world.browser().reach_code(&request, number).await;
        }
        let mut browser = world.browser();
        let page = browser.get(&request.url()).await;
        let refused = browser.type_number(&page, number).await;
        assert_eq!(refused.status, 429);
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((86_000..=86_400).contains(&wait), "{wait}");
        assert!(refused.text("[role=alert]").starts_with("Too many codes"));
    }
    // By their codes: a queue may deliver one twice.
    let sent = world.inbox(ALICE).await;
    let codes: BTreeSet<_> = sent.iter().map(|message| message["code"].as_str()).collect();
    assert_eq!(codes.len(), 10);
    // Another number is not concerned; and once its owner proves herself, she begins at nought.
    for _ in 0..9 {
        world.browser().reach_code(&request, BOB).await;
    }
    let mut browser = world.browser();
    browser.through(&world, &request.url(), BOB).await;
    world.browser().reach_code(&request, BOB).await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn an_address_asks_for_so_many_codes_whatever_it_says_of_itself() {
    let world = World::edited(&[("requests = 1000", "requests = 3")]).await;
    let request = world.conformance().authorize("openid");
    for number in [ALICE, BOB, NOBODY] {
        world.browser().reach_code(&request, number).await;
    }
    for (header, value) in [
        ("x-forwarded-for", "203.0.113.9"),
        ("forwarded", "for=203.0.113.10"),
        ("x-real-ip", "203.0.113.11"),
        ("true-client-ip", "203.0.113.12"),
    ] {
        let mut browser = world.browser();
        browser.headers.push((header, value.to_owned()));
        let page = browser.get(&request.url()).await;
        let page = browser.type_number(&page, BOB).await;
        assert_eq!(page.status, 429, "{header}");
        assert!(!page.header("retry-after").is_empty());
    }
    assert_eq!(world.inbox(BOB).await.len(), 1);
    world.advance(3_601).await;
    world.browser().reach_code(&request, BOB).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn sm5_resends_wait_30_60_120_300_and_repeat_the_code() {
    let world = world_with("[tenants.urbantrend.policy.otp]\nlifetime = 600").await;
    let mut browser = world.browser();
    let page = browser
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    let resend = filled(&page, "form#code-form", &[("action", "resend")]).1;
    let mut sent = 1;
    for wait in [30_u64, 60, 120, 300] {
        for (advance, at_most) in [(0, wait), (wait - 5, 5)] {
            world.advance(advance).await;
            let early = browser.resend(&page).await;
            assert_eq!(early.status, 429, "{wait} s");
            let after: u64 = early.header("retry-after").parse().unwrap();
            assert!((1..=at_most).contains(&after), "{after} of {wait} s");
        }
        world.advance(5).await;
        let answers = at_once(&browser, &page, vec![resend.clone(); 10]).await;
        assert_eq!(count(&answers, 200), 1, "one slot, one message");
        sent += 1;
        assert_eq!(world.inbox(ALICE).await.len(), sent);
    }
    world.advance(80).await;
    let fifth = browser.resend(&page).await;
    assert_eq!(fifth.status, 429);
    assert_eq!(
        fifth.text("[role=alert]"),
        "No more messages can be sent for this sign-in."
    );
    let messages = world.inbox(ALICE).await;
    assert_eq!(messages.len(), 5);
    assert!(messages.iter().all(|m| m["text"] == messages[0]["text"]));
    let code = messages[0]["code"].as_str().unwrap();
    assert!(browser.type_code(&page, code).await.has("form#consent-form"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn sm5_a_resend_gives_no_new_tries_and_no_more_time() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    let code = world.code(ALICE).await;
    for _ in 0..3 {
        browser.type_code(&page, &wrong(&code)).await;
    }
    world.advance(31).await;
    let page = browser.resend(&page).await;
    let answer = browser.type_code(&page, &wrong(&code)).await;
    assert!(answer.text("[role=alert]").contains("1 try left"));
    world.advance(270).await;
    let late = browser.type_code(&page, &code).await;
    assert!(late.text("[role=alert]").contains("expired"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn sm7_nothing_but_a_posted_form_sends() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid").with("login_hint", ALICE);
    let mut browser = world.browser();
    let page = browser.get(&request.url()).await;
    assert_eq!(page.attr("input#phone", "value"), ALICE);
    let (_, fields) = filled(&page, "form#phone-form", &[("phone", ALICE), ("action", "phone")]);
    let mut link = page.url.join("/login").unwrap();
    link.query_pairs_mut().extend_pairs(&fields);
    world.reset_counts().await;
    for (header, value) in [
        ("accept", "text/html"),
        ("purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("user-agent", "WhatsApp/2"),
        ("x-http-method-override", "POST"),
    ] {
        let mut browser = browser.clone();
        browser.headers.push((header, value.to_owned()));
        for method in [Method::GET, Method::HEAD] {
            let answer = browser.once(method, &link, None).await;
            assert_eq!(answer.status, StatusCode::OK, "{header}");
        }
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let answer = browser.once(method, &link, None).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        }
    }
    assert!(world.inbox(ALICE).await.is_empty());
    assert_eq!(world.counts().await.1, 0);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a_message_that_cannot_be_sent_tells_nobody_who_is_a_member() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser.get(&world.conformance().authorize("openid").url()).await;
    world.fault("sms", "fail", 1, 1).await;
    let page = browser.type_number(&page, ALICE).await;
    assert_eq!((page.status.as_u16(), page.has("form#code-form")), (200, true));
    assert!(world.inbox(ALICE).await.is_empty());
    world.advance(31).await;
    let page = browser.resend(&page).await;
    let code = world.code(ALICE).await;
    assert!(browser.type_code(&page, &code).await.has("form#consent-form"));
}

/// Samples of each class. Their order alternates, so whatever else the machine does meets both classes alike.
const SAMPLES: usize = 60;

#[tokio::test]
async fn en2_a_number_with_a_member_takes_as_long_as_one_without() {
    let limits = "[tenants.urbantrend.policy.otp.number]\nchallenges = 1000\nmessages = 1000";
    let world = world_with(limits).await;
    let mut browser = world.browser();
    let page = browser.get(&world.conformance().authorize("openid").url()).await;
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..SAMPLES + 5 {
        for turn in 0..2 {
            let class = (round + turn) % 2;
            let fields = [("phone", [ALICE, NOBODY][class]), ("action", "phone")];
            let mut browser = browser.clone();
            let started = stopwatch();
            let answer = browser.submit_once(&page, "form#phone-form", &fields).await;
            let took = started.elapsed();
            assert_eq!(answer.status, 303);
            // The first rounds warm caches up.
            if round >= 5 {
                times[class].push(took);
            }
        }
    }
    let z = rank_test(&times[0], &times[1]);
    assert!(z.abs() < LENIENT, "z = {z}");
}

/// The sender is asked for every number, so its time is in every answer: what the statistics above cannot see while
/// the sender answers at once.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn en2_a_slow_sender_is_waited_for_whosever_the_number() {
    const DELAY: u64 = 40;
    let world = World::start().await;
    let slow = json!({ "port": "sms", "mode": "delay", "times": 1_000, "delay_ms": DELAY });
    assert_eq!(
        world.dev(Method::POST, "/dev/fault", Some(slow)).await.status(),
        200
    );
    // A member's, nobody's, and that of a member who is suspended.
    for number in [ALICE, NOBODY, CAROL] {
        let mut browser = world.browser();
        let page = browser.get(&world.conformance().authorize("openid").url()).await;
        let fields = [("phone", number), ("action", "phone")];
        let started = stopwatch();
        let sent = browser.submit_once(&page, "form#phone-form", &fields).await;
        assert!(started.elapsed() >= Duration::from_millis(DELAY), "{number}");
        assert_eq!(sent.status, 303);
        let next = sent.url.join(sent.header("location")).unwrap();
        let page = browser.once(Method::GET, &next, None).await;
        world.advance(31).await;
        let started = stopwatch();
        let again = browser.resend(&page).await;
        assert!(
            started.elapsed() >= Duration::from_millis(DELAY),
            "{number} again"
        );
        assert_eq!(again.status, 200);
    }
    // Only a member's phone rings, and only her messages are counted.
    for (number, messages) in [(ALICE, 2), (NOBODY, 0), (CAROL, 0)] {
        assert_eq!(world.inbox(number).await.len(), messages, "{number}");
    }
    let counts = world.dev(Method::GET, "/dev/counts", None).await;
    let counts: serde_json::Value = counts.json().await.unwrap();
    assert_eq!(counts["total"]["messages"], 2);
}

#[tokio::test]
async fn sm5_typing_the_same_number_again_sends_nothing_and_keeps_the_code() {
    let world = World::start().await;
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid");
    let page = browser.reach_code(&request, ALICE).await;
    let code = world.code(ALICE).await;
    for spelling in ["07700 900101", ALICE] {
        let phone = browser.click(&page, "a#change-number").await;
        let again = browser
            .submit(&phone, "form#phone-form", &[("phone", spelling)])
            .await;
        assert!(again.has("form#code-form"), "{}", again.body);
    }
    assert_eq!(world.inbox(ALICE).await.len(), 1);
    // Another number is another challenge, and the first one's code is not its code.
    let phone = browser.click(&page, "a#change-number").await;
    let other = browser.submit(&phone, "form#phone-form", &[("phone", BOB)]).await;
    assert_eq!(world.inbox(BOB).await.len(), 1);
    assert_eq!(browser.type_code(&other, &code).await.status, 400);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "a queue delivers at least once")]
async fn sm5_a_phone_form_posted_ten_times_at_once_is_one_message() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser.get(&world.conformance().authorize("openid").url()).await;
    let (_, body) = filled(&page, "form#phone-form", &[("phone", ALICE)]);
    let answers = at_once(&browser, &page, vec![body; 10]).await;
    assert_eq!(count(&answers, 303), 10);
    assert_eq!(world.inbox(ALICE).await.len(), 1);
}
