//! Sockets: accepting, https, timeouts, and ending well.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time,
};
use tokio_rustls::TlsAcceptor;

use super::{FAREWELL, exchange::Exchange};

/// More connections than this wait to be accepted.
const CONNECTIONS: usize = 1_024;
/// Who has not sent a whole head by then is not waiting for an answer; also how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Above the limits of [`super::admission`], which say more clearly what is too long.
const HEAD_BUFFER: usize = 64 * 1024;

/// The listening socket, and the certificate it shows with `--tls`.
pub(super) struct Acceptor {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<TlsAcceptor>,
}

impl Acceptor {
    /// Accepts until stopped, then lets the connections finish for a moment.
    pub(super) async fn run(self, exchange: Arc<Exchange>, mut stopped: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let (stream, peer, place) = tokio::select! {
                _ = stopped.changed() => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
                accepted = self.accept(&places) => accepted,
            };
            let (exchange, tls, stopped) = (Arc::clone(&exchange), self.tls.clone(), stopped.clone());
            connections.spawn(async move {
                let _place = place;
                serve(stream, peer, tls, exchange, stopped).await;
            });
        }
        drop(self.listener);
        let finished = async { while connections.join_next().await.is_some() {} };
        if time::timeout(FAREWELL, finished).await.is_err() {
            connections.shutdown().await;
        }
    }

    async fn accept(
        &self,
        places: &Arc<Semaphore>,
    ) -> (TcpStream, SocketAddr, Option<tokio::sync::OwnedSemaphorePermit>) {
        // The semaphore is never closed, so there is always a place in the end.
        let place = Arc::clone(places).acquire_owned().await.ok();
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, place),
                Err(error) => {
                    // Out of file descriptors, most likely: trying again at once would only burn the processor.
                    tracing::warn!(%error, "cannot accept a connection");
                    time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    exchange: Arc<Exchange>,
    stopped: watch::Receiver<bool>,
) {
    // Answers are written whole; waiting to fill a packet only delays the last one.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    match tls {
        None => speak(stream, peer, exchange, stopped).await,
        Some(acceptor) => match time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => speak(stream, peer, exchange, stopped).await,
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        },
    }
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    peer: SocketAddr,
    exchange: Arc<Exchange>,
    mut stopped: watch::Receiver<bool>,
) {
    let underway = stopped.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (exchange, underway) = (Arc::clone(&exchange), underway.clone());
        async move { Ok::<_, std::convert::Infallible>(exchange.answer(peer.ip(), request, underway).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection");
    }
}
