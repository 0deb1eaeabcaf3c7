//! No secret in a log, none in clear on the disk (OP1, OT10, ST7). With the real program as a process: what is looked
//! through is what an operator would find.

mod errands;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::Method;
use symbolon::endpoints::audit::AuditEvent;

use self::errands::{devices, replays, transfers};
use crate::harness::{ALICE, BOB, Browser, Client, NOBODY, Process, Tokens, World, query_of, wrong};

const OFFLINE: &str = "openid profile offline_access";
/// A number with a member, and one without, as people and programs write them.
const NUMBERS: [&str; 6] = [
    "447700900101",
    "7700900101",
    "7700 900101",
    "447700900555",
    "7700900555",
    "%2B44",
];

/// A secret, under the name by which a failure calls it.
struct Canary(&'static str, String);

/// What one journey brought forth that nobody else may ever read.
#[derive(Default)]
struct Canaries(Vec<Canary>);

impl Canaries {
    fn add(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        assert!(value.len() >= 6, "{name} is too short to be looked for");
        self.0.push(Canary(name, value));
    }

    fn tokens(&mut self, tokens: &Tokens) {
        self.add("access token", &tokens.access);
        // The signature alone would do for whoever guesses the rest.
        self.add(
            "access token's signature",
            tokens.access.rsplit('.').next().unwrap(),
        );
        if let Some(refresh) = &tokens.refresh {
            self.add("refresh token", refresh);
        }
        self.add("id token", tokens.id.clone().unwrap());
    }

    fn cookies(&mut self, browser: &Browser) {
        for (name, value) in browser.cookies.values().flatten() {
            if name.starts_with("__Host-session") {
                self.add("session cookie", value);
            } else if name.starts_with("__Host-tx-") {
                self.add("transaction cookie", value);
            }
        }
    }

    fn assert_none_in(&self, place: &str, text: &str) {
        for Canary(name, value) in &self.0 {
            assert!(!text.contains(value), "{place} holds the {name}");
        }
    }
}

/// Every way of using the provider that carries a secret, also the ways that fail.
async fn journey(world: &World) -> Canaries {
    let mut canaries = Canaries::default();
    let client = world.conformance();
    let mut browser = world.browser();
    let request = client.authorize(OFFLINE).with("login_hint", ALICE);
    let phone = browser.get(&request.url()).await;
    for number in ["0770", "+447700900555", ALICE] {
        let fields = [("phone", number), ("action", "phone")];
        let mut other = browser.clone();
        other.submit(&phone, "form#phone-form", &fields).await;
        browser = other;
    }
    let code = world.code(ALICE).await;
    let code_page = browser.get(&format!("{}?{}", login(&client), tx(&phone))).await;
    let wrong = if code == "135791" { "135792" } else { "135791" };
    let refused = browser
        .submit(
            &code_page,
            "form#code-form",
            &[("code", wrong), ("action", "code")],
        )
        .await;
    canaries.cookies(&browser);
    let consent = browser
        .submit(&refused, "form#code-form", &[("code", &code), ("action", "code")])
        .await;
    canaries.cookies(&browser);
    canaries.add("one-time code", code);
    canaries.add("wrong one-time code", wrong);
    canaries.add("form token", consent.attr("input[name=csrf]", "value"));
    let callback = browser.allow(&consent).await;

    let authorization_code = callback.callback()["code"].clone();
    let fields = client.exchange(&authorization_code, &request.verifier);
    let mut garbled = fields.clone();
    garbled.push(("code_verifier".to_owned(), request.verifier.clone()));
    assert_eq!(client.token(world, garbled).await.status(), 400);
    let tokens = Tokens::of(client.token(world, fields.clone()).await).await;
    canaries.add("authorization code", authorization_code);
    canaries.add("code verifier", request.verifier.clone());
    canaries.tokens(&tokens);
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200);
    let refreshed = client.refresh(world, tokens.refresh.as_deref().unwrap()).await;
    canaries.tokens(&Tokens::of(refreshed).await);

    let wrong_secret = Client::basic(
        world.urbantrend(),
        "conformance",
        "a-wrong-client-secret",
        &client.redirect_uri,
    );
    assert_eq!(wrong_secret.token(world, fields.clone()).await.status(), 401);
    canaries.add("wrong client secret", "a-wrong-client-secret");
    for secret in [
        "conformance-demo-secret",
        "fashionboard-demo-secret",
        "conformance-north-secret",
    ] {
        canaries.add("client secret", secret);
    }
    misplaced(world, &tokens).await;
    faulty(world, &mut browser, &mut canaries).await;
    happenings(world, &mut browser, &mut canaries).await;
    // Last, because it revokes everything: the replay of a code.
    assert_eq!(client.token(world, fields).await.status(), 400);
    canaries
}

