//! From a target to a stream. What is connected to is what was checked: nobody resolves a second time.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::select_ok;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::rustls::pki_types::{DnsName, ServerName};
use url::Host;

use crate::{OutboundError, Refused, Target, authorities::Authorities, reach::Reach};

/// Longest wait for an address, a connection and its TLS.
const CONNECT: Duration = Duration::from_secs(1);
/// A further address is tried when the ones before it took this long.
const HEAD_START: Duration = Duration::from_millis(200);
/// More addresses of a name than this are not tried.
const TRIED: usize = 4;

/// Name resolution.
#[async_trait]
pub(crate) trait Resolver: Send + Sync {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's.
pub(crate) struct System;

#[async_trait]
impl Resolver for System {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 443)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// A connection, with TLS or without.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects to the target, if everything it stands for is allowed.
pub(crate) async fn connect(
    target: &Target,
    reach: Reach,
    resolver: &dyn Resolver,
    authorities: &Authorities,
) -> Result<Box<dyn Stream>, OutboundError> {
    let connected = tokio::time::timeout(CONNECT, async {
        let addresses = checked(target, reach, resolver).await?;
        let stream = first(&addresses, target.port()).await.map_err(unreachable)?;
        if target.is_clear() {
            return Ok(Box::new(stream) as Box<dyn Stream>);
        }
        let connector = authorities.connector()?;
        let stream = connector.connect(server_name(target)?, stream).await;
        Ok(Box::new(stream.map_err(unreachable)?) as Box<dyn Stream>)
    });
    connected.await.unwrap_or(Err(OutboundError::TimedOut))
}

/// Every address of the target. One that is not allowed refuses all.
async fn checked(
    target: &Target,
    reach: Reach,
    resolver: &dyn Resolver,
) -> Result<Vec<IpAddr>, OutboundError> {
    let host = target.host();
    let addresses = match host {
        Host::Ipv4(v4) => vec![v4.into()],
        Host::Ipv6(v6) => vec![v6.into()],
        // Not every resolver knows the names below `localhost`.
        Host::Domain(_) if reach.is_here(&host) => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        Host::Domain(name) => resolver.resolve(name).await.map_err(unreachable)?,
    };
    let allowed = reach.addresses(&host);
    match addresses.iter().find(|address| !allowed(**address)) {
        Some(address) => Err(OutboundError::Refused(Refused::Address(*address))),
        None if addresses.is_empty() => Err(unreachable("stands for no address")),
        None => Ok(addresses),
    }
}

/// A connection to whichever address answers first, each a little after the one before it (RFC 8305).
async fn first(addresses: &[IpAddr], port: u16) -> io::Result<TcpStream> {
    let attempts = (0_u32..).zip(addresses.iter().take(TRIED)).map(|(n, address)| {
        Box::pin(async move {
            tokio::time::sleep(n * HEAD_START).await;
            TcpStream::connect(SocketAddr::new(*address, port)).await
        })
    });
    let (stream, _) = select_ok(attempts).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn server_name(target: &Target) -> Result<ServerName<'static>, OutboundError> {
    match target.host() {
        Host::Ipv4(v4) => Ok(IpAddr::V4(v4).into()),
        Host::Ipv6(v6) => Ok(IpAddr::V6(v6).into()),
        Host::Domain(name) => DnsName::try_from(name.to_owned())
            .map(ServerName::DnsName)
            .map_err(|_| OutboundError::Refused(Refused::Url("names no host"))),
    }
}

fn unreachable(cause: impl fmt::Display) -> OutboundError {
    OutboundError::Unreachable(cause.to_string())
}
