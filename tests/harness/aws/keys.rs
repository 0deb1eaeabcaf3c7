use super::Account;

impl Account {
    /// ARN of a new symmetric key.
    pub async fn wrapping_key(&self) -> String {
        self.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await
    }

    /// ARN of a new key of this kind, for this use.
    pub async fn key(&self, spec: &str, usage: &str) -> String {
        let call = self.direct().kms().create_key();
        let made = call.key_spec(spec.into()).key_usage(usage.into()).send().await;
        made.unwrap().key_metadata.unwrap().arn.unwrap()
    }
}
