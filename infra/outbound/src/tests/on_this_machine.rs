use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

use super::*;
use crate::tls_server::exchange;

#[tokio::test]
async fn names_of_this_machine_are_asked_without_tls_and_without_a_resolver() {
    let (port, seen) = clear_server().await;
    let nobody = Scripted(vec![vec![]], AtomicUsize::new(0));
    let client = Outbound::new(Reach::ThisMachineToo, Authorities::of_the_system(), nobody);
    for host in ["localhost", "fashionboard.localhost", "127.0.0.1"] {
        let url = format!("http://{host}:{port}/logout");
        assert_eq!(post(&client, &url, LONG).await.unwrap().status, 200, "{host}");
        let request = seen.lock().unwrap().pop().unwrap();
        assert!(request.contains(&format!("host: {host}:{port}\r\n")), "{request}");
    }
}

#[tokio::test]
async fn the_certificate_of_this_machine_is_believed_when_it_is_given() {
    let server = TlsServer::start(|_| Reply::json("200 OK", "")).await;
    let client = Outbound::on_this_machine().believing(&server.pem);
    assert_eq!(post(&client, &server.url("/"), LONG).await.unwrap().status, 200);
    let stranger = post(&Outbound::on_this_machine(), &server.url("/"), LONG).await;
    assert!(
        matches!(stranger, Err(OutboundError::Unreachable(_))),
        "{stranger:?}"
    );
}

#[tokio::test]
async fn ss2_a_name_of_elsewhere_does_not_lead_here() {
    let server = TlsServer::start(|_| Reply::json("200 OK", "")).await;
    let client = Outbound::new(
        Reach::ThisMachineToo,
        Authorities::only(&server.pem),
        Scripted(vec![vec![HERE]], AtomicUsize::new(0)),
    );
    for host in [
        "gateway.test",
        "localhost.gateway.test",
        "notlocalhost",
        "localhost.",
    ] {
        let url = format!("https://{host}:{}/", server.port);
        let refused = post(&client, &url, LONG).await;
        assert_eq!(
            refused,
            Err(OutboundError::Refused(Refused::Address(HERE))),
            "{host}"
        );
    }
    assert!(server.seen().is_empty());
}

#[test]
fn ss2_elsewhere_it_is_as_strict_as_in_public() {
    let client = Outbound::on_this_machine();
    for (url, cause) in [
        ("http://gateway.brand.tld:4444/", "is not https"),
        ("http://localhost.brand.tld:4444/", "is not https"),
        ("http://10.0.0.1:4444/", "is not https"),
        ("ftp://localhost:4444/", "is not https"),
        ("http://localhost:22/", "has another service's port"),
        ("http://localhost:81/", "has another service's port"),
        ("http://me@localhost:4444/", "has credentials in it"),
    ] {
        assert_eq!(client.target(url), Err(Refused::Url(cause)), "{url}");
    }
    for host in [
        "10.0.0.1",
        "169.254.169.254",
        "[::ffff:127.0.0.1]",
        "[fd00::1]",
        "0",
    ] {
        let refused = client.target(&format!("https://{host}:4444/"));
        assert!(matches!(refused, Err(Refused::Address(_))), "{host}: {refused:?}");
    }
    assert_eq!(
        Outbound::public().target("http://localhost:4444/"),
        Err(Refused::Url("is not https"))
    );
}

/// A server without TLS, and what it was sent.
async fn clear_server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let requests = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = |_: &str| Reply::json("200 OK", "");
            exchange(stream, &requests, &answer).await.unwrap();
        }
    });
    (port, seen)
}