/// Secrets where they do not belong: addresses, unknown paths, headers nobody reads.
async fn misplaced(world: &World, tokens: &Tokens) {
    let brand = world.urbantrend();
    let refresh = tokens.refresh.as_deref().unwrap();
    for path in [
        format!("/userinfo?access_token={}", tokens.access),
        format!(
            "/oauth2/sessions/logout?id_token_hint={}",
            tokens.id.as_deref().unwrap()
        ),
        format!("/oauth2/token?refresh_token={refresh}"),
        "/login?phone=%2B447700900101&code=135791".to_owned(),
    ] {
        brand.request(Method::GET, &path).send().await.unwrap();
    }
    let assertion = world
        .shopease()
        .assertion(world.now().await, &serde_json::json!({}));
    let form = [("grant_type", "refresh_token"), ("client_assertion", &assertion)];
    let answer = brand.request(Method::POST, "/oauth2/token").form(&form).send();
    assert_eq!(answer.await.unwrap().status(), 400);
}

/// Every port fails once where it matters: error lines must not say more than others.
async fn faulty(world: &World, browser: &mut Browser, canaries: &mut Canaries) {
    let client = world.conformance();
    world.fault("sms", "fail", 1, 1).await;
    let mut other = world.browser();
    let phone = other.get(&client.authorize("openid").url()).await;
    let fields = [("phone", ALICE), ("action", "phone")];
    assert!(
        other
            .submit(&phone, "form#phone-form", &fields)
            .await
            .has("form#code-form")
    );
    world.fault("members", "fail", 1, 1).await;
    canaries.add("number", BOB);
    assert_eq!(
        other
            .submit(&phone, "form#phone-form", &[("phone", BOB)])
            .await
            .status
            .as_u16(),
        503
    );
    for port in ["store", "signer"] {
        let (request, callback) = client.code(world, browser, OFFLINE, ALICE).await;
        let code = callback.callback()["code"].clone();
        world.fault(port, "fail", 1, 2).await;
        let answer = client
            .token(world, client.exchange(&code, &request.verifier))
            .await;
        // Two failures in a row cannot be made good on the quiet.
        assert_eq!(answer.status(), 503, "{port}");
        world
            .dev(
                Method::POST,
                "/dev/fault",
                Some(serde_json::json!({ "clear": true })),
            )
            .await;
        canaries.add("authorization code", code);
    }
}

/// What the audit trail tells besides, so that every kind of line is looked through.
async fn happenings(world: &World, browser: &mut Browser, canaries: &mut Canaries) {
    let client = world.conformance();
    let request = client.authorize(OFFLINE).with("prompt", "consent");
    world.browser().reach_code(&request, NOBODY).await;
    let mut guesser = world.browser();
    let page = guesser.reach_code(&request, ALICE).await;
    let guess = wrong(&world.code(ALICE).await);
    for _ in 0..6 {
        guesser.type_code(&page, &guess).await;
    }
    canaries.add("guess", guess);
    let consent = browser.reach_consent(world, &request, ALICE).await;
    browser.deny(&consent).await;
    let first = client.tokens(world, browser, OFFLINE, ALICE).await;
    canaries.tokens(&first);
    let old = first.refresh.as_deref().unwrap();
    let second = Tokens::of(client.refresh(world, old).await).await;
    let third = client.refresh(world, second.refresh.as_deref().unwrap()).await;
    canaries.tokens(&second);
    canaries.tokens(&Tokens::of(third).await);
    assert_eq!(client.refresh(world, old).await.status(), 400);
    let given_back = client.tokens(world, browser, OFFLINE, ALICE).await;
    canaries.tokens(&given_back);
    client.asks(world, &given_back.access).await;
    client.gives_back(world, &given_back.access).await;
    client
        .gives_back(world, given_back.refresh.as_deref().unwrap())
        .await;
    replays(world, canaries).await;
    devices(world, browser, canaries).await;
    transfers(world, browser, canaries).await;
    let issuer = &client.brand.issuer;
    let revoke = format!("{issuer}/account/revoke?client=conformance");
    let confirm = browser.get(&revoke).await;
    browser.submit(&confirm, "form#revoke-form", &[]).await;
    let mut other = world.browser();
    let phone = other.get(&format!("{issuer}/account")).await;
    let page = other.sign_in(world, &phone, ALICE).await;
    canaries.cookies(&other);
    other.submit(&page, "li form:has([name=session])", &[]).await;
    // A partner app of the demo is told that she goes.
    let told = world.fashionboard();
    canaries.tokens(&told.tokens(world, &mut other, "openid", ALICE).await);
    let question = other.get(&format!("{issuer}/oauth2/sessions/logout")).await;
    other.submit(&question, "form#logout-form", &[]).await;
}

