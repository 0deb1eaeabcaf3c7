use std::sync::{Arc, atomic::Ordering};

use symbolon::{
    model::{Connector, Member, MemberStatus, Profile},
    ports::{Clock, Unavailable},
    types::{MemberId, PhoneNumber, Sealable, Secret, TenantId},
};
use symbolon_outbound::Outbound;

use super::MemberConnector;
use crate::{
    cache::tests::Moved,
    request_signature,
    tls_server::{Reply, TlsServer},
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn alice() -> Member {
    Member {
        id: MemberId::new("m-1"),
        number: PhoneNumber::try_from("+447700900101".to_owned()).unwrap(),
        status: MemberStatus::Active,
        profile: Profile {
            name: Some("Alice".to_owned()),
            ..Profile::default()
        },
    }
}

fn written(member: &Member) -> String {
    serde_json::to_string(member).unwrap()
}

struct Brand {
    server: TlsServer,
    clock: Arc<Moved>,
    connector: MemberConnector,
    settings: Connector,
    tenant: TenantId,
}

async fn brand(status: &'static str, body: String) -> Brand {
    let server = TlsServer::start(move |_| Reply::json(status, &body)).await;
    let outbound = Outbound::trusting(|address| address.is_loopback(), &server.pem);
    let clock = Arc::new(Moved(1_800_000_000.into()));
    Brand {
        connector: MemberConnector::new(Arc::new(outbound), Arc::clone(&clock) as Arc<dyn Clock>),
        clock,
        settings: Connector {
            url: server.url("/members"),
            secret: Sealable::Open(Secret::new(SECRET.to_owned())),
        },
        server,
        tenant: TenantId::new("urban"),
    }
}

impl Brand {
    async fn by_number(&self) -> Result<Option<Member>, Unavailable> {
        self.connector
            .by_number(&self.tenant, &self.settings, &alice().number)
            .await
    }

    async fn by_id(&self) -> Result<Option<Member>, Unavailable> {
        self.connector
            .by_id(&self.tenant, &self.settings, &alice().id)
            .await
    }
}

#[tokio::test]
async fn a_member_is_asked_for_by_number_and_by_id_each_request_signed() {
    let brand = brand("200 OK", written(&alice())).await;
    assert_eq!(brand.by_number().await, Ok(Some(alice())));
    assert_eq!(brand.by_id().await, Ok(Some(alice())));
    let bodies = [r#"{"number":"+447700900101"}"#, r#"{"id":"m-1"}"#];
    for (request, body) in brand.server.seen().iter().zip(bodies) {
        assert!(
            request.starts_with("POST /members HTTP/1.1\r\n")
                && request.ends_with(&format!("\r\n\r\n{body}"))
        );
        let now = symbolon::types::Timestamp(1_800_000_000);
        for (name, value) in request_signature::headers(&Secret::new(SECRET.to_owned()), now, body.as_bytes())
        {
            assert!(request.contains(&format!("{name}: {value}\r\n")), "{request}");
        }
    }
    assert_eq!(brand.server.seen().len(), 2);
}

#[tokio::test]
async fn not_found_is_nobody_and_everything_else_is_no_answer() {
    let nobody = brand("404 Not Found", String::new()).await;
    assert_eq!(nobody.by_number().await, Ok(None));
    assert_eq!(nobody.by_id().await, Ok(None));
    for (status, body) in [
        ("204 No Content", String::new()),
        ("200 OK", String::new()),
        ("200 OK", "null".to_owned()),
        ("200 OK", "{}".to_owned()),
        ("200 OK", written(&alice()).replace("active", "odd")),
        ("200 OK", written(&alice()).replace("\"name\"", "\"nmae\"")),
        ("201 Created", written(&alice())),
        ("302 Found", written(&alice())),
        ("401 Unauthorized", String::new()),
        ("410 Gone", String::new()),
        ("500 Internal Server Error", written(&alice())),
    ] {
        let odd = brand(status, body.clone()).await;
        let Unavailable(why) = odd.by_number().await.unwrap_err();
        assert!(
            why.starts_with("members: the connector of urban answered"),
            "{why}"
        );
        assert!(!why.contains("Alice") && !why.contains("900101"), "{why}");
        assert!(odd.by_id().await.is_err(), "{status} {body}");
    }
}

#[tokio::test]
async fn an_answer_about_somebody_else_is_refused() {
    let bob = Member {
        id: MemberId::new("m-2"),
        number: PhoneNumber::try_from("+447700900102".to_owned()).unwrap(),
        ..alice()
    };
    let brand = brand("200 OK", written(&bob)).await;
    let refused = Err(Unavailable(
        "members: the connector of urban answered with another member".to_owned(),
    ));
    assert_eq!(brand.by_number().await, refused);
    assert_eq!(brand.by_id().await, refused);
}

#[tokio::test]
async fn an_id_that_cannot_be_a_key_is_refused() {
    for id in [String::new(), "x".repeat(257)] {
        let odd = Member {
            id: MemberId::new(id),
            ..alice()
        };
        assert!(brand("200 OK", written(&odd)).await.by_number().await.is_err());
    }
    let longest = Member {
        id: MemberId::new("x".repeat(256)),
        ..alice()
    };
    let found = brand("200 OK", written(&longest)).await.by_number().await;
    assert_eq!(found, Ok(Some(longest)));
}

#[tokio::test]
async fn ss2_a_private_address_is_not_asked() {
    let mut brand = brand("200 OK", written(&alice())).await;
    brand.connector = MemberConnector::new(Arc::new(Outbound::public()), Arc::new(Moved(0.into())));
    assert!(brand.by_number().await.is_err());
    brand.settings.url = "http://localhost/".to_owned();
    assert_eq!(
        brand.by_number().await,
        Err(Unavailable(
            "members: the connector of urban address is not https".to_owned()
        ))
    );
    assert!(brand.server.seen().is_empty());
}

#[tokio::test]
async fn a_secret_that_is_still_sealed_signs_nothing() {
    let mut brand = brand("200 OK", written(&alice())).await;
    brand.settings.secret = Sealable::Sealed;
    assert!(brand.by_id().await.is_err());
    assert!(brand.server.seen().is_empty());
}

#[tokio::test]
async fn each_request_carries_its_own_time() {
    let brand = brand("200 OK", written(&alice())).await;
    for now in [5, 6] {
        brand.clock.0.store(now, Ordering::SeqCst);
        brand.by_id().await.unwrap();
        let request = brand.server.seen().pop().unwrap();
        assert!(
            request.contains(&format!("symbolon-timestamp: {now}\r\n")),
            "{request}"
        );
    }
}
