//! `template.yaml` says of every function what its main says of it: a resource, routes, and a role with exactly the
//! actions of its ports.

mod alarms;
mod functions;
mod roles;
mod tables;
mod yaml;

use std::sync::LazyLock;

use serde_json::{Map, Value};

static TEMPLATE: LazyLock<Value> = LazyLock::new(|| yaml::template("template.yaml"));

fn resources() -> &'static Map<String, Value> {
    TEMPLATE["Resources"].as_object().unwrap()
}

/// `(logical id, properties)` of every resource of a type.
fn of_type(kind: &str) -> impl Iterator<Item = (&'static String, &'static Value)> {
    resources()
        .iter()
        .filter(move |(_, resource)| resource["Type"] == *kind)
        .map(|(name, resource)| (name, &resource["Properties"]))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The items of a list, or the one that stands for itself.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}
