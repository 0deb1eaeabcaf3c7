//! One function an endpoint, each with exactly the ports of its struct: that list will be its IAM policy.

use super::{
    none,
    source::{exists, files, read},
};

/// Names of the `[[bin]]` sections.
pub(super) fn binaries() -> Vec<String> {
    let manifest = read("functions/Cargo.toml");
    let mut names = Vec::new();
    for section in manifest.split("[[bin]]").skip(1) {
        let value = |key: &str| {
            let line = section.lines().find(|l| l.starts_with(key)).unwrap_or_default();
            line.split('"').nth(1).unwrap_or_default().to_owned()
        };
        assert_eq!(
            value("path"),
            format!("{}/main.rs", value("name")),
            "path of [[bin]] {}",
            value("name")
        );
        names.push(value("name"));
    }
    names
}

pub(super) fn type_name(binary: &str) -> String {
    let part = |part: &str| part[..1].to_uppercase() + &part[1..];
    binary.split('_').map(part).collect()
}

/// The names before a colon in the block that begins with `opening`.
pub(super) fn fields(text: &str, opening: &str, visibility: &str) -> Option<Vec<String>> {
    let (_, block) = text.split_once(opening)?;
    let block = block.split_once("\n}").map_or(block, |(b, _)| b);
    let block = block.split_once("};").map_or(block, |(b, _)| b);
    let name = |line: &str| {
        let line = line.trim().strip_prefix(visibility)?;
        let name = line.split([':', ',']).next()?.trim();
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_name.then(|| name.to_owned())
    };
    Some(block.lines().filter_map(name).collect())
}

fn endpoint_of(binary: &str) -> Option<String> {
    [
        format!("shared/src/endpoints/{binary}.rs"),
        format!("shared/src/endpoints/{binary}/mod.rs"),
    ]
    .into_iter()
    .find(|file| exists(file))
}

#[test]
fn every_function_is_its_endpoint_with_exactly_its_ports() {
    let mut findings = Vec::new();
    // What stands behind the queue answers nobody.
    for binary in binaries().into_iter().filter(|name| name != "deliver") {
        let name = type_name(&binary);
        let Some(endpoint) = endpoint_of(&binary) else {
            findings.push(format!("functions/{binary} has no endpoint of that name"));
            continue;
        };
        let main = format!("functions/{binary}/main.rs");
        let asked = fields(&read(&endpoint), &format!("pub struct {name} {{"), "pub ");
        let given = fields(&read(&main), &format!("{name} {{"), "");
        if asked.is_none() || asked != given {
            findings.push(format!("{endpoint} asks for {asked:?}, {main} gives {given:?}"));
        }
    }
    none(&findings);
}

#[test]
fn every_endpoint_is_a_function() {
    let exported = read("shared/src/endpoints/mod.rs");
    let names: Vec<&str> = exported
        .lines()
        .filter_map(|line| {
            line.strip_prefix("pub use ")?
                .strip_suffix(';')?
                .rsplit("::")
                .next()
        })
        .flat_map(|names| names.trim_matches(['{', '}']).split(", "))
        // A path that is no endpoint's is answered by the gateway; the trait, limits and what becomes of a
        // notice are none.
        .filter(|name| {
            !matches!(
                *name,
                "NotFound" | "Endpoint" | "MAX_BODY" | "MessageLimit" | "Notified"
            )
        })
        .collect();
    assert!(names.len() > 5, "{names:?}");
    let deployed: Vec<String> = binaries().iter().map(|binary| type_name(binary)).collect();
    let missing = names.iter().filter(|name| !deployed.iter().any(|d| d == *name));
    none(
        &missing
            .map(|name| format!("{name} has no [[bin]]"))
            .collect::<Vec<_>>(),
    );
    let mains = files("functions", "main.rs").len();
    assert_eq!(
        mains,
        deployed.len(),
        "a main.rs without its [[bin]], or the other way round"
    );
}
