//! Arrows between packages: `functions -> infra/aws -> shared <- infra/local`.

use super::{
    none,
    source::{code, files, line, read, words},
};

/// Which packages of this repository each may depend on, outside of its tests.
const ARROWS: [(&str, &[&str]); 11] = [
    ("shared", &[]),
    ("infra/outbound", &["symbolon"]),
    ("infra/aws", &["symbolon", "symbolon-outbound"]),
    ("functions", &["symbolon", "symbolon-aws"]),
    ("infra/local", &["partners", "symbolon", "symbolon-outbound"]),
    ("examples/partners", &[]),
    // Under a feature, for the suites of its adapters: a development dependency cannot be optional.
    ("tests", &["symbolon-aws", "symbolon-outbound"]),
    // Beside the whole programs it drives, it measures the one computation that dominates them: a signature.
    ("tests/bench", &["symbolon"]),
    ("tests/bench/empty", &[]),
    ("tests/property", &["symbolon"]),
    // A workspace of its own, for the nightly toolchain.
    ("tests/fuzz", &["property"]),
];

/// Packages of this repository.
const OURS: [&str; 11] = [
    "symbolon",
    "symbolon-aws",
    "symbolon-local",
    "symbolon-outbound",
    "functions",
    "partners",
    "tests",
    "bench",
    "bench-empty",
    "property",
    "fuzz",
];

/// What the provider may be built from. A new one is a decision: it ends up in every function.
const PROVIDER: [&str; 20] = [
    "aes-gcm",
    "async-trait",
    "base64",
    "bytes",
    "chacha20poly1305",
    "form_urlencoded",
    "futures-util",
    "hkdf",
    "hmac",
    "http",
    "jsonwebtoken",
    "maud",
    "p256",
    "rsa",
    "serde",
    "serde_json",
    "serde_path_to_error",
    "sha2",
    "subtle",
    "tracing",
];

/// The names in one section of a manifest.
fn dependencies(folder: &str, section: &str) -> Vec<String> {
    let manifest = read(&format!("{folder}/Cargo.toml"));
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line == format!("[{section}]");
        } else if inside && line.contains('=') {
            names.push(line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned());
        }
    }
    names
}

#[test]
fn packages_depend_one_way() {
    let mut findings = Vec::new();
    for (folder, allowed) in ARROWS {
        let ours = dependencies(folder, "dependencies")
            .into_iter()
            .filter(|name| OURS.contains(&name.as_str()));
        findings.extend(
            ours.filter(|n| !allowed.contains(&n.as_str()))
                .map(|n| format!("{folder} -> {n}")),
        );
    }
    none(&findings);
}

#[test]
fn every_package_is_in_the_table() {
    let mut manifests: Vec<String> = files("", "Cargo.toml")
        .into_iter()
        .filter(|f| f != "Cargo.toml")
        .collect();
    manifests.retain(|file| {
        !ARROWS
            .iter()
            .any(|(folder, _)| *file == format!("{folder}/Cargo.toml"))
    });
    none(&manifests);
}

#[test]
fn the_provider_is_built_from_few_things_and_none_of_them_is_a_platform() {
    let beyond: Vec<String> = dependencies("shared", "dependencies")
        .into_iter()
        .filter(|name| !PROVIDER.contains(&name.as_str()) && name != "url")
        .collect();
    none(&beyond);
}

/// They are written as a partner would write them, from the documentation alone.
#[test]
fn partner_apps_know_nothing_of_the_provider() {
    let mut findings = Vec::new();
    for section in ["dependencies", "dev-dependencies"] {
        let ours = dependencies("examples/partners", section)
            .into_iter()
            .filter(|n| OURS.contains(&n.as_str()));
        findings.extend(ours.map(|name| format!("examples/partners [{section}] {name}")));
    }
    for file in files("examples/partners", ".rs") {
        let code = code(&read(&file));
        for name in ["symbolon", "symbolon_local", "symbolon_aws"] {
            findings.extend(words(&code, name).map(|at| format!("{file}:{} names {name}", line(&code, at))));
        }
    }
    none(&findings);
}

/// A function has no development adapter to fall back to.
#[test]
fn lambda_code_knows_nothing_of_the_local_server() {
    let mut findings = Vec::new();
    for folder in ["functions", "infra/aws"] {
        for file in files(folder, ".rs") {
            let code = code(&read(&file));
            findings.extend(words(&code, "symbolon_local").map(|at| format!("{file}:{}", line(&code, at))));
        }
    }
    none(&findings);
}
