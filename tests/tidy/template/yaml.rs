//! A `CloudFormation` template as JSON: `!Ref X` as `{"Ref": "X"}`, any other tag `!Sub` as `{"Fn::Sub": …}`.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Number, Value, json};

use super::super::source::read;

/// Reads a file of the repository.
pub(super) fn template(file: &str) -> Value {
    let text = read(file);
    let documents = Yaml::load_from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert_eq!(documents.len(), 1, "{file} is one document");
    value(&documents[0])
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(scalar) => plain(scalar),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(pairs) => {
            let entry = |(key, item): (&Yaml<'_>, &Yaml<'_>)| (key_of(key), value(item));
            Value::Object(pairs.iter().map(entry).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tag, inner) => {
            let name = match tag.suffix.as_str() {
                "Ref" | "Condition" => tag.suffix.clone(),
                other => format!("Fn::{other}"),
            };
            json!({ name: value(inner) })
        }
        other => panic!("{other:?} is of no use in a template"),
    }
}

fn plain(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => Value::Bool(*value),
        Scalar::Integer(value) => Value::Number((*value).into()),
        Scalar::FloatingPoint(value) => {
            Number::from_f64(value.into_inner()).map_or(Value::Null, Value::Number)
        }
        Scalar::String(text) => Value::String(text.to_string()),
    }
}

fn key_of(yaml: &Yaml<'_>) -> String {
    match value(yaml) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[test]
fn tags_become_functions() {
    let documents = Yaml::load_from_str("a: !GetAtt B.Arn\nc: !If [D, !Ref E, 1]\n").unwrap();
    assert_eq!(
        value(&documents[0]),
        json!({ "a": { "Fn::GetAtt": "B.Arn" }, "c": { "Fn::If": ["D", { "Ref": "E" }, 1] } })
    );
}
