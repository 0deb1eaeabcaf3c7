//! Every function as Lambda runs it: the real binary against a Runtime API of our own on a free port, one event in,
//! one answer out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; outside `#[test]` functions clippy does not see that they are tests"
)]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::Duration,
};

use serde_json::{Value, json};
use symbolon::config::fill;

const HOST: &str = "auth.urbantrend.localhost:4444";

/// A running function. Ended by its own pid when the test is over.
struct Function {
    child: Child,
    runtime: TcpListener,
}

impl Drop for Function {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Function {
    fn start(binary: &str) -> Self {
        let runtime = TcpListener::bind("127.0.0.1:0").unwrap();
        let child = Command::new(binary)
            .env(
                "AWS_LAMBDA_RUNTIME_API",
                runtime.local_addr().unwrap().to_string(),
            )
            .env("AWS_LAMBDA_FUNCTION_NAME", "test")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("SYMBOLON_CONFIG", configuration())
            .spawn()
            .unwrap();
        Self { child, runtime }
    }

    /// Hands one event over and returns what the function answers.
    fn answer(&self, event: &Value) -> Value {
        let mut delivered = false;
        loop {
            let (mut stream, _) = self.runtime.accept().unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            // The runtime keeps its connection open and asks again on it.
            while let Some((target, body)) = read_request(&mut stream) {
                if target.ends_with("/invocation/next") && !delivered {
                    delivered = true;
                    let head = "Lambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: 4000000000000\r\n\
                                Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:000000000000:function:f\r\n";
                    write_response(&mut stream, "200 OK", head, &event.to_string());
                } else if target.ends_with("/response") {
                    write_response(&mut stream, "202 Accepted", "", "{}");
                    return serde_json::from_slice(&body).unwrap();
                } else {
                    panic!("the function called {target}: {}", String::from_utf8_lossy(&body));
                }
            }
        }
    }
}

/// The demo as JSON, on the port of [`HOST`].
fn configuration() -> String {
    let demo: toml::Table = fill(include_str!("../../infra/local/demo.toml"), "http", 4444)
        .parse()
        .unwrap();
    let tenants = demo.get("tenants").unwrap();
    json!({ "tenants": tenants }).to_string()
}

fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|n| *n > 0)?;
    let target = first.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((target, body))
}

fn write_response(stream: &mut TcpStream, status: &str, head: &str, body: &str) {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{head}\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
}

/// An event of API Gateway's HTTP API, payload 2.0.
fn event(host: &str, method: &str, path: &str, query: &str, body: Option<&str>) -> Value {
    let mut headers = BTreeMap::from([("host", host)]);
    if body.is_some() {
        headers.insert("content-type", "application/x-www-form-urlencoded");
    }
    let mut event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
        "headers": headers, "isBase64Encoded": false,
        "requestContext": {
            "accountId": "0", "apiId": "api", "domainName": host, "domainPrefix": "api", "requestId": "1",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "t" },
            "routeKey": "$default", "stage": "$default", "time": "22/Nov/2026:12:00:00 +0000", "timeEpoch": 1,
        },
    });
    if let Some(body) = body {
        event["body"] = body.into();
    }
    event
}

/// Starts a function, sends it one event, and returns status and body.
fn ask(binary: &str, event: &Value) -> (u64, String) {
    let answer = Function::start(binary).answer(event);
    (
        answer["statusCode"].as_u64().unwrap(),
        answer["body"].as_str().unwrap_or_default().to_owned(),
    )
}

#[test]
fn discovery_answers_for_the_issuer_of_the_host() {
    let binary = env!("CARGO_BIN_EXE_discovery");
    let (status, body) = ask(
        binary,
        &event(HOST, "GET", "/.well-known/openid-configuration", "", None),
    );
    assert_eq!(status, 200);
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["issuer"], format!("http://{HOST}"));
}

#[test]
fn a_foreign_host_is_misdirected() {
    let binary = env!("CARGO_BIN_EXE_discovery");
    let (status, _) = ask(
        binary,
        &event("evil.tld", "GET", "/.well-known/openid-configuration", "", None),
    );
    assert_eq!(status, 421);
}

#[test]
fn without_keys_jwks_says_that_it_is_unavailable() {
    let (status, body) = ask(
        env!("CARGO_BIN_EXE_jwks"),
        &event(HOST, "GET", "/.well-known/jwks.json", "", None),
    );
    assert_eq!((status, body.contains("temporarily_unavailable")), (503, true));
}

#[test]
fn authorize_answers_an_unknown_client_with_a_page_and_sees_duplicates() {
    let binary = env!("CARGO_BIN_EXE_authorize");
    let (status, body) = ask(
        binary,
        &event(HOST, "GET", "/oauth2/auth", "client_id=nobody", None),
    );
    assert_eq!(
        (status, body.contains("data-error=\"invalid_client\"")),
        (400, true)
    );
    let twice = "client_id=conformance&redirect_uri=a&redirect_uri=b";
    let (status, body) = ask(binary, &event(HOST, "GET", "/oauth2/auth", twice, None));
    assert_eq!(
        (status, body.contains("data-error=\"invalid_request\"")),
        (400, true)
    );
}

#[test]
fn authorize_sends_a_good_request_to_the_login_page_without_any_store() {
    let query = "client_id=conformance&redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback&response_type=code\
                 &scope=openid&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let function = Function::start(env!("CARGO_BIN_EXE_authorize"));
    let answer = function.answer(&event(HOST, "GET", "/oauth2/auth", query, None));
    assert_eq!(answer["statusCode"], 303);
    assert!(
        answer["headers"]["location"]
            .as_str()
            .unwrap()
            .starts_with("/login?tx="),
        "{answer}"
    );
    assert!(
        answer["cookies"][0].as_str().unwrap().starts_with("__Host-tx-"),
        "{answer}"
    );
}

#[test]
fn pages_without_their_transaction_say_so() {
    for (binary, path) in [
        (env!("CARGO_BIN_EXE_login"), "/login"),
        (env!("CARGO_BIN_EXE_consent"), "/consent"),
    ] {
        let (status, body) = ask(binary, &event(HOST, "GET", path, "tx=AAAAAAAAAAAAAAAA", None));
        assert_eq!(
            (status, body.contains("transaction_not_found")),
            (400, true),
            "{path}"
        );
    }
}

#[test]
fn token_reads_a_base64_body_and_refuses_an_unknown_client() {
    let form = "grant_type=authorization_code&client_id=nobody";
    let mut event = event(HOST, "POST", "/oauth2/token", "", Some(form));
    event["body"] = "Z3JhbnRfdHlwZT1hdXRob3JpemF0aW9uX2NvZGUmY2xpZW50X2lkPW5vYm9keQ==".into();
    event["isBase64Encoded"] = true.into();
    let (status, body) = ask(env!("CARGO_BIN_EXE_token"), &event);
    assert_eq!((status, body.contains("invalid_client")), (401, true), "{body}");
}

#[test]
fn userinfo_logout_and_account_answer_strangers() {
    let (status, _) = ask(
        env!("CARGO_BIN_EXE_userinfo"),
        &event(HOST, "GET", "/userinfo", "", None),
    );
    assert_eq!(status, 401);
    let binary = env!("CARGO_BIN_EXE_logout");
    let (status, body) = ask(binary, &event(HOST, "GET", "/oauth2/sessions/logout", "", None));
    assert_eq!((status, body.contains("signed-out")), (200, true));
    let (status, _) = ask(
        env!("CARGO_BIN_EXE_account"),
        &event(HOST, "GET", "/account", "", None),
    );
    assert_eq!(status, 303);
}
