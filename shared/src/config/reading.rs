//! From text of any format to a declaration, or to one line that says why not.

use serde::{Deserialize, Deserializer};

use super::setting::{ConfigError, Setting};

/// Reads names and types; the line names where it stopped.
pub(super) fn parse<'de, T: Deserialize<'de>, D: Deserializer<'de>>(source: D) -> Result<T, ConfigError> {
    serde_path_to_error::deserialize(source).map_err(|error| {
        let at = Setting::of(error.path());
        let cause = one_line(&error.inner().to_string());
        at.refused(without_path(&cause, at.path()))
    })
}

/// Some parsers say at the end where they are, as " in `path`".
fn without_path<'a>(cause: &'a str, path: &str) -> &'a str {
    let again = |tail: &str| tail.strip_suffix('`').is_some_and(|said| path.starts_with(said));
    cause
        .rsplit_once(" in `")
        .filter(|(_, tail)| again(tail))
        .map_or(cause, |(said, _)| said)
}

/// Why a text is of no such format at all: where its parser stopped, by byte, and its word for it.
pub fn misread(text: &str, at: Option<usize>, cause: &str) -> String {
    let before = at.and_then(|at| text.get(..at)).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    format!("line {line}: {}", one_line(cause))
}

/// Parsers like to draw.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
