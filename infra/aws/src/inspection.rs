//! What an operator should know of tables and keys and no function asks for.

use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, TimeToLiveStatus};

use crate::{failure::code, health, settings::Settings};

/// The attribute by which items end.
const EXPIRY: &str = "exp";

/// Looks at a deployment's tables and keys; each answer is what is wrong, a line each.
pub struct Inspection {
    settings: Settings,
}

impl Inspection {
    /// Of what these settings name.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// The tables are there, what ends ends by itself, what stays can be brought back, and the wrapping key is enabled.
    pub async fn tables_and_key(&self) -> Vec<String> {
        let tables = &self.settings.tables;
        let mut findings = Vec::new();
        for name in [&tables.config, &tables.identity, &tables.ephemeral] {
            findings.extend(health::table(&self.settings, name).await.err());
        }
        findings.extend(self.ends(&tables.ephemeral).await.err());
        for name in [&tables.config, &tables.identity] {
            findings.extend(self.can_be_brought_back(name).await.err());
        }
        findings.extend(self.key(&self.settings.wrapping_key).await);
        findings
    }

    /// A KMS key is there and enabled.
    pub async fn key(&self, arn: &str) -> Option<String> {
        health::key(&self.settings, arn).await.err()
    }

    async fn ends(&self, table: &str) -> Result<(), String> {
        let call = self.settings.aws.dynamodb().describe_time_to_live();
        let answer = call.table_name(table).send().await;
        let answer = answer.map_err(|error| format!("table {table}: time to live: {}", code(&error)))?;
        let described = answer.time_to_live_description.filter(|ttl| {
            ttl.time_to_live_status() == Some(&TimeToLiveStatus::Enabled)
                && ttl.attribute_name() == Some(EXPIRY)
        });
        described
            .map(drop)
            .ok_or_else(|| format!("table {table}: time to live is not enabled on `{EXPIRY}`"))
    }

    async fn can_be_brought_back(&self, table: &str) -> Result<(), String> {
        let call = self.settings.aws.dynamodb().describe_continuous_backups();
        let answer = call.table_name(table).send().await;
        let answer = answer.map_err(|error| format!("table {table}: recovery: {}", code(&error)))?;
        let recovery = answer
            .continuous_backups_description
            .and_then(|backups| backups.point_in_time_recovery_description);
        let enabled = recovery.filter(|recovery| {
            recovery.point_in_time_recovery_status() == Some(&PointInTimeRecoveryStatus::Enabled)
        });
        enabled
            .map(drop)
            .ok_or_else(|| format!("table {table}: point-in-time recovery is not enabled"))
    }
}
