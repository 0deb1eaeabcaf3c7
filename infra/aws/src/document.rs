//! Items of the config table that are one JSON document with a version: each write names the version it was made from.

use aws_sdk_dynamodb::{
    Client,
    operation::put_item::PutItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use serde::{Serialize, de::DeserializeOwned};
use symbolon::ports::{PortResult, Unavailable};

use crate::{
    failure::{Throttled, unavailable},
    store::key::NO_RANGE,
};

/// A document as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Versioned<T> {
    pub(crate) version: u64,
    pub(crate) value: T,
}

/// The documents of one table. `port` begins every line about it in the log.
#[derive(Debug, Clone)]
pub(crate) struct Documents {
    client: Client,
    table: String,
    port: &'static str,
}

impl Documents {
    pub(crate) fn new(client: Client, table: String, port: &'static str) -> Self {
        Self { client, table, port }
    }

    /// The document as it is at this moment.
    pub(crate) async fn read<T: DeserializeOwned>(&self, key: &str) -> PortResult<Option<Versioned<T>>> {
        let call = self.client.get_item().table_name(&self.table);
        let call = call.key("pk", text(key)).key("sk", text(NO_RANGE));
        let answer = call.consistent_read(true).send().await;
        let answer = answer.map_err(|error| {
            unavailable(
                &self.step(&format!("read {}", self.table)),
                Throttled::Store,
                &error,
            )
        })?;
        let Some(item) = answer.item else {
            return Ok(None);
        };
        // The parser's error may quote the document.
        let unreadable = || self.unavailable(&format!("unreadable item in {}", self.table));
        let version = item.get("v").and_then(|v| v.as_n().ok()?.parse().ok());
        let value = item
            .get("d")
            .and_then(|d| serde_json::from_str(d.as_s().ok()?).ok());
        let (Some(version), Some(value)) = (version, value) else {
            return Err(unreadable());
        };
        Ok(Some(Versioned { version, value }))
    }

    /// Writes the document if its version is still `seen`, or if there is none where there was none. `false` if
    /// somebody else wrote in between.
    pub(crate) async fn write<T: Serialize>(
        &self,
        key: &str,
        seen: Option<u64>,
        value: &T,
    ) -> PortResult<bool> {
        let document = serde_json::to_string(value).map_err(|_| self.unavailable("unwritable item"))?;
        let (document, next) = (text(document), number(seen.unwrap_or(0) + 1));
        let call = self.client.put_item().table_name(&self.table);
        let call = call
            .item("pk", text(key))
            .item("sk", text(NO_RANGE))
            .item("v", next.clone())
            .item("d", document.clone())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let call = match seen {
            None => call.condition_expression("attribute_not_exists(pk)"),
            Some(version) => call
                .condition_expression("v = :seen")
                .expression_attribute_values(":seen", number(version)),
        };
        let Err(error) = call.send().await else {
            return Ok(true);
        };
        match error.as_service_error() {
            // The SDK repeats a call whose answer was lost; what the repeat then finds is this very document.
            Some(PutItemError::ConditionalCheckFailedException(found)) => Ok(found
                .item
                .as_ref()
                .is_some_and(|item| item.get("v") == Some(&next) && item.get("d") == Some(&document))),
            _ => Err(unavailable(
                &self.step(&format!("write {}", self.table)),
                Throttled::Store,
                &error,
            )),
        }
    }

    /// What should be there is not.
    pub(crate) fn missing(&self, what: &str) -> Unavailable {
        self.unavailable(&format!("{} lacks {what}", self.table))
    }

    pub(crate) fn unavailable(&self, what: &str) -> Unavailable {
        Unavailable(self.step(what))
    }

    fn step(&self, what: &str) -> String {
        format!("{}: {what}", self.port)
    }
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
