//! Brands of tests that have ended leave the table that all tests share: the operator's tool reads all of it each time.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};

use super::deployed;
use crate::harness::stack::setting;

/// So many tests at once, so that one read serves many.
const MANY: usize = 20;
/// As many items as one call deletes.
const BATCH: usize = 25;

static ENDED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The test of this name needs its brands no more.
pub fn note(test: String) {
    ended().push(test);
}

/// Deletes the brands of the tests that have ended, once they are many.
pub async fn sweep() {
    let tests = {
        let mut ended = ended();
        if ended.len() < MANY {
            return;
        }
        std::mem::take(&mut *ended)
    };
    // The next sweep tries again. No test fails for the brands of others.
    if delete(&tests).await.is_err() {
        ended().extend(tests);
    }
}

async fn delete(tests: &[String]) -> Result<(), aws_sdk_dynamodb::Error> {
    let (client, table) = (deployed().patient().dynamodb(), setting("SYMBOLON_TABLE_CONFIG"));
    let mut deletes: Vec<WriteRequest> = Vec::new();
    let scan = client.scan().table_name(&table).projection_expression("pk, sk");
    let mut items = scan.into_paginator().items().send();
    while let Some(key) = items.next().await {
        let key: HashMap<String, AttributeValue> = key?;
        let name = key["pk"].as_s().unwrap();
        // Tenants and hosts are named after their test.
        if tests.iter().any(|test| name.contains(test)) {
            let delete = DeleteRequest::builder().set_key(Some(key)).build().unwrap();
            deletes.push(WriteRequest::builder().delete_request(delete).build());
        }
    }
    for batch in deletes.chunks(BATCH) {
        let call = client.batch_write_item().request_items(&table, batch.to_vec());
        // The emulator leaves nothing unprocessed.
        call.send().await?;
    }
    Ok(())
}

fn ended() -> MutexGuard<'static, Vec<String>> {
    ENDED.lock().unwrap_or_else(PoisonError::into_inner)
}
