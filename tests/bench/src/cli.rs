use std::{ffi::OsString, path::PathBuf};

use lexopt::{Arg::Long, Arg::Short, Arg::Value, Parser, ValueExt};

use crate::failure::{Result, While};

/// What `--help` prints.
pub(crate) const HELP: &str = include_str!("../help.txt");

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Measure(Options),
    Record(Recording),
    Help,
}

/// One part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Cold,
    Grants,
    Wire,
    Price,
}

impl Part {
    const ALL: [Self; 4] = [Self::Cold, Self::Grants, Self::Wire, Self::Price];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Grants => "grants",
            Self::Wire => "wire",
            Self::Price => "price",
        }
    }
}

/// How to measure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) parts: Vec<Part>,
    pub(crate) runs: usize,
    pub(crate) only: Vec<String>,
    pub(crate) node: bool,
    pub(crate) seconds: u64,
    pub(crate) parallel: usize,
    /// Where the programs are that are measured.
    pub(crate) programs: PathBuf,
    /// Where files go that nobody keeps.
    pub(crate) scratch: PathBuf,
    pub(crate) wire: PathBuf,
    pub(crate) recorded: PathBuf,
    pub(crate) out: PathBuf,
}

/// Where to record, and what of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Recording {
    pub(crate) endpoint: String,
    pub(crate) environment: PathBuf,
    pub(crate) options: Options,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            parts: Part::ALL.to_vec(),
            runs: 30,
            only: Vec::new(),
            node: true,
            seconds: 20,
            parallel: 8,
            programs: "target/release".into(),
            scratch: "target/bench".into(),
            wire: "target/bench/wire".into(),
            recorded: "tests/bench/recorded.json".into(),
            out: "docs".into(),
        }
    }
}

impl Options {
    pub(crate) fn results(&self) -> PathBuf {
        self.out.join("benchmarks/results.json")
    }

    /// What the measured programs were built as.
    pub(crate) fn profile(&self) -> String {
        self.programs
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }
}

/// Reads the arguments, the program's name first.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command> {
    read(Parser::from_iter(arguments)).while_("try --help")
}

fn read(mut parser: Parser) -> std::result::Result<Command, lexopt::Error> {
    let mut options = Options::default();
    let (mut parts, mut record) = (Vec::new(), false);
    let (mut endpoint, mut environment, mut wire) = (None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("runs") => options.runs = parser.value()?.parse()?,
            Long("only") => options.only.push(parser.value()?.string()?),
            Long("no-node") => options.node = false,
            Long("seconds") => options.seconds = parser.value()?.parse::<u64>()?.clamp(4, 60),
            Long("parallel") => options.parallel = parser.value()?.parse::<usize>()?.max(1),
            Long("programs") => options.programs = parser.value()?.into(),
            Long("scratch") => options.scratch = parser.value()?.into(),
            Long("wire") => wire = Some(parser.value()?.into()),
            Long("recorded") => options.recorded = parser.value()?.into(),
            Long("out") => options.out = parser.value()?.into(),
            Long("endpoint") => endpoint = Some(parser.value()?.string()?),
            Long("environment") => environment = Some(parser.value()?.into()),
            Value(word) if word == "record" => record = true,
            Value(word) => match Part::ALL.into_iter().find(|part| word == part.name()) {
                Some(part) => parts.push(part),
                None => return Err(Value(word).unexpected()),
            },
            other => return Err(other.unexpected()),
        }
    }
    if !parts.is_empty() {
        options.parts = parts;
    }
    options.wire = wire.unwrap_or_else(|| options.scratch.join("wire"));
    if !record {
        return Ok(Command::Measure(options));
    }
    Ok(Command::Record(Recording {
        endpoint: endpoint.ok_or("record needs --endpoint")?,
        environment: environment.ok_or("record needs --environment")?,
        options,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(
            ["bench"]
                .into_iter()
                .chain(line.split_whitespace())
                .map(OsString::from),
        )
    }

    #[test]
    fn nothing_asks_for_everything() {
        let Ok(Command::Measure(options)) = parsed("") else {
            panic!()
        };
        assert_eq!(options, Options::default());
        assert_eq!((options.parts.len(), options.profile().as_str()), (4, "release"));
    }

    #[test]
    fn parts_and_options_are_taken() {
        let Ok(Command::Measure(options)) = parsed("cold --runs 5 --no-node --only token --only login")
        else {
            panic!()
        };
        assert_eq!(
            (options.parts, options.runs, options.node),
            (vec![Part::Cold], 5, false)
        );
        assert_eq!(options.only, ["token", "login"]);
        let Ok(Command::Measure(options)) = parsed("grants --seconds 600 --parallel 0") else {
            panic!()
        };
        assert_eq!((options.seconds, options.parallel), (60, 1));
    }

    #[test]
    fn the_help_knows_every_part() {
        for part in Part::ALL {
            assert!(HELP.contains(&format!("\n  {} ", part.name())), "{}", part.name());
        }
    }

    #[test]
    fn a_recording_says_where_from() {
        assert!(matches!(
            parsed("record --endpoint 127.0.0.1:1 --environment e.json"),
            Ok(Command::Record(_))
        ));
        assert!(parsed("record --endpoint 127.0.0.1:1").is_err());
        assert!(parsed("warm").unwrap_err().to_string().contains("try --help"));
    }
}
