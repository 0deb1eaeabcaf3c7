use aws_sdk_dynamodb::types::{AttributeValue, PointInTimeRecoverySpecification, TimeToLiveSpecification};
use serde_json::{Value, json};

use super::{BRAND, Deployment};

impl Deployment {
    /// What the template sets, and a bare table lacks.
    async fn as_deployed(&self) {
        let ends = TimeToLiveSpecification::builder()
            .attribute_name("exp")
            .enabled(true);
        let call = self.account.client.update_time_to_live();
        let call = call.table_name(&self.account.tables.ephemeral);
        call.time_to_live_specification(ends.build().unwrap())
            .send()
            .await
            .unwrap();
        for table in [&self.account.tables.config, &self.account.tables.identity] {
            let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
            let call = self.account.client.update_continuous_backups().table_name(table);
            let call = call.point_in_time_recovery_specification(recovery.build().unwrap());
            call.send().await.unwrap();
        }
    }

    /// What it found, line by line.
    fn findings(&self) -> Vec<String> {
        let ended = self.account.tool(&self.wrapping_key, &["check"]);
        assert_eq!(ended.code, Some(1), "{}", ended.stdout);
        let mut lines: Vec<String> = ended.stderr.lines().map(str::to_owned).collect();
        let last = lines.pop().unwrap();
        assert_eq!(last, format!("symbolon-aws: {} findings", lines.len()));
        lines
    }

    /// Changes the document of the item whose key begins so.
    async fn spoil(&self, kind: &str, change: impl Fn(&mut Value)) {
        for (table, mut item) in self.account.dump().await {
            if item["pk"].as_s().unwrap().starts_with(kind) && item.contains_key("d") {
                let mut document = serde_json::from_str(item["d"].as_s().unwrap()).unwrap();
                change(&mut document);
                item.insert("d".to_owned(), AttributeValue::S(document.to_string()));
                let call = self.account.client.put_item().table_name(table);
                call.set_item(Some(item)).send().await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_deployment_as_it_should_be_is_well() {
    let deployment = Deployment::seeded().await;
    deployment.as_deployed().await;
    assert_eq!(
        deployment.done(&["check"]),
        "1 tenants and 1 clients: all is well\n"
    );
}

#[tokio::test]
async fn what_tables_lack_is_named_also_before_anything_is_seeded() {
    let deployment = Deployment::empty().await;
    assert_eq!(
        deployment.findings(),
        [
            "table ephemeral: time to live is not enabled on `exp`",
            "table config: point-in-time recovery is not enabled",
            "table identity: point-in-time recovery is not enabled",
            "keyring: config lacks a keyring",
        ]
    );
}

#[tokio::test]
async fn what_does_not_read_back_is_named_with_its_setting() {
    let deployment = Deployment::seeded().await;
    deployment.as_deployed().await;
    deployment
        .spoil("CLIENT", |document| {
            document["settings"]["scopes"] = json!(["nobodys"]);
        })
        .await;
    assert_eq!(
        deployment.findings(),
        ["client app of urban: tenants.urban.clients.app.scopes[0]: `nobodys` is not in the scope catalogue"]
    );
    deployment
        .spoil("TENANT", |document| {
            document["settings"]["brand"]["css"] = json!("x");
        })
        .await;
    let findings = deployment.findings();
    assert!(
        findings[0].starts_with("tenant urban under auth.urban.tld: settings.brand.css: unknown field `css`"),
        "{findings:?}"
    );
    deployment.seed(BRAND, &[]);
    assert!(deployment.done(&["check"]).ends_with("all is well\n"));
}

#[tokio::test]
async fn keys_that_do_not_sign_are_named() {
    let deployment = Deployment::empty().await;
    let rsa = deployment.account.key("RSA_2048", "SIGN_VERIFY").await;
    let keys = format!("custody = \"kms\"\nsigning_keys = {{ RS256 = \"{rsa}\" }}\n");
    let file = BRAND.replace("algorithms = [\"RS256\", \"ES256\"]\n", &keys);
    deployment.seed(&file, &[]);
    deployment.as_deployed().await;
    assert!(deployment.done(&["check"]).ends_with("all is well\n"));
    let kms = deployment.account.direct().kms();
    kms.disable_key().key_id(&rsa).send().await.unwrap();
    let findings = deployment.findings();
    assert_eq!(findings[0], format!("urban: key {rsa}: not enabled"));
    kms.disable_key()
        .key_id(&deployment.wrapping_key)
        .send()
        .await
        .unwrap();
    let findings = deployment.findings();
    assert_eq!(
        findings[0],
        format!("key {}: not enabled", deployment.wrapping_key)
    );

    // Keys that went away with the item.
    let deployment = Deployment::seeded().await;
    deployment.as_deployed().await;
    let call = deployment.account.client.delete_item().table_name("config");
    let call = call.key("pk", AttributeValue::S("KEYS#urban".to_owned()));
    call.key("sk", AttributeValue::S("-".to_owned()))
        .send()
        .await
        .unwrap();
    assert_eq!(
        deployment.findings(),
        ["urban: RS256: no key signs", "urban: ES256: no key signs"]
    );
}
