// Long because every step of a journey is swept, and one table of what breaks serves them all.
//! Every call of every port fails once, and for a while, at every step (ST4, ST5): the answer is one to retry, or the
//! step was done whole; and then she goes on. Never a success without its state.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{ALICE, Authorization, Browser, Client, Page, Tokens, World};

const OFFLINE: &str = "openid profile offline_access";

/// A step that a browser takes, and the form it sends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// A silent return: session, consent and code in one request.
    Return,
    Phone,
    Code,
    Consent,
}

/// What goes wrong: a port's `nth` call and those right after it.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    port: &'static str,
    mode: &'static str,
    nth: u32,
    times: u32,
}

/// Somebody in the middle of the journey.
struct Visitor {
    client: Client,
    request: Authorization,
    browser: Browser,
    page: Page,
}

impl Trouble {
    async fn begins(self, world: &World) {
        world.fault(self.port, self.mode, self.nth, self.times).await;
    }

    /// The first `calls` calls of a port, each failing or losing its answer, once or for as long as anybody tries.
    fn all(port: &'static str, calls: u32) -> impl Iterator<Item = Self> {
        (1..=calls).flat_map(move |nth| {
            ["fail", "lose_answer"].into_iter().flat_map(move |mode| {
                [1, 5].map(|times| Self {
                    port,
                    mode,
                    nth,
                    times,
                })
            })
        })
    }
}

/// The port works again.
async fn trouble_ends(world: &World) {
    world
        .dev(Method::POST, "/dev/fault", Some(json!({ "clear": true })))
        .await;
}

impl Visitor {
    /// Up to the page whose form is this step.
    async fn at(world: &World, step: Step) -> Self {
        // Send limits are others' business.
        world.advance(2 * 86_400).await;
        let client = world.conformance();
        let mut browser = world.browser();
        let mut request = client.authorize(OFFLINE).with("prompt", "consent");
        if step == Step::Return {
            client.code(world, &mut browser, OFFLINE, ALICE).await;
            request = client.authorize(OFFLINE);
        }
        let mut page = Page {
            status: StatusCode::OK,
            url: request.url().parse().unwrap(),
            headers: reqwest::header::HeaderMap::new(),
            body: String::new(),
        };
        if step != Step::Return {
            page = browser.get(&request.url()).await;
        }
        if matches!(step, Step::Code | Step::Consent) {
            let fields = [("phone", ALICE), ("action", "phone")];
            page = browser.submit(&page, "form#phone-form", &fields).await;
        }
        if step == Step::Consent {
            let code = world.code(ALICE).await;
            let fields = [("code", &*code), ("action", "code")];
            page = browser.submit(&page, "form#code-form", &fields).await;
        }
        Self {
            client,
            request,
            browser,
            page,
        }
    }

    /// Takes the step from where she is. A browser keeps its cookies, also those of an error.
    async fn take(&mut self, world: &World, step: Step) -> Page {
        let (form, fields) = match step {
            Step::Return => return self.browser.get(&self.request.url()).await,
            Step::Phone => (
                "form#phone-form",
                [("phone", ALICE.to_owned()), ("action", "phone".to_owned())],
            ),
            Step::Code => {
                let code = world.code(ALICE).await;
                ("form#code-form", [("code", code), ("action", "code".to_owned())])
            }
            Step::Consent => (
                "form#consent-form",
                [("decision", "allow".to_owned()), ("x", String::new())],
            ),
        };
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let page = self.page.clone();
        self.browser.submit(&page, form, &fields).await
    }

