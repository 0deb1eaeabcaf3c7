pub(crate) mod attacks;
mod documents;
mod on_this_machine;

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use async_trait::async_trait;

use crate::{
    Answer, Outbound, OutboundError, Refused,
    authorities::Authorities,
    client::LARGEST,
    connection::{Resolver, System},
    is_public,
    reach::Reach,
    tls_server::{Reply, TlsServer},
};

const LONG: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(200);
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

fn only_here(address: IpAddr) -> bool {
    address == HERE
}

/// Answers each question with the next list, the last one for ever.
struct Scripted(Vec<Vec<IpAddr>>, AtomicUsize);

#[async_trait]
impl Resolver for Scripted {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let n = self.1.fetch_add(1, Ordering::SeqCst).min(self.0.len() - 1);
        Ok(self.0[n].clone())
    }
}

fn scripted(server: &TlsServer, answers: &[&[IpAddr]]) -> Outbound {
    let script = answers.iter().map(|list| list.to_vec()).collect();
    let resolver = Scripted(script, AtomicUsize::new(0));
    Outbound::new(Reach::Only(only_here), Authorities::only(&server.pem), resolver)
}

async fn post(client: &Outbound, url: &str, timeout: Duration) -> Result<Answer, OutboundError> {
    let target = client.target(url).map_err(OutboundError::Refused)?;
    client
        .post(
            &target,
            "application/json",
            &[("x-test", "yes".to_owned())],
            b"{}".to_vec(),
            timeout,
        )
        .await
}

async fn get(client: &Outbound, url: &str, timeout: Duration) -> Result<Vec<u8>, OutboundError> {
    let target = client.target(url).map_err(OutboundError::Refused)?;
    client.get_json(&target, timeout).await
}

