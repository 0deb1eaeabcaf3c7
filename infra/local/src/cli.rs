//! The command line.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use lexopt::{
    Parser,
    prelude::{Long, Short, Value},
};

use crate::server::{ConfigSource, Options};

/// What `--help` prints.
pub const HELP: &str = "\
Symbolon, an identity provider for brands and their partner apps, whole on one machine.

Usage: symbolon [serve] [OPTIONS]
       symbolon client-secret

  serve               Runs the server; implied
  client-secret       Makes a secret of 256 random bits for a client, and the digest that the configuration takes

Options:
  --listen ADDR:PORT  Where to listen; a loopback address only [default: 127.0.0.1:4444]
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
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// Reads the arguments, the program's name first. The error is one line.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    read(Parser::from_iter(args)).map_err(|error| format!("{error} (try --help)"))
}

fn read(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options::default();
    let mut first = true;
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("listen") => options.listen = listen(&parser.value()?)?,
            Long("data") => options.data = path(&mut parser, "--data")?,
            Long("config") => options.config = ConfigSource::File(path(&mut parser, "--config")?),
            Long("tls") => options.tls = true,
            Value(command) if first && command == "serve" => {}
            Value(command) if first && command == "client-secret" => return alone(&mut parser),
            other => return Err(other.unexpected()),
        }
        first = false;
    }
    Ok(Command::Serve(options))
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