    /// To the end, without trouble. Answers how often she had to type or press something twice.
    async fn go_on(&mut self, world: &World, page: Page) -> (Page, u32) {
        let (mut page, mut detours, mut codes) = (page, 0, 0);
        for _ in 0..6 {
            page = if page.has("form#phone-form") {
                let fields = [("phone", ALICE), ("action", "phone")];
                self.browser.submit(&page, "form#phone-form", &fields).await
            } else if page.status.is_server_error() || page.has("main#error") {
                detours += 1;
                self.browser.get(&self.request.url()).await
            } else if page.has("form#code-form") {
                if page.status == StatusCode::BAD_REQUEST || codes > 0 {
                    // The code was used up, or its message never went out; half a minute and one tap bring one.
                    detours += 1;
                    world.advance(30).await;
                    page = self
                        .browser
                        .submit(&page, "form:has(#resend)", &[("action", "resend")])
                        .await;
                }
                codes += 1;
                let code = world.code(ALICE).await;
                let fields = [("code", &*code), ("action", "code")];
                self.browser.submit(&page, "form#code-form", &fields).await
            } else if page.has("form#consent-form") {
                self.browser.allow(&page).await
            } else {
                break;
            };
        }
        (page, detours)
    }

    /// The end is real: code, tokens, consent, refresh family and session are all there.
    async fn assert_whole(&mut self, world: &World, page: &Page, what: &str) {
        let answer = page.callback();
        let code = answer
            .get("code")
            .unwrap_or_else(|| panic!("{what}: {} {}", page.url, page.main()));
        let fields = self.client.exchange(code, &self.request.verifier);
        let tokens = Tokens::of(self.client.token(world, fields).await).await;
        assert_eq!(self.client.userinfo(&tokens.access).await.status(), 200, "{what}");
        let refresh = self.client.refresh(world, tokens.refresh.as_deref().unwrap());
        assert_eq!(refresh.await.status(), 200, "{what}");
        let account = format!("{}/account", self.client.brand.issuer);
        assert!(
            self.browser.get(&account).await.has("form.revoke"),
            "{what}: the session"
        );
    }
}

/// A page of an outage: to be retried, and to be quoted. Nothing of the cause is told.
fn assert_retryable(page: &Page, what: &str) {
    assert_eq!(
        page.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{what}: {}",
        page.main()
    );
    assert_eq!(page.error(), "temporarily_unavailable", "{what}");
    assert!(page.header("retry-after").parse::<u32>().is_ok(), "{what}");
    assert_eq!(page.text("#error-id").len(), 8, "{what}");
    assert!(!page.body.contains("injected"), "{what}");
}

async fn calls_of(world: &World, port: &str) -> u32 {
    let answer = world.dev(Method::GET, "/dev/counts", None).await;
    let all: Value = answer.json().await.unwrap();
    let of = |name: &str| u32::try_from(all["total"][name].as_u64().unwrap()).unwrap();
    match port {
        "store" => of("store_reads") - of("member_lookups") + of("store_writes"),
        "members" => of("member_lookups"),
        "signer" => of("signatures"),
        other => panic!("{other} is not counted"),
    }
}

