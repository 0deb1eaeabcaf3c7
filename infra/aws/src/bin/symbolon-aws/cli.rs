//! The command line.

use std::{ffi::OsString, path::PathBuf};

use lexopt::{
    Parser, ValueExt,
    prelude::{Long, Short, Value},
};
use symbolon::{ports::Algorithm, types::TenantId};

use crate::outcome::{Failure, Outcome};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
What an operator does to a deployment of Symbolon on AWS.

Usage: symbolon-aws COMMAND [OPTIONS]

  seed            Brings keyring, signing keys, members, tenants and clients to what a file says
    --config FILE     Tenants, scopes, clients, members and policies, as TOML; mandatory
    --set NAME=VALUE  Fills {NAME} in the file; may be repeated [default: scheme=https, port=443]
    --prune           Also removes, of the file's tenants, clients that it no longer has and hosts they have left

  keys list       Shows signing keys
    --tenant NAME     Of this tenant only

  keys rotate     Takes the next step of replacing a signing key: without --promote or --retire, publishes a new one. The
                  function rotate takes each next step by itself when it is time
    --tenant NAME     Mandatory
    --algorithm ALG   RS256, ES256 or PS256; mandatory
    --promote         Lets the published key sign. Not before every verifier can know it: 10 minutes
    --retire          Stops publishing keys that signed before. Not before their last token has ended: 70 minutes
    --now             Does not wait: for a key that is known to somebody else

  keyring rotate  Takes the next step of replacing the key that seals cookies and refresh tokens: without an option,
                  adds a new one
    --promote         Seals with it. Not before every process can know it: 2 minutes
    --drop            Forgets those from before. Whoever comes with something they sealed signs in again

  check           Reads everything back, has every tenant's keys sign, and looks at tables and keys

  -h, --help      Prints this
  -V, --version   Prints the version

Nothing is asked; nothing is removed without an option that says so. seed can be run again at any time. What functions
have read already stays in force for up to SYMBOLON_CACHE_SECONDS of their own.

Environment, as the functions have it: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
AWS_ENDPOINT_URL; SYMBOLON_TABLE_CONFIG, SYMBOLON_TABLE_IDENTITY, SYMBOLON_TABLE_EPHEMERAL and SYMBOLON_KEY, which are
outputs of the stack (infra/deploy writes them to target/deploy/STACK/environment).

