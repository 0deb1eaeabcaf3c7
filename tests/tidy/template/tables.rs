//! What must not be lost, and what must go by itself.

use serde_json::json;

use super::{super::source::read, TEMPLATE, of_type, resources};

#[test]
fn what_cannot_be_made_again_stays_and_can_be_restored() {
    for name in ["ConfigTable", "IdentityTable"] {
        let table = &resources()[name];
        assert_eq!(
            (&table["DeletionPolicy"], &table["UpdateReplacePolicy"]),
            (&json!("Retain"), &json!("Retain")),
            "{name}"
        );
        let properties = &table["Properties"];
        assert_eq!(properties["DeletionProtectionEnabled"], true, "{name}");
        assert_eq!(
            properties["PointInTimeRecoverySpecification"],
            json!({ "PointInTimeRecoveryEnabled": true }),
            "{name}"
        );
        assert!(
            properties.get("TimeToLiveSpecification").is_none(),
            "{name} forgets"
        );
    }
    let key = &resources()["WrappingKey"];
    assert_eq!(
        (&key["DeletionPolicy"], &key["UpdateReplacePolicy"]),
        (&json!("Retain"), &json!("Retain"))
    );
    assert_eq!(
        (
            &key["Properties"]["EnableKeyRotation"],
            &key["Properties"]["PendingWindowInDays"]
        ),
        (&json!(true), &json!(30))
    );
}

#[test]
fn what_expires_is_deleted() {
    let properties = &resources()["EphemeralTable"]["Properties"];
    assert_eq!(
        properties["TimeToLiveSpecification"],
        json!({ "AttributeName": "exp", "Enabled": true })
    );
}

#[test]
fn the_three_tables_have_one_shape_and_cost_nothing_at_rest() {
    let tables: Vec<_> = of_type("AWS::DynamoDB::Table").collect();
    assert_eq!(tables.len(), 3);
    for (name, table) in tables {
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{name}");
        let keys = json!([{ "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "sk", "KeyType": "RANGE" }]);
        assert_eq!(table["KeySchema"], keys, "{name}");
        // An index is never strongly consistent.
        assert!(table.get("GlobalSecondaryIndexes").is_none(), "{name}");
    }
}

#[test]
fn messages_are_encrypted_forgotten_and_not_lost_from_sight() {
    // A code is of no use after five minutes; a partner is told for a day, and may wait half a day for the last time.
    for (queue, kept, dead, function) in [
        ("MessageQueue", 300, "DeadMessages", "DeliverFunction"),
        ("NoticeQueue", 172_800, "DeadNotices", "NotifyFunction"),
    ] {
        let queue = &resources()[queue]["Properties"];
        assert_eq!(
            (&queue["MessageRetentionPeriod"], &queue["SqsManagedSseEnabled"]),
            (&json!(kept), &json!(true))
        );
        assert_eq!(
            queue["RedrivePolicy"]["deadLetterTargetArn"],
            json!({ "Fn::GetAtt": format!("{dead}.Arn") })
        );
        assert_eq!(resources()[dead]["Properties"]["SqsManagedSseEnabled"], true);
        let timeout = resources()[function]["Properties"]["Timeout"].as_u64().unwrap();
        // AWS asks for six times; below once, two functions would send one message.
        assert_eq!(queue["VisibilityTimeout"].as_u64().unwrap(), 6 * timeout);
    }
}

#[test]
fn logs_are_kept_for_a_while_and_everything_is_explained() {
    for (name, group) in of_type("AWS::Logs::LogGroup") {
        assert_eq!(
            group["RetentionInDays"],
            json!({ "Ref": "LogRetentionDays" }),
            "{name}"
        );
    }
    for section in ["Parameters", "Outputs"] {
        for (name, entry) in TEMPLATE[section].as_object().unwrap() {
            assert!(
                entry["Description"].as_str().is_some_and(|text| text.len() > 10),
                "{section} {name}"
            );
        }
    }
}

#[test]
fn the_guide_has_every_parameter() {
    let guide = read("docs/deploy-aws.md");
    for name in TEMPLATE["Parameters"].as_object().unwrap().keys() {
        assert!(
            guide.contains(&format!("`{name}`")),
            "docs/deploy-aws.md lacks {name}"
        );
    }
}
