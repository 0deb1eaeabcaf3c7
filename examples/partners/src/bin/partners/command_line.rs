//! The command line.

use std::{
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lexopt::{
    Error, Parser, ValueExt,
    prelude::{Long, Short},
};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
The partner apps of Symbolon's demo and the loyalty API, each at its host under localhost, on one port.

Usage: partners --urbantrend ISSUER --northpeak ISSUER --member-key KEY [OPTIONS]

  --urbantrend ISSUER  The provider of FashionBoard, ShopEase and the loyalty API, as its metadata names it; mandatory
  --northpeak ISSUER   The provider of TrailMix; mandatory
  --member-key KEY     To which Urban Trend's provider encrypts member_ref, 32 bytes in base64url; mandatory
  --listen ADDR:PORT   Where to listen; a loopback address only [default: 127.0.0.1:4455]
  --public-port PORT   In the apps' own addresses, if visitors come by way of another port [default: that of --listen]
  --journal FILE       Where the loyalty programme keeps redemptions [default: in memory]
  -h, --help           Print this

The apps must be registered with the addresses that are printed. Their secrets are those of the demo, known to everybody.
Ends with 0 when it is told to, 1 if it cannot start, 2 for a wrong command line.
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Serve(Options),
    Help,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) urbantrend: String,
    pub(crate) northpeak: String,
    pub(crate) member_key: [u8; 32],
    pub(crate) listen: SocketAddr,
    pub(crate) public_port: Option<u16>,
    pub(crate) journal: Option<PathBuf>,
}

/// Reads the arguments, the program's name first. The error is one line.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    read(Parser::from_iter(args)).map_err(|error| format!("{error} (try --help)"))
}

fn read(mut parser: Parser) -> Result<Command, Error> {
    let (mut urbantrend, mut northpeak, mut member_key) = (None, None, None);
    let mut listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 4455));
    let (mut public_port, mut journal) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("urbantrend") => urbantrend = Some(parser.value()?.string()?),
            Long("northpeak") => northpeak = Some(parser.value()?.string()?),
            Long("member-key") => member_key = Some(key(&parser.value()?.string()?)?),
            Long("listen") => listen = loopback(&parser.value()?.string()?)?,
            Long("public-port") => public_port = Some(port(&parser.value()?.string()?)?),
            Long("journal") => journal = Some(parser.value()?.into()),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Serve(Options {
        urbantrend: urbantrend.ok_or("--urbantrend is missing")?,
        northpeak: northpeak.ok_or("--northpeak is missing")?,
        member_key: member_key.ok_or("--member-key is missing")?,
        listen,
        public_port,
        journal,
    }))
}

/// Does not repeat what it was given: it may be a true key, mistyped.
fn key(text: &str) -> Result<[u8; 32], Error> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| "--member-key is not 32 bytes in base64url".into())
}

fn loopback(text: &str) -> Result<SocketAddr, Error> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| format!("--listen {text:?} is not ADDR:PORT, such as 127.0.0.1:4455"))?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(format!("--listen {address} can be reached from elsewhere; the apps' secrets are public").into())
    }
}

fn port(text: &str) -> Result<u16, Error> {
    text.parse()
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(|| format!("--public-port {text:?} is not a port").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    fn parsed(line: &str) -> Result<Command, String> {
        let line = line.replace("KEY", KEY);
        parse(
            ["partners"]
                .into_iter()
                .chain(line.split_whitespace())
                .map(OsString::from),
        )
    }

    #[test]
    fn two_issuers_and_a_key_are_enough() {
        let least = Options {
            urbantrend: "http://a".to_owned(),
            northpeak: "http://b".to_owned(),
            member_key: [1; 32],
            listen: SocketAddr::from(([127, 0, 0, 1], 4455)),
            public_port: None,
            journal: None,
        };
        let line = "--urbantrend http://a --northpeak=http://b --member-key KEY";
        assert_eq!(parsed(line), Ok(Command::Serve(least)));
        let more = format!("{line} --listen [::1]:0 --public-port 80 --journal kept/here");
        let Ok(Command::Serve(options)) = parsed(&more) else {
            panic!()
        };
        assert_eq!(
            (options.listen.to_string().as_str(), options.public_port),
            ("[::1]:0", Some(80))
        );
        assert_eq!(options.journal, Some("kept/here".into()));
        assert_eq!(parsed("-h"), Ok(Command::Help));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line() {
        for (line, said) in [
            ("", "--urbantrend is missing (try --help)"),
            ("--urbantrend a", "--northpeak is missing (try --help)"),
            (
                "--urbantrend a --northpeak b",
                "--member-key is missing (try --help)",
            ),
            (
                "--urbantrend",
                "missing argument for option '--urbantrend' (try --help)",
            ),
            ("serve", "unexpected argument \"serve\" (try --help)"),
            ("--prot 1", "invalid option '--prot' (try --help)"),
            (
                "--member-key hunter2",
                "--member-key is not 32 bytes in base64url (try --help)",
            ),
            (
                "--listen 0.0.0.0:1",
                "--listen 0.0.0.0:1 can be reached from elsewhere; the apps' secrets are public (try --help)",
            ),
            (
                "--listen 4455",
                "--listen \"4455\" is not ADDR:PORT, such as 127.0.0.1:4455 (try --help)",
            ),
            (
                "--public-port 0",
                "--public-port \"0\" is not a port (try --help)",
            ),
        ] {
            assert_eq!(parsed(line).unwrap_err(), said, "{line}");
        }
    }
}
