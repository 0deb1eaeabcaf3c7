//! The command line.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use lexopt::{
    Parser, ValueExt,
    prelude::{Long, Short, Value},
};
use serde::Serialize;

use crate::server::{ConfigSource, Options};

/// What `--help` prints.
pub const HELP: &str = "\
Symbolon, an identity provider for brands and their partner apps, whole on one machine.

Usage: symbolon [serve] [OPTIONS]
       symbolon client-secret
       symbolon keys list [OPTIONS]
       symbolon keys rotate --tenant NAME --algorithm ALG [--promote | --retire] [--now] [OPTIONS]

  serve               Runs the server; implied
  client-secret       Makes a secret of 256 random bits for a client, and the digest that the configuration takes
  keys list           Shows signing keys
  keys rotate         Takes the next step of replacing a signing key: without --promote or --retire, publishes a new one.
                      The running server takes each next step by itself when it is time
    --tenant NAME     Mandatory
    --algorithm ALG   RS256, ES256 or PS256; mandatory
    --promote         Lets the published key sign. Not before every verifier can know it: 10 minutes
    --retire          Stops publishing the key that signed before. Not before its last token has ended: 70 minutes
    --now             Does not wait: for a key that is known to somebody else

Options:
  --listen ADDR:PORT  Where to listen; a loopback address only. `keys` asks the server there [default: 127.0.0.1:4444]
  --data DIR          Where state and keys are kept [default: .symbolon]
  --config FILE       Tenants, scopes, clients, members and policies, as TOML [default: the demo]
  --tls               Speak https, with a certificate made for this machine and kept in DIR/tls
  -h, --help          Print this
  -V, --version       Print the version

The demo is two brands with three partner apps. Open the address that is printed, and sign in with one of the
numbers shown there; text messages arrive on the same page.
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Run the server.
    Serve(Options),
    /// Make a client's secret.
    ClientSecret,
    /// Have the running server show its signing keys.
    KeysList(Options),
    /// Have the running server take a step with one of them.
    KeysRotate(Options, KeysRotate),
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// Which step, as the running server is asked for it.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct KeysRotate {
    tenant: String,
    algorithm: String,
    step: &'static str,
    now: bool,
}

/// Reads the arguments, the program's name first. The error is one line.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    read(Parser::from_iter(args)).map_err(|error| format!("{error} (try --help)"))
}

fn read(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options::default();
    let mut step = KeysRotate {
        step: "publish",
        ..KeysRotate::default()
    };
    let mut words = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("listen") => options.listen = listen(&parser.value()?)?,
            Long("data") => options.data = path(&mut parser, "--data")?,
            Long("config") => options.config = ConfigSource::File(path(&mut parser, "--config")?),
            Long("tls") => options.tls = true,
            Value(word) if words.is_empty() && word == "client-secret" && options == Options::default() => {
                return alone(&mut parser);
            }
            Long("tenant") if words == ROTATE => step.tenant = parser.value()?.string()?,
            Long("algorithm") if words == ROTATE => step.algorithm = parser.value()?.string()?,
            Long("promote") if words == ROTATE => step.step = "promote",
            Long("retire") if words == ROTATE => step.step = "retire",
            Long("now") if words == ROTATE => step.now = true,
            Value(word) if begins_command(&words, &word) => words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["keys", "list"] => Ok(Command::KeysList(options)),
        ["keys", "rotate"] => {
            for (option, value) in [
                ("--tenant NAME", &step.tenant),
                ("--algorithm ALG", &step.algorithm),
            ] {
                if value.is_empty() {
                    return Err(format!("{option} is missing").into());
                }
            }
            Ok(Command::KeysRotate(options, step))
        }
        ["keys"] => Err("`keys` is followed by `list` or `rotate`".into()),
        _ => Ok(Command::Serve(options)),
    }
}

const ROTATE: [&str; 2] = ["keys", "rotate"];

/// Whether this word is the next of a command.
fn begins_command(before: &[String], word: &OsString) -> bool {
    match before {
        [] => word == "serve" || word == "keys",
        [keys] => keys == "keys" && (word == "list" || word == "rotate"),
        _ => false,
    }
}