/// Breaks every call that a step makes to a port. `calls` is what it makes when nothing is wrong, so that a step
/// that begins to ask for more is swept whole.
async fn sweep(step: Step, port: &'static str, calls: u32) {
    let world = World::start().await;
    // She has been here before, so that there is a consent to be read and replaced.
    let mut visitor = Visitor::at(&world, step).await;
    let page = visitor.take(&world, step).await;
    visitor.go_on(&world, page).await;
    let mut visitor = Visitor::at(&world, step).await;
    world.reset_counts().await;
    visitor.take(&world, step).await;
    assert_eq!(calls_of(&world, port).await, calls, "{step:?} {port}");
    for trouble in Trouble::all(port, calls) {
        let what = format!("{step:?} {trouble:?}");
        let mut visitor = Visitor::at(&world, step).await;
        trouble.begins(&world).await;
        let first = visitor.take(&world, step).await;
        trouble_ends(&world).await;
        let stumbled = first.status.is_server_error();
        let next = if stumbled {
            assert_retryable(&first, &what);
            visitor.take(&world, step).await
        } else {
            first
        };
        let (end, detours) = visitor.go_on(&world, next).await;
        // An answer that was no error had everything behind it.
        assert!(stumbled || detours == 0, "{what}: a success without its state");
        assert!(detours <= 1, "{what}: {detours} detours");
        visitor.assert_whole(&world, &end, &what).await;
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn st5_a_silent_return() {
    sweep(Step::Return, "store", 3).await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn st5_the_number() {
    sweep(Step::Phone, "store", 2).await;
    sweep(Step::Phone, "members", 1).await;
}

/// The code's answer leads through `authorize`, which looks for a consent.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn st5_the_code() {
    sweep(Step::Code, "store", 4).await;
}

/// The decision reads the consent it replaces; its answer leads through `authorize`, which looks for the session and stores the code.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn st5_the_consent() {
    sweep(Step::Consent, "store", 4).await;
}

/// What the token endpoint says in an outage.
async fn assert_unavailable(answer: reqwest::Response, what: &str) {
    assert_eq!(answer.status(), 503, "{what}");
    assert!(answer.headers().contains_key("retry-after"), "{what}");
    assert!(answer.headers().contains_key("x-request-id"), "{what}");
    assert_eq!(answer.headers()["cache-control"], "no-store", "{what}");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"], "temporarily_unavailable", "{what}");
    assert!(!body.to_string().contains("injected"), "{what}");
}

/// RFC 6749 s4.1.2 makes a code work once, and an outage is not a use. The one exception: the answer of the write that
/// redeems was lost twice, so that nobody can tell an honest retry from a thief's.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st4_st5_a_code_still_works_after_an_outage() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client.tokens(&world, &mut browser, OFFLINE, ALICE).await;
    for (port, calls) in [("store", 3), ("members", 1), ("signer", 2)] {
        for trouble in Trouble::all(port, calls) {
            // A refresh family takes an outage of its own, below.
            for scope in [OFFLINE, "openid profile"] {
                let what = format!("{scope}: {trouble:?}");
                let (request, callback) = client.code(&world, &mut browser, scope, ALICE).await;
                let fields = client.exchange(&callback.callback()["code"], &request.verifier);
                trouble.begins(&world).await;
                let first = client.token(&world, fields.clone()).await;
                trouble_ends(&world).await;
                let tokens = if first.status() == 200 {
                    Tokens::of(first).await
                } else {
                    assert_unavailable(first, &what).await;
                    let again = client.token(&world, fields).await;
                    // The release of the code was hit as well, or the redemption's answer lost for good.
                    let spent = trouble.port == "store" && trouble.times > 1;
                    if spent && again.status() == 400 {
                        assert_eq!(again.json::<Value>().await.unwrap()["error"], "invalid_grant");
                        // Cleanly from the start: her session and consent are untouched.
                        client.tokens(&world, &mut browser, scope, ALICE).await
                    } else {
                        Tokens::of(again).await
                    }
                };
                assert_eq!(client.userinfo(&tokens.access).await.status(), 200, "{what}");
                assert_eq!(tokens.refresh.is_some(), scope == OFFLINE, "{what}");
                if let Some(refresh) = &tokens.refresh {
                    assert_eq!(client.refresh(&world, refresh).await.status(), 200, "{what}");
                }
            }
        }
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st4_st5_a_refresh_token_still_works_after_an_outage() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let mut refresh = client
        .tokens(&world, &mut browser, OFFLINE, ALICE)
        .await
        .refresh
        .unwrap();
    for (port, calls) in [("store", 2), ("members", 1), ("signer", 2)] {
        for trouble in Trouble::all(port, calls) {
            let what = format!("{trouble:?}");
            trouble.begins(&world).await;
            let first = client.refresh(&world, &refresh).await;
            trouble_ends(&world).await;
            let tokens = if first.status() == 200 {
                Tokens::of(first).await
            } else {
                assert_unavailable(first, &what).await;
                Tokens::of(client.refresh(&world, &refresh).await).await
            };
            assert_eq!(client.userinfo(&tokens.access).await.status(), 200, "{what}");
            refresh = tokens.refresh.unwrap();
        }
    }
}

/// A family with an old token that was used, and the newest tokens.
async fn outdated(world: &World, client: &Client, browser: &mut Browser) -> (String, Tokens) {
    let first = client
        .tokens(world, browser, OFFLINE, ALICE)
        .await
        .refresh
        .unwrap();
    let second = Tokens::of(client.refresh(world, &first).await).await;
    let newest = client.refresh(world, &second.refresh.unwrap()).await;
    (first, Tokens::of(newest).await)
}

async fn assert_invalid_grant(answer: reqwest::Response, what: &str) {
    assert_eq!(answer.status(), 400, "{what}");
    assert_eq!(
        answer.json::<Value>().await.unwrap()["error"],
        "invalid_grant",
        "{what}"
    );
}

/// RFC 9700 s4.14.2: a refresh token used twice ends all that came of it, also the access token of whoever refreshed
/// last; and an outage in the middle of that lets nobody off.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st5_a_reuse_has_its_consequence_after_an_outage() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    // The consent, the family, and the mark that ends the access tokens.
    let (old, _) = outdated(&world, &client, &mut browser).await;
    world.reset_counts().await;
    assert_invalid_grant(client.refresh(&world, &old).await, "no trouble").await;
    assert_eq!(calls_of(&world, "store").await, 3);
    for trouble in Trouble::all("store", 3) {
        let what = format!("{trouble:?}");
        let (old, newest) = outdated(&world, &client, &mut browser).await;
        assert_eq!(client.userinfo(&newest.access).await.status(), 200, "{what}");
        trouble.begins(&world).await;
        let first = client.refresh(&world, &old).await;
        trouble_ends(&world).await;
        let at_the_mark = trouble.nth == 3 && trouble.mode == "fail";
        let mut retried = &old;
        if first.status() == 400 {
            assert_invalid_grant(first, &what).await;
        } else {
            assert_unavailable(first, &what).await;
            // With the mark missing, the newest token is enough to set it; of "once" and "for a while" one tries.
            if at_the_mark && trouble.times > 1 {
                retried = newest.refresh.as_ref().unwrap();
            }
        }
        assert_invalid_grant(client.refresh(&world, retried).await, &what).await;
        assert_eq!(client.userinfo(&newest.access).await.status(), 401, "{what}");
    }
}

