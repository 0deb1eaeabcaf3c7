use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use reqwest::{Method, Response};
use serde_json::{Value, json};
use symbolon_local::server::{ConfigSource, Options, Server};
use tempfile::TempDir;

use super::{Browser, Client, DpopKey, FAPI_KEY, provider::Provider};

/// The demo's configuration.
const DEMO: &str = include_str!("../../infra/local/demo.toml");

/// One provider whose members, codes and counters no other test sees, so tests run side by side.
pub struct World {
    provider: Provider,
    data: TempDir,
    http: reqwest::Client,
    port: u16,
}

/// One issuer of a world.
#[derive(Clone)]
pub struct Brand {
    pub issuer: String,
    pub http: reqwest::Client,
}

impl World {
    /// The demo, as `cargo run` starts it.
    pub async fn start() -> Self {
        Self::edited(&[]).await
    }

    /// The demo with pieces of its text replaced.
    pub async fn edited(edits: &[(&str, &str)]) -> Self {
        let data = fresh_data();
        let provider = Provider::start(data.path(), edited_demo(edits)).await;
        Self {
            port: provider.port(),
            provider,
            data,
            http: partners::http_client(None).unwrap(),
        }
    }

    /// The one line by which a server refuses to start with pieces of the demo replaced.
    pub async fn refusal(edits: &[(&str, &str)]) -> String {
        let data = fresh_data();
        let options = options(data.path(), ConfigSource::Text(edited_demo(edits)));
        match Server::start(options).await {
            Ok(running) => {
                running.stop().await;
                panic!("it started with {edits:?}")
            }
            Err(refused) => refused.to_string(),
        }
    }

    /// A world whose server is a process of its own, on a port and data directory.
    pub(super) fn of_process(data: TempDir, port: u16) -> Self {
        Self {
            provider: Provider::Process { port },
            data,
            http: partners::http_client(None).unwrap(),
            port,
        }
    }

    /// Ends the server as a signal does, and starts another on the same data and port.
    pub async fn restart(&mut self) {
        self.provider.restart(None).await;
    }

    /// The same, with pieces of the demo's text replaced: what an operator changed takes effect.
    pub async fn restart_edited(&mut self, edits: &[(&str, &str)]) {
        self.provider.restart(Some(edited_demo(edits))).await;
    }

    pub(super) fn provider(&self) -> &Provider {
        &self.provider
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// A host of the demo, as this world has it.
    pub fn host(&self, name: &str) -> String {
        self.provider.host(name)
    }

    pub fn url(&self, host: &str, path: &str) -> String {
        format!("http://{}:{}{path}", self.host(host), self.port)
    }

    pub fn urbantrend(&self) -> Brand {
        Brand {
            issuer: self.url("auth.urbantrend.localhost", ""),
            http: self.http.clone(),
        }
    }

    pub fn northpeak(&self) -> Brand {
        Brand {
            issuer: self.url("auth.northpeak.localhost", ""),
            http: self.http.clone(),
        }
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.http.clone(), self.port)
    }

    /// The contract's `conformance` client of Urban Trend.
    pub fn conformance(&self) -> Client {
        Client::basic(
            self.urbantrend(),
            "conformance",
            "conformance-demo-secret",
            "http://127.0.0.1:3999/callback",
        )
    }

    /// The client of the same name at NorthPeak.
    pub fn conformance_north(&self) -> Client {
        Client::basic(
            self.northpeak(),
            "conformance",
            "conformance-north-secret",
            "http://127.0.0.1:3999/callback",
        )
    }

    pub fn fashionboard(&self) -> Client {
        let callback = self.url("fashionboard.localhost", "/callback");
        Client::basic(
            self.urbantrend(),
            "fashionboard",
            "fashionboard-demo-secret",
            &callback,
        )
    }

    pub fn spa(&self) -> Client {
        Client::public(self.urbantrend(), "spa-demo", "http://127.0.0.1:5173/callback")
    }

    pub fn tv(&self) -> Client {
        Client::public(self.urbantrend(), "tv-demo", "")
    }

