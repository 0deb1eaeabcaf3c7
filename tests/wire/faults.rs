//! ST4 and ST5 on the deployed stack: every call of every step fails, is throttled, is late, or succeeds with its answer
//! lost. What is answered is done, or says that it is to be retried; and then she goes on.

use serde_json::Value;

use super::tap::Tap;
use crate::harness::{ALICE, Authorization, Browser, Client, Page, Tokens, World};

const OFFLINE: &str = "openid profile offline_access";
/// Limits that a sweep does not meet.
const NUMBER: &str = "[tenants.urbantrend.policy.otp.address]";
const GENEROUS: &str = "[tenants.urbantrend.policy.otp.number]\nchallenges = 1000\nmessages = 1000\nwrong_codes = 1000\n\n\
                        [tenants.urbantrend.policy.otp.address]";

/// A step that asks AWS for something.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Phone,
    Code,
    Consent,
    /// A silent return: session, consent and code in one request.
    Return,
}

/// How the `nth` call and its repeats end. Once is less than the SDK tries; five times is more.
const TROUBLES: [(&str, usize); 6] = [
    ("fail", 1),
    ("fail", 5),
    ("throttle", 5),
    ("delay", 1),
    ("lose_answer", 1),
    ("lose_answer", 5),
];

struct Visitor {
    client: Client,
    request: Authorization,
    browser: Browser,
    page: Page,
}

impl Visitor {
    /// Up to the page whose form is this step.
    async fn at(world: &World, step: Step) -> Self {
        let client = world.conformance();
        let mut browser = world.browser();
        let mut request = client.authorize(OFFLINE).with("prompt", "consent");
        if step == Step::Return {
            client.code(world, &mut browser, OFFLINE, ALICE).await;
            request = client.authorize(OFFLINE);
        }
        let mut page = browser.get(&client.authorize("openid").url()).await;
        if step != Step::Return {
            page = browser.get(&request.url()).await;
        }
        if matches!(step, Step::Code | Step::Consent) {
            page = browser.type_number(&page, ALICE).await;
        }
        if step == Step::Consent {
            page = browser.type_code(&page, &world.code(ALICE).await).await;
        }
        Self {
            client,
            request,
            browser,
            page,
        }
    }

    async fn take(&mut self, world: &World, step: Step) -> Page {
        let page = self.page.clone();
        match step {
            Step::Phone => self.browser.type_number(&page, ALICE).await,
            Step::Code => {
                let code = world.code(ALICE).await;
                self.browser.type_code(&page, &code).await
            }
            Step::Consent => self.browser.allow(&page).await,
            Step::Return => self.browser.get(&self.request.url()).await,
        }
    }

    /// To the end, without trouble; answers whether she had to begin again.
    async fn go_on(&mut self, world: &World, mut page: Page) -> (Page, bool) {
        let mut again = false;
        for _ in 0..8 {
            page = if page.has("form#phone-form") {
                self.browser.type_number(&page, ALICE).await
            } else if page.has("form#code-form") && page.status == 200 {
                let code = world.code(ALICE).await;
                self.browser.type_code(&page, &code).await
            } else if page.has("form#consent-form") {
                self.browser.allow(&page).await
            } else if page.url.host_str() == Some("127.0.0.1") {
                break;
            } else {
                again = true;
                self.browser.get(&self.request.url()).await
            };
        }
        (page, again)
    }
}

/// A page of an outage: to be retried, and to be quoted.
pub(super) fn assert_retryable(page: &Page, what: &str) {
    assert_eq!(page.status, 503, "{what}: {}", page.body);
    assert!(page.header("retry-after").parse::<u32>().is_ok(), "{what}");
    if page.has("main#error") {
        assert_eq!(page.error(), "temporarily_unavailable", "{what}");
        assert_eq!(page.text("#error-id").len(), 8, "{what}");
    } else {
        // Whose page it would be is what could not be read.
        assert!(
            page.body.starts_with("configuration is out of reach"),
            "{what}: {}",
            page.body
        );
        assert!(!page.header("x-request-id").is_empty(), "{what}");
    }
}

