use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{
    EMPTY, NODE,
    functions::{self, Ask},
    recorded::Recorded,
};
use crate::{
    cli::Options,
    failure::{Failure, Result},
};

/// A program that is started cold, and what it is asked first.
pub(super) struct Contender {
    pub(super) name: String,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) environment: Vec<(String, String)>,
    pub(super) event: Value,
    /// The status it must answer with: a wrong answer would be measured for nothing.
    pub(super) status: Option<u16>,
    /// What is zipped and deployed, and under which name.
    pub(super) shipped: PathBuf,
    pub(super) shipped_as: String,
}

/// Everything that is compared.
pub(super) fn all(options: &Options, recorded: &Recorded) -> Result<Vec<Contender>> {
    let mut all = vec![empty(options)];
    all.extend(functions(options, recorded)?);
    if options.node {
        all.push(node(options));
    }
    for contender in &all {
        if !contender.shipped.is_file() {
            return Err(Failure::new(format!(
                "{} is not built",
                contender.shipped.display()
            )));
        }
    }
    Ok(all)
}

/// The functions, or those of them that were asked for.
pub(super) fn functions(options: &Options, recorded: &Recorded) -> Result<Vec<Contender>> {
    let wanted = |name: &str| options.only.is_empty() || options.only.iter().any(|only| only == name);
    let asks = functions::asks(recorded.host());
    let unknown = options
        .only
        .iter()
        .find(|only| !asks.iter().any(|ask| ask.name == only.as_str()));
    if let Some(unknown) = unknown {
        return Err(Failure::new(format!("there is no function {unknown}")));
    }
    let asks = asks.into_iter().filter(|ask| wanted(ask.name));
    Ok(asks.map(|ask| function(options, recorded, ask)).collect())
}

fn function(options: &Options, recorded: &Recorded, ask: Ask) -> Contender {
    let mut environment = recorded.environment();
    environment.push(("SYMBOLON_FUNCTION".to_owned(), ask.name.to_owned()));
    let program = options.programs.join(ask.name);
    Contender {
        environment,
        event: ask.event,
        status: ask.status,
        ..bootstrap(ask.name, &program)
    }
}

fn empty(options: &Options) -> Contender {
    bootstrap(EMPTY, &options.programs.join("bench-empty"))
}

/// A program that is itself what is deployed, asked for discovery.
fn bootstrap(name: &str, program: &Path) -> Contender {
    Contender {
        name: name.to_owned(),
        program: program.to_owned(),
        arguments: Vec::new(),
        environment: Vec::new(),
        event: functions::discovery("auth.bench.example"),
        status: Some(200),
        shipped: program.to_owned(),
        shipped_as: "bootstrap".to_owned(),
    }
}

fn node(options: &Options) -> Contender {
    let bundle = options.scratch.join("peer.mjs");
    let settings = [
        ("NODE_ENV", "production"),
        ("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true"),
    ];
    Contender {
        program: "node".into(),
        arguments: vec![bundle.display().to_string()],
        environment: settings
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        shipped_as: "index.mjs".to_owned(),
        ..bootstrap(NODE, &bundle)
    }
}
