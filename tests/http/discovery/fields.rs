use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::OPENID;
use crate::harness::World;

const DOCUMENT: &str = include_str!("../../../docs/wire.md");

/// The table of fields: what each says, as words.
fn table() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let (_, table) = DOCUMENT.split_once("| field | says | used by |").unwrap();
    let table = table.split_once("\n\n").unwrap().0;
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        (cells[1].trim_matches('`'), cells[2].split(' ').collect())
    })
    .collect()
}

/// A value of the document in the table's words.
fn words(value: &Value, issuer: &str) -> BTreeSet<String> {
    match value {
        Value::Array(list) => list.iter().map(|v| v.as_str().unwrap().to_owned()).collect(),
        Value::String(text) if text.starts_with(issuer) => ["its", "address"].map(str::to_owned).into(),
        Value::String(text) => [text.clone()].into(),
        other => [other.to_string()].into(),
    }
}

#[tokio::test]
async fn a075_every_field_is_in_the_table_and_says_what_it_says() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let document = brand.json(OPENID).await;
    let document = document.as_object().unwrap();
    let table = table();
    let names: BTreeSet<_> = document.keys().map(String::as_str).collect();
    assert_eq!(names, table.keys().copied().collect());
    for (name, said) in table {
        let found = words(&document[name], &brand.issuer);
        assert_eq!(
            found.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            said,
            "{name}"
        );
        if let Value::Array(list) = &document[name] {
            assert_eq!(list.len(), said.len(), "{name} says something twice");
        }
    }
}
