//! What a line says, and what it never does.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;
use symbolon::{
    config::{Configuration, ConfiguredRegistry},
    endpoints::{
        Endpoint, NotFound,
        audit::{AUDIT, AuditEvent},
    },
    ports::Random,
};
use symbolon_aws::log::{Counter, Invocation, count};

use super::{ID, TOOK, answered, happened, log, metric, metrics, post};

struct Sevens;

impl Random for Sevens {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

#[test]
fn a_request_is_one_line_and_a_short_one() {
    let line = answered(200, || ());
    assert_eq!(
        (&line["level"], &line["method"], &line["path"], &line["status"]),
        (
            &json!("info"),
            &json!("POST"),
            &json!("/oauth2/token"),
            &json!(200)
        )
    );
    assert_eq!(line["request_id"], ID);
    assert_eq!(line["trace"], "1-67891233-abcdef012345678912345678");
    assert_eq!(
        metrics(&line),
        [("Latency", 1.7), ("ServerErrors", 0.0), ("ColdStart", 1.0)].map(|(n, v)| (n.to_owned(), v))
    );
    assert!(line.get("events").is_none() && line.get("notes").is_none() && line.get("reason").is_none());
    assert!(line.to_string().len() <= 500, "{} bytes", line.to_string().len());
}

#[test]
fn op2_the_trail_travels_in_the_line_of_its_request() {
    let line = answered(303, || {
        for (event, client) in [("otp_verified", Some("fashionboard")), ("signed_in", None)] {
            tracing::info!(target: AUDIT, event, tenant = "urbantrend", client, subject = "3q2-7wEjRWeJq83v", "audit");
        }
    });
    assert_eq!(
        line["events"],
        json!([
            { "event": "otp_verified", "tenant": "urbantrend", "client": "fashionboard", "subject": "3q2-7wEjRWeJq83v" },
            { "event": "signed_in", "tenant": "urbantrend", "subject": "3q2-7wEjRWeJq83v" },
        ])
    );
    assert_eq!(line["level"], "info");
    assert_eq!(metric(&line, "OtpVerified"), Some(1.0));
    assert!(line.to_string().len() <= 750, "{} bytes", line.to_string().len());
}

/// The provider's own refusal: what the member quotes leads to the reason that she is not told.
#[tokio::test]
async fn the_id_of_an_error_page_is_that_of_its_line() {
    let brand = json!({ "tenants": { "brand": {
        "issuer": "https://auth.brand.tld",
        "countries": ["GB"],
        "brand": { "name": "Brand", "monogram": "B", "theme": { "primary": "#7a1f5c", "primary_dark": "#f0a6d6" } },
        "clients": {},
    } } });
    let endpoint = NotFound {
        registry: Arc::new(ConfiguredRegistry::new(
            &Configuration::read(brand).unwrap().tenants,
        )),
        random: Arc::new(Sevens),
    };
    let request = http::Request::get("/nowhere?phone=%2B447700900101").header("host", "auth.brand.tld");
    let request = request.body(Bytes::new()).unwrap();
    let (log, paper) = log();
    let listening = tracing::subscriber::set_default(log.listener());
    let entry = log.begin(&Invocation {
        method: "GET",
        path: &request.uri().to_string(),
        ..Invocation::default()
    });
    let response = endpoint.handle(request).await;
    entry.finish(Some(response.status().as_u16()), TOOK);
    drop(listening);
    let line = paper.only_line();
    let page = String::from_utf8(response.body().to_vec()).unwrap();
    assert_eq!(line["error_id"], "07070707");
    assert!(page.contains("07070707"));
    assert_eq!(
        (&line["error"], &line["reason"], &line["tenant"], &line["status"]),
        (
            &json!("not_found"),
            &json!("no such path"),
            &json!("brand"),
            &json!(404)
        )
    );
    assert_eq!(
        (&line["level"], &line["path"]),
        (&json!("info"), &json!("/nowhere"))
    );
}

#[test]
fn a_query_is_never_written_and_a_path_not_to_any_length() {
    for path in [
        "/login?phone=%2B447700900101&code=135791",
        "/login#phone=%2B447700900101",
        "?phone=1",
    ] {
        let (log, paper) = log();
        log.begin(&post(path)).finish(Some(200), TOOK);
        assert!(!paper.text().contains("phone"), "{}", paper.text());
    }
    let (log, paper) = log();
    log.begin(&post(&"/ü".repeat(5_000))).finish(Some(404), TOOK);
    assert_eq!(paper.only_line()["path"].as_str().unwrap().chars().count(), 128);
}

#[test]
fn warnings_of_anybody_are_notes_and_talk_of_others_is_not_heard() {
    let line = answered(200, || {
        tracing::warn!(target: "hyper", attempt = 2_u64, "retried");
        tracing::info!(target: "hyper", secret = "talk", "connected");
        tracing::debug!(target: "symbolon_aws", secret = "detail", "read");
        let span = tracing::info_span!("Lambda runtime invoke", secret = "span");
        span.in_scope(|| tracing::info!(target: "symbolon::endpoints", error = "login_required", "authorization refused"));
    });
    assert_eq!(
        line["notes"],
        json!([
            { "level": "warn", "message": "retried", "attempt": 2 },
            { "level": "info", "message": "authorization refused", "error": "login_required" },
        ])
    );
    assert_eq!(line["level"], "warn");
    assert!(!line.to_string().contains("secret"));
}

#[test]
fn outside_a_request_each_has_a_line_of_its_own() {
    let (log, paper) = log();
    tracing::subscriber::with_default(log.listener(), || {
        tracing::error!(target: "symbolon_aws", table = "config", "no such table");
        log.begin(&post("/userinfo")).finish(Some(200), TOOK);
        happened(AuditEvent::SignedOut);
        count(Counter::KeyThrottled);
    });
    let lines = paper.lines();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0],
        json!({ "level": "error", "Function": "token",
                "notes": [{ "level": "error", "message": "no such table", "table": "config" }] })
    );
    assert_eq!(lines[2]["events"][0]["event"], "signed_out");
    assert!(
        lines[2].get("_aws").is_none(),
        "no metric without a value: {}",
        lines[2]
    );
    assert_eq!(metrics(&lines[3]), [("KeyThrottled".to_owned(), 1.0)]);
}

