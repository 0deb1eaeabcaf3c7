use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{World, stack::setting};

/// The emulator's log of what functions call, and its control of what fails.
pub(super) struct Tap {
    http: reqwest::Client,
    /// Bytes of the log that have been taken: hundreds of tests have written it before.
    read: u64,
}

/// Calls by what they cost a store.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) reads: usize,
    pub(super) writes: usize,
    pub(super) signatures: usize,
}

impl Tap {
    pub(super) fn on(world: &World) -> Self {
        let mut tap = Self {
            http: world.http().clone(),
            read: 0,
        };
        tap.lines();
        tap
    }

    /// Calls of functions since the last time, those for health and configuration apart: they are cached.
    pub(super) fn take(&mut self) -> Vec<Value> {
        let mut new = self.all();
        new.retain(|call| call["table"] != setting("SYMBOLON_TABLE_CONFIG"));
        new
    }

    /// Calls of functions since the last time, of whatever kind.
    pub(super) fn all(&mut self) -> Vec<Value> {
        let lines = self.lines();
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// What was written since the last time. A line that is still being written is taken the next time.
    fn lines(&mut self) -> String {
        let mut lines = String::new();
        if let Ok(mut log) = File::open(setting("SYMBOLON_WIRE_LOG")) {
            log.seek(SeekFrom::Start(self.read)).unwrap();
            log.read_to_string(&mut lines).unwrap();
        }
        lines.truncate(lines.rfind('\n').map_or(0, |end| end + 1));
        self.read += lines.len() as u64;
        lines
    }

    /// What the calls since the last time cost.
    pub(super) fn cost(&mut self) -> Cost {
        let mut cost = Cost::default();
        for call in self.take() {
            // Behind the queue nobody waits, and no request pays.
            if call["function"] == "deliver" {
                continue;
            }
            match call["operation"].as_str().unwrap() {
                "GetItem" | "Query" => cost.reads += 1,
                "PutItem" | "UpdateItem" | "DeleteItem" => cost.writes += 1,
                "Sign" => cost.signatures += 1,
                "Decrypt" | "SendMessage" | "SendMessageBatch" | "Publish" | "ReceiveMessage"
                | "DeleteMessage" => {}
                other => panic!("nobody said what {other} costs: {call}"),
            }
        }
        cost
    }

    /// The `nth` next call of a service and the `times - 1` after it are struck.
    pub(super) async fn strike(&self, service: &str, mode: &str, nth: usize, times: usize) {
        let fault = json!({ "service": service, "mode": mode, "nth": nth, "times": times, "delay_ms": 700 });
        self.control(Method::POST, Some(fault)).await;
    }

    /// Nothing fails any more. Answers what had not struck yet.
    pub(super) async fn heal(&self) -> Value {
        let waiting = self.control(Method::GET, None).await;
        self.control(Method::DELETE, None).await;
        waiting
    }

    async fn control(&self, method: Method, body: Option<Value>) -> Value {
        let url = format!("{}/_symbolon/faults", setting("SYMBOLON_EMULATOR"));
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.json().await.unwrap()
    }
}
