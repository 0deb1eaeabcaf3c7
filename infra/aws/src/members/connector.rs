use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use symbolon::{
    model::{Connector, Member},
    ports::{Clock, PortResult, Unavailable},
    types::{MemberId, PhoneNumber, TenantId},
};
use symbolon_outbound::Outbound;

use crate::request_signature;

/// A member waits for it, and a page must still be made.
const TIMEOUT: Duration = Duration::from_millis(1_500);
/// Longest id a brand may have: it becomes part of storage keys.
const LONGEST_ID: usize = 256;

/// Asks a brand's own loyalty system, as docs/member-connector.md says.
pub struct MemberConnector {
    outbound: Arc<Outbound>,
    clock: Arc<dyn Clock>,
}

impl MemberConnector {
    /// Asks over this client.
    pub fn new(outbound: Arc<Outbound>, clock: Arc<dyn Clock>) -> Self {
        Self { outbound, clock }
    }

    /// The member of a number.
    pub async fn by_number(
        &self,
        tenant: &TenantId,
        connector: &Connector,
        number: &PhoneNumber,
    ) -> PortResult<Option<Member>> {
        let member = self
            .ask(tenant, connector, &json!({ "number": number.as_str() }))
            .await?;
        asked(tenant, member, |member| member.number == *number)
    }

    /// The member of an id.
    pub async fn by_id(
        &self,
        tenant: &TenantId,
        connector: &Connector,
        id: &MemberId,
    ) -> PortResult<Option<Member>> {
        let member = self.ask(tenant, connector, &json!({ "id": id.as_str() })).await?;
        asked(tenant, member, |member| member.id == *id)
    }

    async fn ask(
        &self,
        tenant: &TenantId,
        connector: &Connector,
        question: &Value,
    ) -> PortResult<Option<Member>> {
        let target = self.outbound.target(&connector.url);
        let target = target.map_err(|refused| unavailable(tenant, format!("address {refused}")))?;
        let body = question.to_string().into_bytes();
        let headers = request_signature::headers(connector.secret.open()?, self.clock.now(), &body);
        let answer = self
            .outbound
            .post(&target, "application/json", &headers, body, TIMEOUT)
            .await;
        let answer = answer.map_err(|error| unavailable(tenant, error))?;
        match answer.status {
            404 => Ok(None),
            // The parser's error may quote the member.
            200 => serde_json::from_slice(&answer.body)
                .map(Some)
                .map_err(|_| unavailable(tenant, "answered with something else than a member")),
            status => Err(unavailable(tenant, format!("answered {status}"))),
        }
    }
}

/// Refuses an answer about somebody else: taking it would sign her in as another.
fn asked(
    tenant: &TenantId,
    member: Option<Member>,
    is_she: impl FnOnce(&Member) -> bool,
) -> PortResult<Option<Member>> {
    match member {
        Some(member) if !is_she(&member) => Err(unavailable(tenant, "answered with another member")),
        Some(member) if !(1..=LONGEST_ID).contains(&member.id.as_str().len()) => Err(unavailable(
            tenant,
            "answered with an id that is empty or too long",
        )),
        member => Ok(member),
    }
}

fn unavailable(tenant: &TenantId, what: impl std::fmt::Display) -> Unavailable {
    Unavailable(format!("members: the connector of {tenant} {what}"))
}