#[tokio::test]
async fn an_answer_arrives_with_its_status_and_body() {
    let server = TlsServer::start(|_| Reply::json("201 Created", r#"{"ok":true}"#)).await;
    let client = Outbound::trusting(only_here, &server.pem);
    let answer = post(&client, &server.url("/in?x=1"), LONG).await.unwrap();
    assert_eq!(
        (answer.status, &*answer.body),
        (201, br#"{"ok":true}"#.as_slice())
    );
    let request = server.seen().remove(0);
    assert!(request.starts_with("POST /in?x=1 HTTP/1.1\r\n"), "{request}");
    for line in [
        "content-type: application/json",
        "x-test: yes",
        "user-agent: symbolon",
        "connection: close",
    ] {
        assert!(request.contains(&format!("{line}\r\n")), "{request}");
    }
    assert!(request.ends_with("\r\n\r\n{}"));
}

#[tokio::test]
async fn ss2_the_public_client_does_not_connect_to_this_machine() {
    let server = TlsServer::start(|_| Reply::json("200 OK", "{}")).await;
    let client = Outbound::new(Reach::Only(is_public), Authorities::only(&server.pem), System);
    for host in ["localhost", "127.0.0.1", "[::1]", "0x7f.1"] {
        let refused = post(&client, &format!("https://{host}:{}/", server.port), LONG).await;
        assert!(
            matches!(refused, Err(OutboundError::Refused(Refused::Address(a))) if a.is_loopback()),
            "{host}: {refused:?}"
        );
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn ss2_one_private_address_among_public_ones_refuses_the_name() {
    let server = TlsServer::start(|_| Reply::json("200 OK", "{}")).await;
    for answer in [&[HERE, ELSEWHERE][..], &[ELSEWHERE, HERE]] {
        let client = scripted(&server, &[answer]);
        let refused = post(&client, &format!("https://gateway.test:{}/", server.port), LONG).await;
        assert_eq!(refused, Err(OutboundError::Refused(Refused::Address(ELSEWHERE))));
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn ss2_a_name_that_changes_after_the_check_is_not_followed() {
    let server = TlsServer::start(|_| Reply::json("200 OK", "{}")).await;
    let client = scripted(&server, &[&[HERE], &[ELSEWHERE]]);
    let url = format!("https://gateway.test:{}/", server.port);
    // The name is asked once for a connection, and the connection goes where that answer said.
    assert_eq!(post(&client, &url, LONG).await.unwrap().status, 200);
    // The server hung up: another connection, another answer, and that one is refused.
    assert_eq!(
        post(&client, &url, LONG).await,
        Err(OutboundError::Refused(Refused::Address(ELSEWHERE)))
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_name_that_stands_for_nothing_is_unreachable() {
    let server = TlsServer::start(|_| Reply::json("200 OK", "{}")).await;
    let client = scripted(&server, &[&[]]);
    let nothing = post(&client, &format!("https://gateway.test:{}/", server.port), LONG).await;
    assert!(
        matches!(nothing, Err(OutboundError::Unreachable(_))),
        "{nothing:?}"
    );
}

#[tokio::test]
async fn ss2_a_redirect_is_not_followed() {
    let server = TlsServer::start(|_| {
        Reply::raw(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: /other\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            false,
        )
    })
    .await;
    let client = Outbound::trusting(only_here, &server.pem);
    assert_eq!(post(&client, &server.url("/"), LONG).await.unwrap().status, 307);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_of_64_kb_is_read_and_a_larger_one_is_not() {
    let sized = |size: usize, announced: bool| {
        move |_: &str| {
            let body = "x".repeat(size);
            if announced {
                return Reply::json("200 OK", &body);
            }
            Reply::raw(
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}"),
                false,
            )
        }
    };
    for announced in [true, false] {
        let server = TlsServer::start(sized(LARGEST, announced)).await;
        let client = Outbound::trusting(only_here, &server.pem);
        assert_eq!(
            post(&client, &server.url("/"), LONG).await.unwrap().body.len(),
            LARGEST
        );
        let server = TlsServer::start(sized(LARGEST + 1, announced)).await;
        let client = Outbound::trusting(only_here, &server.pem);
        assert_eq!(
            post(&client, &server.url("/"), LONG).await,
            Err(OutboundError::TooLarge)
        );
    }
}

#[tokio::test]
async fn the_time_is_one_for_everything() {
    for begun in ["", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"] {
        let server = TlsServer::start(move |_| Reply::raw(begun, true)).await;
        let client = Outbound::trusting(only_here, &server.pem);
        let slow = post(&client, &server.url("/"), SHORT).await;
        assert_eq!(slow, Err(OutboundError::TimedOut), "{begun}");
    }
}

#[tokio::test]
async fn a_cut_answer_is_no_answer() {
    let server =
        TlsServer::start(|_| Reply::raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345", false)).await;
    let client = Outbound::trusting(only_here, &server.pem);
    let cut = post(&client, &server.url("/"), LONG).await;
    assert!(matches!(cut, Err(OutboundError::Unreachable(_))), "{cut:?}");
}

#[tokio::test]
async fn a_certificate_of_somebody_else_or_for_another_name_is_refused() {
    let server = TlsServer::start(|_| Reply::json("200 OK", "{}")).await;
    let other = TlsServer::start(|_| Reply::json("200 OK", "{}")).await;
    let stranger = Outbound::trusting(only_here, &other.pem);
    let by_number = Outbound::trusting(only_here, &server.pem);
    for (client, url) in [
        (stranger, server.url("/")),
        (by_number, format!("https://127.0.0.1:{}/", server.port)),
    ] {
        let refused = post(&client, &url, LONG).await;
        assert!(
            matches!(&refused, Err(OutboundError::Unreachable(cause)) if cause.contains("certificate")),
            "{refused:?}"
        );
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_address_that_does_not_answer_is_left_after_a_second() {
    // Accepts connections and says nothing, not even hello.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Outbound::on_this_machine();
    let url = format!("https://localhost:{}/", silent.local_addr().unwrap().port());
    let left = tokio::time::timeout(Duration::from_secs(3), get(&client, &url, 2 * LONG)).await;
    assert_eq!(left, Ok(Err(OutboundError::TimedOut)));
}

#[tokio::test]
async fn another_address_of_a_name_is_tried() {
    let server = TlsServer::start(|_| Reply::typed("application/json", "{}")).await;
    let client = Outbound::new(
        Reach::Only(|address| address.is_loopback()),
        Authorities::only(&server.pem),
        Scripted(vec![vec![ELSEWHERE, HERE]], AtomicUsize::new(0)),
    );
    let url = format!("https://gateway.test:{}/", server.port);
    assert_eq!(get(&client, &url, LONG).await, Ok(b"{}".to_vec()));
}
