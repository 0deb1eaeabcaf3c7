//! What is left lying about: prints, unfinished code, switched-off tests, files that grew too long.

use super::{
    none,
    source::{code, files, line, read},
};

/// A program talks to its user through these; everything else logs or answers.
const LEFT_OVER: [&str; 8] = [
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "dbg!",
    "todo!",
    "unimplemented!",
    "#[ignore",
];

/// The one place that prints, to standard output and standard error.
const PRINTS: &str = "infra/local/src/main.rs";

/// Longest file without a reason in its first line, and longest at all.
const LONG: usize = 400;
const TOO_LONG: usize = 600;
/// How the first line of a long file begins.
const REASON: &str = "Long because ";

#[test]
fn nothing_is_printed_unfinished_or_switched_off() {
    let mut findings = Vec::new();
    for file in files("", ".rs") {
        let code = code(&read(&file));
        for name in LEFT_OVER {
            if file == PRINTS && name.contains("print") {
                continue;
            }
            let whole = |at: &usize| !code[..*at].ends_with(super::source::is_word);
            let found = code.match_indices(name).map(|(at, _)| at).filter(whole);
            findings.extend(found.map(|at| format!("{file}:{} {name}", line(&code, at))));
        }
    }
    let scripts = ["tests/browser", "tests/clients"].map(|folder| files(folder, ".test.mjs"));
    let programs = ["tests/emulator", "tests/clients"].map(|folder| files(folder, "_test.py"));
    for file in scripts.into_iter().chain(programs).flatten() {
        let text = read(&file);
        for name in [
            "test.only(",
            "test.skip(",
            "skip: true",
            "only: true",
            "test.todo(",
            "unittest.skip",
            "expectedFailure",
        ] {
            findings.extend(
                text.match_indices(name)
                    .map(|(at, _)| format!("{file}:{} {name}", line(&text, at))),
            );
        }
    }
    none(&findings);
}

#[test]
fn a_long_file_says_why_and_none_is_too_long() {
    let mut findings = Vec::new();
    for ending in [".rs", ".mjs", ".js", ".css"] {
        for file in files("", ending) {
            let text = read(&file);
            let length = text.lines().count();
            let first = text
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches(['/', '!', '*', ' ']);
            if length > TOO_LONG {
                findings.push(format!("{file} has {length} lines; {TOO_LONG} is the most"));
            } else if length > LONG && !first.starts_with(REASON) {
                findings.push(format!(
                    "{file} has {length} lines and does not begin with \"{REASON}…\""
                ));
            }
        }
    }
    none(&findings);
}

/// Nobody can reach an example's or a developer's own machine.
#[test]
fn no_path_of_a_machine_is_in_the_source() {
    // Spelt in two parts, so that this file does not find itself.
    let places = [["/ho", "me/"], ["/Us", "ers/"], ["/ro", "ot/"]].map(|parts| parts.concat());
    let mut findings = Vec::new();
    for ending in [".rs", ".toml", ".md", ".mjs"] {
        for file in files("", ending) {
            let text = read(&file);
            for place in &places {
                findings.extend(
                    text.match_indices(place.as_str())
                        .map(|(at, _)| format!("{file}:{} {place}", line(&text, at))),
                );
            }
        }
    }
    none(&findings);
}