    /// The client of the same name at NorthPeak.
    pub fn tv_north(&self) -> Client {
        Client::public(self.northpeak(), "tv-demo", "")
    }

    pub fn shopease(&self) -> Client {
        Client::private_key_jwt(
            self.urbantrend(),
            "shopease",
            &self.url("shopease.localhost", "/callback"),
        )
    }

    pub fn fapi(&self) -> Client {
        let redirect_uri = "http://127.0.0.1:3998/callback";
        let client = Client::private_key_jwt(self.urbantrend(), "fapi-demo", redirect_uri);
        client.with_key(FAPI_KEY).holding(&DpopKey::new())
    }

    /// The development side. A deployed stack has none; a test that needs it is ignored there.
    pub async fn dev(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        self.provider.develops();
        let mut request = self.http.request(method, self.url("localhost", path));
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// Messages to a number, newest first.
    pub async fn inbox(&self, number: &str) -> Vec<Value> {
        #[cfg(feature = "aws")]
        if let Provider::Stack(stack) = &self.provider {
            return stack.inbox(number).await;
        }
        let path = format!("/dev/inbox?to={}", number.replace('+', "%2B"));
        self.dev(Method::GET, &path, None).await.json().await.unwrap()
    }

    /// The newest code sent to a number. Delivery goes on behind the page, so it may still be on its way.
    pub async fn code(&self, number: &str) -> String {
        for _ in 0..100 {
            if let Some(message) = self.inbox(number).await.first() {
                return message["code"].as_str().unwrap().to_owned();
            }
            tokio::task::yield_now().await;
        }
        panic!("no message to {number}")
    }

    pub async fn advance(&self, seconds: u64) -> Value {
        let answer = self
            .dev(
                Method::POST,
                "/dev/clock",
                Some(json!({ "advance_seconds": seconds })),
            )
            .await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// The provider's time, in seconds.
    pub async fn now(&self) -> u64 {
        #[cfg(feature = "aws")]
        if matches!(self.provider, Provider::Stack(_)) {
            return super::stack::Stack::now();
        }
        self.advance(0).await["now"].as_u64().unwrap()
    }

    pub async fn fault(&self, port: &str, mode: &str, nth: u32, times: u32) {
        let fault = json!({ "port": port, "mode": mode, "nth": nth, "times": times, "delay_ms": 0 });
        let answer = self.dev(Method::POST, "/dev/fault", Some(fault)).await;
        assert_eq!(answer.status(), 200);
    }

    pub async fn reset_counts(&self) {
        assert!(
            self.dev(Method::POST, "/dev/counts/reset", None)
                .await
                .status()
                .is_success()
        );
    }

    /// Reads, writes and signatures over all endpoints since the last reset.
    pub async fn counts(&self) -> (u64, u64, u64) {
        let all: Value = self
            .dev(Method::GET, "/dev/counts", None)
            .await
            .json()
            .await
            .unwrap();
        let of = |name: &str| all["total"][name].as_u64().unwrap();
        (of("store_reads"), of("store_writes"), of("signatures"))
    }
}

fn edited_demo(edits: &[(&str, &str)]) -> String {
    let mut text = DEMO.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "the demo has no {from:?}");
        text = text.replace(from, to);
    }
    text
}

pub(super) fn options(data: &Path, config: ConfigSource) -> Options {
    Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: data.to_owned(),
        config,
        tls: false,
    }
}

/// Making RSA keys takes a while, so the tests of one run share theirs; everything else is each test's own.
fn copy_keys(data: &Path) {
    static KEYS: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, keys) = KEYS.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        let options = options(&path, ConfigSource::Demo);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async { Server::start(options).await.unwrap().stop().await });
        })
        .join()
        .unwrap();
        (dir, path.join("keys"))
    });
    let target = data.join("keys");
    fs::create_dir_all(&target).unwrap();
    for entry in fs::read_dir(keys).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), target.join(entry.file_name())).unwrap();
    }
}

/// A data directory with nothing in it but keys.
pub(super) fn fresh_data() -> TempDir {
    let data = tempfile::tempdir().unwrap();
    copy_keys(data.path());
    data
}
