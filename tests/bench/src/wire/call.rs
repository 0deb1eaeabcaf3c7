use serde::Deserialize;

use super::capacity::{Consistency, read_units, write_units};

/// One call of AWS, as the emulator saw it. Sizes are those of items as DynamoDB counts them, in bytes.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Call {
    /// `dynamodb`, `kms`, `sqs`, …
    pub(super) service: String,
    pub(super) operation: String,
    /// The part of the partition key before its first `#`.
    #[serde(default)]
    pk: Option<String>,
    /// Whether a read was strongly consistent.
    #[serde(default)]
    consistent: bool,
    /// Size of all that was read, of an item before it was written, and after.
    #[serde(default)]
    read: Option<u64>,
    #[serde(default)]
    before: Option<u64>,
    #[serde(default)]
    after: Option<u64>,
    /// Units by the emulator's own count: taken where the sizes are not there.
    #[serde(default)]
    capacity: Option<f64>,
    /// Bytes of question and answer.
    #[serde(default)]
    pub(super) bytes: u64,
}

impl Call {
    pub(super) fn reads(&self) -> bool {
        self.is_of_dynamodb(&["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"])
    }

    pub(super) fn writes(&self) -> bool {
        self.is_of_dynamodb(&[
            "PutItem",
            "UpdateItem",
            "DeleteItem",
            "BatchWriteItem",
            "TransactWriteItems",
        ])
    }

    pub(super) fn signs(&self) -> bool {
        self.service == "kms" && self.operation == "Sign"
    }

    pub(super) fn sends(&self) -> bool {
        self.service == "sqs" && self.operation == "SendMessage"
    }

    pub(super) fn rru(&self) -> f64 {
        if !self.reads() {
            return 0.0;
        }
        let consistency = match (self.transacts(), self.consistent) {
            (true, _) => Consistency::Transaction,
            (false, true) => Consistency::Strong,
            (false, false) => Consistency::Eventual,
        };
        match (self.read, self.capacity) {
            (None, Some(units)) => units,
            (read, _) => read_units(read.unwrap_or(0), consistency),
        }
    }

    pub(super) fn wru(&self) -> f64 {
        if !self.writes() {
            return 0.0;
        }
        match (self.before.max(self.after), self.capacity) {
            (None, Some(units)) => units,
            (size, _) => write_units(size.unwrap_or(0), self.transacts()),
        }
    }

    /// What was done to which kind of item.
    pub(super) fn kind(&self) -> String {
        self.pk
            .as_ref()
            .map_or_else(|| self.operation.clone(), |pk| format!("{} {pk}", self.operation))
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

    fn call(line: &str) -> Call {
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn sizes_win_over_the_emulators_own_count() {
        let sized = r#"{"service":"dynamodb","operation":"PutItem","after":3000,"capacity":1}"#;
        assert_eq!(call(sized).wru(), 3.0);
        let unsized_ = r#"{"service":"dynamodb","operation":"PutItem","capacity":4}"#;
        assert_eq!(call(unsized_).wru(), 4.0);
        let unknown = r#"{"service":"dynamodb","operation":"Query","consistent":true}"#;
        assert_eq!(call(unknown).rru(), 1.0);
    }

    #[test]
    fn a_transaction_costs_twice_and_the_larger_image_counts() {
        let plain = r#"{"service":"dynamodb","operation":"UpdateItem","before":2049,"after":100}"#;
        assert_eq!(call(plain).wru(), 3.0);
        let twice = r#"{"service":"dynamodb","operation":"TransactWriteItems","before":2049,"after":100}"#;
        assert_eq!(call(twice).wru(), 6.0);
        let read = r#"{"service":"dynamodb","operation":"TransactGetItems","read":10}"#;
        assert_eq!(call(read).rru(), 2.0);
    }

    #[test]
    fn another_service_has_no_units_whatever_it_is_called() {
        let odd = call(r#"{"service":"sqs","operation":"PutItem","after":9999}"#);
        assert_eq!((odd.rru(), odd.wru(), odd.writes()), (0.0, 0.0, false));
    }
}
