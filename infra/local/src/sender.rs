//! What leaves towards the phones of development, within the limit of its brand.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use symbolon::{
    endpoints::MessageLimit,
    model::Tenant,
    ports::{OtpSender, PortResult},
    types::{Digest, PhoneNumber, Secret, TenantId},
};

use crate::inbox::Inbox;

/// The inbox, while the brand may send.
pub struct LimitedInbox {
    inbox: Arc<Inbox>,
    tenants: HashMap<TenantId, Arc<Tenant>>,
    limit: MessageLimit,
}

impl LimitedInbox {
    /// An inbox of these tenants' messages.
    pub fn new(inbox: Arc<Inbox>, tenants: Vec<Arc<Tenant>>, limit: MessageLimit) -> Self {
        let tenants = tenants.into_iter().map(|tenant| (tenant.id.clone(), tenant));
        Self {
            inbox,
            tenants: tenants.collect(),
            limit,
        }
    }

    /// Whether a message may leave. Here the page waits for it, so a decoy is counted too, where it takes nothing away.
    async fn admits(&self, tenant: &TenantId, decoy: bool) -> PortResult<bool> {
        let Some(tenant) = self.tenants.get(tenant) else {
            return Ok(false);
        };
        if !decoy {
            return self.limit.admits(tenant).await;
        }
        let (now, apart) = (self.limit.clock.now(), Digest::of(b"decoys"));
        let window = tenant.policy.otp.brand.window;
        let counted = self
            .limit
            .challenges
            .count_address(&tenant.id, &apart, window, now);
        counted.await.map(|_| true)
    }
}

#[async_trait]
impl OtpSender for LimitedInbox {
    async fn send(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        text: Option<&Secret<String>>,
    ) -> PortResult<()> {
        if self.admits(tenant, text.is_none()).await? {
            self.inbox.send(tenant, to, text).await
        } else {
            Ok(())
        }
    }
}
