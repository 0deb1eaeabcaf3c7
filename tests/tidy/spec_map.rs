//! `docs/spec-map.md`: every clause leads to code that is there and to a test that is there.
//!
//! A row is `| clause | where | test |`. In `where` a path (below `shared/src/` unless it begins with another folder of
//! the repository) is followed by the names it holds. In `test` a name is a test function, `name*` any that begins so,
//! and `….test.mjs` a file of the browser suite.

use std::collections::BTreeSet;

use super::{
    none,
    source::{code, exists, files, read, words},
};

const MAP: &str = "docs/spec-map.md";

struct Row {
    clause: String,
    places: Vec<String>,
    tests: Vec<String>,
}

fn rows() -> Vec<Row> {
    let text = read(MAP);
    let quoted = |cell: &str| {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut rows = Vec::new();
    for line in text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| clause"))
    {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{MAP}: not three columns: {line}");
        rows.push(Row {
            clause: cells[0].to_owned(),
            places: quoted(cells[1]),
            tests: quoted(cells[2]),
        });
    }
    assert!(rows.len() > 50, "{MAP} has {} rows", rows.len());
    rows
}

/// Names of every test function of the repository: those with a `test` attribute, and those a macro runs.
pub(super) fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in ["tests", "shared", "infra", "functions", "examples"] {
        for file in files(folder, ".rs") {
            let code = code(&read(&file));
            let mut after_attribute = false;
            for line in code.lines().map(str::trim) {
                after_attribute |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                let Some((_, rest)) = line.split_once("fn ") else {
                    continue;
                };
                // The store's suites are generic over the backend; a macro makes the tests.
                if after_attribute || (file.starts_with("tests/store/") && line.contains("(b: Bench)")) {
                    names.insert(
                        rest.split(|c: char| !super::source::is_word(c))
                            .next()
                            .unwrap_or_default()
                            .to_owned(),
                    );
                }
                after_attribute = false;
            }
        }
    }
    names
}

#[test]
fn every_place_in_the_map_is_there() {
    let tops = ["shared/", "infra/", "functions/", "examples/", "tests/"];
    let mut findings = Vec::new();
    for Row { clause, places, .. } in rows() {
        let mut text = None;
        for place in &places {
            // Only a file has a dot; a name in it has none.
            if place.contains('.') {
                let file = if tops.iter().any(|top| place.starts_with(top)) {
                    place.clone()
                } else {
                    format!("shared/src/{place}")
                };
                text = exists(&file).then(|| read(&file));
                if text.is_none() {
                    findings.push(format!("{clause}: {file} is not there"));
                }
            } else if let Some(text) = &text {
                let holds = |name: &str| words(&code(text), name).next().is_some();
                if !place.split("::").all(holds) {
                    findings.push(format!("{clause}: `{place}` is not in the file before it"));
                }
            } else {
                findings.push(format!("{clause}: `{place}` has no file before it"));
            }
        }
        if places.is_empty() {
            findings.push(format!("{clause}: leads nowhere"));
        }
    }
    none(&findings);
}

#[test]
fn every_test_in_the_map_is_there() {
    let known = tests();
    let mut findings = Vec::new();
    for Row { clause, tests, .. } in rows() {
        for test in &tests {
            let there = if test.ends_with(".test.mjs") {
                exists(&format!("tests/browser/{test}"))
            } else if let Some(prefix) = test.strip_suffix('*') {
                known.iter().any(|name| name.starts_with(prefix))
            } else {
                known.contains(test)
            };
            if !there {
                findings.push(format!("{clause}: there is no test {test}"));
            }
        }
        if tests.is_empty() {
            findings.push(format!("{clause}: is tested by nothing"));
        }
    }
    none(&findings);
}
