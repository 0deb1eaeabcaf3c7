//! Resources, routes and environments of the functions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    super::{
        functions::{binaries, type_name},
        none,
        source::read,
    },
    TEMPLATE, of_type, resources, text,
};

/// The functions that a queue calls, and which.
const BY_QUEUE: [(&str, &str); 2] = [("deliver", "MessageQueue"), ("notify", "NoticeQueue")];
/// Those that put notices in, and the one that puts them off.
const NOTICES: [&str; 5] = ["account", "login", "logout", "notify", "transfer"];
/// The function that the clock calls.
const BY_CLOCK: &str = "rotate";

/// `(binary, logical id, properties)` of every function.
fn deployed() -> Vec<(&'static str, &'static str, &'static Value)> {
    let found = of_type("AWS::Serverless::Function");
    found
        .map(|(id, properties)| {
            let binary = &resources()[id]["Metadata"]["BuildProperties"]["Binary"];
            (text(binary), id.as_str(), properties)
        })
        .collect()
}

/// `ANY /login -> login`, of every event that is a route.
fn routes() -> BTreeMap<String, String> {
    let mut routes = BTreeMap::new();
    for (binary, id, properties) in deployed() {
        for event in properties["Events"].as_object().unwrap().values() {
            let route = &event["Properties"];
            if event["Type"] != "HttpApi" {
                continue;
            }
            assert_eq!(
                route["ApiId"],
                json!({ "Ref": "Api" }),
                "{id} has a route of another API"
            );
            let key = format!("{} {}", text(&route["Method"]), text(&route["Path"]));
            let before = routes.insert(key.clone(), binary.to_owned());
            assert_eq!(before, None, "{key} is a route twice");
        }
    }
    routes
}

/// `AUTHORIZE -> /oauth2/auth`.
fn paths() -> BTreeMap<String, String> {
    let metadata = read("shared/src/wire/metadata.rs");
    let constant = |line: &str| {
        let (name, value) = line
            .trim()
            .strip_prefix("pub const ")?
            .split_once(": &str = \"")?;
        Some((name.to_owned(), value.strip_suffix("\";")?.to_owned()))
    };
    let paths: BTreeMap<_, _> = metadata.lines().filter_map(constant).collect();
    assert!(paths.len() > 10, "{paths:?}");
    paths
}

#[test]
fn every_binary_is_one_function_built_from_it() {
    let built: BTreeSet<String> = binaries().into_iter().collect();
    let found = deployed();
    let named: BTreeSet<String> = found.iter().map(|(binary, ..)| (*binary).to_owned()).collect();
    assert_eq!(
        named, built,
        "functions of template.yaml, and [[bin]] of functions/Cargo.toml"
    );
    assert_eq!(found.len(), built.len(), "two functions have one binary");
    for (binary, id, properties) in found {
        let metadata = &resources()[id]["Metadata"];
        assert_eq!(id, format!("{}Function", type_name(binary)));
        assert_eq!(metadata["BuildMethod"], "rust-cargolambda", "{id}");
        assert_eq!(properties["CodeUri"], "functions/", "{id}");
        assert_eq!(
            properties["Role"],
            json!({ "Fn::GetAtt": format!("{}Role.Arn", type_name(binary)) })
        );
        assert_eq!(
            properties["LoggingConfig"]["LogGroup"],
            json!({ "Ref": format!("{}Logs", type_name(binary)) })
        );
    }
    let shared = &TEMPLATE["Globals"]["Function"];
    assert_eq!(
        (&shared["Runtime"], &shared["Handler"]),
        (&json!("provided.al2023"), &json!("bootstrap"))
    );
    assert_eq!(
        (&shared["Tracing"], &shared["LoggingConfig"]["LogFormat"]),
        (&json!("Active"), &json!("JSON"))
    );
}

/// A path and a method that are answered in one place of the local server, and by one function here.
#[test]
fn routes_are_those_of_the_local_server() {
    let table = read("infra/local/src/routes.rs");
    let mut wanted = BTreeMap::new();
    for (constant, path) in paths() {
        let row = table
            .lines()
            .find_map(|line| line.trim().strip_prefix(&format!("(path::{constant}, ")));
        let row = row.unwrap_or_else(|| panic!("{path} is no route of the local server"));
        let row = row.trim_end_matches("),").rsplit("::").next().unwrap();
        // Which methods an endpoint takes is its own word: 405 and preflight come from the code.
        let binary = binaries().into_iter().find(|binary| type_name(binary) == row);
        wanted.insert(format!("ANY {path}"), binary.unwrap());
    }
    let queued = |binary: &String| BY_QUEUE.iter().any(|(queued, _)| queued == binary);
    let asked = binaries()
        .into_iter()
        .filter(|binary| !queued(binary) && binary != BY_CLOCK);
    for binary in asked {
        wanted.insert(format!("GET /health/ready/{binary}"), binary);
    }
    for path in ["alive", "ready"] {
        wanted.insert(format!("GET /health/{path}"), "authorize".to_owned());
    }
    assert_eq!(routes(), wanted);
}

