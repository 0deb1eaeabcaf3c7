//! The contract of `docs/member-connector.md`, held against a member directory by the provider's own connector.
//!
//! Against the example's directory, over TLS on loopback, unless these say where another one is, which then runs on
//! this machine's time: `SYMBOLON_CONNECTOR_URL`, `_SECRET`, `_NUMBER` and `_ID` of a member it knows, and `_CA`, the
//! file of its certificate authority in PEM, where that is not public.

use std::{sync::Arc, time::Duration};

use axum::serve::Listener;
use hmac::{Hmac, Mac};
use partners::member_directory::{Record, Settings, router};
use sha2::Sha256;
use symbolon::{
    model::{Connector, Member, MemberStatus},
    ports::{Clock, PortResult, Unavailable},
    types::{MemberId, PhoneNumber, Sealable, Secret, TenantId, Timestamp},
};
use symbolon_aws::MemberConnector;
use symbolon_local::tls::Identity;
use symbolon_outbound::Outbound;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::harness::{ALICE, NOBODY};

/// The replay window.
const WINDOW: u64 = 300;
/// A network and a directory of somebody's own may lose a few seconds of it.
const SLACK: u64 = 10;

/// A directory and what is known of it.
struct Subject {
    outbound: Arc<Outbound>,
    url: String,
    secret: String,
    number: PhoneNumber,
    id: MemberId,
    now: u64,
    _data: TempDir,
}

struct Fixed(u64);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp(self.0)
    }
}

impl Subject {
    async fn new() -> Self {
        match setting("URL") {
            None => Self::example().await,
            Some(url) => Self::elsewhere(url),
        }
    }

