//! The two sides a function talks to: Lambda's Runtime API, and AWS as it was recorded.
//!
//! Threads wait in `accept` before anything is started, so that no time is spent on making one while it counts.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Instant,
};

use super::recorded::{Recorded, asked};
use crate::{
    clock,
    failure::{Failure, Result, While},
    http::{Connection, Message},
};

/// Connections that may be open at once, at either side.
const THREADS: usize = 8;

/// What a function did, as it was seen from outside.
pub(super) enum Seen {
    /// It asked for its first event.
    Next(Instant),
    /// It answered.
    Answered(Instant, Vec<u8>),
    /// It called AWS, and had its answer.
    Called(Instant, Instant),
    /// It cannot go on.
    Failed(String),
}

/// Both sides, for one function after the other.
pub(super) struct Host {
    shared: Arc<Shared>,
    runtime: SocketAddr,
    aws: SocketAddr,
}

struct Shared {
    job: Mutex<Job>,
    recorded: Arc<Recorded>,
    /// Where calls are passed on to be recorded.
    upstream: Option<String>,
}

/// The function that runs now.
struct Job {
    event: String,
    /// Whether the event was handed over already.
    delivered: bool,
    seen: Sender<Seen>,
}

impl Host {
    pub(super) fn open(recorded: Arc<Recorded>, upstream: Option<String>) -> Result<Self> {
        let (nobody, _) = channel();
        let job = Job {
            event: String::new(),
            delivered: true,
            seen: nobody,
        };
        let shared = Arc::new(Shared {
            job: Mutex::new(job),
            recorded,
            upstream,
        });
        Ok(Self {
            runtime: listen(&shared, Shared::runtime)?,
            aws: listen(&shared, Shared::aws)?,
            shared,
        })
    }

    /// Prepares for one start: what it will be asked, and where what it does is seen.
    pub(super) fn expect(&self, event: String) -> Receiver<Seen> {
        let (sender, receiver) = channel();
        *self.shared.job() = Job {
            event,
            delivered: false,
            seen: sender,
        };
        receiver
    }

    /// What Lambda gives every function, and where AWS is.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let pairs = [
            ("AWS_LAMBDA_RUNTIME_API", self.runtime.to_string()),
            ("AWS_ENDPOINT_URL", format!("http://{}", self.aws)),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "000000000000".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "bench".to_owned()),
            ("AWS_LAMBDA_FUNCTION_NAME", "bench".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "group".to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "stream".to_owned()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).into()
    }

    pub(super) fn recorded(&self) -> &Recorded {
        &self.shared.recorded
    }
}

/// Serves connections, each by a thread that already waits for it.
fn listen(shared: &Arc<Shared>, serve: fn(&Shared, Connection) -> Result<()>) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").while_("a port of this machine")?;
    let address = listener.local_addr()?;
    for _ in 0..THREADS {
        let (shared, listener) = (Arc::clone(shared), listener.try_clone()?);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let served = Connection::new(stream).and_then(|connection| serve(&shared, connection));
                // A function that was ended leaves its connections as they are.
                drop(served);
            }
        });
    }
    Ok(address)
}

impl Shared {
    fn job(&self) -> MutexGuard<'_, Job> {
        self.job.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lambda's Runtime API: one event, one answer, and then no more work.
    fn runtime(&self, mut connection: Connection) -> Result<()> {
        let seen = self.job().seen.clone();
        while let Some(request) = connection.read()? {
            let at = clock::now();
            let (_, target) = request.request_line();
            if target.ends_with("/invocation/next") {
                let Some(event) = self.job().take() else { continue };
                drop(seen.send(Seen::Next(at)));
                connection.write(&invocation(event))?;
            } else if target.ends_with("/response") {
                drop(seen.send(Seen::Answered(at, request.body)));
                connection.write(&accepted())?;
            } else {
                drop(seen.send(Seen::Failed(format!("it called {target}: {}", request.text()))));
                connection.write(&accepted())?;
            }
        }
        Ok(())
    }

    /// AWS. Waiting is counted from when the whole question was here until the answer was ready.
    fn aws(&self, mut connection: Connection) -> Result<()> {
        let seen = self.job().seen.clone();
        let mut upstream = self.upstream.as_ref().map(Upstream::to).transpose()?;
        while let Some(request) = connection.read()? {
            let began = clock::now();
            let answer = match &mut upstream {
                Some(upstream) => Some(upstream.ask(&request, &self.recorded)?),
                None => self.recorded.answer(&request),
            };
            let Some(answer) = answer else {
                let (operation, question) = asked(&request);
                drop(seen.send(Seen::Failed(format!(
                    "no answer is recorded to {operation} {question}"
                ))));
                return Ok(());
            };
            // Said before it is sent: the function's own answer must not overtake this.
            drop(seen.send(Seen::Called(began, clock::now())));
            connection.write(&answer)?;
        }
        Ok(())
    }
}

impl Job {
    fn take(&mut self) -> Option<String> {
        let first = !std::mem::replace(&mut self.delivered, true);
        first.then(|| self.event.clone())
    }
}

/// The endpoint whose answers are recorded.
struct Upstream(Connection);

impl Upstream {
    fn to(address: &String) -> Result<Self> {
        let stream = TcpStream::connect(address).while_(address)?;
        Ok(Self(Connection::new(stream)?))
    }

    fn ask(&mut self, request: &Message, recorded: &Recorded) -> Result<Message> {
        self.0.write(request)?;
        let answer = self
            .0
            .read()?
            .ok_or_else(|| Failure::new("the endpoint closed"))?;
        recorded.keep(request, &answer)?;
        Ok(answer)
    }
}

fn invocation(event: String) -> Message {
    let arn = "arn:aws:lambda:eu-central-1:000000000000:function:bench";
    let headers = [
        ("content-type", "application/json"),
        (
            "lambda-runtime-aws-request-id",
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        ),
        ("lambda-runtime-deadline-ms", "4000000000000"),
        ("lambda-runtime-invoked-function-arn", arn),
        (
            "lambda-runtime-trace-id",
            "Root=1-6553a1b2-0123456789abcdef01234567;Sampled=0",
        ),
    ];
    Message {
        first: "HTTP/1.1 200 OK".to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        body: event.into_bytes(),
    }
}

fn accepted() -> Message {
    Message {
        first: "HTTP/1.1 202 Accepted".to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: b"{\"status\":\"OK\"}".to_vec(),
    }
}
