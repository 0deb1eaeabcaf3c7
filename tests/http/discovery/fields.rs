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
async fn every_field_is_in_the_table_and_says_what_it_says() {
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

/// Another brand, other clients: what is listed follows from what they are registered for.
#[tokio::test]
async fn what_no_client_is_registered_for_is_not_listed() {
    let trailmix = "[tenants.northpeak.clients.trailmix]\n";
    let robot = "[tenants.northpeak.clients.robot]\nname = \"Robot\"\nclient_secret = \"robot-demo-secret\"\n\
                 token_endpoint_auth_method = \"client_secret_post\"\nsubject_type = \"public\"\n\
                 grant_types = [\"client_credentials\"]\nscopes = [\"trail.log.read\"]\n\n";
    let mut world = World::start().await;
    let listed = async |world: &World| {
        let document = world.northpeak().json(OPENID).await;
        let lists = [
            "grant_types_supported",
            "token_endpoint_auth_methods_supported",
            "introspection_endpoint_auth_methods_supported",
            "subject_types_supported",
        ];
        lists.map(|name| document[name].to_string())
    };
    let before = listed(&world).await;
    let absent = [
        "client_credentials",
        "client_secret_post",
        "client_secret_post",
        "public",
    ];
    for (list, name) in before.iter().zip(absent) {
        assert!(!list.contains(name), "{list}");
    }
    world
        .restart_edited(&[(trailmix, &format!("{robot}{trailmix}"))])
        .await;
    for (list, name) in listed(&world).await.iter().zip(absent) {
        assert!(list.contains(name), "{list}");
    }
    // Nobody's keys sign anything there. And a brand without devices has no place for them.
    let document = world.northpeak().json(OPENID).await;
    assert!(
        document
            .get("token_endpoint_auth_signing_alg_values_supported")
            .is_none()
    );
    assert!(document.get("device_authorization_endpoint").is_some());
    let device = "grant_types = [\"urn:ietf:params:oauth:grant-type:device_code\"]\n";
    let app = "redirect_uris = [\"http://127.0.0.1/callback\"]\n";
    world.restart_edited(&[(device, app)]).await;
    let document = world.northpeak().json(OPENID).await;
    assert!(document.get("device_authorization_endpoint").is_none());
}
