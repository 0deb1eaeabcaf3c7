//! Files of the repository, and Rust text without its comments and strings.

use std::{fs, path::PathBuf};

/// What is built or downloaded, not written.
const SKIPPED: [&str; 4] = ["target", "node_modules", ".git", ".symbolon"];

pub(super) fn path(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(relative)
}

pub(super) fn read(relative: &str) -> String {
    fs::read_to_string(path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
}

pub(super) fn exists(relative: &str) -> bool {
    path(relative).exists()
}

/// Every file below a folder (`""` is the whole repository) whose name ends so, sorted.
pub(super) fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(path(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let here = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            if entry.file_type().unwrap().is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    folders.push(here);
                }
            } else if name.ends_with(ending) {
                found.push(here);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {ending} below {folder:?}");
    found
}

/// The text with comments and the contents of strings and characters blanked; every line stays where it is.
pub(super) fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let end = match (at(i), at(i + 1)) {
            ('/', '/') => find(&chars, i, &['\n']),
            ('/', '*') => find(&chars, i + 2, &['*', '/']) + 2,
            ('"', _) => string_end(&chars, i),
            ('r', '"' | '#') if !is_word(at(i.wrapping_sub(1))) && raw_end(&chars, i).is_some() => {
                raw_end(&chars, i).unwrap_or(i + 1)
            }
            ('\'', '\\') => find(&chars, i + 3, &['\'']) + 1,
            ('\'', _) if at(i + 2) == '\'' => i + 3,
            _ => {
                out.push(at(i));
                i += 1;
                continue;
            }
        };
        let end = end.min(chars.len());
        out.extend(chars[i..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
        i = end.max(i + 1);
    }
    out
}

fn find(chars: &[char], from: usize, wanted: &[char]) -> usize {
    let rest = chars.get(from..).unwrap_or_default();
    rest.windows(wanted.len())
        .position(|w| w == wanted)
        .map_or(chars.len(), |at| from + at)
}

fn string_end(chars: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// The end of `r"…"` or `r#"…"#`; `None` for a raw identifier.
fn raw_end(chars: &[char], start: usize) -> Option<usize> {
    let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
    if chars.get(start + 1 + hashes) != Some(&'"') {
        return None;
    }
    let mut close = vec!['"'];
    close.extend(std::iter::repeat_n('#', hashes));
    Some(find(chars, start + 2 + hashes, &close) + close.len())
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a name stands as a whole word.
pub(super) fn words<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(name).map(|(at, _)| at).filter(move |at| {
        let before = text[..*at].chars().next_back().unwrap_or(' ');
        let after = text[at + name.len()..].chars().next().unwrap_or(' ');
        !is_word(before) && !is_word(after)
    })
}

pub(super) fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Every path that begins with `root`, written out: `crate::{a::B, c}` is `[crate, a, B]` and `[crate, c]`.
pub(super) fn paths(code: &str, root: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for at in words(code, root) {
        // `a::super::b` and `$crate` belong to another path.
        if code[..at].trim_end().ends_with("::") || code[..at].ends_with('$') {
            continue;
        }
        let mut rest = &code[at..];
        let mut tree = Vec::new();
        parse_tree(&mut rest, &[], &mut tree);
        // Roots nested in another one's braces are found there.
        let nested = found.iter().any(|(start, end, _)| *start < at && at < *end);
        if !nested {
            found.push((at, code.len() - rest.len(), tree));
        }
    }
    found
        .into_iter()
        .flat_map(|(at, _, tree)| tree.into_iter().map(move |path| (at, path)))
        .collect()
}

fn parse_tree(rest: &mut &str, prefix: &[String], out: &mut Vec<Vec<String>>) {
    *rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix('{') {
        *rest = inner;
        while !rest.trim_start().starts_with('}') && !rest.trim().is_empty() {
            parse_tree(rest, prefix, out);
            let after = rest.find([',', '}']).unwrap_or(rest.len());
            *rest = rest[after..].strip_prefix(',').unwrap_or(&rest[after..]);
        }
        *rest = rest.trim_start().strip_prefix('}').unwrap_or_default();
        return;
    }
    let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let end = if rest.starts_with('*') { 1 } else { end };
    let path: Vec<String> = prefix.iter().cloned().chain([rest[..end].to_owned()]).collect();
    *rest = &rest[end..];
    match rest.trim_start().strip_prefix("::") {
        Some(next)
            if next
                .trim_start()
                .starts_with(|c| is_word(c) || c == '{' || c == '*') =>
        {
            *rest = next;
            parse_tree(rest, &path, out);
        }
        _ => out.push(path),
    }
}

#[test]
fn comments_and_strings_are_not_code() {
    let text =
        "let a = \"x // \\\" y\"; // z\nlet b = r#\"q\"#; let c = '\"'; /* d */ fn e<'a>(f: &'a u8) {}";
    let code = code(text);
    for gone in ["x", "y", "z", "q", "d "] {
        assert!(!code.contains(gone), "{gone}: {code}");
    }
    for kept in ["let a", "let b", "let c", "fn e<'a>(f: &'a u8) {}"] {
        assert!(code.contains(kept), "{kept}: {code}");
    }
    assert_eq!(code.lines().count(), text.lines().count());
}

#[test]
fn a_tree_of_paths_is_written_out() {
    let all: Vec<String> = paths("use crate::{a::{B, c::*}, d as e};\ncrate::f::G::new()", "crate")
        .into_iter()
        .map(|(_, p)| p.join("::"))
        .collect();
    assert_eq!(
        all,
        ["crate::a::B", "crate::a::c::*", "crate::d", "crate::f::G::new"]
    );
}
