//! A deployed stack: the real functions behind the emulated API, reached as browsers reach them.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};
use symbolon::ports::Random;
use symbolon_local::random::OsRandom;
use tokio::{
    io,
    net::{TcpListener, TcpStream},
    process::Command,
    task::JoinHandle,
};

use super::aws::{Queue, ended};

/// How long a message may be on its way: the queue is read once a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// Two brands of one test. All tests share the functions; what keeps them apart is the hosts of the brands' issuers.
pub struct Stack {
    /// What its brands are named after. Not the port: the system gives it again to a later test.
    name: String,
    port: u16,
    gate: JoinHandle<()>,
    configuration: PathBuf,
    http: reqwest::Client,
    queue: Queue,
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.gate.abort();
        ended::note(std::mem::take(&mut self.name));
    }
}

impl Stack {
    /// Opens a port and seeds the configuration's tenants for it.
    pub async fn seeded(data: &Path, configuration: &str) -> Self {
        ended::sweep().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let random: &dyn Random = &OsRandom;
        let stack = Self {
            name: format!("w{:08x}", u32::from_be_bytes(random.bytes())),
            port,
            gate: tokio::spawn(pass_on(listener)),
            configuration: data.join("configuration.toml"),
            http: partners::http_client(None).unwrap(),
            queue: Queue::new(),
        };
        stack.seed(configuration).await;
        stack
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A host of the demo, as it is for this test alone. Two brands may not share a host, whatever their ports.
    pub fn host(&self, name: &str) -> String {
        if name.starts_with("auth.") {
            format!("{}.{name}", self.name)
        } else {
            name.to_owned()
        }
    }

    /// Functions have this machine's time.
    #[expect(
        clippy::disallowed_methods,
        reason = "what functions have is what the test compares with"
    )]
    pub fn now() -> u64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.unwrap().as_secs()
    }

    /// Writes the tenants as an operator does.
    pub async fn seed(&self, configuration: &str) {
        let mut text = configuration.to_owned();
        for brand in ["urbantrend", "northpeak"] {
            let own = format!("{brand}-{}", self.name);
            text = text.replace(&format!("[tenants.{brand}"), &format!("[tenants.{own}"));
            let host = format!("auth.{brand}.localhost");
            text = text.replace(&host, &self.host(&host));
            let sender = self.sender();
            let carried = format!("\n[tenants.{own}.messages]\nsender = \"sns\"\nsender_id = \"{sender}\"\n");
            text.push_str(&carried);
        }
        std::fs::write(&self.configuration, text).unwrap();
        let mut tool = Command::new(setting("SYMBOLON_TOOL"));
        tool.args(["seed", "--prune", "--set", "scheme=http", "--set"])
            .arg(format!("port={}", self.port))
            .arg("--config")
            .arg(&self.configuration);
        let ended = tool.output().await.unwrap();
        assert!(
            ended.status.success(),
            "seeding: {}",
            String::from_utf8_lossy(&ended.stderr)
        );
    }

    /// Messages to a number, newest first, when all that were queued have been delivered.
    pub async fn inbox(&self, number: &str) -> Vec<Value> {
        tokio::time::timeout(PATIENCE, self.queue.drained())
            .await
            .expect("messages stay in the queue");
        let number_in_query = number.replace('+', "%2B");
        let emulator = setting("SYMBOLON_EMULATOR");
        let url = format!("{emulator}/_ministack/sns/sms-messages?phoneNumber={number_in_query}");
        let answer = self.http.get(url).send().await.unwrap();
        let mut all: Value = answer.json().await.unwrap();
        let mut messages: Vec<Value> = serde_json::from_value(all["sms_messages"][number].take()).unwrap();
        messages.retain(|message| message.to_string().contains(&self.sender()));
        messages.reverse();
        messages.iter().map(shown).collect()
    }

    /// Senders' names have at most eleven characters.
    fn sender(&self) -> String {
        self.name.to_uppercase()
    }
}

/// A message in the shape of the local inbox.
fn shown(message: &Value) -> Value {
    let text = message["Message"].as_str().unwrap();
    let code = text
        .lines()
        .last()
        .and_then(|line| line.rsplit_once('#'))
        .map(|(_, code)| code);
    json!({ "to": message["PhoneNumber"], "text": text, "code": code })
}

/// Hands every connection on to the emulator. The `Host` with this world's port goes through untouched.
async fn pass_on(listener: TcpListener) {
    let emulator = setting("SYMBOLON_EMULATOR");
    let address = emulator.trim_start_matches("http://").to_owned();
    while let Ok((mut from, _)) = listener.accept().await {
        let address = address.clone();
        tokio::spawn(async move {
            if let Ok(mut to) = TcpStream::connect(address).await {
                // A browser that goes away is no failure.
                drop(io::copy_bidirectional(&mut from, &mut to).await);
            }
        });
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the stack is, the runner of the suites says"
)]
pub fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}
