//! Why there is no answer. Holds nothing of a request or an answer, so that it may be logged.

use std::{fmt, net::IpAddr};

use crate::client::LARGEST;

/// Why an address is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The address as written.
    Url(&'static str),
    /// What it stands for is not public.
    Address(IpAddr),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(cause) => f.write_str(cause),
            Self::Address(address) => write!(f, "stands for {address}, which is not a public address"),
        }
    }
}

impl std::error::Error for Refused {}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboundError {
    /// It was not asked.
    Refused(Refused),
    /// No connection, no valid certificate, or the connection broke.
    Unreachable(String),
    /// The time was over.
    TimedOut,
    /// More than 64 KB.
    TooLarge,
    /// JSON was asked for and the status is not 200. A redirect is such a status.
    Status(u16),
    /// JSON was asked for and the content type is another.
    NotJson,
}

impl fmt::Display for OutboundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::Unreachable(cause) => f.write_str(cause),
            Self::TimedOut => f.write_str("did not answer in time"),
            Self::TooLarge => write!(f, "answered with more than {} KB", LARGEST / 1024),
            Self::Status(status) => write!(f, "answered {status}"),
            Self::NotJson => f.write_str("answered with something else than JSON"),
        }
    }
}

impl std::error::Error for OutboundError {}
