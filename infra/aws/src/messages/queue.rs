use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use symbolon::{
    keyring::Keyring,
    ports::{Clock, OtpSender, PortResult, Random, Unavailable},
    types::{PhoneNumber, Secret, TenantId},
};

use super::envelope::{self, Message};
use crate::failure::{Throttled, unavailable};

/// Puts messages into the queue. It is the same call for a decoy, so neither the answer nor its time tells a member's
/// number from a stranger's, however slow the one who carries the messages is.
pub struct Queue {
    client: Client,
    url: String,
    keyring: Arc<Keyring>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Queue {
    /// The queue at this URL.
    pub fn new(
        client: Client,
        url: String,
        keyring: Arc<Keyring>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            client,
            url,
            keyring,
            clock,
            random,
        }
    }
}

#[async_trait]
impl OtpSender for Queue {
    async fn send(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        text: Option<&Secret<String>>,
    ) -> PortResult<()> {
        let message = Message {
            id: URL_SAFE_NO_PAD.encode(self.random.bytes::<16>()),
            to: to.clone(),
            text: text.cloned(),
            sent_at: self.clock.now(),
        };
        let body = envelope::seal(&self.keyring, tenant, &message);
        let body = body.ok_or_else(|| Unavailable("sender: unwritable message".to_owned()))?;
        let call = self.client.send_message().queue_url(&self.url).message_body(body);
        let sent = call.send().await;
        sent.map(drop)
            .map_err(|error| unavailable("sender: queue", Throttled::Uncounted, &error))
    }
}