/// A command that takes nothing.
fn alone(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    match parser.next()? {
        None => Ok(Command::ClientSecret),
        Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(other) => Err(other.unexpected()),
    }
}

fn listen(value: &OsString) -> Result<SocketAddr, lexopt::Error> {
    let text = value.to_string_lossy();
    let address = text
        .strip_prefix("localhost:")
        .map_or_else(|| text.to_string(), |port| format!("127.0.0.1:{port}"));
    address
        .parse()
        .map_err(|_| format!("--listen {text:?} is not ADDR:PORT, such as 127.0.0.1:4444").into())
}

fn path(parser: &mut Parser, option: &str) -> Result<PathBuf, lexopt::Error> {
    let value = parser.value()?;
    if value.is_empty() {
        Err(format!("{option} is empty").into())
    } else {
        Ok(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(
            ["symbolon"]
                .into_iter()
                .chain(line.split_whitespace())
                .map(OsString::from),
        )
    }

    #[test]
    fn no_argument_at_all_serves_the_demo() {
        assert_eq!(parsed(""), Ok(Command::Serve(Options::default())));
        assert_eq!(parsed("serve"), parsed(""));
        let Ok(Command::Serve(options)) = parsed("") else {
            panic!()
        };
        assert_eq!(
            (options.listen.to_string().as_str(), options.data.to_str()),
            ("127.0.0.1:4444", Some(".symbolon"))
        );
        assert_eq!((options.config, options.tls), (ConfigSource::Demo, false));
    }

    #[test]
    fn every_option_is_taken() {
        assert_eq!(parsed("client-secret"), Ok(Command::ClientSecret));
        let line = "serve --listen localhost:0 --data kept/here --config=my.toml --tls";
        let Ok(Command::Serve(options)) = parsed(line) else {
            panic!()
        };
        assert_eq!(
            (options.listen.to_string().as_str(), options.data.to_str()),
            ("127.0.0.1:0", Some("kept/here"))
        );
        assert_eq!(
            (options.config, options.tls),
            (ConfigSource::File("my.toml".into()), true)
        );
        let Ok(Command::KeysRotate(options, step)) =
            parsed("keys rotate --tenant a --algorithm ES256 --retire --now --listen localhost:1")
        else {
            panic!()
        };
        assert_eq!((options.listen.port(), step.step, step.now), (1, "retire", true));
        assert_eq!((step.tenant.as_str(), step.algorithm.as_str()), ("a", "ES256"));
        assert_eq!(parsed("keys list"), Ok(Command::KeysList(Options::default())));
        assert_eq!(
            (parsed("--help"), parsed("serve -V")),
            (Ok(Command::Help), Ok(Command::Version))
        );
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line() {
        for (line, said) in [
            ("--prot 1", "invalid option '--prot' (try --help)"),
            ("-x", "invalid option '-x' (try --help)"),
            ("start", "unexpected argument \"start\" (try --help)"),
            ("client-secret app", "unexpected argument \"app\" (try --help)"),
            ("serve serve", "unexpected argument \"serve\" (try --help)"),
            ("serve keys", "unexpected argument \"keys\" (try --help)"),
            ("keys", "`keys` is followed by `list` or `rotate` (try --help)"),
            ("keys list --now", "invalid option '--now' (try --help)"),
            ("--promote", "invalid option '--promote' (try --help)"),
            (
                "keys rotate --tenant a",
                "--algorithm ALG is missing (try --help)",
            ),
            ("--data", "missing argument for option '--data' (try --help)"),
            ("--data=", "--data is empty (try --help)"),
            (
                "--tls=yes",
                "unexpected argument for option '--tls': \"yes\" (try --help)",
            ),
            (
                "--listen 4444",
                "--listen \"4444\" is not ADDR:PORT, such as 127.0.0.1:4444 (try --help)",
            ),
            (
                "--listen 127.0.0.1:99999",
                "--listen \"127.0.0.1:99999\" is not ADDR:PORT, such as 127.0.0.1:4444 (try --help)",
            ),
        ] {
            assert_eq!(parsed(line).unwrap_err(), said, "{line}");
        }
    }
}
