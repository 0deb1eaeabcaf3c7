//! Which module of the provider may know which other, and which foreign crate belongs where.

use std::ops::Range;

use super::{
    none,
    source::{code, files, line, paths, read, words},
};

/// What of a module may be named.
#[derive(PartialEq)]
enum May {
    All,
    Only(&'static [&'static str]),
}
use May::{All, Only};

/// `module -> what it may name`. Nothing else, and nothing in vain: an arrow nobody uses is refused too.
const ARROWS: [(&str, &[(&str, May)]); 9] = [
    ("types", &[]),
    (
        "model",
        &[
            ("types", All),
            (
                "ports",
                Only(&[
                    "Algorithm",
                    "Attempt",
                    "Bindings",
                    "Consumed",
                    "Opened",
                    "Polled",
                    "Redeemed",
                    "Resent",
                    "Rotated",
                    "Rotation",
                    "SendLimits",
                    "Taint",
                ]),
            ),
        ],
    ),
    ("ports", &[("types", All), ("model", All)]),
    (
        "jwt",
        &[
            ("types", All),
            ("ports", Only(&["Algorithm", "PublicKey", "Random", "SigningKey"])),
        ],
    ),
    ("keyring", &[("types", All), ("ports", Only(&["Random"]))]),
    ("pages", &[("types", All), ("model", All)]),
    (
        "wire",
        &[
            ("types", All),
            ("model", Only(&["Authentication", "Profile", "Tenant"])),
            ("ports", Only(&["Unavailable"])),
        ],
    ),
    (
        "config",
        &[
            ("types", All),
            ("model", All),
            ("keyring", All),
            ("jwt", Only(&["VerificationKey"])),
            ("ports", Only(&["Algorithm", "PortResult", "Registry"])),
        ],
    ),
    (
        "endpoints",
        &[
            ("types", All),
            ("model", All),
            ("ports", All),
            ("jwt", All),
            ("keyring", All),
            ("pages", All),
            ("wire", All),
        ],
    ),
];

/// Foreign crates that only some places may name.
const FOREIGN: [(&str, &[&str]); 11] = [
    ("http", &["wire", "endpoints"]),
    ("bytes", &["wire", "endpoints"]),
    ("maud", &["pages", "endpoints/screen.rs", "endpoints/account.rs"]),
    (
        "jsonwebtoken",
        &[
            "jwt",
            "config",
            "model/client.rs",
            "ports/client_keys.rs",
            "endpoints/client_call/authentication.rs",
        ],
    ),
    ("chacha20poly1305", &["keyring"]),
    ("hkdf", &["keyring"]),
    ("hmac", &["keyring"]),
    ("aes_gcm", &["jwt"]),
    ("p256", &["jwt"]),
    ("rsa", &["jwt"]),
    ("tracing", &["endpoints"]),
];

/// What the provider gets from outside instead: time, randomness, settings, a runtime, files.
const AMBIENT: [&str; 17] = [
    "tokio",
    "SystemTime",
    "Instant",
    "thread",
    "env",
    "fs",
    "process",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "getrandom",
    "OsRng",
    "thread_rng",
    "ThreadRng",
    "rusqlite",
    "aws_config",
    "lambda_http",
];

const SOURCE: &str = "shared/src";

/// `[endpoints, authorize, decide]` for `endpoints/authorize/decide.rs`.
fn module_of(file: &str) -> Vec<&str> {
    let inside = file.trim_start_matches("shared/src/").trim_end_matches(".rs");
    let mut parts: Vec<&str> = inside.split('/').collect();
    if matches!(parts.last(), Some(&"mod" | &"lib")) {
        parts.pop();
    }
    parts
}

/// Where the modules are that a file holds itself, such as its `mod tests { … }`.
fn inline_modules(code: &str) -> Vec<Range<usize>> {
    let begins =
        |line: &str| line.contains("mod ") && line.trim_end().ends_with('{') && !line.starts_with(' ');
    let mut modules = Vec::new();
    let mut at = 0;
    for line in code.split_inclusive('\n') {
        if begins(line) {
            let end = code[at..].find("\n}").map_or(code.len(), |end| at + end);
            modules.push(at..end);
        }
        at += line.len();
    }
    modules
}

/// The module and the item that a path inside `shared` leads to, from the crate's root.
fn target(from: &[&str], inline: bool, path: &[String]) -> Option<(String, String)> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    let rest: Vec<&str> = path[supers.max(1)..].iter().map(String::as_str).collect();
    let base = if path[0] == "crate" {
        Vec::new()
    } else {
        let mut base = from.to_vec();
        if inline {
            base.push("inline");
        }
        base.truncate(base.len().checked_sub(supers)?);
        base
    };
    let mut full = base.into_iter().chain(rest);
    let module = full.next()?;
    Some((module.to_owned(), full.next().unwrap_or("*").to_owned()))
}

