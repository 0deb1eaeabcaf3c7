//! The audit trail: every event is written, tested and explained, and there is no other way to write one.

use std::collections::BTreeSet;

use symbolon::endpoints::audit::AuditEvent;

use super::{
    none,
    source::{code, files, read},
};

const GUIDE: &str = "docs/audit.md";
const TRAIL: &str = "shared/src/endpoints/audit.rs";
/// How the suites begin that make each thing happen.
const SUITE: &str = "tests/flow/audit";

/// What makes each thing happen.
fn suite() -> String {
    let of_trail = |file: &String| file.starts_with(SUITE);
    files("tests/flow", ".rs")
        .iter()
        .filter(|file| of_trail(file))
        .map(|file| read(file))
        .collect()
}

/// Name and cells of every row of the guide's tables that begins with a name.
fn rows() -> Vec<(String, Vec<String>)> {
    let text = read(GUIDE);
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| {
        let (name, rest) = row.split_once("` |")?;
        Some((name.to_owned(), rest.split('|').map(str::to_owned).collect()))
    })
    .collect()
}

/// The sources that make things happen.
fn emitters() -> impl Iterator<Item = (String, String)> {
    let all = files("shared/src/endpoints", ".rs").into_iter();
    all.filter(|file| file != TRAIL).map(|file| {
        let text = read(&file);
        (file, text)
    })
}

/// `OtpSent` for `otp_sent`.
fn variant(event: AuditEvent) -> String {
    format!("{event:?}")
}

#[test]
fn every_event_is_written_tested_and_explained() {
    let sources: String = emitters().map(|(_, text)| code(&text)).collect();
    let (suite, rows) = (suite(), rows());
    let mut findings = Vec::new();
    for event in AuditEvent::ALL {
        let name = event.name();
        if !sources.contains(&format!("AuditEvent::{}", variant(*event))) {
            findings.push(format!("{name} is never written"));
        }
        if !suite.contains(&format!("{name} ")) && !suite.contains(&format!("\"{name}\"")) {
            findings.push(format!("{name} is in no test of {SUITE}*.rs"));
        }
        if rows.iter().filter(|(row, _)| row == name).count() != 1 {
            findings.push(format!("{GUIDE} does not have one row of {name}"));
        }
    }
    // What happens is a row of five cells; the fields before have fewer.
    for (row, cells) in rows.iter().filter(|(_, cells)| cells.len() == 5) {
        if AuditEvent::named(row).is_none() {
            findings.push(format!("{GUIDE} explains {row}, which is no event: {cells:?}"));
        }
    }
    none(&findings);
}

#[test]
fn every_cause_is_explained_and_every_explained_cause_is_written() {
    let texts: Vec<String> = emitters().map(|(_, text)| text).collect();
    let quoted = |text: &str| text.split('"').next().unwrap_or_default().to_owned();
    let written: BTreeSet<String> = texts
        .iter()
        .flat_map(|text| text.split(".because(\"").skip(1).map(quoted))
        .collect();
    let explained: BTreeSet<String> = rows()
        .iter()
        .filter_map(|(_, cells)| cells.get(3))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned))
        .collect();
    assert_eq!(written, explained);
    let suite = suite();
    let untested: Vec<String> = written
        .into_iter()
        .filter(|cause| !suite.contains(&format!("({cause})")))
        .collect();
    none(&untested);
}

/// Whoever wrote one by hand could write anything into it.
#[test]
fn only_the_trail_writes_into_the_trail() {
    let mut findings = Vec::new();
    for (file, text) in emitters() {
        // A macro of `tracing` begins with its target, if it names one.
        let squeezed: String = code(&text).split_whitespace().collect();
        if squeezed.contains("!(target:") {
            findings.push(format!("{file} names a target of its own"));
        }
    }
    none(&findings);
}