Ends with 0 if it is done, 1 if it was refused or failed, 2 for a wrong command line or environment.
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Seed(Seed),
    KeysList(Option<TenantId>),
    KeysRotate(KeysRotate),
    KeyringRotate(KeyringStep),
    Check,
    Help,
    Version,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seed {
    pub(crate) config: PathBuf,
    pub(crate) set: Vec<(String, String)>,
    pub(crate) prune: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeysRotate {
    pub(crate) tenant: TenantId,
    pub(crate) algorithm: Algorithm,
    pub(crate) step: AskedStep,
    /// Without waiting for verifiers.
    pub(crate) hurry: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskedStep {
    Publish,
    Promote,
    Retire,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyringStep {
    Announce,
    Promote,
    Drop,
}

/// Every option as it was given; each command takes its own out, and what is left is refused.
#[derive(Default)]
struct Given {
    config: Option<PathBuf>,
    set: Vec<(String, String)>,
    tenant: Option<TenantId>,
    algorithm: Option<Algorithm>,
    flags: Vec<&'static str>,
}

/// Reads the arguments, the program's name first.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Outcome<Command> {
    read(Parser::from_iter(args)).map_err(|error| Failure::misused(format!("{error} (try --help)")))
}

fn read(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let (mut words, mut given) = (Vec::new(), Given::default());
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("config") => given.config = Some(parser.value()?.into()),
            Long("set") => given.set.push(placeholder(&parser.value()?.string()?)?),
            Long("tenant") => given.tenant = Some(TenantId::new(parser.value()?.string()?)),
            Long("algorithm") => given.algorithm = Some(algorithm(&parser.value()?.string()?)?),
            Long("prune") => given.flags.push("--prune"),
            Long("promote") => given.flags.push("--promote"),
            Long("retire") => given.flags.push("--retire"),
            Long("drop") => given.flags.push("--drop"),
            Long("now") => given.flags.push("--now"),
            Value(word) if words.len() < 2 => words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let command = match words[..] {
        ["seed"] => Command::Seed(Seed {
            config: given.config.take().ok_or("--config FILE is missing")?,
            set: std::mem::take(&mut given.set),
            prune: given.flag("--prune"),
        }),
        ["keys", "list"] => Command::KeysList(given.tenant.take()),
        ["keys", "rotate"] => Command::KeysRotate(given.keys_rotate()?),
        ["keyring", "rotate"] => Command::KeyringRotate(given.keyring_step()),
        ["check"] => Command::Check,
        [] => return Err("a command is missing".into()),
        _ => return Err(format!("there is no command `{}`", words.join(" ")).into()),
    };
    given.nothing_left(&words.join(" "))?;
    Ok(command)
}

impl Given {
    fn flag(&mut self, name: &str) -> bool {
        let before = self.flags.len();
        self.flags.retain(|flag| *flag != name);
        self.flags.len() < before
    }

    fn keys_rotate(&mut self) -> Result<KeysRotate, lexopt::Error> {
        Ok(KeysRotate {
            tenant: self.tenant.take().ok_or("--tenant NAME is missing")?,
            algorithm: self.algorithm.take().ok_or("--algorithm ALG is missing")?,
            step: if self.flag("--promote") {
                AskedStep::Promote
            } else if self.flag("--retire") {
                AskedStep::Retire
            } else {
                AskedStep::Publish
            },
            hurry: self.flag("--now"),
        })
    }

    fn keyring_step(&mut self) -> KeyringStep {
        if self.flag("--promote") {
            KeyringStep::Promote
        } else if self.flag("--drop") {
            KeyringStep::Drop
        } else {
            KeyringStep::Announce
        }
    }

    fn nothing_left(&self, command: &str) -> Result<(), lexopt::Error> {
        let named = [
            ("--config", self.config.is_some()),
            ("--set", !self.set.is_empty()),
            ("--tenant", self.tenant.is_some()),
            ("--algorithm", self.algorithm.is_some()),
        ];
        let named = named.iter().filter(|(_, left)| *left).map(|(name, _)| *name);
        match self.flags.iter().copied().chain(named).next() {
            Some(option) => Err(format!("`{command}` takes no {option} here").into()),
            None => Ok(()),
        }
    }
}

fn algorithm(text: &str) -> Result<Algorithm, lexopt::Error> {
    let all = [Algorithm::Rs256, Algorithm::Es256, Algorithm::Ps256];
    let known = all.into_iter().find(|algorithm| algorithm.name() == text);
    known.ok_or_else(|| format!("--algorithm {text:?} is not RS256, ES256 or PS256").into())
}

/// `{app}` in a question is the partner's name, which only a page can fill.
fn placeholder(text: &str) -> Result<(String, String), lexopt::Error> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("--set {text:?} is not NAME=VALUE"))?;
    let fits = !name.is_empty()
        && name != "app"
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits {
        Ok((name.to_owned(), value.to_owned()))
    } else {
        Err(format!("--set {name:?} is no name that can be filled").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        let words = ["symbolon-aws"].into_iter().chain(line.split_whitespace());
        parse(words.map(OsString::from)).map_err(|failure| failure.to_string())
    }

    #[test]
    fn every_command_takes_its_options() {
        let seed = Command::Seed(Seed {
            config: "a.toml".into(),
            set: vec![
                ("scheme".to_owned(), "http".to_owned()),
                ("host".to_owned(), "a=b".to_owned()),
            ],
            prune: true,
        });
        let line = "seed --config a.toml --set scheme=http --set host=a=b --prune";
        assert_eq!(parsed(line), Ok(seed));
        let tenant = TenantId::new("urban");
        assert_eq!(parsed("keys list"), Ok(Command::KeysList(None)));
        assert_eq!(
            parsed("keys list --tenant urban"),
            Ok(Command::KeysList(Some(tenant.clone())))
        );
        let rotate = |step, hurry| {
            Ok(Command::KeysRotate(KeysRotate {
                tenant: tenant.clone(),
                algorithm: Algorithm::Es256,
                step,
                hurry,
            }))
        };
        let line = "keys rotate --tenant urban --algorithm ES256";
        assert_eq!(parsed(line), rotate(AskedStep::Publish, false));
        assert_eq!(
            parsed(&format!("{line} --promote")),
            rotate(AskedStep::Promote, false)
        );
        assert_eq!(
            parsed(&format!("{line} --retire --now")),
            rotate(AskedStep::Retire, true)
        );
        for (option, step) in [
            ("", KeyringStep::Announce),
            ("--promote", KeyringStep::Promote),
            ("--drop", KeyringStep::Drop),
        ] {
            assert_eq!(
                parsed(&format!("keyring rotate {option}")),
                Ok(Command::KeyringRotate(step))
            );
        }
        assert_eq!(parsed("check"), Ok(Command::Check));
        assert_eq!(
            (parsed("seed --help"), parsed("-V")),
            (Ok(Command::Help), Ok(Command::Version))
        );
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line() {
        for (line, said) in [
            ("", "a command is missing"),
            ("sow", "there is no command `sow`"),
            ("keys", "there is no command `keys`"),
            ("seed", "--config FILE is missing"),
            ("seed --config", "missing argument for option '--config'"),
            ("seed --config a --tenant b", "`seed` takes no --tenant here"),
            ("seed --config a --set b", "--set \"b\" is not NAME=VALUE"),
            (
                "seed --config a --set app=x",
                "--set \"app\" is no name that can be filled",
            ),
            (
                "seed --config a --set A=x",
                "--set \"A\" is no name that can be filled",
            ),
            ("seed a", "there is no command `seed a`"),
            ("seed a b", "unexpected argument \"b\""),
            ("check --prune", "`check` takes no --prune here"),
            ("keys rotate --algorithm RS256", "--tenant NAME is missing"),
            ("keys rotate --tenant a", "--algorithm ALG is missing"),
            (
                "keys rotate --tenant a --algorithm rs256",
                "--algorithm \"rs256\" is not RS256, ES256 or PS256",
            ),
            (
                "keys rotate --tenant a --algorithm RS256 --promote --retire",
                "`keys rotate` takes no --retire here",
            ),
            ("keyring rotate --now", "`keyring rotate` takes no --now here"),
            (
                "keyring rotate --promote --drop",
                "`keyring rotate` takes no --drop here",
            ),
        ] {
            let error = parsed(line).unwrap_err();
            assert_eq!(error, format!("{said} (try --help)"), "{line}");
        }
    }
}