#[test]
fn one_function_is_called_by_each_queue_and_says_which_messages_failed() {
    let found = deployed();
    let queued: Vec<_> = found
        .iter()
        .flat_map(|(binary, _, properties)| {
            properties["Events"]
                .as_object()
                .unwrap()
                .values()
                .map(move |e| (*binary, e))
        })
        .filter(|(_, event)| event["Type"] == "SQS")
        .collect();
    assert_eq!(queued.len(), BY_QUEUE.len(), "{queued:?}");
    for ((binary, event), (wanted, queue)) in queued.into_iter().zip(BY_QUEUE) {
        assert_eq!(binary, wanted);
        assert_eq!(
            event["Properties"]["Queue"],
            json!({ "Fn::GetAtt": format!("{queue}.Arn") })
        );
        assert_eq!(
            event["Properties"]["FunctionResponseTypes"],
            json!(["ReportBatchItemFailures"])
        );
    }
}

#[test]
fn one_function_is_called_by_the_clock() {
    let found = deployed().into_iter().flat_map(|(binary, _, properties)| {
        let events = properties["Events"].as_object().unwrap().values();
        events.map(move |event| (binary, event))
    });
    let timed: Vec<_> = found.filter(|(_, event)| event["Type"] == "Schedule").collect();
    let [(binary, event)] = timed.as_slice() else {
        panic!("{timed:?}")
    };
    assert_eq!(
        (*binary, &event["Properties"]["Schedule"]),
        (BY_CLOCK, &json!("rate(1 hour)"))
    );
}

#[test]
fn a_function_is_told_its_name_and_where_everything_is() {
    let shared = json!({
        "SYMBOLON_TABLE_CONFIG": { "Ref": "ConfigTable" },
        "SYMBOLON_TABLE_IDENTITY": { "Ref": "IdentityTable" },
        "SYMBOLON_TABLE_EPHEMERAL": { "Ref": "EphemeralTable" },
        "SYMBOLON_KEY": { "Fn::GetAtt": "WrappingKey.Arn" },
        "SYMBOLON_CACHE_SECONDS": { "Ref": "CacheSeconds" },
    });
    assert_eq!(
        TEMPLATE["Globals"]["Function"]["Environment"]["Variables"],
        shared
    );
    for (binary, id, properties) in deployed() {
        let mut own = json!({ "SYMBOLON_FUNCTION": binary });
        if binary == "login" {
            own["SYMBOLON_QUEUE"] = json!({ "Ref": "MessageQueue" });
        }
        if NOTICES.contains(&binary) {
            own["SYMBOLON_NOTICES"] = json!({ "Ref": "NoticeQueue" });
        }
        assert_eq!(properties["Environment"]["Variables"], own, "{id}");
    }
}

#[test]
fn throttled_routes_exist() {
    let api = &resources()["Api"]["Properties"];
    let tighter: Vec<&String> = api["RouteSettings"].as_object().unwrap().keys().collect();
    assert_eq!(
        tighter,
        [
            "ANY /device",
            "ANY /login",
            "ANY /oauth2/device/auth",
            "ANY /oauth2/par",
            "ANY /oauth2/token"
        ]
    );
    none(
        &tighter
            .into_iter()
            .filter(|key| !routes().contains_key(*key))
            .cloned()
            .collect::<Vec<_>>(),
    );
}

/// Codes, states and hints stand in query strings, and redirects carry them in headers.
#[test]
fn access_logs_hold_no_query_and_are_json() {
    let format = text(&resources()["Api"]["Properties"]["AccessLogSettings"]["Format"]);
    let line: Value = serde_json::from_str(format).unwrap();
    let known = [
        "$context.requestId",
        "$context.requestTimeEpoch",
        "$context.domainName",
        "$context.routeKey",
        "$context.httpMethod",
        "$context.status",
        "$context.identity.sourceIp",
        "$context.protocol",
        "$context.responseLength",
        "$context.responseLatency",
        "$context.integrationLatency",
        "$context.integrationStatus",
        "$context.error.message",
        "$context.integrationErrorMessage",
    ];
    let values = line.as_object().unwrap().values().map(text);
    none(
        &values
            .filter(|value| !known.contains(value))
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    );
}
