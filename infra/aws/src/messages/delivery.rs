use std::sync::Arc;

use symbolon::{
    endpoints::MessageLimit,
    keyring::Keyring,
    model::{MessageSender, Tenant},
    ports::{Challenges, Clock, PortResult, Unavailable},
    types::{Secret, Timestamp},
};

use super::{
    EndUserMessaging, Sns, Webhook,
    envelope::{self, Message},
};
use crate::{
    log::{Counter, count, count_trouble},
    registry::TableRegistry,
};

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
    /// The brand has sent as many as it may for now.
    Limited,
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
    registry: Arc<TableRegistry>,
    limit: MessageLimit,
    clock: Arc<dyn Clock>,
    senders: Senders,
}

impl Delivery {
    /// Messages sealed with this keyring, of tenants in this registry, counted here.
    pub fn new(
        keyring: Arc<Keyring>,
        registry: Arc<TableRegistry>,
        challenges: Arc<dyn Challenges>,
        clock: Arc<dyn Clock>,
        senders: Senders,
    ) -> Self {
        let limit = MessageLimit {
            challenges,
            clock: clock.clone(),
            keyring: keyring.clone(),
        };
        Self {
            keyring,
            registry,
            limit,
            clock,
            senders,
        }
    }

    /// Handles the body of one queued message. On an error the queue should hand it out again; once it is too late
    /// for it, it ends as [`Delivered::Late`]. Twice handed out, it is twice sent.
    pub async fn deliver(&self, body: &str) -> PortResult<Delivered> {
        let Some((tenant, message)) = envelope::open(&self.keyring, body) else {
            return Ok(lost(Delivered::Unknown, "delivery: unknown"));
        };
        let Some(text) = &message.text else {
            return Ok(Delivered::Decoy);
        };
        let left = left(&message, self.clock.now());
        if left == 0 {
            return Ok(lost(Delivered::Late, "delivery: late"));
        }
        let Some(tenant) = self.registry.tenant(&tenant).await? else {
            return Ok(lost(Delivered::Unknown, "delivery: tenant gone"));
        };
        if !self.limit.admits(&tenant).await? {
            return Ok(lost(Delivered::Limited, "delivery: limit of the brand"));
        }
        let sent = self.send(&tenant, &message, text, left).await;
        sent.inspect_err(|Unavailable(why)| count_trouble(Counter::MessageFailed, why))?;
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

fn lost(end: Delivered, step: &str) -> Delivered {
    count_trouble(Counter::MessageFailed, step);
    end
}
