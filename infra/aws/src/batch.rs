//! A batch of an SQS queue, as Lambda hands it to a function, and what the function says of it.

use serde::{Deserialize, Serialize};

/// What is not named here is not read.
#[derive(Deserialize)]
pub(crate) struct Batch {
    #[serde(rename = "Records")]
    pub(crate) records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) message_id: String,
    /// By which the queue knows that it was handed out this time.
    #[serde(default)]
    pub(crate) receipt_handle: String,
    pub(crate) body: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    approximate_receive_count: Option<String>,
}

impl Record {
    /// Which time it is handed out, from 1.
    pub(crate) fn attempt(&self) -> u32 {
        let count = self.attributes.approximate_receive_count.as_deref();
        count.and_then(|count| count.parse().ok()).unwrap_or(1)
    }
}

/// Which messages the queue should hand out again; the others are done.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    batch_item_failures: Vec<Failure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

impl Outcome {
    /// This one is not done.
    pub(crate) fn again(&mut self, record: &Record) {
        self.batch_item_failures.push(Failure {
            item_identifier: record.message_id.clone(),
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_of_lambda_is_read_and_answered() {
        let event = json!({ "Records": [
            {
                "messageId": "a", "receiptHandle": "r", "body": "{}", "eventSource": "aws:sqs",
                "attributes": { "ApproximateReceiveCount": "3", "SentTimestamp": "1800000000000" },
            },
            { "messageId": "b", "body": "{}" },
        ] });
        let batch: Batch = serde_json::from_value(event).unwrap();
        let attempts: Vec<_> = batch.records.iter().map(Record::attempt).collect();
        assert_eq!((attempts, &*batch.records[0].receipt_handle), (vec![3, 1], "r"));
        let mut outcome = Outcome::default();
        assert_eq!(json!(outcome), json!({ "batchItemFailures": [] }));
        outcome.again(&batch.records[1]);
        assert_eq!(
            json!(outcome),
            json!({ "batchItemFailures": [{ "itemIdentifier": "b" }] })
        );
    }
}