#[tokio::test]
async fn what_a_task_of_the_request_says_is_its() {
    let (log, paper) = log();
    let listening = tracing::subscriber::set_default(log.listener());
    let entry = log.begin(&post("/login"));
    tokio::spawn(async { happened(AuditEvent::OtpSent) })
        .await
        .unwrap();
    entry.finish(Some(303), TOOK);
    drop(listening);
    assert_eq!(paper.only_line()["events"][0]["event"], "otp_sent");
}

/// Where one process is sent several requests, each keeps its own line, and nothing is lost.
#[test]
fn requests_that_overlap_have_a_line_each() {
    let (log, paper) = log();
    tracing::subscriber::with_default(log.listener(), || {
        let first = log.begin(&post("/first"));
        let second = log.begin(&post("/second"));
        first.finish(Some(200), TOOK);
        happened(AuditEvent::OtpSent);
        second.finish(Some(200), TOOK);
    });
    let lines = paper.lines();
    assert_eq!(
        (&lines[0]["path"], &lines[1]["path"]),
        (&json!("/first"), &json!("/second"))
    );
    assert_eq!(lines[1]["events"][0]["event"], "otp_sent");
}

#[test]
fn no_value_breaks_a_line_or_makes_it_endless() {
    let line = answered(503, || {
        let reason = "a \"quoted\" line\nand another \u{1b}[31m".to_owned() + &"x".repeat(10_000);
        tracing::error!(target: "symbolon_aws", reason, ratio = f64::NAN, "odd");
    });
    let reason = line["notes"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("a \"quoted\" line\nand another") && reason.chars().count() == 512);
    assert!(line["notes"][0]["ratio"].is_null());
}
