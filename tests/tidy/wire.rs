//! `docs/wire.md` names every error and every path that there is.

use std::collections::BTreeSet;

use super::{none, source::read, spec_map};

fn quoted(line: &str) -> Option<String> {
    line.split('"').nth(1).map(str::to_owned)
}

fn table(heading: &str) -> Vec<Vec<String>> {
    let document = read("docs/wire.md");
    let (_, table) = document.split_once(heading).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().replace('`', "")).collect();
    rows.map(cells).collect()
}

#[test]
fn every_error_has_its_row_and_its_status() {
    let source = read("shared/src/wire/error.rs");
    let (_, rows) = source.split_once("const fn row(self)").unwrap();
    let rows = rows.split_once("\n    }\n").unwrap().0;
    let in_code: BTreeSet<(String, String)> = rows
        .lines()
        .filter(|line| line.contains("StatusCode::"))
        .map(|line| {
            let status = line.split("StatusCode::").nth(1).unwrap();
            let status: String = status
                .chars()
                .take_while(|c| c.is_ascii_uppercase() || *c == '_')
                .collect();
            let code = match status.as_str() {
                "BAD_REQUEST" => "400",
                "UNAUTHORIZED" => "401",
                "FORBIDDEN" => "403",
                "INTERNAL_SERVER_ERROR" => "500",
                "SERVICE_UNAVAILABLE" => "503",
                other => panic!("{other}"),
            };
            (quoted(line).unwrap(), code.to_owned())
        })
        .collect();
    let in_document: BTreeSet<_> = table("| error | status |")
        .into_iter()
        .map(|row| (row[1].clone(), row[2].clone()))
        .collect();
    assert_eq!(in_code, in_document);
}

#[test]
fn every_path_has_its_row() {
    let source = read("shared/src/wire/metadata.rs");
    let (_, paths) = source.split_once("pub mod path {").unwrap();
    let paths = paths.split_once("\n}").unwrap().0;
    let constants = paths.lines().filter(|line| line.contains("pub const"));
    let in_code: BTreeSet<_> = constants.filter_map(quoted).collect();
    let in_document: BTreeSet<_> = table("| path | methods |")
        .into_iter()
        .map(|row| row[1].clone())
        .collect();
    assert_eq!(in_code, in_document);
}

#[test]
fn every_field_of_the_metadata_names_tests_that_are_there() {
    let known = spec_map::tests();
    let mut findings = Vec::new();
    for row in table("| field | says | used by |") {
        for test in row[3].split(", ").filter(|test| !known.contains(*test)) {
            findings.push(format!("{}: there is no test {test:?}", row[1]));
        }
    }
    none(&findings);
}
