use serde::Deserialize;

use super::capacity::{Consistency, read_units, write_units};
use crate::failure::{Failure, Result};

/// One call of AWS, as the emulator saw it (`tests/emulator/wire.py`).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Call {
    /// `dynamodb`, `kms`, `sqs`, …
    pub(super) service: String,
    pub(super) operation: String,
    /// The parts of the partition keys before their first `#`.
    #[serde(default)]
    keys: Vec<String>,
    /// Units by the emulator's own count.
    #[serde(default)]
    read: Option<f64>,
    #[serde(default)]
    write: Option<f64>,
    /// Bytes of all that was read, or of the larger of an item before and after.
    #[serde(default)]
    bytes: Option<u64>,
    /// Whether a read was strongly consistent.
    #[serde(default)]
    consistent: bool,
}

impl Call {
    pub(super) fn reads(&self) -> bool {
        self.is_of_dynamodb(&["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"])
    }

    pub(super) fn writes(&self) -> bool {
        let operations = [
            "PutItem",
            "UpdateItem",
            "DeleteItem",
            "BatchWriteItem",
            "TransactWriteItems",
        ];
        self.is_of_dynamodb(&operations)
    }

    pub(super) fn signs(&self) -> bool {
        self.service == "kms" && self.operation == "Sign"
    }

    pub(super) fn sends(&self) -> bool {
        self.service == "sqs" && self.operation == "SendMessage"
    }

    /// Read units: by size where it is known, and then no other than the emulator's count.
    pub(super) fn rru(&self) -> Result<f64> {
        if !self.reads() {
            return Ok(0.0);
        }
        let consistency = match (self.transacts(), self.consistent) {
            (true, _) => Consistency::Transaction,
            (false, true) => Consistency::Strong,
            (false, false) => Consistency::Eventual,
        };
        self.agreed(self.bytes.map(|bytes| read_units(bytes, consistency)), self.read)
    }

    /// Write units, likewise.
    pub(super) fn wru(&self) -> Result<f64> {
        if !self.writes() {
            return Ok(0.0);
        }
        let by_size = self.bytes.map(|bytes| write_units(bytes, self.transacts()));
        self.agreed(by_size, self.write)
    }

    fn agreed(&self, by_size: Option<f64>, counted: Option<f64>) -> Result<f64> {
        match (by_size, counted) {
            (Some(ours), Some(theirs)) if (ours - theirs).abs() > 0.01 => Err(Failure::new(format!(
                "{} is {ours} units by its size, and {theirs} by the emulator's count",
                self.kind()
            ))),
            (Some(units), _) | (None, Some(units)) => Ok(units),
            (None, None) => Err(Failure::new(format!(
                "{} has neither size nor units",
                self.kind()
            ))),
        }
    }

    /// What was done to which kind of item.
    pub(super) fn kind(&self) -> String {
        let words = std::iter::once(&self.operation).chain(&self.keys);
        words.map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn is_of_dynamodb(&self, operations: &[&str]) -> bool {
        self.service == "dynamodb" && operations.contains(&self.operation.as_str())
    }

    fn transacts(&self) -> bool {
        self.operation.starts_with("Transact")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operation: &str, rest: &str) -> Call {
        let line = format!(r#"{{"service":"dynamodb","operation":"{operation}",{rest}}}"#);
        serde_json::from_str(&line).unwrap()
    }

    #[test]
    fn sizes_and_the_emulators_count_have_to_agree() {
        let units = |rest| call("PutItem", rest).wru().ok();
        assert_eq!(units(r#""bytes":3000"#), Some(3.0));
        assert_eq!(units(r#""write":4"#), Some(4.0));
        assert_eq!(units(r#""bytes":3000,"write":3"#), Some(3.0));
        assert_eq!(units(r#""bytes":3000,"write":1"#), None);
        assert_eq!(units(r#""keys":["CODE"]"#), None);
    }

    #[test]
    fn consistency_and_transactions_have_their_price() {
        assert_eq!(
            call("GetItem", r#""bytes":10,"consistent":true"#).rru().unwrap(),
            1.0
        );
        assert_eq!(call("GetItem", r#""bytes":10"#).rru().unwrap(), 0.5);
        assert_eq!(call("TransactGetItems", r#""bytes":10"#).rru().unwrap(), 2.0);
        assert_eq!(call("TransactWriteItems", r#""bytes":2049"#).wru().unwrap(), 6.0);
    }

    #[test]
    fn another_service_has_no_units_whatever_it_is_called() {
        let odd: Call =
            serde_json::from_str(r#"{"service":"sqs","operation":"PutItem","bytes":9999}"#).unwrap();
        assert_eq!(
            (odd.rru().unwrap(), odd.wru().unwrap(), odd.writes()),
            (0.0, 0.0, false)
        );
    }
}
