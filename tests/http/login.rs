//! `/login`: who may take a step, and what a number and a code lead to.

use reqwest::Method;
use tokio::task::JoinSet;

use crate::harness::{ALICE, CAROL, NOBODY, Page, TEST_MEMBER, World, wrong};

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a096_sign_in_is_by_otp_over_sms_at_this_time() {
    let world = World::start().await;
    let client = world.conformance();
    let before = world.now().await;
    let tokens = client.tokens(&world, &mut world.browser(), "openid", ALICE).await;
    let claims = tokens.id_claims();
    assert_eq!(claims["amr"], serde_json::json!(["otp", "sms"]));
    assert!((before..=before + 30).contains(&claims["auth_time"].as_u64().unwrap()));
}

#[tokio::test]
async fn ot5_a_number_is_taken_as_people_type_it_and_is_one_number() {
    let limit = (
        "[tenants.urbantrend.policy.otp.address]",
        "[tenants.urbantrend.policy.otp.number]\nchallenges = 7\n\n[tenants.urbantrend.policy.otp.address]",
    );
    let world = World::edited(&[limit]).await;
    let client = world.conformance();
    let spellings = [
        ALICE,
        "0044 7700 900101",
        "07700 900101",
        "(07700) 900-101",
        "447700900101",
        "+44 (0)7700 900101",
        "٠٧٧٠٠٩٠٠١٠١",
    ];
    for (sent, typed) in spellings.iter().enumerate() {
        let page = world
            .browser()
            .reach_code(&client.authorize("openid"), typed)
            .await;
        assert!(page.body.contains("0101"), "{typed}");
        assert_eq!(world.inbox(ALICE).await.len(), sent + 1, "{typed}");
    }
    for typed in spellings {
        let mut browser = world.browser();
        let page = browser.get(&client.authorize("openid").url()).await;
        let page = browser.type_number(&page, typed).await;
        assert_eq!(page.status, 429, "{typed} is another number to the limiter");
    }
    assert_eq!(world.inbox(ALICE).await.len(), spellings.len());
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "counts calls")]
async fn sm1_what_is_no_number_of_a_served_country_gets_a_message_on_the_page_and_none_on_a_phone() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser.get(&world.conformance().authorize("openid").url()).await;
    world.reset_counts().await;
    for typed in [
        "",
        "abc",
        "12",
        "+971501234567",
        "+1 202 555 0101",
        "+4420 7946 0000",
        "<b>",
    ] {
        let answer = browser.type_number(&page, typed).await;
        assert_eq!(answer.status, 400, "{typed:?}");
        assert!(
            answer.has("form#phone-form [aria-invalid=true]") && answer.has("[role=alert]"),
            "{typed:?}"
        );
    }
    assert_eq!(world.counts().await.1, 0, "nothing is opened");
}

#[tokio::test]
async fn ot5_odd_forms_of_a_code_are_refused_and_cost_no_try() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    let code = world.code(ALICE).await;
    let (action, fields) = page.form("form#code-form");
    let hidden = |name: &str| fields.iter().find(|(n, _)| n == name).unwrap().1.clone();
    let base = format!("tx={}&csrf={}&action=code", hidden("tx"), hidden("csrf"));
    let form = "application/x-www-form-urlencoded";
    let json = format!(r#"{{"tx":"{}","code":"{code}"}}"#, hidden("tx"));
    let cases = [
        (form, format!("{base}&code[]={code}"), 400),
        (form, format!("{base}&code%5B0%5D={code}"), 400),
        (form, format!("{base}&Code={code}"), 400),
        (form, format!("{base}&code={code}%00"), 400),
        (form, format!("{base}&code=%zz{code}"), 400),
        (form, format!("{base}&code=+"), 400),
        (form, format!("{base}&code={code}{code}"), 400),
        ("application/json", json, 415),
        ("text/plain", format!("{base}&code={code}"), 415),
        ("multipart/form-data; boundary=x", String::new(), 415),
    ];
    for (content_type, body, status) in cases {
        let answer = browser.post_body(&world, &action, content_type, &body).await;
        assert_eq!(answer.status, status, "{content_type} {body}");
        assert!(answer.headers.get("set-cookie").is_none(), "{body}");
    }
    for path in ["/login/", "/login//", "/Login", "/verify/"] {
        let other = action.join(path).unwrap();
        let answer = browser
            .post_body(&world, &other, form, &format!("{base}&code={code}"))
            .await;
        assert_eq!(answer.status, 404, "{path}");
    }
    // All five tries are left.
    let mut last = page;
    for left in (1..5).rev() {
        last = browser.type_code(&last, &wrong(&code)).await;
        assert!(
            last.text("[role=alert]").contains(&format!("{left} tr")),
            "{}",
            last.text("[role=alert]")
        );
    }
    let spaced = format!(" {}-{} ", &code[..3], &code[3..]);
    assert!(browser.type_code(&last, &spaced).await.has("form#consent-form"));
}

