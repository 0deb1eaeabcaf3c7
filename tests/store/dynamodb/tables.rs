//! What lies in the tables: all of it, nothing secret, and little.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    harness::aws::Account,
    store::{
        backend::digest,
        life::{SECRETS, fill, is_full},
    },
};

#[tokio::test]
async fn everything_is_there_for_another_process() {
    let account = Account::new().await;
    fill(&account.store()).await;
    is_full(&account.store()).await;
}

/// Every value of an item, as the bytes it is stored as.
fn bytes_of(value: &AttributeValue) -> Vec<u8> {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone().into_bytes(),
        AttributeValue::B(bytes) => bytes.clone().into_inner(),
        AttributeValue::M(map) => all_bytes(map),
        other => panic!("no item holds {other:?}"),
    }
}

fn all_bytes(item: &HashMap<String, AttributeValue>) -> Vec<u8> {
    item.iter()
        .flat_map(|(name, value)| [name.clone().into_bytes(), bytes_of(value), b"\n".to_vec()].concat())
        .collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test]
async fn st7_no_secret_and_no_number_is_in_the_tables() {
    let account = Account::new().await;
    fill(&account.store()).await;
    let rows = account.dump().await;
    assert_eq!(rows.len(), 9, "{rows:?}");
    let bytes: Vec<u8> = rows.iter().flat_map(|(_, item)| all_bytes(item)).collect();
    // The search works: what is not secret is found.
    assert!(holds(&bytes, b"https://app.tld/cb") && holds(&bytes, digest("raw-code").to_string().as_bytes()));
    for secret in SECRETS {
        assert!(!holds(&bytes, secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn an_item_is_one_unit_of_writing_and_its_names_are_short() {
    let account = Account::new().await;
    fill(&account.store()).await;
    for (table, item) in account.dump().await {
        let size = all_bytes(&item).len();
        assert!(size < 1_024, "{table} {:?} has {size} bytes", item["pk"]);
        assert!(
            item.keys().all(|name| name.len() <= 3),
            "{table} {:?}",
            item.keys()
        );
        // Consents are proof; everything else ends.
        assert_eq!(item.contains_key("exp"), table == "ephemeral", "{:?}", item["pk"]);
    }
}
