//! An account at the emulator with tables of its own, and the wire to it.

mod clock;
pub mod ended;
mod keys;
mod queue;
mod tool;
mod wire;

use std::{collections::HashMap, sync::Arc};

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    },
};
use symbolon::{ports::Random, types::Timestamp};
use symbolon_aws::{Aws, DynamoStore, Tables};
use symbolon_local::random::OsRandom;

pub use clock::Moved;
pub use queue::Queue;
pub use wire::Wire;

/// An item and the table it is in.
pub type Row = (String, HashMap<String, AttributeValue>);

/// An account that nobody else uses, with the three tables of a deployment, still empty.
pub struct Account {
    id: String,
    pub client: Client,
    pub tables: Tables,
    /// What the client sends; the tables' creation is not among it.
    pub wire: Arc<Wire>,
}

impl Account {
    pub async fn new() -> Self {
        let wire = Arc::new(Wire::default());
        let id = account();
        let account = Self {
            client: aws(&id, &wire).dynamodb(),
            id,
            tables: Tables {
                config: "config".to_owned(),
                identity: "identity".to_owned(),
                ephemeral: "ephemeral".to_owned(),
            },
            wire,
        };
        for table in account.names() {
            account.create(table).await;
        }
        account.wire.take();
        account
    }

    pub fn store(&self) -> DynamoStore {
        DynamoStore::new(self.client.clone(), self.tables.clone(), Arc::new(OsRandom))
    }

    /// What a function in this account is given, over the wire.
    pub fn aws(&self) -> Aws {
        aws(&self.id, &self.wire)
    }

    /// The same past the wire.
    pub fn direct(&self) -> Aws {
        direct(&self.id)
    }

    /// What has been asked since the last time: `GetItem`, `Sign`, ….
    pub fn asked(&self) -> Vec<String> {
        self.wire.take().into_iter().map(|sent| sent.operation).collect()
    }

    /// Every item of every table.
    pub async fn dump(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for table in self.names() {
            let mut items = self
                .client
                .scan()
                .table_name(table)
                .consistent_read(true)
                .into_paginator()
                .items()
                .send();
            while let Some(item) = items.next().await {
                rows.push((table.to_owned(), item.unwrap()));
            }
        }
        self.wire.take();
        rows
    }

    /// Deletes at once what the tables may delete at `now`; answers how many items.
    pub async fn forget(&self, now: Timestamp) -> usize {
        let mut forgotten = 0;
        for (table, item) in self.dump().await {
            let end = item
                .get("exp")
                .map(|end| end.as_n().unwrap().parse::<u64>().unwrap());
            if end.is_some_and(|end| end <= now.0) {
                let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone()));
                let call = self.client.delete_item().table_name(table);
                call.set_key(Some(HashMap::from(key))).send().await.unwrap();
                forgotten += 1;
            }
        }
        self.wire.take();
        forgotten
    }

    fn names(&self) -> [&str; 3] {
        [&self.tables.config, &self.tables.identity, &self.tables.ephemeral]
    }

    async fn create(&self, table: &str) {
        let mut call = self
            .client
            .create_table()
            .table_name(table)
            .billing_mode(BillingMode::PayPerRequest);
        for (name, role) in [("pk", KeyType::Hash), ("sk", KeyType::Range)] {
            let key = KeySchemaElement::builder().attribute_name(name).key_type(role);
            let attribute = AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S);
            call = call
                .key_schema(key.build().unwrap())
                .attribute_definitions(attribute.build().unwrap());
        }
        call.send().await.unwrap();
    }
}

/// What the functions of the deployed stack are given.
#[expect(
    clippy::disallowed_methods,
    reason = "where the stack is, the runner of the suites says"
)]
fn deployed() -> Aws {
    Aws::read(|name| std::env::var(name).ok()).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the emulator is, the runner of the suites says"
)]
pub fn emulator() -> String {
    std::env::var("SYMBOLON_EMULATOR").expect("SYMBOLON_EMULATOR is the address of an AWS emulator")
}

/// An access key of twelve digits is an account of its own there.
fn account() -> String {
    let random: &dyn Random = &OsRandom;
    format!("{:012}", u64::from_be_bytes(random.bytes()) % 1_000_000_000_000)
}

/// What a function in an account is given. Patient: the emulator has no second core.
fn direct(account: &str) -> Aws {
    let setting = |name: &str| match name {
        "AWS_REGION" => Some("eu-central-1".to_owned()),
        "AWS_ACCESS_KEY_ID" => Some(account.to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some("secret".to_owned()),
        "AWS_ENDPOINT_URL" => Some(emulator()),
        _ => None,
    };
    Aws::read(setting).unwrap().patient()
}

/// The same with the wire in between.
fn aws(account: &str, wire: &Arc<Wire>) -> Aws {
    let real = direct(account);
    let http = real.dynamodb().config().http_client().unwrap();
    real.over(wire.tapped(http))
}