#[tokio::test]
async fn ot6_a_used_code_is_refused_again_and_in_a_new_challenge() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let page = browser.reach_code(&client.authorize("openid"), ALICE).await;
    let code = world.code(ALICE).await;
    // The same browser at the same step again: cookies of before the code was used.
    let mut before = browser.clone();
    assert!(browser.type_code(&page, &code).await.has("form#consent-form"));
    let again = before.type_code(&page, &code).await;
    assert!(again.has("form#code-form") && again.status == 400);
    assert_eq!(before.session(), None);
    let mut other = world.browser();
    let page = other.reach_code(&client.authorize("openid"), ALICE).await;
    assert!(other.type_code(&page, &code).await.has("form#code-form"));
    assert_eq!(other.session(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ot7_parallel_right_codes_make_one_session() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    let code = world.code(ALICE).await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (mut browser, page, code) = (browser.clone(), page.clone(), code.clone());
        tasks.spawn(async move {
            let fields = [("code", &*code), ("action", "code")];
            browser.submit_once(&page, "form#code-form", &fields).await;
            browser.session().is_some()
        });
    }
    let sessions = tasks.join_all().await;
    assert_eq!(sessions.iter().filter(|s| **s).count(), 1);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ot8_an_expired_code_says_so_and_one_tap_gets_a_new_one() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    let code = world.code(ALICE).await;
    world.advance(301).await;
    let late = browser.type_code(&page, &code).await;
    assert_eq!(late.status, 400);
    assert_eq!(late.text("[role=alert]"), "That code has expired. Get a new one.");
    let fresh = browser.resend(&late).await;
    assert_eq!(fresh.status, 200);
    let new = world.code(ALICE).await;
    assert_ne!(new, code);
    assert!(browser.type_code(&fresh, &code).await.has("form#code-form"));
    assert!(browser.type_code(&fresh, &new).await.has("form#consent-form"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn ot8_a_code_works_to_its_last_second() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    world.advance(295).await;
    let page = browser.type_code(&page, &world.code(ALICE).await).await;
    assert!(page.has("form#consent-form"));
}

#[tokio::test]
async fn ot9_a_code_belongs_to_its_browser_request_and_brand() {
    let world = World::start().await;
    let (client, north) = (world.conformance(), world.conformance_north());
    let mut first = world.browser();
    let first_page = first.reach_code(&client.authorize("openid"), ALICE).await;
    let code = world.code(ALICE).await;
    // Another request of the same browser, another browser, another brand with the same number.
    let mut same = first.clone();
    let same_page = same.reach_code(&client.authorize("openid"), ALICE).await;
    let mut other = world.browser();
    let other_page = other.reach_code(&client.authorize("openid"), ALICE).await;
    let mut foreign = world.browser();
    let foreign_page = foreign.reach_code(&north.authorize("openid"), ALICE).await;
    for (browser, page) in [
        (&mut same, &same_page),
        (&mut other, &other_page),
        (&mut foreign, &foreign_page),
    ] {
        let answer = browser.type_code(page, &code).await;
        assert_eq!(answer.status, 400);
        assert!(answer.has("form#code-form"));
    }
    // Someone else's page does not open at all without its cookie.
    let stolen = world.browser().type_code(&first_page, &code).await;
    assert_eq!(stolen.error(), "transaction_not_found");
    assert!(first.type_code(&first_page, &code).await.has("form#consent-form"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn ot10_a_code_is_nowhere_but_in_the_message() {
    let world = World::start().await;
    let mut browser = world.browser();
    let request = world.conformance().authorize("openid");
    let page = browser.get(&request.url()).await;
    let sent = browser
        .submit_once(&page, "form#phone-form", &[("phone", ALICE), ("action", "phone")])
        .await;
    let code = world.code(ALICE).await;
    let next = sent.url.join(sent.header("location")).unwrap();
    let shown = browser.once(Method::GET, &next, None).await;
    world.advance(31).await;
    let resent = browser.resend(&shown).await;
    let wrong = browser.type_code(&shown, &wrong(&code)).await;
    for page in [sent, shown, resent, wrong] {
        assert!(!page.body.contains(&code), "{}", page.body);
        let held = page.headers.values().any(|v| v.to_str().unwrap().contains(&code));
        assert!(!held, "{:?}", page.headers);
    }
    let mut files = 0;
    for entry in std::fs::read_dir(world.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(code.len()).any(|w| w == code.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
    assert!(files > 0);
}

#[tokio::test]
async fn a096_a_test_number_has_its_fixed_code_and_never_a_message() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser
        .reach_code(&world.conformance().authorize("openid"), TEST_MEMBER)
        .await;
    let refused = browser.type_code(&page, "424241").await;
    assert!(refused.has("form#code-form"));
    assert!(browser.type_code(&page, "424242").await.has("form#consent-form"));
    assert!(world.inbox(TEST_MEMBER).await.is_empty());
    let page = world
        .browser()
        .reach_code(&world.conformance().authorize("openid"), ALICE)
        .await;
    assert!(world.browser().type_code(&page, "424242").await.has("main#error"));
}

/// What of an answer may not depend on whether a number has a member.
fn face(page: &Page) -> (u16, Vec<String>, String, Vec<(String, usize)>, usize) {
    let mut names: Vec<_> = page.headers.keys().map(|n| n.as_str().to_owned()).collect();
    names.sort();
    let next = page.header("location").split('?').next().unwrap().to_owned();
    let cookies = page.headers.get_all("set-cookie").iter().map(|c| {
        let text = c.to_str().unwrap();
        let name = text.split('=').next().unwrap();
        (name.chars().take(10).collect(), text.len())
    });
    (
        page.status.as_u16(),
        names,
        next,
        cookies.collect(),
        page.body.len(),
    )
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn en1_a_number_with_and_without_a_member_look_the_same_at_every_step() {
    let world = World::start().await;
    let mut faces = Vec::new();
    for number in [ALICE, NOBODY, CAROL] {
        let mut browser = world.browser();
        let request = world
            .conformance()
            .authorize("openid")
            .with("state", "same")
            .with("nonce", "same");
        let phone = browser.get(&request.url()).await;
        let fields = [("phone", number), ("action", "phone")];
        let sent = browser.submit_once(&phone, "form#phone-form", &fields).await;
        let next = sent.url.join(sent.header("location")).unwrap();
        let shown = browser.once(Method::GET, &next, None).await;
        let mut steps = vec![face(&sent), face(&shown)];
        let early = browser.resend(&shown).await;
        steps.push(face(&early));
        world.advance(31).await;
        steps.push(face(&browser.resend(&shown).await));
        for _ in 0..6 {
            steps.push(face(&browser.type_code(&shown, "000000").await));
        }
        world.advance(301).await;
        steps.push(face(&browser.type_code(&shown, "000000").await));
        steps.push(face(&browser.resend(&shown).await));
        faces.push(steps);
    }
    assert_eq!(faces[0], faces[1], "unknown");
    assert_eq!(faces[0], faces[2], "suspended");
    assert!(world.inbox(NOBODY).await.is_empty() && world.inbox(CAROL).await.is_empty());
    assert_eq!(
        world.inbox(ALICE).await.len(),
        3,
        "the first, the same again, a new one"
    );
}
