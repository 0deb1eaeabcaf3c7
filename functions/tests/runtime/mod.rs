//! A Runtime API of our own, and a function that runs against it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::Duration,
};

use serde_json::Value;

/// The authority of the deployed stack's first issuer.
#[expect(
    clippy::disallowed_methods,
    reason = "where the stack is, the runner of the suites says"
)]
pub(crate) fn host() -> String {
    let issuer = std::env::var("SYMBOLON_ISSUER").unwrap();
    issuer.split_once("://").unwrap().1.to_owned()
}

/// A running function. Ended by its own pid when the test is over.
pub(crate) struct Function {
    child: Child,
    runtime: TcpListener,
}

impl Drop for Function {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Function {
    /// Starts it on the stack that the environment names.
    pub(crate) fn start(binary: &str) -> Self {
        Self::start_with(binary, &[])
    }

    /// The same with settings changed.
    pub(crate) fn start_with(binary: &str, changed: &[(&str, &str)]) -> Self {
        let runtime = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = runtime.local_addr().unwrap().to_string();
        let child = Command::new(binary)
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "test")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("SYMBOLON_FUNCTION", "test")
            .envs(changed.iter().copied())
            .spawn()
            .unwrap();
        Self { child, runtime }
    }

    /// Hands one event over and returns what the function answers.
    pub(crate) fn answer(&self, event: &Value) -> Value {
        let mut delivered = false;
        loop {
            let (mut stream, _) = self.runtime.accept().unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            // The runtime keeps its connection open and asks again on it.
            while let Some((target, body)) = read_request(&mut stream) {
                if target.ends_with("/invocation/next") && !delivered {
                    delivered = true;
                    let head = "Lambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: 4000000000000\r\n\
                                Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:000000000000:function:f\r\n";
                    write_response(&mut stream, "200 OK", head, &event.to_string());
                } else if target.ends_with("/response") {
                    // The connection ends here, so that the next event finds the function asking anew.
                    write_response(&mut stream, "202 Accepted", "Connection: close\r\n", "{}");
                    return serde_json::from_slice(&body).unwrap();
                } else {
                    panic!("the function called {target}: {}", String::from_utf8_lossy(&body));
                }
            }
        }
    }
}

fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|n| *n > 0)?;
    let target = first.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((target, body))
}

fn write_response(stream: &mut TcpStream, status: &str, head: &str, body: &str) {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{head}\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
}
