//! What the documents say of the repository is so: commands, links, pictures, paths, decisions.

use super::{
    none,
    source::{exists, files, line, path, read},
};

const DECISIONS: &str = "docs/decisions";
const PICTURES: &str = "docs/pictures";

fn documents() -> Vec<String> {
    files("", ".md")
}

/// `NNNN` and path of every decision.
fn decisions() -> Vec<(String, String)> {
    let all = files(DECISIONS, ".md")
        .into_iter()
        .filter(|file| !file.ends_with("README.md"));
    all.map(|file| (file[DECISIONS.len() + 1..][..4].to_owned(), file))
        .collect()
}

/// Targets of `[text](target)` and `src="target"`, seen from the repository's root.
fn links(document: &str) -> Vec<String> {
    let text = read(document);
    let after = |mark: &'static str, end: char| {
        text.split(mark)
            .skip(1)
            .map(move |rest| rest.split(end).next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut targets = after("](", ')');
    targets.extend(after("src=\"", '"'));
    let inside = targets
        .into_iter()
        .filter(|t| !t.contains("://") && !t.starts_with('#') && !t.starts_with("mailto:"));
    inside
        .map(|target| joined(folder, target.split('#').next().unwrap_or_default()))
        .collect()
}

fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn the_two_commands_of_the_readme_exist() {
    let readme = read("README.md");
    for command in ["cargo run", "./tests/run"] {
        assert!(
            readme.lines().any(|line| line.trim() == command),
            "README.md does not show `{command}`"
        );
    }
    assert!(read("infra/local/Cargo.toml").contains("default-run = \"symbolon\""));
    assert!(
        read("Cargo.toml")
            .lines()
            .any(|l| l.starts_with("default-members") && l.contains("\"infra/local\""))
    );
    #[cfg(unix)]
    for script in [
        "tests/run",
        ".ci/run",
        "infra/deploy",
        "infra/remove",
        "infra/smoke",
    ] {
        use std::os::unix::fs::PermissionsExt;
        let mode = path(script).metadata().map(|m| m.permissions().mode());
        assert!(mode.is_ok_and(|mode| mode & 0o111 != 0), "{script} cannot be run");
    }
    assert!(
        read(".ci/run").contains("tests/run"),
        "CI runs something else than a developer"
    );
}

#[test]
fn every_link_leads_somewhere() {
    let mut findings = Vec::new();
    for document in documents() {
        for target in links(&document).into_iter().filter(|t| !t.starts_with(PICTURES)) {
            if !exists(&target) {
                findings.push(format!("{document} links to {target}, which is not there"));
            }
        }
    }
    none(&findings);
}

/// A picture is taken by the browser suite, so that it shows the real page.
#[test]
fn every_picture_is_taken_by_the_browser_suite() {
    let suites: String = files("tests/browser", ".test.mjs")
        .iter()
        .map(|file| read(file))
        .collect();
    let taken = path(PICTURES).is_dir();
    let mut findings = Vec::new();
    for document in documents() {
        for picture in links(&document).into_iter().filter(|t| t.starts_with(PICTURES)) {
            let name = picture
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .trim_end_matches(".png");
            if !suites.contains(&format!("'{name}'")) {
                findings.push(format!("{document}: no browser test takes the picture {name}"));
            }
            if taken && !exists(&picture) {
                findings.push(format!("{document}: {picture} is not there"));
            }
        }
    }
    none(&findings);
}

#[test]
fn every_path_that_is_named_exists() {
    let mut findings = Vec::new();
    for document in documents() {
        let text = read(&document);
        for named in text.split('`').skip(1).step_by(2) {
            let top = named.split('/').next().unwrap_or_default();
            let ours = ["shared", "infra", "functions", "examples", "tests", "docs", ".ci"].contains(&top);
            let plain = !named.contains([' ', '*', '<', '{', '…', '\n', '(']);
            if ours && plain && named.contains('/') && !named.starts_with(PICTURES) && !exists(named) {
                findings.push(format!("{document} names {named}, which is not there"));
            }
        }
    }
    none(&findings);
}

#[test]
fn the_partner_guide_names_the_versions_that_are_run() {
    let guide = read("docs/partner-guide.md");
    let package: serde_json::Value = serde_json::from_str(&read("tests/clients/package.json")).unwrap();
    let python = read("tests/clients/requirements.in");
    let packages = package["devDependencies"].as_object().unwrap();
    let scripts = packages
        .iter()
        .map(|(name, version)| (name.as_str(), version.as_str().unwrap()));
    // What the libraries stand on, and Chromium's driver.
    let beside = ["express", "playwright-core", "Flask", "requests"];
    let mut findings = Vec::new();
    for (name, version) in scripts.chain(python.lines().filter_map(|line| line.split_once("=="))) {
        let row =
            |line: &str| line.contains(&format!("`{name}`")) && line.contains(&format!("| {version} |"));
        if !beside.contains(&name) && !guide.lines().any(row) {
            findings.push(format!(
                "docs/partner-guide.md has no row with `{name}` and {version}"
            ));
        }
    }
    none(&findings);
}

#[test]
fn the_architecture_is_short() {
    let length = read("docs/ARCHITECTURE.md").lines().count();
    assert!(length <= 150, "docs/ARCHITECTURE.md has {length} lines");
}

#[test]
fn every_decision_has_its_parts_and_its_link() {
    let index = read("docs/ARCHITECTURE.md") + &read("docs/decisions/README.md");
    let mut findings = Vec::new();
    for (position, (number, file)) in decisions().iter().enumerate() {
        if *number != format!("{:04}", position + 1) {
            findings.push(format!("{file}: the next number is {:04}", position + 1));
        }
        let text = read(file);
        for part in ["## Context", "## Decision", "## Consequences", "## Alternatives"] {
            if !text.lines().any(|line| line == part) {
                findings.push(format!("{file} has no \"{part}\""));
            }
        }
        if !index.contains(file.rsplit('/').next().unwrap_or_default()) {
            findings.push(format!(
                "{file} is linked from neither ARCHITECTURE.md nor decisions/README.md"
            ));
        }
    }
    none(&findings);
}

#[test]
fn every_decision_the_source_names_exists() {
    let known: Vec<String> = decisions().into_iter().map(|(number, _)| number).collect();
    let mut findings = Vec::new();
    for ending in [".rs", ".md", ".toml"] {
        for file in files("", ending) {
            let text = read(&file);
            for (at, mark) in text.match_indices("decision ") {
                let number: String = text[at + mark.len()..]
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect();
                if number.len() == 4 && !known.contains(&number) {
                    findings.push(format!("{file}:{} names decision {number}", line(&text, at)));
                }
            }
        }
    }
    none(&findings);
}

#[test]
fn the_guide_counts_what_the_template_makes() {
    let (template, guide) = (read("template.yaml"), read("docs/deploy-aws.md"));
    for (what, kind) in [
        (
            "functions, each with a role and a log group of its own",
            "AWS::Serverless::Function",
        ),
        ("alarms", "AWS::CloudWatch::Alarm"),
    ] {
        let made = template.matches(&format!("Type: {kind}")).count();
        let row = format!("| {what} | {made} |");
        assert!(guide.contains(&row), "docs/deploy-aws.md has not {row:?}");
    }
}
