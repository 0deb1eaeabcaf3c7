//! A TLS server on loopback that answers as a test tells it, for what goes out. `symbolon-aws` tests its
//! adapters against the same file.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, crypto,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// What is written for one request, and whether the connection then stays open without another byte.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) bytes: Vec<u8>,
    pub(crate) stall: bool,
}

impl Reply {
    pub(crate) fn json(status: &str, body: &str) -> Self {
        let length = body.len();
        let text =
            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        Self {
            bytes: text.into_bytes(),
            stall: false,
        }
    }

    pub(crate) fn typed(content_type: &str, body: &str) -> Self {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        );
        Self::raw(head + body, false)
    }

    pub(crate) fn raw(bytes: impl Into<Vec<u8>>, stall: bool) -> Self {
        let bytes = bytes.into();
        Self { bytes, stall }
    }
}

pub(crate) struct TlsServer {
    pub(crate) port: u16,
    /// The certificate, which is its own authority.
    pub(crate) pem: Vec<u8>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl TlsServer {
    /// Serves `localhost` and `gateway.test` on 127.0.0.1.
    pub(crate) async fn start(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let made =
            rcgen::generate_simple_self_signed(["localhost".to_owned(), "gateway.test".to_owned()]).unwrap();
        let (pem, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (requests, answer) = (Arc::clone(&seen), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, requests, answer) =
                    (acceptor.clone(), Arc::clone(&requests), Arc::clone(&answer));
                tokio::spawn(async move {
                    // A client that does not trust the certificate hangs up here.
                    let _ = serve(stream, &acceptor, &requests, &*answer).await;
                });
            }
        });
        Self {
            port,
            pem: pem.into_bytes(),
            seen,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// Every request so far, head and body, in order.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
    seen: &Mutex<Vec<String>>,
    answer: &(impl Fn(&str) -> Reply + ?Sized),
) -> std::io::Result<()> {
    exchange(acceptor.accept(stream).await?, seen, answer).await
}

/// Reads one request and writes what it is told.
pub(crate) async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    seen: &Mutex<Vec<String>>,
    answer: &(impl Fn(&str) -> Reply + ?Sized),
) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !is_whole(&request) {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let reply = answer(&request);
    seen.lock().unwrap().push(request);
    stream.write_all(&reply.bytes).await?;
    stream.flush().await?;
    if reply.stall {
        std::future::pending::<()>().await;
    }
    stream.shutdown().await
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse::<usize>().ok())?
    });
    body.len() >= length.unwrap_or(0)
}
