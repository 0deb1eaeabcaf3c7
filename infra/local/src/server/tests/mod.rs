//! The server over a real socket, on a free port, with a data directory of its own.

mod starts_and_stops;

use std::{path::PathBuf, sync::atomic::AtomicU32};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::*;

/// A directory that goes with the test.
struct Data(PathBuf);

impl Data {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("symbolon-server-{}-{number}", std::process::id())))
    }

    fn options(&self) -> Options {
        Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: self.0.clone(),
            ..Options::default()
        }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Sends bytes, and reads until the server closes.
async fn send(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A refusal may reset what was still on its way.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

async fn get(port: u16, host: &str, path: &str) -> String {
    send(
        port,
        &format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"),
    )
    .await
}

async fn post(port: u16, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    send(
        port,
        &format!(
            "POST {path} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\ncontent-length: {length}\r\n\
             {headers}\r\n{body}"
        ),
    )
    .await
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or(answer)
}

#[tokio::test]
async fn everything_is_told_apart_by_host() {
    let data = Data::new();
    let running = Server::start(data.options()).await.unwrap();
    let port = running.port();
    for (host, path, expected, contains) in [
        (
            format!("auth.urbantrend.localhost:{port}"),
            "/.well-known/openid-configuration",
            "200",
            "urbantrend",
        ),
        (
            format!("AUTH.northpeak.localhost:{port}"),
            "/.well-known/openid-configuration",
            "200",
            "northpeak",
        ),
        (
            format!("auth.urbantrend.localhost:{port}"),
            "/nowhere",
            "404",
            "error",
        ),
        (
            format!("fashionboard.localhost:{port}"),
            "/",
            "200",
            "FashionBoard",
        ),
        (
            format!("loyalty.urbantrend.localhost:{port}"),
            "/v1/points",
            "401",
            "access token",
        ),
        (format!("localhost:{port}"), "/", "200", "+44 7700 900101"),
        ("127.0.0.1".to_owned(), "/inbox", "200", "No messages yet"),
        (format!("localhost:{port}"), "/oauth2/auth", "404", "no such path"),
        (
            format!("auth.urbantrend.localhost:{port}"),
            "/dev/inbox",
            "404",
            "error",
        ),
        (
            "auth.urbantrend.localhost".to_owned(),
            "/",
            "421",
            "nothing is served",
        ),
        ("evil.tld".to_owned(), "/dev/inbox", "421", "nothing is served"),
        ("evil.tld".to_owned(), "/health/ready", "200", "ready"),
    ] {
        let answer = get(port, &host, path).await;
        assert_eq!(status(&answer), expected, "{host}{path}: {answer}");
        assert!(answer.contains(contains), "{host}{path}: {answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn what_is_too_long_or_unclear_goes_no_further() {
    let data = Data::new();
    let running = Server::start(data.options()).await.unwrap();
    let port = running.port();
    let long = |length: usize| "a".repeat(length);
    let host = format!("auth.urbantrend.localhost:{port}");
    // Else an answer ends with the patience of a connection that is kept.
    let close = "connection: close\r\n";
    let issuer = format!("host: {host}\r\n");
    for (request, expected) in [
        (
            format!("GET /{} HTTP/1.1\r\n{issuer}{close}\r\n", long(9_000)),
            "414",
        ),
        (
            format!("GET / HTTP/1.1\r\n{issuer}{close}x: {}\r\n\r\n", long(17_000)),
            "431",
        ),
        (
            format!("GET / HTTP/1.1\r\n{issuer}{close}x: {}\r\n\r\n", long(100_000)),
            "431",
        ),
        (
            format!("POST /login HTTP/1.1\r\n{issuer}{close}content-length: 65537\r\n\r\n"),
            "413",
        ),
        (
            format!(
                "POST /login HTTP/1.1\r\n{issuer}{close}transfer-encoding: chunked\r\n\r\n10001\r\n{}\r\n0\r\n\r\n",
                long(65_537)
            ),
            "413",
        ),
        (format!("GET / HTTP/1.1\r\n{issuer}{issuer}{close}\r\n"), "400"),
        (format!("GET / HTTP/1.1\r\n{close}\r\n"), "400"),
        (
            format!("GET http://localhost:{port}/ HTTP/1.1\r\n{issuer}{close}\r\n"),
            "421",
        ),
        ("nonsense\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = send(port, &request).await;
        assert_eq!(
            status(&answer),
            expected,
            "{}",
            request.get(..60).unwrap_or(&request)
        );
    }
    let head =
        format!("HEAD /.well-known/openid-configuration HTTP/1.1\r\n{issuer}connection: close\r\n\r\n");
    let head = send(port, &head).await;
    assert_eq!(status(&head), "200");
    assert!(
        head.ends_with("\r\n\r\n")
            && head.contains("content-length: ")
            && !head.contains("content-length: 0"),
        "{head}"
    );
    running.stop().await;
}

#[tokio::test]
async fn the_development_side_is_for_this_machines_programs_only() {
    let data = Data::new();
    let running = Server::start(data.options()).await.unwrap();
    let port = running.port();
    let answer = post(port, "/dev/clock", "", r#"{"advance_seconds": 3600}"#).await;
    assert!(answer.contains(r#""offset_seconds":3600"#), "{answer}");
    for (path, headers, body, expected) in [
        ("/dev/clock", "", "{}", "400"),
        ("/dev/clock", "", r#"{"advance_seconds": -1}"#, "400"),
        ("/dev/clock", "", r#"{"advance_seconds": 99999999999}"#, "400"),
        (
            "/dev/clock",
            "sec-fetch-site: cross-site\r\n",
            r#"{"advance_seconds": 0}"#,
            "403",
        ),
        (
            "/dev/counts/reset",
            "origin: http://fashionboard.localhost\r\n",
            "",
            "403",
        ),
        ("/dev/counts/reset", "", "", "200"),
        ("/dev/fault", "", r#"{"port":"sms","mode":"fail"}"#, "200"),
        ("/dev/fault", "", r#"{"port":"sms","mode":"burn"}"#, "400"),
        ("/dev/counts", "", "", "405"),
    ] {
        let answer = post(port, path, headers, body).await;
        assert_eq!(status(&answer), expected, "{path} {headers}{body}: {answer}");
    }
    running.stop().await;
}