/// Every `(file, line, module, item)` that `shared` names of itself.
fn named() -> Vec<(String, usize, String, String)> {
    let mut all = Vec::new();
    for file in files(SOURCE, ".rs") {
        let code = code(&read(&file));
        let inline = inline_modules(&code);
        for root in ["crate", "super"] {
            for (at, path) in paths(&code, root) {
                // `pub(crate)` and `pub(in crate::…)` say who may look in.
                if path.len() == 1 || code[..at].ends_with("(in ") {
                    continue;
                }
                let found = target(
                    &module_of(&file),
                    inline.iter().any(|module| module.contains(&at)),
                    &path,
                );
                let (module, item) =
                    found.unwrap_or_else(|| panic!("{file}: {} leads nowhere", path.join("::")));
                all.push((file.clone(), line(&code, at), module, item));
            }
        }
    }
    all
}

#[test]
fn the_arrows_inside_the_provider_point_one_way() {
    let mut findings = Vec::new();
    for (file, line, to, item) in named() {
        let module = module_of(&file);
        let Some(from) = module.first() else {
            findings.push(format!(
                "{file}:{line} names `{to}`; lib.rs declares modules and nothing else"
            ));
            continue;
        };
        if *from == to {
            continue;
        }
        let allowed = ARROWS
            .iter()
            .find(|(name, _)| name == from)
            .and_then(|(_, to_)| to_.iter().find(|(n, _)| *n == to));
        let fits = match allowed {
            Some((_, All)) => true,
            Some((_, Only(items))) => items.contains(&item.as_str()),
            None => false,
        };
        if !fits {
            findings.push(format!(
                "{file}:{line} {from} -> {to}::{item} is not an arrow of tests/tidy/arrows.rs"
            ));
        }
    }
    none(&findings);
}

#[test]
fn every_module_is_in_the_table_and_every_arrow_is_used() {
    let named = named();
    let mut findings = Vec::new();
    for module in files(SOURCE, ".rs")
        .iter()
        .filter_map(|f| module_of(f).first().map(|m| (*m).to_owned()))
    {
        if !ARROWS.iter().any(|(name, _)| *name == module) {
            findings.push(format!("module `{module}` is not in tests/tidy/arrows.rs"));
        }
    }
    for (from, targets) in &ARROWS {
        for (to, may) in *targets {
            let used = |item: Option<&str>| {
                named.iter().any(|(file, _, module, name)| {
                    module_of(file).first() == Some(from) && module == to && item.is_none_or(|i| i == name)
                })
            };
            let vain: Vec<&str> = match may {
                All if used(None) => Vec::new(),
                All => vec!["*"],
                Only(items) => items.iter().copied().filter(|item| !used(Some(item))).collect(),
            };
            findings.extend(
                vain.iter()
                    .map(|item| format!("{from} -> {to}::{item}: nobody uses this arrow")),
            );
        }
    }
    none(&findings);
}

#[test]
fn foreign_crates_stay_where_they_belong() {
    let mut findings = Vec::new();
    for file in files(SOURCE, ".rs") {
        let code = code(&read(&file));
        let inside = file.trim_start_matches("shared/src/");
        for (name, places) in FOREIGN {
            let home = places
                .iter()
                .any(|place| inside == *place || inside.starts_with(&format!("{place}/")));
            for (at, _) in paths(&code, name)
                .iter()
                .filter(|(_, path)| path.len() > 1 && !home)
            {
                findings.push(format!("{file}:{} names the crate {name}", line(&code, *at)));
            }
        }
    }
    none(&findings);
}

#[test]
fn the_provider_has_no_clock_no_randomness_no_settings_and_no_runtime_of_its_own() {
    let mut findings = Vec::new();
    for file in files(SOURCE, ".rs") {
        let code = code(&read(&file));
        for name in AMBIENT {
            findings.extend(words(&code, name).map(|at| format!("{file}:{} names {name}", line(&code, at))));
        }
    }
    none(&findings);
}

#[test]
fn one_place_signs() {
    let signing: Vec<String> = files(SOURCE, ".rs")
        .into_iter()
        .filter(|file| {
            code(&read(file))
                .split_whitespace()
                .collect::<String>()
                .contains("signer.sign(")
        })
        .collect();
    assert_eq!(signing, ["shared/src/endpoints/sign.rs"]);
    let able: Vec<String> = files("shared/src/endpoints", ".rs")
        .into_iter()
        .filter(|file| words(&code(&read(file)), "Signer").next().is_some())
        .collect();
    assert_eq!(
        able,
        [
            "shared/src/endpoints/introspect.rs",
            "shared/src/endpoints/notify.rs",
            "shared/src/endpoints/sign.rs",
            "shared/src/endpoints/token/mod.rs",
            "shared/src/endpoints/userinfo.rs"
        ]
    );
}

#[test]
fn storage_ports_take_digests_and_never_a_secret() {
    let with_secrets: Vec<String> = files("shared/src/ports", ".rs")
        .into_iter()
        .filter(|f| words(&code(&read(f)), "Secret").next().is_some())
        .collect();
    // The text of a message has to be read to be sent.
    assert_eq!(with_secrets, ["shared/src/ports/otp_sender.rs"]);
}
