//! Everything the provider remembers, in two `DynamoDB` tables: the storage ports on AWS.
//!
//! What a step decides is decided by the model, which every store shares. Here are only keys, conditions and what
//! becomes an attribute. A step is one conditional call. When its condition fails, the call answers with the item it
//! found; the model says what that means, and if it means a change after all, the change is written on the condition
//! that the item is still the one that was found.
//!
//! No rule rests on a deletion: `exp` lets the table forget, days late, what no step would heed any more.
//!
//! The SDK sends a call again when its answer is lost, and the first may have been carried out. Such a repeat finds
//! what the first wrote, and tells it from another's by a nonce: the request's own where the port has one, else one
//! drawn for the call and kept on the item.

mod addresses;
mod assertions;
mod attributes;
mod call;
mod challenges;
mod codes;
mod device_requests;
mod grants;
pub(crate) mod key;
mod number;
mod pushed_requests;
mod refresh_families;
mod sessions;

use std::sync::Arc;

use aws_sdk_dynamodb::{
    Client,
    operation::{
        delete_item::builders::DeleteItemFluentBuilder, get_item::builders::GetItemFluentBuilder,
        put_item::builders::PutItemFluentBuilder, query::builders::QueryFluentBuilder,
        update_item::builders::UpdateItemFluentBuilder,
    },
};
use symbolon::ports::Random;

use self::attributes::{Nonce, text};
use crate::Tables;

/// The store of one deployment. Cheap calls on one shared connection pool; nothing is cached.
pub struct DynamoStore {
    client: Client,
    tables: Tables,
    random: Arc<dyn Random>,
}

impl DynamoStore {
    /// A store on these tables. Opens no connection.
    pub fn new(client: Client, tables: Tables, random: Arc<dyn Random>) -> Self {
        Self {
            client,
            tables,
            random,
        }
    }

    fn nonce(&self) -> Nonce {
        self.random.bytes()
    }

    fn update(&self, table: &str, partition: &str, range: &str) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(table)
            .key("pk", text(partition))
            .key("sk", text(range))
    }

    fn put(&self, table: &str, partition: &str, range: &str) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(table)
            .item("pk", text(partition))
            .item("sk", text(range))
    }

    fn get(&self, table: &str, partition: &str, range: &str) -> GetItemFluentBuilder {
        self.client
            .get_item()
            .table_name(table)
            .key("pk", text(partition))
            .key("sk", text(range))
    }

    fn delete(&self, table: &str, partition: &str, range: &str) -> DeleteItemFluentBuilder {
        self.client
            .delete_item()
            .table_name(table)
            .key("pk", text(partition))
            .key("sk", text(range))
    }

    fn query(&self, table: &str, partition: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(partition))
    }
}