/// Strikes each call that a step makes to a service, in each way.
async fn sweep(step: Step, service: &str) {
    let world = World::edited(&[(NUMBER, GENEROUS)]).await;
    let mut tap = Tap::on(&world);
    let mut visitor = Visitor::at(&world, step).await;
    world.inbox(ALICE).await;
    tap.take();
    visitor.take(&world, step).await;
    let asked = tap.take();
    let calls = asked
        .iter()
        .filter(|call| {
            call["service"] == service && call["function"] != "deliver" && call["function"] != "notify"
        })
        .count();
    assert!(calls > 0, "{step:?} asks {service} nothing: {asked:?}");
    for (mode, times) in TROUBLES {
        for nth in 1..=calls {
            let what = format!("{step:?}: {service}, call {nth}, {mode} x{times}");
            let mut visitor = Visitor::at(&world, step).await;
            world.inbox(ALICE).await;
            tap.strike(service, mode, nth, times).await;
            let first = visitor.take(&world, step).await;
            tap.heal().await;
            let stumbled = first.status.is_server_error();
            let next = if stumbled {
                assert_retryable(&first, &what);
                visitor.take(&world, step).await
            } else {
                first
            };
            let (end, again) = visitor.go_on(&world, next).await;
            // A code that never arrives is asked for once more, or she begins again; the page offers both.
            let silent = service == "sqs" || mode == "lose_answer";
            assert!(
                stumbled || !again || silent,
                "{what}: a success without its state"
            );
            let code = end
                .callback()
                .get("code")
                .cloned()
                .unwrap_or_else(|| panic!("{what}: {}", end.url));
            let fields = visitor.client.exchange(&code, &visitor.request.verifier);
            let tokens = Tokens::of(visitor.client.token(&world, fields).await).await;
            assert_eq!(
                visitor.client.userinfo(&tokens.access).await.status(),
                200,
                "{what}"
            );
            let refresh = visitor
                .client
                .refresh(&world, tokens.refresh.as_deref().unwrap())
                .await;
            assert_eq!(refresh.status(), 200, "{what}");
        }
    }
}

#[tokio::test]
async fn st5_the_number() {
    sweep(Step::Phone, "dynamodb").await;
    sweep(Step::Phone, "sqs").await;
}

#[tokio::test]
async fn st5_the_code() {
    sweep(Step::Code, "dynamodb").await;
}

#[tokio::test]
async fn st5_the_consent() {
    sweep(Step::Consent, "dynamodb").await;
}

#[tokio::test]
async fn st5_a_silent_return() {
    sweep(Step::Return, "dynamodb").await;
}

/// What the token endpoint says in an outage; and that the same code, or refresh token, works after it.
#[tokio::test]
async fn st4_st5_a_code_and_a_refresh_token_outlive_an_outage() {
    let world = World::edited(&[(NUMBER, GENEROUS)]).await;
    let client = world.conformance();
    let mut browser = world.browser();
    let mut refresh = client
        .tokens(&world, &mut browser, OFFLINE, ALICE)
        .await
        .refresh
        .unwrap();
    let tap = Tap::on(&world);
    for (mode, times) in TROUBLES {
        for nth in 1..=7 {
            let what = format!("call {nth}, {mode} x{times}");
            let (request, page) = client.code(&world, &mut browser, OFFLINE, ALICE).await;
            let fields = client.exchange(&page.callback()["code"], &request.verifier);
            tap.strike("dynamodb", mode, nth, times).await;
            let first = client.token(&world, fields.clone()).await;
            tap.heal().await;
            if first.status() == 200 {
                assert_eq!(
                    client.userinfo(&Tokens::of(first).await.access).await.status(),
                    200,
                    "{what}"
                );
            } else {
                assert_unavailable(first, &what).await;
                let again = client.token(&world, fields).await;
                // The answer of the write that redeems was lost each time: nobody can tell a retry from a thief's.
                let spent = times > 1 && again.status() == 400;
                assert!(spent || again.status() == 200, "{what}: {}", again.status());
            }

            tap.strike("dynamodb", mode, nth, times).await;
            let first = client.refresh(&world, &refresh).await;
            tap.heal().await;
            refresh = if first.status() == 200 {
                Tokens::of(first).await.refresh.unwrap()
            } else {
                assert_unavailable(first, &what).await;
                Tokens::of(client.refresh(&world, &refresh).await)
                    .await
                    .refresh
                    .unwrap()
            };
        }
    }
}

async fn assert_unavailable(answer: reqwest::Response, what: &str) {
    assert_eq!(answer.status(), 503, "{what}");
    assert!(answer.headers().contains_key("retry-after"), "{what}");
    assert_eq!(answer.headers()["cache-control"], "no-store", "{what}");
    let body: String = answer.text().await.unwrap();
    let body: Result<Value, _> = serde_json::from_str(&body);
    assert!(
        body.map_or(true, |body| body["error"] == "temporarily_unavailable"),
        "{what}"
    );
}
