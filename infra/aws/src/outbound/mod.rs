//! The one way out to addresses that somebody configured: a brand's gateway, its member directory.
//!
//! Whoever can write an address into a configuration could otherwise make a function ask what only the function can
//! reach (docs/decisions/0023). So: https only, every address a name stands for is public, what is connected to is
//! what was checked, no redirects, a bound on time and on size.

mod address;
mod target;
#[cfg(test)]
mod tests;

use std::{fmt, future::Future, io, net::IpAddr, sync::OnceLock, time::Duration};

use aws_smithy_http_client::{
    Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    dns::{DnsFuture, ResolveDns, ResolveDnsError, SharedDnsResolver},
    http::{HttpConnector, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};

pub use self::{address::is_public, target::Target};

/// Largest answer that is read.
const LARGEST: usize = 64 * 1024;
const CONNECT: Duration = Duration::from_secs(1);
/// Shorter than the five seconds after which common servers close an idle connection.
const IDLE: Duration = Duration::from_secs(4);

/// Which addresses may be connected to.
pub type Addresses = fn(IpAddr) -> bool;

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

/// Why there is no answer. Holds nothing of the request or the answer.
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
}

impl fmt::Display for OutboundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::Unreachable(cause) => f.write_str(cause),
            Self::TimedOut => f.write_str("did not answer in time"),
            Self::TooLarge => f.write_str("answered with more than 64 KB"),
        }
    }
}

impl std::error::Error for OutboundError {}

/// What came back. A redirect is an answer like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// At most 64 KB.
    pub body: Vec<u8>,
}

/// A client for addresses from a configuration. Made when the first request goes out: reading the system's
/// authorities takes milliseconds, and most functions never need them.
#[derive(Debug)]
pub struct Outbound {
    allowed: Addresses,
    roots: TrustStore,
    resolver: SharedDnsResolver,
    connector: OnceLock<SharedHttpConnector>,
}

impl Outbound {
    /// Public addresses, the system's certificate authorities.
    pub fn public() -> Self {
        Self::new(is_public, TrustStore::default(), System)
    }

    /// Other addresses and one authority, for tests against a server of their own.
    pub fn trusting(allowed: Addresses, authority_pem: &[u8]) -> Self {
        let roots = TrustStore::empty().with_pem_certificate(authority_pem);
        Self::new(allowed, roots, System)
    }

    fn new(allowed: Addresses, roots: TrustStore, resolver: impl ResolveDns + 'static) -> Self {
        Self {
            allowed,
            roots,
            resolver: SharedDnsResolver::new(resolver),
            connector: OnceLock::new(),
        }
    }

    /// Checks an address as this client will.
    pub fn target(&self, url: &str) -> Result<Target, Refused> {
        Target::parse(url, self.allowed)
    }

    /// Posts JSON and reads the answer whole, all within `timeout`.
    pub async fn post(
        &self,
        target: &Target,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<Answer, OutboundError> {
        let request = request(target, headers, body)
            .ok_or(OutboundError::Refused(Refused::Url("makes no HTTP request")))?;
        let exchange = async {
            let response = self
                .connector()?
                .call(request)
                .await
                .map_err(|error| failed(&error))?;
            read(response).await
        };
        in_time(timeout, exchange).await
    }

    fn connector(&self) -> Result<&SharedHttpConnector, OutboundError> {
        if let Some(made) = self.connector.get() {
            return Ok(made);
        }
        let context = TlsContext::builder()
            .with_trust_store(self.roots.clone())
            .build()
            .map_err(|error| OutboundError::Unreachable(error.to_string()))?;
        let connector = Connector::builder()
            .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
            .pool_idle_timeout(IDLE)
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context)
            .build_with_resolver(Guarded {
                allowed: self.allowed,
                resolver: self.resolver.clone(),
            });
        Ok(self.connector.get_or_init(|| SharedHttpConnector::new(connector)))
    }
}

fn request(target: &Target, headers: &[(&'static str, String)], body: Vec<u8>) -> Option<HttpRequest> {
    let request = http::Request::post(target.as_str())
        .header(http::header::CONTENT_TYPE, "application/json")
        .header(http::header::ACCEPT, "application/json")
        .header(http::header::USER_AGENT, "symbolon");
    let request = headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, value));
    HttpRequest::try_from(request.body(SdkBody::from(body)).ok()?).ok()
}

async fn read(response: HttpResponse) -> Result<Answer, OutboundError> {
    let status = response.status().as_u16();
    let mut stream = ByteStream::new(response.into_body());
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| OutboundError::Unreachable("the answer was cut short".to_owned()))?;
        if body.len() + chunk.len() > LARGEST {
            return Err(OutboundError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body })
}

async fn in_time<T>(
    timeout: Duration,
    exchange: impl Future<Output = Result<T, OutboundError>>,
) -> Result<T, OutboundError> {
    let ended = tokio::time::timeout(timeout, exchange).await;
    ended.unwrap_or(Err(OutboundError::TimedOut))
}

/// The cause nobody sees otherwise: our refusal, or the innermost error.
fn failed(error: &ConnectorError) -> OutboundError {
    if error.is_timeout() {
        return OutboundError::TimedOut;
    }
    let mut innermost: &(dyn std::error::Error + 'static) = error;
    while let Some(source) = innermost.source() {
        innermost = source;
        if let Some(refused) = source.downcast_ref::<Refused>() {
            return OutboundError::Refused(refused.clone());
        }
    }
    OutboundError::Unreachable(innermost.to_string())
}

/// Name resolution that answers only when every address may be connected to. The connector connects to what this
/// answered and asks nobody again, so a name that changes in between changes nothing.
#[derive(Debug, Clone)]
struct Guarded {
    allowed: Addresses,
    resolver: SharedDnsResolver,
}

impl ResolveDns for Guarded {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let addresses = self.resolver.resolve_dns(name).await?;
            match addresses.iter().find(|address| !(self.allowed)(**address)) {
                Some(address) => Err(ResolveDnsError::new(Refused::Address(*address))),
                None if addresses.is_empty() => {
                    Err(ResolveDnsError::new(io::Error::from(io::ErrorKind::NotFound)))
                }
                None => Ok(addresses),
            }
        })
    }
}

/// The system's resolver.
#[derive(Debug, Clone)]
struct System;

impl ResolveDns for System {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 443)).await;
            let found = found.map_err(ResolveDnsError::new)?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
