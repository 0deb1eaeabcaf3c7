//! As much of HTTP/1.1 as this needs: messages with a length, over connections that stay open.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::failure::{Failure, Result};

/// A head and a body, of a request or of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// `GET /path HTTP/1.1`, or `HTTP/1.1 200 OK`.
    pub(crate) first: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// The first value of a header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, value)| value)
    }

    /// Method and target of a request.
    pub(crate) fn request_line(&self) -> (&str, &str) {
        let mut parts = self.first.split(' ');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    }

    /// Status of an answer; 0 if it is none.
    pub(crate) fn status(&self) -> u16 {
        self.first
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or(0)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Bytes of the head as they were sent, without the body.
    pub(crate) fn head_bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(n, v)| n.len() + v.len() + 4).sum();
        self.first.len() + 2 + headers + 2
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\r\n", self.first).into_bytes();
        for (name, value) in self.headers.iter().filter(|(name, _)| name != "content-length") {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(format!("content-length: {}\r\n\r\n", self.body.len()).bytes());
        bytes.extend(&self.body);
        bytes
    }
}

/// One end of a connection.
pub(crate) struct Connection {
    reader: BufReader<TcpStream>,
}

/// How long the other side may take. Longer than anything measured here.
const PATIENCE: Duration = Duration::from_secs(30);

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Result<Self> {
        // Each message is one write, and must not wait for the acknowledgement of the one before.
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            reader: BufReader::new(stream),
        })
    }

    pub(crate) fn write(&mut self, message: &Message) -> Result<()> {
        Ok(self.reader.get_mut().write_all(&message.to_bytes())?)
    }

    /// The next message; nothing if the other side has closed.
    pub(crate) fn read(&mut self) -> Result<Option<Message>> {
        read(&mut self.reader)
    }
}

fn read(from: &mut impl BufRead) -> Result<Option<Message>> {
    let Some(first) = line(from)? else { return Ok(None) };
    let mut message = Message {
        first,
        ..Message::default()
    };
    loop {
        let Some(line) = line(from)? else {
            return Err(Failure::new("closed within a head"));
        };
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        message
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if message
        .header("transfer-encoding")
        .eq_ignore_ascii_case("chunked")
    {
        message.body = chunks(from)?;
        // It goes on, if it goes on, with a length.
        message.headers.retain(|(name, _)| name != "transfer-encoding");
    } else {
        message.body = vec![0; message.header("content-length").parse().unwrap_or(0)];
        from.read_exact(&mut message.body)?;
    }
    Ok(Some(message))
}

fn chunks(from: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(from)?.unwrap_or_default();
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16);
        let size = size.map_err(|_| Failure::new("a chunk without its size"))?;
        let at = body.len();
        body.resize(at + size, 0);
        from.read_exact(body.get_mut(at..).unwrap_or_default())?;
        line(from)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn line(from: &mut impl BufRead) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    // A head longer than this is no head.
    if from.take(64 * 1024).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Message {
        read(&mut text.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn a_request_with_a_body_and_what_follows_it() {
        let mut two: &[u8] =
            b"POST /a?b HTTP/1.1\r\nContent-Length: 3\r\nX: y:z \r\n\r\nabcGET / HTTP/1.1\r\n\r\n";
        let first = read(&mut two).unwrap().unwrap();
        assert_eq!(first.request_line(), ("POST", "/a?b"));
        assert_eq!((first.header("x"), first.text().as_str()), ("y:z", "abc"));
        assert_eq!(read(&mut two).unwrap().unwrap().request_line(), ("GET", "/"));
        assert!(read(&mut two).unwrap().is_none());
    }

    #[test]
    fn chunks_become_one_body() {
        let answer = parsed(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\n2\r\nns\r\n0\r\n\r\n",
        );
        assert_eq!((answer.status(), answer.text().as_str()), (200, "wikins"));
        assert_eq!(answer.header("transfer-encoding"), "");
    }

    #[test]
    fn what_was_written_is_read_again() {
        let message = Message {
            first: "HTTP/1.1 303 See Other".to_owned(),
            headers: vec![("location".to_owned(), "/next".to_owned())],
            body: b"gone".to_vec(),
        };
        let again = read(&mut message.to_bytes().as_slice()).unwrap().unwrap();
        assert_eq!(again.header("content-length"), "4");
        assert_eq!((again.first, again.body), (message.first, message.body));
    }

    #[test]
    fn half_a_message_is_refused() {
        assert!(read(&mut "GET / HTTP/1.1\r\nHost: a".as_bytes()).is_err());
        assert!(read(&mut "GET / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc".as_bytes()).is_err());
    }
}
