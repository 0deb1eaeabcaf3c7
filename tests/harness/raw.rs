//! Bytes on a socket, for requests that no HTTP library would send.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use super::World;

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct RawAnswer {
    pub status: u16,
    /// Lower-case names, in the order sent; `date` is left out.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl RawAnswer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

impl World {
    /// Sends a request line and header lines exactly as they are; `Connection: close` and the empty line are added.
    pub async fn raw(&self, lines: &[&[u8]]) -> RawAnswer {
        let mut request = lines.join(&b"\r\n"[..]);
        request.extend_from_slice(b"\r\nConnection: close\r\n\r\n");
        let port = self.port();
        let exchange = move || {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(&request).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            String::from_utf8(answer).unwrap()
        };
        let answer = tokio::task::spawn_blocking(exchange).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut head = head.split("\r\n");
        let status = head.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = head
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .filter(|(name, _)| name != "date")
            .collect();
        RawAnswer {
            status,
            headers,
            body: body.to_owned(),
        }
    }
}
