use super::*;

#[tokio::test]
async fn a_document_is_read() {
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JWK-Set+JSON",
    ] {
        let server = TlsServer::start(move |_| Reply::typed(content_type, r#"{"keys":[]}"#)).await;
        let client = Outbound::trusting(only_here, &server.pem);
        let read = get(&client, &server.url("/jwks?a=b#c"), LONG).await;
        assert_eq!(read, Ok(br#"{"keys":[]}"#.to_vec()), "{content_type}");
        let request = server.seen().remove(0);
        let host = format!("host: localhost:{}\r\n", server.port);
        assert!(
            request.starts_with("GET /jwks?a=b HTTP/1.1\r\n") && request.contains(&host),
            "{request}"
        );
    }
}

#[tokio::test]
async fn ss2_a_document_of_another_kind_is_not_read() {
    for content_type in [
        "",
        "text/html",
        "text/plain; application/json",
        "text/json",
        "application/jsonp",
    ] {
        let server = TlsServer::start(move |_| Reply::typed(content_type, "{}")).await;
        let client = Outbound::trusting(only_here, &server.pem);
        let read = get(&client, &server.url("/"), LONG).await;
        assert_eq!(read, Err(OutboundError::NotJson), "{content_type}");
    }
}

#[tokio::test]
async fn ss2_a_document_is_not_looked_for_elsewhere() {
    for status in [201, 302, 307, 404, 500] {
        let answer = format!(
            "HTTP/1.1 {status} X\r\nlocation: https://169.254.169.254/\r\n\
             content-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
        );
        let server = TlsServer::start(move |_| Reply::raw(answer.clone(), false)).await;
        let client = Outbound::trusting(only_here, &server.pem);
        let read = get(&client, &server.url("/"), LONG).await;
        assert_eq!(read, Err(OutboundError::Status(status)));
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_head_without_an_end_is_not_read() {
    let endless = format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(4 * LARGEST));
    let server = TlsServer::start(move |_| Reply::raw(endless.clone(), true)).await;
    let client = Outbound::trusting(only_here, &server.pem);
    let read = get(&client, &server.url("/"), LONG).await;
    let cause = "message head is too large".to_owned();
    assert_eq!(read, Err(OutboundError::Unreachable(cause)));
}
