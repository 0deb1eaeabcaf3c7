use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use crate::{keys::KeyError, store::OpenError, tls::TlsError};

/// Where the configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigSource {
    /// The demo that is part of this program.
    Demo,
    /// A TOML file.
    File(PathBuf),
    /// TOML, as it stands.
    Text(String),
}

/// What the command line can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where to listen. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where state and keys are kept.
    pub data: PathBuf,
    /// Tenants, clients and members.
    pub config: ConfigSource,
    /// Whether to speak https.
    pub tls: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 4444)),
            data: PathBuf::from(".symbolon"),
            config: ConfigSource::Demo,
            tls: false,
        }
    }
}

/// Why a server does not start. Prints as one line.
#[derive(Debug)]
pub enum StartError {
    /// The address can be reached from elsewhere.
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// The configuration cannot be read: where it is, and why.
    Config(String, String),
    /// The data directory cannot be used.
    Store(OpenError),
    /// A file in the data directory cannot be used.
    Data(PathBuf, io::Error),
    /// The keys cannot be used.
    Keys(KeyError),
    /// The certificate cannot be used.
    Tls(TlsError),
    /// A partner app of the demo does not find what it was registered with.
    Partner(String),
}

impl StartError {
    /// 2 for what another command line would cure by itself, else 1.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::NotLoopback(_) => 2,
            _ => 1,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "--listen {address} can be reached from elsewhere; this server shows every text message and moves \
                 time, so it listens on loopback addresses only"
            ),
            Self::Listen(address, error) if error.kind() == io::ErrorKind::AddrInUse => {
                write!(
                    f,
                    "{address} is in use; stop what listens there or choose another --listen"
                )
            }
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Config(source, cause) => write!(f, "{source}: {cause}"),
            Self::Store(error) => error.fmt(f),
            Self::Data(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Keys(error) => error.fmt(f),
            Self::Tls(error) => error.fmt(f),
            Self::Partner(cause) => write!(
                f,
                "the demo's partner apps do not fit this configuration: {cause}"
            ),
        }
    }
}

impl std::error::Error for StartError {}
