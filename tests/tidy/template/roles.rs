//! What each function may do: the statements of its role are exactly those of the ports in its main.

use serde_json::{Value, json};

use super::{
    super::{
        functions::{binaries, fields, type_name},
        none,
        source::read,
    },
    list, of_type, resources,
};

/// What a port's adapter calls.
enum Call {
    /// These operations of DynamoDB, on items of a table whose key begins so.
    Items(&'static [&'static str], &'static str, &'static [&'static str]),
    /// Decryption by the wrapping key, of what was encrypted for this purpose.
    Unwrap(&'static str),
    /// Signatures by the keys of tenants whose custody is KMS, of digests only.
    Sign,
    /// New pairs, whose private half comes wrapped.
    Pair,
    /// The public halves of the keys of tenants whose custody is KMS.
    PublicHalf,
    /// New messages for this queue.
    Queue(&'static str),
}
use Call::{Items, Pair, PublicHalf, Queue, Sign, Unwrap};

/// Ports, and what they may call. The one place this is said: `template.yaml` and the mains are held to it.
const PORTS: [(&str, &[Call]); 21] = [
    (
        "registry",
        &[Items(&["GetItem"], "ConfigTable", &["TENANT#*", "CLIENT#*"])],
    ),
    ("public_keys", &[Items(&["GetItem"], "ConfigTable", &["KEYS#*"])]),
    (
        "signer",
        &[
            Items(&["GetItem"], "ConfigTable", &["KEYS#*"]),
            Unwrap("signing"),
            Sign,
        ],
    ),
    (
        "signing_keys",
        &[
            Items(&["GetItem"], "ConfigTable", &["TENANTS", "TENANT#*"]),
            Items(&["GetItem", "PutItem"], "ConfigTable", &["KEYS#*"]),
            Pair,
            PublicHalf,
        ],
    ),
    (
        "keyring",
        &[
            Items(&["GetItem"], "ConfigTable", &["KEYRING"]),
            Unwrap("keyring"),
        ],
    ),
    (
        "sessions",
        &[Items(
            &["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"],
            "EphemeralTable",
            &["SESSION#*"],
        )],
    ),
    (
        "grants",
        &[Items(
            &["GetItem", "PutItem", "UpdateItem", "Query"],
            "IdentityTable",
            &["GRANT#*"],
        )],
    ),
    (
        "codes",
        &[Items(&["PutItem", "UpdateItem"], "EphemeralTable", &["CODE#*"])],
    ),
    (
        "pushed",
        &[Items(
            &["GetItem", "PutItem", "UpdateItem"],
            "EphemeralTable",
            &["PAR#*"],
        )],
    ),
    (
        "devices",
        &[Items(
            &["GetItem", "PutItem", "UpdateItem"],
            "EphemeralTable",
            &["DEVICE#*"],
        )],
    ),
    (
        "families",
        &[Items(
            &["GetItem", "PutItem", "UpdateItem"],
            "EphemeralTable",
            &["FAMILY#*"],
        )],
    ),
    (
        "assertions",
        &[Items(&["GetItem", "PutItem"], "EphemeralTable", &["JTI#*"])],
    ),
    (
        "challenges",
        &[Items(
            &["GetItem", "PutItem", "UpdateItem"],
            "EphemeralTable",
            &["OTP#*", "ADDR#*"],
        )],
    ),
    (
        "members",
        &[Items(&["GetItem"], "IdentityTable", &["MEMBER#*", "NUMBER#*"])],
    ),
    (
        "message_limit",
        &[Items(&["PutItem", "UpdateItem"], "EphemeralTable", &["ADDR#*"])],
    ),
    ("sender", &[Queue("MessageQueue")]),
    ("notices", &[Queue("NoticeQueue")]),
    // Partners at their own addresses, on the open internet.
    ("client_keys", &[]),
    ("partners", &[]),
    // Of the process itself.
    ("clock", &[]),
    ("random", &[]),
];

/// The function of a queue is no endpoint, so no struct in its main names what it takes.
const DELIVER: [&str; 3] = ["registry", "keyring", "message_limit"];

const TABLES: [&str; 3] = ["ConfigTable", "IdentityTable", "EphemeralTable"];

fn arn(of: &str) -> Value {
    json!({ "Fn::GetAtt": format!("{of}.Arn") })
}

fn allow(actions: &[String], resources: &[Value], condition: Option<Value>) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    statement
}

/// A statement that is there if a condition of the template holds.
fn only_if(condition: &str, statement: &Value) -> Value {
    json!({ "Fn::If": [condition, statement, { "Ref": "AWS::NoValue" }] })
}

fn statement(call: &Call) -> Value {
    let one = |action: &str| [action.to_owned()];
    match call {
        Items(operations, table, types) => {
            let actions: Vec<String> = operations.iter().map(|name| format!("dynamodb:{name}")).collect();
            let keys = json!({
                "ForAllValues:StringLike": { "dynamodb:LeadingKeys": types },
                // Of no keys at all, "all" are allowed: a call without one would pass.
                "Null": { "dynamodb:LeadingKeys": "false" },
            });
            allow(&actions, &[arn(table)], Some(keys))
        }
        Unwrap(purpose) => {
            let condition = json!({ "StringEquals": { "kms:EncryptionContext:symbolon:purpose": purpose } });
            allow(&one("kms:Decrypt"), &[arn("WrappingKey")], Some(condition))
        }
        Sign => {
            let algorithms = ["RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PSS_SHA_256", "ECDSA_SHA_256"];
            let condition = json!({ "StringEquals": { "kms:MessageType": "DIGEST", "kms:SigningAlgorithm": algorithms } });
            let keys = json!({ "Ref": "SigningKeyArns" });
            only_if(
                "HasSigningKeys",
                &allow(&one("kms:Sign"), &[keys], Some(condition)),
            )
        }
        Pair => {
            let condition =
                json!({ "StringEquals": { "kms:EncryptionContext:symbolon:purpose": "signing" } });
            let action = one("kms:GenerateDataKeyPairWithoutPlaintext");
            allow(&action, &[arn("WrappingKey")], Some(condition))
        }
        PublicHalf => {
            let actions = ["kms:DescribeKey", "kms:GetPublicKey"].map(str::to_owned);
            let keys = json!({ "Ref": "SigningKeyArns" });
            only_if("HasSigningKeys", &allow(&actions, &[keys], None))
        }
        Queue(queue) => allow(&one("sqs:SendMessage"), &[arn(queue)], None),
    }
}

/// Health, logs and traces, which every function has.
fn of_every_function(binary: &str, calls: &[&Call]) -> Vec<Value> {
    let used = |table: &&str| {
        calls
            .iter()
            .any(|call| matches!(call, Items(_, of, _) if of == table))
    };
    let tables: Vec<Value> = TABLES
        .iter()
        .filter(|table| used(table))
        .map(|table| arn(table))
        .collect();
    let actions = |names: [&str; 2]| names.map(str::to_owned);
    let mut statements = vec![
        allow(&["dynamodb:DescribeTable".to_owned()], &tables, None),
        allow(
            &actions(["logs:CreateLogStream", "logs:PutLogEvents"]),
            &[arn(&format!("{}Logs", type_name(binary)))],
            None,
        ),
        // X-Ray has no resources: the one `*`.
        allow(
            &actions(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]),
            &[json!("*")],
            None,
        ),
    ];
    if calls.iter().any(|call| matches!(call, Unwrap(_))) {
        statements.push(allow(
            &["kms:DescribeKey".to_owned()],
            &[arn("WrappingKey")],
            None,
        ));
    }
    statements
}

const READING: [&str; 3] = [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
];

/// Reading its queue, and putting off what is to be tried later.
fn notify_alone() -> Vec<Value> {
    let mut reading = READING.map(str::to_owned).to_vec();
    reading.push("sqs:ChangeMessageVisibility".to_owned());
    vec![allow(&reading, &[arn("NoticeQueue")], None)]
}

/// Reading its queue, and the two ways of Amazon to send a text. A phone number is no resource, so it is "no topic".
fn deliver_alone() -> Vec<Value> {
    let reading = READING.map(str::to_owned);
    let topics = [json!({ "Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*" })];
    let by_sns = json!({ "Effect": "Allow", "Action": ["sns:Publish"], "NotResource": topics });
    let origins = allow(
        &["sms-voice:SendTextMessage".to_owned()],
        &[json!({ "Ref": "MessageOriginArns" })],
        None,
    );
    vec![
        allow(&reading, &[arn("MessageQueue")], None),
        only_if("SendsBySns", &by_sns),
        only_if("HasMessageOrigins", &origins),
    ]
}

/// A statement without its name, and with lists where one thing may stand for itself.
fn normal(statement: &Value) -> Value {
    if let Some([condition, inner, nothing]) = statement["Fn::If"].as_array().map(Vec::as_slice) {
        return json!({ "Fn::If": [condition, normal(inner), nothing] });
    }
    let mut plain = statement.clone();
    let members = plain.as_object_mut().unwrap();
    members.remove("Sid");
    for (name, member) in members.iter_mut() {
        if ["Action", "Resource", "NotResource"].contains(&name.as_str()) {
            *member = list(member).into();
        }
    }
    plain
}

/// Every statement of a function's role. It has one policy, and nothing attached.
fn granted(binary: &str) -> Vec<Value> {
    let role = &resources()[&format!("{}Role", type_name(binary))]["Properties"];
    assert_eq!(role["ManagedPolicyArns"], Value::Null, "{binary}");
    let policies = list(&role["Policies"]);
    let [policy] = policies.as_slice() else {
        panic!("{binary} has not one policy")
    };
    list(&policy["PolicyDocument"]["Statement"])
}

fn sorted(statements: &[Value]) -> Vec<String> {
    let mut lines: Vec<String> = statements
        .iter()
        .map(|statement| normal(statement).to_string())
        .collect();
    lines.sort();
    lines
}

/// What a function takes, by its main.
fn ports(binary: &str) -> Vec<String> {
    if binary == "deliver" {
        return DELIVER.map(str::to_owned).to_vec();
    }
    let main = read(&format!("functions/{binary}/main.rs"));
    fields(&main, &format!("{} {{", type_name(binary)), "").unwrap()
}

#[test]
fn a_role_allows_what_the_ports_of_its_function_call_and_nothing_else() {
    let mut findings = Vec::new();
    for binary in binaries() {
        let ports = ports(&binary);
        let mut calls = Vec::new();
        for port in &ports {
            match PORTS.iter().find(|(name, _)| name == port) {
                Some((_, of_port)) => calls.extend(of_port.iter()),
                None => findings.push(format!(
                    "functions/{binary}: port {port} is not in tests/tidy/template/roles.rs"
                )),
            }
        }
        let mut wanted: Vec<Value> = calls.iter().map(|call| statement(call)).collect();
        wanted.extend(of_every_function(&binary, &calls));
        match &*binary {
            "deliver" => wanted.extend(deliver_alone()),
            "notify" => wanted.extend(notify_alone()),
            _ => {}
        }
        let (granted, wanted) = (sorted(&granted(&binary)), sorted(&wanted));
        let beyond = granted.iter().filter(|line| !wanted.contains(line));
        findings.extend(beyond.map(|line| format!("{binary} may, and has no port for it: {line}")));
        let missing = wanted.iter().filter(|line| !granted.contains(line));
        findings.extend(missing.map(|line| format!("{binary} may not, and has a port for it: {line}")));
    }
    none(&findings);
}

#[test]
fn every_role_is_one_functions_own() {
    let mut used: Vec<String> = of_type("AWS::Serverless::Function")
        .map(|(name, _)| name.replace("Function", "Role"))
        .collect();
    let mut roles: Vec<&String> = of_type("AWS::IAM::Role").map(|(name, _)| name).collect();
    used.sort();
    roles.sort();
    assert_eq!(roles, used.iter().collect::<Vec<_>>());
    for (name, role) in of_type("AWS::IAM::Role") {
        let trust = json!([{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }]);
        assert_eq!(role["AssumeRolePolicyDocument"]["Statement"], trust, "{name}");
    }
    for kind in [
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::ManagedPolicy",
    ] {
        assert_eq!(
            of_type(kind).count(),
            0,
            "{kind} would add to a role from elsewhere"
        );
    }
}

/// Said once more by itself, because it must hold whatever the table above says.
#[test]
fn nobody_scans_nobody_has_a_wildcard_and_few_reach_signing_keys() {
    // Tokens, logout's too, and answers that are signed where a client asks for it.
    const SIGN: [&str; 4] = ["token", "notify", "introspect", "userinfo"];
    let mut findings = Vec::new();
    for binary in binaries() {
        for statement in granted(&binary) {
            let inner = statement["Fn::If"].get(1).unwrap_or(&statement);
            let text = inner.to_string();
            for action in list(&inner["Action"]) {
                let action = super::text(&action).to_owned();
                if action.contains('*') || action.ends_with("Scan") {
                    findings.push(format!("{binary}: {action}"));
                }
                let makes = action == "kms:GenerateDataKeyPairWithoutPlaintext" && binary == "rotate";
                if (action == "kms:Sign" || text.contains("\"signing\""))
                    && !SIGN.contains(&&*binary)
                    && !makes
                {
                    findings.push(format!("{binary} reaches signing keys: {action}"));
                }
            }
            if list(&inner["Resource"]).contains(&json!("*")) && !text.contains("xray:") {
                findings.push(format!("{binary}: {} on everything", super::text(&inner["Sid"])));
            }
        }
    }
    none(&findings);
}
