//! What AWS answered once, kept in a file and answered again.

use std::{collections::BTreeMap, fs, path::Path, sync::Mutex};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    failure::{Result, While},
    http::Message,
};

/// The environment a deployed function has, and what AWS answers in it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Recorded {
    environment: BTreeMap<String, String>,
    /// The issuer's host that is asked.
    host: String,
    #[serde(default)]
    calls: Mutex<Vec<Call>>,
}

/// One call and its answer. The same question has the same answer whoever asks, so order does not matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Call {
    /// `DynamoDB_20120810.GetItem`
    operation: String,
    request: Value,
    status: u16,
    answer: Value,
}

impl Recorded {
    /// Nothing recorded yet. `environment` is lines of `export NAME=value`.
    pub(super) fn new(environment: &str, host: String) -> Self {
        let pairs = environment
            .lines()
            .filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        Self {
            environment: pairs
                // Where AWS is, is ours to say.
                // The operator's tool is a path of this machine, and no function has it.
                .filter(|(name, _)| name.starts_with("SYMBOLON_") && *name != "SYMBOLON_TOOL")
                .map(|(name, value)| (name.to_owned(), value.trim_matches(['\'', '"']).to_owned()))
                .collect(),
            host,
            calls: Mutex::default(),
        }
    }

    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).while_(path.display())?;
        serde_json::from_str(&text).while_(path.display())
    }

    /// Writes the file and says how many answers are in it.
    pub(super) fn write(&self, path: &Path) -> Result<usize> {
        fs::write(path, serde_json::to_string_pretty(self)? + "\n").while_(path.display())?;
        Ok(self.calls().len())
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let pairs = self.environment.iter();
        pairs.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// What was answered to a request of the same meaning; the order of members says nothing.
    pub(super) fn answer(&self, request: &Message) -> Option<Message> {
        let (operation, question) = asked(request);
        let calls = self.calls();
        let call = calls
            .iter()
            .find(|call| call.operation == operation && call.request == question)?;
        Some(Message {
            first: format!("HTTP/1.1 {} Recorded", call.status),
            headers: vec![(
                "content-type".to_owned(),
                request.header("content-type").to_owned(),
            )],
            body: call.answer.to_string().into_bytes(),
        })
    }

    /// Keeps an answer, once.
    pub(super) fn keep(&self, request: &Message, answer: &Message) -> Result<()> {
        let (operation, question) = asked(request);
        let call = Call {
            operation,
            request: question,
            status: answer.status(),
            answer: serde_json::from_slice(&answer.body).while_("an answer to be recorded")?,
        };
        let mut calls = self.calls();
        if !calls.contains(&call) {
            calls.push(call);
        }
        Ok(())
    }

    fn calls(&self) -> std::sync::MutexGuard<'_, Vec<Call>> {
        self.calls
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Operation and question. Services of the query protocol have no target; what they are asked is a form.
pub(super) fn asked(request: &Message) -> (String, Value) {
    let question = serde_json::from_slice(&request.body).unwrap_or_else(|_| request.text().into());
    let target = request.header("x-amz-target");
    let operation = if target.is_empty() { &request.first } else { target };
    (operation.to_owned(), question)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(target: &str, body: &str) -> Message {
        Message {
            first: "POST / HTTP/1.1".to_owned(),
            headers: vec![
                ("x-amz-target".to_owned(), target.to_owned()),
                ("content-type".to_owned(), "application/x-amz-json-1.0".to_owned()),
            ],
            body: body.into(),
        }
    }

    #[test]
    fn an_answer_belongs_to_its_question_and_not_to_its_spelling() {
        let recorded = Recorded::new("", String::new());
        let answer = Message {
            first: "HTTP/1.1 200 OK".to_owned(),
            body: b"{\"Item\": {}}".to_vec(),
            ..Message::default()
        };
        recorded
            .keep(&call("D.GetItem", r#"{"a": 1, "b": 2}"#), &answer)
            .unwrap();
        recorded
            .keep(&call("D.GetItem", r#"{"b":2,"a":1}"#), &answer)
            .unwrap();
        assert_eq!(recorded.calls().len(), 1);

        let again = recorded.answer(&call("D.GetItem", r#"{"b":2,"a":1}"#)).unwrap();
        assert_eq!((again.status(), again.text().as_str()), (200, r#"{"Item":{}}"#));
        assert_eq!(again.header("content-type"), "application/x-amz-json-1.0");
        assert!(recorded.answer(&call("D.PutItem", r#"{"b":2,"a":1}"#)).is_none());
        assert!(recorded.answer(&call("D.GetItem", r#"{"b":2,"a":2}"#)).is_none());
    }

    #[test]
    fn the_environment_is_what_deploying_wrote() {
        let text = "export AWS_REGION=r\nexport SYMBOLON_KEY='arn:k'\n# note\nexport SYMBOLON_QUEUE=http://q?a=b\nexport SYMBOLON_TOOL=/t\n";
        let expected = [("SYMBOLON_KEY", "arn:k"), ("SYMBOLON_QUEUE", "http://q?a=b")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(Recorded::new(text, String::new()).environment(), expected);
    }

    #[test]
    fn the_committed_recording_can_be_read() {
        let recorded: Recorded = serde_json::from_str(include_str!("../../recorded.json")).unwrap();
        assert!(!recorded.environment().is_empty());
    }
}
