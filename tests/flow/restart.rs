//! What a restart keeps, what a crash leaves, and how the program starts and ends. With the real program as a process.

use std::{fs, time::Duration};

use reqwest::Method;
use serde_json::Value;

use crate::harness::{ALICE, Browser, Page, Process, Tokens, World, run};

const OFFLINE: &str = "openid profile offline_access";
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a_restart_loses_nothing() {
    let mut world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let (request, callback) = client.code(&world, &mut browser, OFFLINE, ALICE).await;
    let keys = world.urbantrend().keys().await;
    world.advance(3_000).await;
    let tokens = client.tokens(&world, &mut browser, OFFLINE, ALICE).await;
    let before = world.now().await;
    let (late, in_flight) = client.code(&world, &mut browser, OFFLINE, ALICE).await;
    let mut other = world.browser();
    let phone = other.get(&client.authorize("openid").url()).await;
    let fields = [("phone", ALICE), ("action", "phone")];
    let code_page = other.submit(&phone, "form#phone-form", &fields).await;
    let code = world.code(ALICE).await;

    world.restart().await;

    assert!(
        world.now().await >= before,
        "the clock stays where it was moved to"
    );
    assert_eq!(world.urbantrend().keys().await, keys);
    assert_eq!(client.userinfo(&tokens.access).await.status(), 200, "the consent");
    let fields = client.exchange(&in_flight.callback()["code"], &late.verifier);
    Tokens::of(client.token(&world, fields).await).await;
    let fields = client.exchange(&callback.callback()["code"], &request.verifier);
    assert_eq!(
        client.token(&world, fields).await.status(),
        400,
        "expired before, expired after"
    );
    Tokens::of(client.refresh(&world, tokens.refresh.as_deref().unwrap()).await).await;
    let silent = browser
        .get(&client.authorize("openid").with("prompt", "none").url())
        .await;
    assert!(
        silent.callback().contains_key("code"),
        "the session: {}",
        silent.url
    );
    let fields = [("code", code.as_str()), ("action", "code")];
    let done = other.submit(&code_page, "form#code-form", &fields).await;
    assert!(
        done.callback().contains_key("code"),
        "the challenge: {}",
        done.main()
    );
}

#[tokio::test]
async fn what_was_used_or_taken_back_stays_so_after_a_restart() {
    let mut world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let (request, callback) = client.code(&world, &mut browser, OFFLINE, ALICE).await;
    let fields = client.exchange(&callback.callback()["code"], &request.verifier);
    let tokens = Tokens::of(client.token(&world, fields.clone()).await).await;
    world.restart().await;
    assert_eq!(client.token(&world, fields).await.status(), 400);
    // The replay has revoked what came of the code; that, too, lasts.
    world.restart().await;
    let refresh = client.refresh(&world, tokens.refresh.as_deref().unwrap()).await;
    assert_eq!(refresh.status(), 400);
    assert_eq!(client.userinfo(&tokens.access).await.status(), 401);
}

/// From whatever page she is on, back to the end: she types, allows, or begins again at the partner.
async fn carry_on(world: &World, browser: &mut Browser, start: &str, page: Page) -> Page {
    let mut page = page;
    for _ in 0..4 {
        page = if page.has("form#phone-form") {
            browser.sign_in(world, &page, ALICE).await
        } else if page.has("form#code-form") {
            // Where the code was used up by what the crash swallowed, one tap brings a new one.
            let again = browser
                .submit(&page, "form:has(#resend)", &[("action", "resend")])
                .await;
            let code = world.code(ALICE).await;
            let fields = [("code", code.as_str()), ("action", "code")];
            browser.submit(&again, "form#code-form", &fields).await
        } else if page.has("form#consent-form") {
            browser.allow(&page).await
        } else if page.url.port() == Some(3999) {
            return page;
        } else {
            assert!(page.has("main#error"), "{}: {}", page.status, page.body);
            browser.get(start).await
        };
    }
    page
}

