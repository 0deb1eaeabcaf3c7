//! Alarms are on metrics that somebody writes.

use serde_json::{Value, json};

use super::{
    super::{
        functions::binaries,
        none,
        source::{files, read},
    },
    of_type, text,
};

/// Every `(metric, function)` of an alarm in our namespace; `*` is all functions.
fn ours(alarm: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut metric = |metric: &Value| {
        if metric["Namespace"] == "Symbolon" {
            let dimensions = metric["Dimensions"].as_array().unwrap();
            assert_eq!(
                (dimensions.len(), &dimensions[0]["Name"]),
                (1, &json!("Function"))
            );
            found.push((
                text(&metric["MetricName"]).to_owned(),
                text(&dimensions[0]["Value"]).to_owned(),
            ));
        }
    };
    metric(alarm);
    for query in alarm["Metrics"].as_array().into_iter().flatten() {
        metric(&query["MetricStat"]["Metric"]);
    }
    for query in alarm["Metrics"].as_array().into_iter().flatten() {
        if let Some(select) = text(&query["Expression"]).strip_prefix("SELECT SUM(") {
            let (name, rest) = select.split_once(')').unwrap();
            assert_eq!(rest, " FROM SCHEMA(Symbolon, Function)");
            found.push((name.to_owned(), "*".to_owned()));
        }
    }
    found
}

#[test]
fn alarms_of_our_own_metrics_name_metrics_and_functions_that_exist() {
    let written: String = files("infra/aws/src/log", ".rs")
        .iter()
        .map(|file| read(file))
        .collect();
    let functions = binaries();
    let mut findings = Vec::new();
    let mut count = 0;
    for (name, alarm) in of_type("AWS::CloudWatch::Alarm") {
        for (metric, function) in ours(alarm) {
            count += 1;
            if !written.contains(&metric) {
                findings.push(format!("{name}: nobody writes {metric}"));
            }
            if function != "*" && !functions.contains(&function) {
                findings.push(format!("{name}: there is no function {function}"));
            }
        }
    }
    assert!(count > 10, "{count} metrics of ours have an alarm");
    none(&findings);
}

#[test]
fn every_function_has_an_alarm_and_every_alarm_somebody_to_tell() {
    let mut watched = Vec::new();
    for (name, alarm) in of_type("AWS::CloudWatch::Alarm") {
        let told =
            json!({ "Fn::If": ["HasAlarmTopic", [{ "Ref": "AlarmTopicArn" }], { "Ref": "AWS::NoValue" }] });
        assert_eq!(alarm["AlarmActions"], told, "{name}");
        if alarm["Namespace"] == "AWS/Lambda" {
            watched.push(text(&alarm["Dimensions"][0]["Value"]["Ref"]).to_owned());
        }
    }
    let mut functions: Vec<String> = of_type("AWS::Serverless::Function")
        .map(|(name, _)| name.clone())
        .collect();
    functions.sort();
    watched.sort();
    assert_eq!(watched, functions);
}

/// The largest number of metrics that `CloudWatch` takes in one alarm.
#[test]
fn no_alarm_has_more_metrics_than_cloudwatch_takes() {
    for (name, alarm) in of_type("AWS::CloudWatch::Alarm") {
        let metrics = alarm["Metrics"].as_array().map_or(0, |queries| {
            queries
                .iter()
                .filter(|query| query.get("MetricStat").is_some())
                .count()
        });
        assert!(metrics <= 10, "{name} has {metrics}");
    }
}
