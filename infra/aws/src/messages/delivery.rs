use std::sync::Arc;

use symbolon::{
    keyring::Keyring,
    model::{MessageSender, Tenant},
    ports::{Clock, PortResult, Registry, Unavailable},
    types::{Secret, Timestamp},
};

use super::{
    EndUserMessaging, Sns, Webhook,
    envelope::{self, Message},
};
use crate::log::{Counter, count, count_trouble};

/// How long after it was asked for a message is of any use: as long as a code lives unless the brand changed it.
const USEFUL: u64 = 300;

/// What became of a queued message. None of these is worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// The one who carries the tenant's messages has it.
    Sent,
    /// It was a decoy.
    Decoy,
    /// It is too late for it.
    Late,
    /// Nobody here sealed it, or its tenant is gone.
    Unknown,
}

/// Those who carry messages.
pub struct Senders {
    /// Amazon SNS.
    pub sns: Sns,
    /// AWS End User Messaging.
    pub end_user_messaging: EndUserMessaging,
    /// A brand's own gateway.
    pub webhook: Webhook,
}

/// Takes messages out of the queue to their tenant's sender.
pub struct Delivery {
    keyring: Arc<Keyring>,
    registry: Arc<dyn Registry>,
    clock: Arc<dyn Clock>,
    senders: Senders,
}

impl Delivery {
    /// Messages sealed with this keyring, of tenants in this registry.
    pub fn new(
        keyring: Arc<Keyring>,
        registry: Arc<dyn Registry>,
        clock: Arc<dyn Clock>,
        senders: Senders,
    ) -> Self {
        Self {
            keyring,
            registry,
            clock,
            senders,
        }
    }

    /// Handles the body of one queued message. On an error the queue should hand it out again; once it is too late
    /// for it, it ends as [`Delivered::Late`]. Twice handed out, it is twice sent.
    pub async fn deliver(&self, body: &str) -> PortResult<Delivered> {
        let Some((id, message)) = envelope::open(&self.keyring, body) else {
            failed(None, "unknown");
            return Ok(Delivered::Unknown);
        };
        let Some(text) = &message.text else {
            return Ok(Delivered::Decoy);
        };
        let left = left(&message, self.clock.now());
        if left == 0 {
            failed(Some(id.as_str()), "late");
            return Ok(Delivered::Late);
        }
        let tenant = self.registry.tenant_by_authority(&message.authority).await?;
        let Some(tenant) = tenant.filter(|tenant| tenant.id == id) else {
            failed(Some(id.as_str()), "unknown");
            return Ok(Delivered::Unknown);
        };
        if let Err(error) = self.send(&tenant, &message, text, left).await {
            failed(Some(id.as_str()), &error.0);
            return Err(error);
        }
        count(Counter::MessageSent);
        Ok(Delivered::Sent)
    }

    async fn send(
        &self,
        tenant: &Tenant,
        message: &Message,
        text: &Secret<String>,
        left: u64,
    ) -> Result<(), Unavailable> {
        let senders = &self.senders;
        match &tenant.messages {
            MessageSender::Sns { sender_id, india } => {
                let (sender_id, india) = (sender_id.as_deref(), india.as_ref());
                senders.sns.send(&message.to, text, sender_id, india).await
            }
            MessageSender::EndUserMessaging {
                origination_identity,
                configuration_set,
                india,
            } => {
                let from = (origination_identity.as_str(), configuration_set.as_deref());
                let sender = &senders.end_user_messaging;
                sender.send(&message.to, text, from, india.as_ref(), left).await
            }
            MessageSender::Webhook(connector) => {
                let id = &message.id;
                senders
                    .webhook
                    .send(connector, &tenant.id, &message.to, text, id)
                    .await
            }
        }
    }
}

/// Seconds for which the message is still of use.
fn left(message: &Message, now: Timestamp) -> u64 {
    let age = now.0.saturating_sub(message.sent_at.0);
    USEFUL.saturating_sub(age)
}

fn failed(tenant: Option<&str>, why: &str) {
    count_trouble(Counter::MessageFailed, "deliver");
    tracing::warn!(tenant, why, "message not delivered");
}