fn login(client: &Client) -> String {
    format!("{}/login", client.brand.issuer)
}

fn tx(page: &crate::harness::Page) -> String {
    format!("tx={}", query_of(&page.url)["tx"])
}

/// Every file below a directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn op1_ot10_no_log_line_holds_a_secret_or_a_number() {
    let (process, world) = Process::start().await;
    let canaries = journey(&world).await;
    for step in ["publish", "promote", "retire"] {
        let key =
            serde_json::json!({ "tenant": "urbantrend", "algorithm": "ES256", "step": step, "now": true });
        let answer = world.dev(Method::POST, "/dev/keys/rotate", Some(key)).await;
        assert_eq!(answer.status(), 200, "{step}");
    }
    // That is said behind the pages.
    let told = async {
        while !process.log().contains("event=\"logout_told\"") {
            tokio::task::yield_now().await;
        }
    };
    let told = tokio::time::timeout(Duration::from_mins(1), told).await;
    assert!(told.is_ok(), "nobody was told:\n{}", process.log());
    let log = process.output();
    // It did log, and of this journey; every line that the audit trail knows is among them, but for that of a partner
    // that refuses, of which the demo has none.
    let here = |event: &&AuditEvent| **event != AuditEvent::LogoutUndelivered;
    for event in AuditEvent::ALL.iter().filter(here) {
        let said = format!("event=\"{}\" tenant=\"urbantrend\"", event.name());
        assert!(log.contains(&said), "no line says {said}:\n{log}");
    }
    for said in ["message not sent", "refused"] {
        assert!(log.contains(said), "no line says {said:?}:\n{log}");
    }
    canaries.assert_none_in("the log", &log);
    for number in NUMBERS {
        assert!(!log.contains(number), "the log holds {number}:\n{log}");
    }
    // The brand's own names of members are as personal.
    for member in ["ut-1001", "ut-1002"] {
        assert!(!log.contains(member), "the log holds {member}:\n{log}");
    }
    for header in ["Basic ", "Bearer ", "Authorization"] {
        assert!(!log.contains(header), "the log holds {header:?}:\n{log}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn st7_nothing_on_the_disk_opens_anything() {
    let (mut process, world) = Process::start().await;
    let canaries = journey(&world).await;
    // As it lies while it runs, with the write-ahead log, and as it lies after a clean end.
    for moment in ["running", "stopped"] {
        let found = files(world.data());
        assert!(
            found.iter().any(|f| f.ends_with("symbolon.sqlite3")),
            "{moment}: {found:?}"
        );
        for file in found {
            let place = format!("{moment}: {}", file.display());
            // What is looked for is ASCII, which bytes that are no text do not change.
            let bytes = fs::read(&file).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            canaries.assert_none_in(&place, &text);
            for number in ["7700900101", "7700900555"] {
                assert!(!text.contains(number), "{place} holds {number}");
            }
        }
        if moment == "running" {
            assert_eq!(process.signalled("TERM").code(), Some(0));
        }
    }
}