/// After each step the machine goes down. What was answered stands, so she goes on as if nothing had been.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn a_crash_after_any_step_is_not_noticed() {
    let (mut process, world) = Process::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let request = client.authorize(OFFLINE);
    let phone = browser.get(&request.url()).await;
    process.kill_and_restart(&world).await;
    let fields = [("phone", ALICE), ("action", "phone")];
    let code_page = browser.submit(&phone, "form#phone-form", &fields).await;
    let code = world.code(ALICE).await;
    process.kill_and_restart(&world).await;
    let fields = [("code", code.as_str()), ("action", "code")];
    let consent = browser.submit(&code_page, "form#code-form", &fields).await;
    process.kill_and_restart(&world).await;
    let callback = browser.allow(&consent).await;
    process.kill_and_restart(&world).await;
    let fields = client.exchange(&callback.callback()["code"], &request.verifier);
    let tokens = Tokens::of(client.token(&world, fields).await).await;
    process.kill_and_restart(&world).await;
    let refreshed = client.refresh(&world, tokens.refresh.as_deref().unwrap()).await;
    let fresh = Tokens::of(refreshed).await;
    process.kill_and_restart(&world).await;
    assert_eq!(client.userinfo(&fresh.access).await.status(), 200);
    assert_eq!(
        client
            .refresh(&world, fresh.refresh.as_deref().unwrap())
            .await
            .status(),
        200
    );
}

/// The machine goes down while a form is being answered, before or after each thing the answer writes. She sends
/// the form again and, at worst, begins again at the partner; nothing half-done is in her way.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn a_crash_in_the_middle_of_a_step_leaves_nothing_half_done() {
    let (mut process, world) = Process::start().await;
    let client = world.conformance();
    for (step, calls) in [("phone", 2), ("code", 3), ("consent", 1)] {
        for call in 1..=calls {
            world.advance(86_400 * 2).await;
            let mut browser = world.browser();
            let request = client.authorize(OFFLINE).with("prompt", "consent");
            let mut page = browser.get(&request.url()).await;
            let mut fields = vec![("phone", ALICE.to_owned()), ("action", "phone".to_owned())];
            let mut form = "form#phone-form";
            if step != "phone" {
                page = browser.submit(&page, form, &borrowed(&fields)).await;
                form = "form#code-form";
                fields = vec![("code", world.code(ALICE).await), ("action", "code".to_owned())];
            }
            if step == "consent" {
                page = browser.submit(&page, form, &borrowed(&fields)).await;
                form = "form#consent-form";
                fields = vec![("decision", "allow".to_owned())];
            }
            assert!(page.has(form), "{step} {call}: {}", page.main());
            interrupted(&mut process, &world, &browser, &page, form, &fields, call).await;
            let again = browser.submit(&page, form, &borrowed(&fields)).await;
            let end = carry_on(&world, &mut browser, &request.url(), again).await;
            let answer = end.callback();
            let code = answer
                .get("code")
                .unwrap_or_else(|| panic!("{step} {call}: {}", end.url));
            let tokens = client
                .token(&world, client.exchange(code, &request.verifier))
                .await;
            Tokens::of(tokens).await;
        }
    }
}

fn borrowed<'a>(fields: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(n, v)| (*n, v.as_str())).collect()
}

async fn store_calls(world: &World) -> u64 {
    let answer = world.dev(Method::GET, "/dev/counts", None).await;
    let all: Value = answer.json().await.unwrap();
    let of = |name: &str| all["total"][name].as_u64().unwrap();
    of("store_reads") - of("member_lookups") + of("store_writes")
}

