//! What is counted, and when.

use serde_json::json;
use symbolon::endpoints::audit::AuditEvent;
use symbolon_aws::log::{Counter, Invocation, count, count_trouble};

use super::{TOOK, answered, happened, log, metric, metrics, post};

#[test]
fn what_happens_counts() {
    for event in AuditEvent::ALL {
        let line = answered(200, || happened(*event));
        assert_eq!(line["events"][0]["event"], event.name());
        let mut counted = metrics(&line);
        counted.retain(|(name, _)| !["Latency", "ServerErrors", "ColdStart"].contains(&name.as_str()));
        let expected: Vec<_> = Counter::of(*event)
            .iter()
            .map(|c| (c.name().to_owned(), 1.0))
            .collect();
        assert_eq!(counted, expected, "{event:?}");
    }
    let twice = answered(200, || (0..2).for_each(|_| happened(AuditEvent::OtpSent)));
    assert_eq!(metric(&twice, "OtpSent"), Some(2.0));
}

#[test]
fn what_adapters_meet_counts_too() {
    let line = answered(200, || {
        count(Counter::MessageSent);
        count_trouble(Counter::StoreThrottled, "codes: redeem");
        count_trouble(Counter::StoreThrottled, "codes: release");
    });
    assert_eq!(metric(&line, "StoreThrottled"), Some(2.0));
    assert_eq!(metric(&line, "MessageSent"), Some(1.0));
    let note = |step: &str| json!({ "level": "warn", "metric": "StoreThrottled", "step": step });
    assert_eq!(
        line["notes"],
        json!([note("codes: redeem"), note("codes: release")])
    );
    assert_eq!(line["level"], "warn");
}

#[test]
fn a_server_error_and_a_request_without_an_answer_are_errors() {
    let line = answered(503, || ());
    assert_eq!(
        (&line["level"], metric(&line, "ServerErrors")),
        (&json!("error"), Some(1.0))
    );
    let (log, paper) = log();
    drop(log.begin(&post("/userinfo")));
    let line = paper.only_line();
    assert_eq!(line["reason"], "ended without an answer");
    assert_eq!(
        (&line["level"], metric(&line, "ServerErrors")),
        (&json!("error"), Some(1.0))
    );
    assert_eq!((line.get("status"), metric(&line, "Latency")), (None, None));
}

#[test]
fn only_the_first_request_of_a_process_is_cold() {
    let (log, paper) = log();
    for _ in 0..3 {
        log.begin(&post("/userinfo")).finish(Some(200), TOOK);
    }
    let cold: Vec<_> = paper
        .lines()
        .iter()
        .map(|line| metric(line, "ColdStart"))
        .collect();
    assert_eq!(cold, [Some(1.0), Some(0.0), Some(0.0)]);
}

/// As a queue's event is: nobody waits for a status.
#[test]
fn what_is_not_known_is_left_out() {
    let (log, paper) = log();
    log.begin(&Invocation::default()).finish(None, TOOK);
    let line = paper.only_line();
    for name in ["method", "path", "status", "request_id", "trace"] {
        assert!(line.get(name).is_none(), "{name}");
    }
    assert_eq!(metric(&line, "ServerErrors"), Some(0.0));
}
