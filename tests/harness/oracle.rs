//! A certified provider in the place of ours: `tests/oracle`, one process for all tests of a run.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use serde_json::{Value, json};

/// One world of it, with hosts and data as the local server has them.
pub struct Oracle {
    port: u16,
    http: reqwest::Client,
}

/// The process, and where it takes orders. It ends with its standard input, which is to say with this process.
struct Program {
    _child: Child,
    orders: String,
}

impl Oracle {
    /// Opens a port with the configuration's tenants, whose signing keys are in `data`.
    pub async fn start(data: &Path, configuration: &str) -> Self {
        let http = partners::http_client(None).unwrap();
        let orders = &program().orders;
        let request = http.post(format!("{orders}/worlds"));
        let world: Value = request
            .body(json!({ "data": data, "configuration": configuration }).to_string())
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let port = world["port"].as_u64().unwrap_or_else(|| panic!("{world}"));
        let port = u16::try_from(port).unwrap();
        Self { port, http }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// What its operator wrote, changed; what is stored stays.
    pub async fn configure(&self, configuration: &str) {
        let request = self
            .http
            .put(format!("{}/worlds/{}", program().orders, self.port));
        let answer = request
            .body(json!({ "configuration": configuration }).to_string())
            .send();
        assert_eq!(answer.await.unwrap().status(), 200);
    }
}

fn program() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut child = Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/main.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut said).unwrap();
        let orders = said.trim_end().strip_prefix("listening on ");
        Program {
            orders: orders.unwrap_or_else(|| panic!("it said {said:?}")).to_owned(),
            _child: child,
        }
    })
}
