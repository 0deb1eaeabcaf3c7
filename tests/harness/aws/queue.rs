use std::time::Duration;

use aws_sdk_sqs::{Client, types::QueueAttributeName};

use super::deployed;
use crate::harness::stack::setting;

/// The deployed queue of messages.
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    pub fn new() -> Self {
        Self {
            client: deployed().sqs(),
            url: setting("SYMBOLON_QUEUE"),
        }
    }

    /// Waits until nothing is in it and nothing is being delivered.
    pub async fn drained(&self) {
        let waiting = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        loop {
            let call = self.client.get_queue_attributes().queue_url(&self.url);
            let answer = call
                .set_attribute_names(Some(waiting.to_vec()))
                .send()
                .await
                .unwrap();
            let counts = answer.attributes.unwrap_or_default();
            if waiting
                .iter()
                .all(|name| counts.get(name).is_some_and(|count| count == "0"))
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