    fn elsewhere(url: String) -> Self {
        let wanted =
            |name: &str| setting(name).unwrap_or_else(|| panic!("SYMBOLON_CONNECTOR_{name} is not set"));
        let outbound = match setting("CA") {
            None => Outbound::public(),
            Some(file) => Outbound::trusting(|_| true, &std::fs::read(file).unwrap()),
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "another directory has this machine's time"
        )]
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self {
            outbound: Arc::new(outbound),
            url,
            secret: wanted("SECRET"),
            number: e164(&wanted("NUMBER")),
            id: MemberId::new(wanted("ID")),
            now: since.unwrap().as_secs(),
            _data: TempDir::new().unwrap(),
        }
    }

    async fn example() -> Self {
        let (data, now) = (TempDir::new().unwrap(), 1_800_000_000);
        let identity = Identity::open(data.path(), &[]).unwrap();
        let record = Record {
            id: "m-1001".to_owned(),
            number: ALICE.to_owned(),
            suspended: false,
            given_name: "Alice".to_owned(),
        };
        let settings = Settings {
            secrets: vec!["the-secret-before-this-one-32-chars".to_owned(), "s".repeat(32)],
            members: vec![record],
            clock: Arc::new(move || now),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let tls = Tls {
            listener,
            acceptor: identity.acceptor(),
        };
        tokio::spawn(axum::serve(tls, router(settings).unwrap()).into_future());
        Self {
            outbound: Arc::new(Outbound::trusting(
                |address| address.is_loopback(),
                identity.certificate_pem(),
            )),
            url: format!("https://localhost:{port}/members"),
            secret: "s".repeat(32),
            number: e164(ALICE),
            id: MemberId::new("m-1001"),
            now,
            _data: data,
        }
    }

    fn connector(&self, now: u64) -> MemberConnector {
        MemberConnector::new(Arc::clone(&self.outbound), Arc::new(Fixed(now)))
    }

    fn settings(&self, secret: &str) -> Connector {
        Connector {
            url: self.url.clone(),
            secret: Sealable::Open(Secret::new(secret.to_owned())),
        }
    }

    async fn by_number(&self, number: &PhoneNumber) -> PortResult<Option<Member>> {
        let settings = self.settings(&self.secret);
        self.connector(self.now)
            .by_number(&tenant(), &settings, number)
            .await
    }

    async fn by_id(&self, id: &MemberId) -> PortResult<Option<Member>> {
        let settings = self.settings(&self.secret);
        self.connector(self.now).by_id(&tenant(), &settings, id).await
    }

    /// Status of a request with these headers.
    async fn post(&self, body: &str, headers: &[(&'static str, String)]) -> u16 {
        let target = self.outbound.target(&self.url).unwrap();
        let body = body.as_bytes().to_vec();
        let answer = self
            .outbound
            .post(&target, "application/json", headers, body, Duration::from_secs(5))
            .await;
        answer.unwrap().status
    }

    /// A signature as the document describes it, by another library than the connector's.
    fn signature(&self, timestamp: u64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).unwrap();
        mac.update(format!("{timestamp}.{body}").as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes
            .iter()
            .fold("v1=".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }
}

/// TLS in front of the example's router.
struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "where another directory is, its engineers say"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(format!("SYMBOLON_CONNECTOR_{name}")).ok()
}

fn e164(text: &str) -> PhoneNumber {
    PhoneNumber::try_from(text.to_owned()).unwrap()
}

fn tenant() -> TenantId {
    TenantId::new("urban")
}

#[tokio::test]
async fn a_member_is_found_by_her_number_and_by_her_id() {
    let subject = Subject::new().await;
    let member = subject.by_number(&subject.number).await.unwrap().unwrap();
    assert_eq!((&member.id, &member.number), (&subject.id, &subject.number));
    assert_eq!(member.status, MemberStatus::Active);
    assert_eq!(subject.by_id(&subject.id).await, Ok(Some(member)));
}

#[tokio::test]
async fn nobody_is_not_found() {
    let subject = Subject::new().await;
    assert_eq!(subject.by_number(&e164(NOBODY)).await, Ok(None));
    for id in ["nobody", "", "' OR 1=1 --", "../m-1001", "\u{0}"] {
        assert_eq!(subject.by_id(&MemberId::new(id)).await, Ok(None), "{id:?}");
    }
}

#[tokio::test]
async fn another_secret_is_refused() {
    let subject = Subject::new().await;
    let settings = subject.settings(&"t".repeat(32));
    let refused = subject
        .connector(subject.now)
        .by_id(&tenant(), &settings, &subject.id)
        .await;
    let why = "members: the connector of urban answered 401".to_owned();
    assert_eq!(refused, Err(Unavailable(why)));
}

#[tokio::test]
async fn a_request_of_another_time_is_refused() {
    let subject = Subject::new().await;
    let ask = async |now: u64| {
        let settings = subject.settings(&subject.secret);
        subject
            .connector(now)
            .by_id(&tenant(), &settings, &subject.id)
            .await
    };
    for near in [subject.now - WINDOW + SLACK, subject.now + WINDOW - SLACK] {
        assert!(ask(near).await.is_ok(), "{near}");
    }
    for far in [
        0,
        subject.now - WINDOW - SLACK,
        subject.now + WINDOW + SLACK,
        u64::MAX,
    ] {
        assert!(ask(far).await.is_err(), "{far}");
    }
}

#[tokio::test]
async fn a_signature_is_of_one_time_and_one_body() {
    let subject = Subject::new().await;
    let body = format!(r#"{{"id":"{}"}}"#, subject.id);
    let (now, signature) = (subject.now, subject.signature(subject.now, &body));
    let headers = |timestamp: &str, signature: &str| {
        vec![
            ("symbolon-timestamp", timestamp.to_owned()),
            ("symbolon-signature", signature.to_owned()),
        ]
    };
    assert_eq!(
        subject.post(&body, &headers(&now.to_string(), &signature)).await,
        200
    );
    let spaced = body.replace(':', ": ");
    let forged = [
        (&*spaced, now.to_string(), signature.clone()),
        (&*body, (now + 1).to_string(), signature.clone()),
        (&*body, now.to_string(), signature.replace("v1=", "v0=")),
        (&*body, now.to_string(), signature.replace("v1=", "")),
        (&*body, now.to_string(), format!("v1={}", "0".repeat(64))),
        (&*body, now.to_string(), String::new()),
        (&*body, String::new(), subject.signature(0, &body)),
    ];
    for (body, timestamp, signature) in forged {
        let status = subject.post(body, &headers(&timestamp, &signature)).await;
        assert_eq!(status, 401, "{timestamp} {signature} {body}");
    }
    assert_eq!(subject.post(&body, &[]).await, 401);
}