/// Posts a form, and kills the server while it waits for the `call`-th thing it asked of its store.
async fn interrupted(
    process: &mut Process,
    world: &World,
    browser: &Browser,
    page: &Page,
    form: &str,
    fields: &[(&str, String)],
    call: u64,
) {
    let delay = serde_json::json!({
        "port": "store", "mode": "delay", "nth": call, "times": 1, "delay_ms": 60_000
    });
    world.dev(Method::POST, "/dev/fault", Some(delay)).await;
    world.reset_counts().await;
    let (action, mut body) = page.form(form);
    body.retain(|(n, _)| fields.iter().all(|(m, _)| m != n));
    body.extend(fields.iter().map(|(n, v)| ((*n).to_owned(), v.clone())));
    let host = action.host_str().unwrap();
    let cookies: Vec<String> = browser.cookies[host]
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    let request = world
        .http()
        .post(action.clone())
        .header("cookie", cookies.join("; "))
        .form(&body);
    let posted = tokio::spawn(request.send());
    // It has come to the delayed call when that is counted. A busy disk may take its time.
    let at_it = async {
        while store_calls(world).await < call {
            assert!(!posted.is_finished(), "{call}: not that many calls");
        }
    };
    tokio::time::timeout(PATIENCE, at_it)
        .await
        .expect("the form never came to that call");
    process.kill_and_restart(world).await;
    assert!(posted.await.unwrap().is_err(), "it was answered");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn a_second_process_on_the_same_data_is_refused_with_a_clear_line() {
    let (_process, world) = Process::start().await;
    let data = world.data().display().to_string();
    let second = run(&["--listen", "127.0.0.1:0", "--data", &data]);
    assert_eq!(second.code, Some(1), "{second:?}");
    assert_eq!(
        second.stderr,
        format!("symbolon: {data} is in use by another symbolon process; stop it or choose another --data\n")
    );
    assert!(!world.urbantrend().keys().await.is_empty(), "the first goes on");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn a_signal_ends_it_cleanly_within_two_seconds() {
    for signal in ["TERM", "INT"] {
        let (mut process, world) = Process::start().await;
        let client = world.conformance();
        let tokens = client.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
        // The client above keeps its connection open; it must not hold the end up.
        assert_eq!(process.signalled(signal).code(), Some(0), "{signal}");
        let leftover = world.data().join("symbolon.sqlite3-wal");
        assert!(
            fs::metadata(&leftover).map_or(0, |m| m.len()) == 0,
            "{signal}: committed, but not at rest"
        );
        drop(process);
        let data = world.data().display().to_string();
        let again = run(&["--listen", "0.0.0.0:0", "--data", &data]);
        assert_eq!(again.code, Some(2));
        assert!(tokens.refresh.is_some());
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads the local files")]
async fn what_was_committed_is_there_after_a_signal() {
    let (mut process, world) = Process::start().await;
    let client = world.conformance();
    let tokens = client.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
    process.stop_and_restart(&world).await;
    Tokens::of(client.refresh(&world, tokens.refresh.as_deref().unwrap()).await).await;
}

#[test]
fn what_is_unsafe_unknown_or_contradictory_is_named_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data").display().to_string();
    let config = dir.path().join("symbolon.toml");
    let demo = include_str!("../../infra/local/demo.toml");
    let file = config.display().to_string();
    for (from, to, named) in [
        ("", "", "--port"),
        ("sandbox = true", "sandbox = false", "fixed_code"),
        ("sandbox = true", "sandbox = true\ncolour = \"red\"", "colour"),
        ("pkce = \"optional\"", "pkce = \"never\"", "pkce"),
        (
            "client_secret = \"fashionboard-demo-secret\"",
            "client_secret = \"hunter2\"",
            "client_secret",
        ),
        (
            "redirect_uris = [\"http://127.0.0.1/callback\"]",
            "redirect_uris = [\"http://evil.example/callback\"]",
            "redirect_uris",
        ),
    ] {
        fs::write(&config, demo.replace(from, to)).unwrap();
        let ended = if from.is_empty() {
            run(&["--port", "1"])
        } else {
            assert!(demo.contains(from), "{from}");
            run(&["--listen", "127.0.0.1:0", "--data", &data, "--config", &file])
        };
        assert!(matches!(ended.code, Some(1 | 2)), "{named}: {ended:?}");
        assert_eq!(ended.stdout, "", "{named}: nothing runs");
        let line = ended.stderr.trim_end();
        assert!(
            line.starts_with("symbolon: ") && line.contains(named) && !line.contains('\n'),
            "{named}: {line}"
        );
        assert!(!line.contains("hunter2"), "a secret is not repeated: {line}");
    }
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:4444"] {
        let ended = run(&["--listen", listen, "--data", &data.display().to_string()]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(
            ended
                .stderr
                .contains(&format!("--listen {listen} can be reached from elsewhere"))
                && ended.stderr.lines().count() == 1,
            "{}",
            ended.stderr
        );
        assert!(!data.exists(), "refused before anything is written");
    }
}
