use std::{ffi::OsString, path::PathBuf};

use lexopt::{Arg::Long, Arg::Short, Arg::Value, Parser, ValueExt};

use crate::failure::{Result, While};

/// What `--help` prints.
pub(crate) const HELP: &str = include_str!("../help.txt");

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Measure(Options),
    /// Keeps what a deployed stack's AWS answers to functions in init.
    Record(Stack),
    /// Walks each path at a deployed stack, and keeps what it called.
    Walk(Stack),
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

/// A stack that `infra/deploy` made at an emulator.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stack {
    /// Address and port of the emulator.
    pub(crate) endpoint: String,
    /// What the functions' environment is, as `infra/deploy` writes it.
    pub(crate) environment: PathBuf,
    /// Where the emulator writes down every call.
    pub(crate) log: PathBuf,
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
    let mut stack = Stack {
        endpoint: String::new(),
        environment: PathBuf::new(),
        log: PathBuf::new(),
        options: Options::default(),
    };
    let (mut parts, mut wire, mut at_stack) = (Vec::new(), None, None);
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
            Long("endpoint") => stack.endpoint = parser.value()?.string()?,
            Long("environment") => stack.environment = parser.value()?.into(),
            Long("log") => stack.log = parser.value()?.into(),
            Value(word) if word == "record" => at_stack = Some(Command::Record as fn(Stack) -> Command),
            Value(word) if word == "walk" => at_stack = Some(Command::Walk),
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
    Ok(match at_stack {
        None => Command::Measure(options),
        Some(_) if stack.endpoint.is_empty() => return Err("--endpoint is needed".into()),
        Some(command) => command(Stack { options, ..stack }),
    })
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
    fn a_stack_has_to_be_somewhere() {
        let Ok(Command::Record(stack)) = parsed("record --endpoint 127.0.0.1:1 --environment e") else {
            panic!()
        };
        assert_eq!(stack.environment, PathBuf::from("e"));
        let Ok(Command::Walk(stack)) = parsed("walk --endpoint 127.0.0.1:1 --log l --scratch s") else {
            panic!()
        };
        assert_eq!(stack.options.wire, PathBuf::from("s/wire"));
        assert!(parsed("walk --log l").is_err());
        assert!(parsed("warm").unwrap_err().to_string().contains("try --help"));
    }
}