/// ST4: without its keys a brand still shows pages, consents, and publishes keys; only tokens wait.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn st4_everything_but_tokens_goes_on_without_the_signer() {
    let world = World::start().await;
    let client = world.conformance();
    world.fault("signer", "fail", 1, 1_000).await;
    let mut browser = world.browser();
    let (request, callback) = client.code(&world, &mut browser, OFFLINE, ALICE).await;
    assert!(!world.urbantrend().keys().await.is_empty());
    let fields = client.exchange(&callback.callback()["code"], &request.verifier);
    for _ in 0..3 {
        assert_unavailable(client.token(&world, fields.clone()).await, "without a signer").await;
    }
    trouble_ends(&world).await;
    let tokens = Tokens::of(client.token(&world, fields).await).await;
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
}

/// A message that cannot be sent looks like one that was, so that nobody learns whom a number belongs to; and asking
/// again brings the code.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a_message_that_fails_is_sent_again_on_request() {
    for mode in ["fail", "lose_answer"] {
        let world = World::start().await;
        let mut visitor = Visitor::at(&world, Step::Phone).await;
        world.fault("sms", mode, 1, 1).await;
        let code_page = visitor.take(&world, Step::Phone).await;
        assert!(code_page.has("form#code-form"), "{mode}: {}", code_page.main());
        assert_eq!(world.inbox(ALICE).await.len(), usize::from(mode == "lose_answer"));
        world.advance(31).await;
        let again = visitor
            .browser
            .submit(&code_page, "form:has(#resend)", &[("action", "resend")])
            .await;
        let (end, detours) = visitor.go_on(&world, again).await;
        assert_eq!(detours, 0, "{mode}");
        visitor.assert_whole(&world, &end, mode).await;
    }
}

/// Userinfo never answers from half of what it must know.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn userinfo_in_an_outage() {
    let world = World::start().await;
    let client = world.conformance();
    let tokens = client.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
    for port in ["store", "members"] {
        for trouble in Trouble::all(port, 1) {
            trouble.begins(&world).await;
            let answer = client.userinfo(&tokens.access).await;
            trouble_ends(&world).await;
            assert_eq!(answer.status(), 503, "{trouble:?}");
            assert!(answer.headers().contains_key("retry-after"), "{trouble:?}");
            assert_eq!(client.userinfo(&tokens.access).await.status(), 200, "{trouble:?}");
        }
    }
}
