//! Every function as Lambda runs it: the real binary against a Runtime API of our own on a free port, one event of
//! API Gateway's HTTP API (payload 2.0) in, one answer out. The tables, keys and tenants are those of a deployed stack,
//! which the runner of the suites names in the environment.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; outside `#[test]` functions clippy does not see that they are tests"
)]

mod runtime;

use std::fs;

use runtime::{Function, host};
use serde_json::Value;

/// An event of `tests/events`, with names in braces filled in.
fn event(name: &str, filled: &[(&str, &str)]) -> Value {
    let file = format!("{}/tests/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut text = fs::read_to_string(file).unwrap();
    text = text.replace("{host}", &host());
    for (name, value) in filled {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    serde_json::from_str(&text).unwrap()
}

/// Starts a function, sends it one event, and returns status and body.
fn ask(binary: &str, name: &str) -> (u64, String) {
    told(&Function::start(binary).answer(&event(name, &[])))
}

fn told(answer: &Value) -> (u64, String) {
    let body = answer["body"].as_str().unwrap_or_default().to_owned();
    (answer["statusCode"].as_u64().unwrap(), body)
}

#[test]
fn discovery_answers_for_the_issuer_of_the_host_and_may_be_cached() {
    let answer = Function::start(env!("CARGO_BIN_EXE_discovery")).answer(&event("discovery", &[]));
    let (status, body) = told(&answer);
    assert_eq!(status, 200, "{body}");
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["issuer"], format!("http://{}", host()));
    let caching = answer["headers"]["cache-control"].as_str().unwrap();
    assert!(caching.starts_with("public, max-age="), "{caching}");
}

#[test]
fn a_foreign_host_is_misdirected() {
    let mut foreign = event("discovery", &[]);
    foreign["headers"]["host"] = "evil.tld".into();
    let (status, _) = told(&Function::start(env!("CARGO_BIN_EXE_discovery")).answer(&foreign));
    assert_eq!(status, 421);
}

#[test]
fn jwks_publishes_public_keys_only() {
    let (status, body) = ask(env!("CARGO_BIN_EXE_jwks"), "jwks");
    assert_eq!(status, 200, "{body}");
    let document: Value = serde_json::from_str(&body).unwrap();
    let keys = document["keys"].as_array().unwrap();
    assert!(
        !keys.is_empty()
            && keys
                .iter()
                .all(|key| key["d"].is_null() && key["kid"].is_string()),
        "{body}"
    );
}

#[test]
fn ht3_duplicate_parameters_are_seen_in_query_and_form() {
    let (status, body) = ask(env!("CARGO_BIN_EXE_authorize"), "authorize_duplicate_parameter");
    assert_eq!(
        (status, body.contains("data-error=\"invalid_request\"")),
        (400, true)
    );
    let (status, body) = ask(env!("CARGO_BIN_EXE_token"), "token_duplicate_parameter");
    assert_eq!((status, body.contains("invalid_request")), (400, true), "{body}");
}

#[test]
fn authorize_answers_an_unknown_client_with_a_page() {
    let (status, body) = ask(env!("CARGO_BIN_EXE_authorize"), "authorize_unknown_client");
    assert_eq!(
        (status, body.contains("data-error=\"invalid_client\"")),
        (400, true)
    );
}

#[test]
fn a_good_request_goes_to_the_login_page_whose_function_reads_its_cookie() {
    let answer = Function::start(env!("CARGO_BIN_EXE_authorize")).answer(&event("authorize", &[]));
    assert_eq!(answer["statusCode"], 303, "{answer}");
    let location = answer["headers"]["location"].as_str().unwrap();
    let tx = location.strip_prefix("/login?tx=").unwrap();
    let cookie = answer["cookies"][0].as_str().unwrap();
    let sealed = cookie.strip_prefix(&format!("__Host-tx-{tx}=")).unwrap();
    let sealed = sealed.split(';').next().unwrap();
    // What one function seals, another opens; and the event's array of cookies is read whole.
    let login = Function::start(env!("CARGO_BIN_EXE_login"));
    let (status, body) =
        told(&login.answer(&event("login_cookies_array", &[("tx", tx), ("sealed", sealed)])));
    assert_eq!(
        (status, body.contains("id=\"phone-form\"")),
        (200, true),
        "{body}"
    );
}

#[test]
fn te5_forwarding_headers_change_nothing() {
    let answer =
        Function::start(env!("CARGO_BIN_EXE_authorize")).answer(&event("authorize_forwarded_host", &[]));
    assert_eq!(answer["statusCode"], 303);
    assert!(!answer.to_string().contains("evil.tld"), "{answer}");
}

#[test]
fn pages_without_their_transaction_say_so() {
    for (binary, name) in [
        (env!("CARGO_BIN_EXE_login"), "login_without_transaction"),
        (env!("CARGO_BIN_EXE_consent"), "consent_without_transaction"),
    ] {
        let (status, body) = ask(binary, name);
        assert_eq!(
            (status, body.contains("transaction_not_found")),
            (400, true),
            "{name}"
        );
    }
}

#[test]
fn a_transfer_of_nothing_is_refused_on_a_page() {
    let (status, body) = ask(env!("CARGO_BIN_EXE_transfer"), "transfer_of_nothing");
    assert_eq!((status, body.contains("transfer_unknown")), (400, true));
}

#[test]
fn token_reads_a_base64_body_and_refuses_an_unknown_client() {
    let (status, body) = ask(env!("CARGO_BIN_EXE_token"), "token_base64_body");
    assert_eq!((status, body.contains("invalid_client")), (401, true), "{body}");
}

#[test]
fn what_clients_call_refuses_who_proves_nothing() {
    for (binary, name) in [
        (env!("CARGO_BIN_EXE_revoke"), "revoke_nobody"),
        (
            env!("CARGO_BIN_EXE_device_authorization"),
            "device_authorization_nobody",
        ),
        (env!("CARGO_BIN_EXE_introspect"), "introspect_public_client"),
    ] {
        let (status, body) = ask(binary, name);
        assert_eq!(
            (status, body.contains("invalid_client")),
            (401, true),
            "{name}: {body}"
        );
    }
}

#[test]
fn ht4_token_takes_forms_only() {
    let (status, body) = ask(env!("CARGO_BIN_EXE_token"), "token_json_body");
    assert!([400, 415].contains(&status), "{status} {body}");
}

#[test]
fn token_answers_a_preflight_of_a_registered_origin() {
    let answer = Function::start(env!("CARGO_BIN_EXE_token")).answer(&event("token_preflight", &[]));
    assert!(
        [200, 204].contains(&answer["statusCode"].as_u64().unwrap()),
        "{answer}"
    );
    let mut foreign = event("token_preflight", &[]);
    foreign["headers"]["origin"] = "https://evil.tld".into();
    let answer = Function::start(env!("CARGO_BIN_EXE_token")).answer(&foreign);
    assert!(
        answer["headers"]["access-control-allow-origin"].is_null(),
        "{answer}"
    );
}

#[test]
fn userinfo_logout_and_account_answer_strangers() {
    let (status, _) = ask(env!("CARGO_BIN_EXE_userinfo"), "userinfo_without_token");
    assert_eq!(status, 401);
    let (status, body) = ask(env!("CARGO_BIN_EXE_logout"), "logout");
    assert_eq!((status, body.contains("signed-out")), (200, true));
    let (status, _) = ask(env!("CARGO_BIN_EXE_account"), "account");
    assert_eq!(status, 303);
}

#[test]
fn a_function_without_its_table_or_key_is_not_ready_and_says_which() {
    let healthy = ask(env!("CARGO_BIN_EXE_token"), "health");
    assert_eq!(healthy.0, 200, "{}", healthy.1);
    for (binary, setting, missing) in [
        (
            env!("CARGO_BIN_EXE_token"),
            "SYMBOLON_TABLE_EPHEMERAL",
            "no-such-table",
        ),
        (
            env!("CARGO_BIN_EXE_userinfo"),
            "SYMBOLON_TABLE_IDENTITY",
            "no-such-table",
        ),
        (
            env!("CARGO_BIN_EXE_discovery"),
            "SYMBOLON_TABLE_CONFIG",
            "no-such-table",
        ),
        (
            env!("CARGO_BIN_EXE_token"),
            "SYMBOLON_TABLE_CONFIG",
            "no-such-table",
        ),
        (
            env!("CARGO_BIN_EXE_token"),
            "SYMBOLON_KEY",
            "arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-0000-0000-000000000000",
        ),
    ] {
        let function = Function::start_with(binary, &[(setting, missing)]);
        let (status, body) = told(&function.answer(&event("health", &[])));
        let named = if setting == "SYMBOLON_KEY" { "key" } else { missing };
        assert_eq!((status, body.contains(named)), (503, true), "{setting}: {body}");
        // And whoever comes for something else is told to come back, not shown a crash.
        let (status, _) = told(&function.answer(&event("discovery", &[])));
        assert_ne!(status, 500, "{setting}");
    }
}
