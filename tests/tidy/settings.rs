//! Every setting is in the operator guide, with its default, and the guide has no setting that does not exist.

use std::collections::BTreeMap;

use symbolon::model::{NonceDemand, Policy};

use super::{
    none,
    source::{files, read},
};

const GUIDE: &str = "docs/operator-guide.md";

/// Where settings are declared.
const DECLARED: [&str; 3] = [
    "shared/src/config/declaration.rs",
    "shared/src/config/policy.rs",
    "infra/local/src/demo.rs",
];

/// `struct name -> its fields with their types`, of every `…Declaration` and of the demo's own section.
fn declarations() -> BTreeMap<String, Vec<(String, String)>> {
    let mut all = BTreeMap::new();
    for file in DECLARED {
        let text = read(file);
        for block in text.split("struct ").skip(1) {
            let name = block
                .split(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap_or_default();
            let is_settings = name.ends_with("Declaration") || name == "DemoSettings";
            let Some((_, body)) = block
                .split_once(" {\n")
                .filter(|(head, _)| is_settings && head.trim() == name)
            else {
                continue;
            };
            let body = body.split_once("\n}").map_or(body, |(b, _)| b);
            let field = |line: &str| {
                let line = line
                    .trim()
                    .trim_start_matches("pub(super) ")
                    .trim_start_matches("pub(crate) ");
                let (name, kind) = line.strip_suffix(',')?.split_once(": ")?;
                Some((name.to_owned(), kind.to_owned()))
            };
            // `Declaration` is also the name of an `impl`; the first with fields is the struct.
            let fields: Vec<_> = body.lines().filter_map(field).collect();
            all.entry(name.to_owned()).or_insert(fields);
        }
    }
    all
}

/// `section -> its settings`: `[tenants.NAME.brand] -> name, monogram, …`.
fn sections() -> BTreeMap<String, Vec<String>> {
    let declared = declarations();
    let mut sections = BTreeMap::new();
    let mut open = vec![
        ("Declaration".to_owned(), String::new(), "[".to_owned()),
        ("DemoSettings".to_owned(), "demo".to_owned(), "[".to_owned()),
    ];
    while let Some((name, path, bracket)) = open.pop() {
        let mut own = Vec::new();
        for (field, kind) in &declared[&name] {
            let inner = kind
                .trim_start_matches("Named<")
                .trim_start_matches("Option<")
                .trim_start_matches("Vec<")
                .trim_end_matches('>');
            let below = [path.as_str(), field.as_str()]
                .iter()
                .filter(|p| !p.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(".");
            if declared.contains_key(inner) {
                let (below, bracket) = match kind.split('<').next() {
                    Some("Named") => (format!("{below}.NAME"), "["),
                    Some("Vec") => (below, "[["),
                    _ => (below, "["),
                };
                open.push((inner.to_owned(), below, bracket.to_owned()));
            } else {
                own.push(field.clone());
            }
        }
        if !own.is_empty() {
            let close = bracket.replace('[', "]");
            sections.insert(format!("{bracket}{path}{close}"), own);
        }
    }
    assert!(sections.len() > 12, "{sections:?}");
    sections
}

/// The rows of the guide's tables: `section -> [setting, meaning, default, mandatory]`.
fn documented() -> BTreeMap<String, Vec<[String; 4]>> {
    let mut all: BTreeMap<String, Vec<[String; 4]>> = BTreeMap::new();
    let mut section = String::new();
    for line in read(GUIDE).lines() {
        if line.starts_with('#') {
            line.split('`')
                .nth(1)
                .unwrap_or_default()
                .clone_into(&mut section);
        } else if let Some(row) = line.strip_prefix("| `").filter(|_| section.starts_with('[')) {
            let cells: Vec<String> = row
                .trim_end_matches('|')
                .split(" | ")
                .map(|c| c.trim().to_owned())
                .collect();
            let cells: [String; 4] = cells
                .try_into()
                .unwrap_or_else(|c| panic!("{GUIDE}: not four columns: {c:?}"));
            let [name, rest @ ..] = cells;
            let [meaning, default, mandatory] = rest;
            let row = [name.trim_matches('`').to_owned(), meaning, default, mandatory];
            all.entry(section.clone()).or_default().push(row);
        }
    }
    all
}

#[test]
fn every_setting_is_in_the_guide_and_nothing_else_is() {
    let (declared, documented) = (sections(), documented());
    let mut findings = Vec::new();
    for (section, settings) in &declared {
        let rows = documented.get(section).map_or(&[][..], Vec::as_slice);
        for setting in settings.iter().filter(|s| !rows.iter().any(|row| row[0] == **s)) {
            findings.push(format!("{GUIDE}: `{section}` lacks `{setting}`"));
        }
    }
    for (section, rows) in &documented {
        let settings = declared.get(section).map_or(&[][..], Vec::as_slice);
        for [setting, meaning, default, mandatory] in rows {
            if !settings.contains(setting) {
                findings.push(format!("{GUIDE}: `{section}` has no setting `{setting}`"));
            }
            if meaning.is_empty() || default.is_empty() || !matches!(mandatory.as_str(), "yes" | "no") {
                findings.push(format!(
                    "{GUIDE}: `{section}` `{setting}`: what, default, and yes or no"
                ));
            }
        }
    }
    none(&findings);
}

#[test]
fn the_defaults_in_the_guide_are_the_defaults() {
    let policy = Policy::default();
    let waits: Vec<String> = policy.otp.resend_waits.iter().map(u64::to_string).collect();
    let (number, address) = (&policy.otp.number, policy.otp.address);
    let nonce = match policy.dpop.nonce {
        NonceDemand::Offered => "offered",
        NonceDemand::Required => "required",
    };
    let facts = [
        (
            "",
            "transaction_lifetime",
            policy.transaction_lifetime.to_string(),
        ),
        ("", "pushed_request", policy.pushed_request.to_string()),
        (".otp", "lifetime", policy.otp.lifetime.to_string()),
        (".otp", "tries", policy.otp.tries.to_string()),
        (".otp", "resend_waits", format!("[{}]", waits.join(", "))),
        (".otp.number", "challenges", number.challenges.to_string()),
        (".otp.number", "messages", number.messages.to_string()),
        (".otp.number", "wrong_codes", number.wrong_codes.to_string()),
        (".otp.number", "window", number.window.to_string()),
        (".otp.address", "requests", address.requests.to_string()),
        (".otp.address", "window", address.window.to_string()),
        (".otp.brand", "messages", policy.otp.brand.messages.to_string()),
        (".otp.brand", "window", policy.otp.brand.window.to_string()),
        (".device", "lifetime", policy.device.lifetime.to_string()),
        (
            ".device.address",
            "requests",
            policy.device.address.requests.to_string(),
        ),
        (
            ".device.address",
            "window",
            policy.device.address.window.to_string(),
        ),
        (
            ".device.authorization",
            "requests",
            policy.device.authorization.requests.to_string(),
        ),
        (
            ".device.authorization",
            "window",
            policy.device.authorization.window.to_string(),
        ),
        (".session", "idle", policy.session.idle.to_string()),
        (".session", "absolute", policy.session.absolute.to_string()),
        (".tokens", "code", policy.tokens.code.to_string()),
        (".tokens", "id_token", policy.tokens.id_token.to_string()),
        (".tokens", "access_token", policy.tokens.access_token.to_string()),
        (".refresh", "idle", policy.refresh.idle.to_string()),
        (".refresh", "absolute", policy.refresh.absolute.to_string()),
        (
            ".refresh",
            "retry_window",
            policy.refresh.retry_window.to_string(),
        ),
        (
            ".keys",
            "rotate_after",
            policy.keys.rotate_after.unwrap_or_default().to_string(),
        ),
        (".dpop", "nonce", nonce.to_owned()),
    ];
    let documented = documented();
    let in_policy: usize = sections()
        .iter()
        .filter(|(s, _)| s.contains(".policy"))
        .map(|(_, own)| own.len())
        .sum();
    assert_eq!(in_policy, facts.len(), "a policy setting is not compared here");
    let mut findings = Vec::new();
    for (below, setting, fact) in facts {
        let section = format!("[tenants.NAME.policy{below}]");
        let row = documented
            .get(&section)
            .and_then(|rows| rows.iter().find(|row| row[0] == setting));
        let said = row.map_or("nothing", |row| row[2].trim_matches('`'));
        if said != fact {
            findings.push(format!(
                "{GUIDE}: `{section}` `{setting}` is {fact} by default, the guide says {said}"
            ));
        }
    }
    none(&findings);
}

#[test]
fn every_option_and_every_variable_is_in_the_guide() {
    let guide = read(GUIDE);
    let help_in = |file: &str| -> String {
        let text = read(file);
        let (_, help) = text.split_once(" const HELP").unwrap();
        help.split_once("\";").map_or(help, |(h, _)| h).to_owned()
    };
    let help = help_in("infra/local/src/cli.rs") + &help_in("infra/aws/src/bin/symbolon-aws/cli.rs");
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
            .map(str::to_owned)
            .collect()
    };
    let mut wanted: Vec<String> = words(&help).into_iter().filter(|w| w.starts_with("--")).collect();
    for file in files("infra/aws/src", ".rs") {
        wanted.extend(
            words(&read(&file))
                .into_iter()
                .filter(|w| w.starts_with("SYMBOLON_")),
        );
    }
    assert!(wanted.len() > 5, "{wanted:?}");
    let missing = wanted.iter().filter(|w| !guide.contains(&format!("`{w}")));
    none(
        &missing
            .map(|w| format!("{GUIDE} lacks `{w}`"))
            .collect::<Vec<_>>(),
    );
}
