//! The outbox of back-channel logout: a queue of notices (docs/decisions/0046).

use async_trait::async_trait;
use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use symbolon::{
    model::LogoutNotice,
    ports::{LogoutNotices, PortResult, Unavailable},
    types::Digest,
};

use crate::failure::{Throttled, unavailable};

/// Most messages that the queue takes in one call.
const BATCH: usize = 10;

/// Puts notices into the queue, and puts off what is taken out too early.
pub struct NoticeQueue {
    client: Client,
    url: String,
}

impl NoticeQueue {
    /// The queue at this URL.
    pub fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }

    /// Hands a message that was just handed out to nobody for so many seconds.
    pub async fn postpone(&self, receipt_handle: &str, seconds: u64) -> PortResult<()> {
        let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
        let call = self.client.change_message_visibility().queue_url(&self.url);
        let call = call.receipt_handle(receipt_handle).visibility_timeout(seconds);
        let postponed = call.send().await;
        postponed
            .map(drop)
            .map_err(|error| unavailable("notices: postpone", Throttled::Uncounted, &error))
    }

    async fn send(&self, notices: &[LogoutNotice]) -> PortResult<()> {
        let entries: Option<Vec<_>> = notices.iter().enumerate().map(entry).collect();
        let entries = entries.ok_or_else(|| Unavailable("notices: unwritable".to_owned()))?;
        let call = self.client.send_message_batch().queue_url(&self.url);
        let sent = call.set_entries(Some(entries)).send().await;
        let sent = sent.map_err(|error| unavailable("notices: queue", Throttled::Uncounted, &error))?;
        // Of one that it did not take nobody would hear: she presses the button again, and who was told is told twice.
        match sent.failed().first() {
            Some(failed) => Err(Unavailable(format!("notices: queue: {}", failed.code()))),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl LogoutNotices for NoticeQueue {
    async fn put(&self, notices: &[LogoutNotice]) -> PortResult<()> {
        for batch in notices.chunks(BATCH) {
            self.send(batch).await?;
        }
        Ok(())
    }
}

/// What is inside a message; `None` for anything that is no notice.
pub(crate) fn read(body: &str) -> Option<LogoutNotice> {
    serde_json::from_str(body).ok()
}

fn entry((at, notice): (usize, &LogoutNotice)) -> Option<SendMessageBatchRequestEntry> {
    let entry = SendMessageBatchRequestEntry::builder()
        .id(at.to_string())
        .message_body(serde_json::to_string(notice).ok()?)
        .message_group_id(group(notice));
    entry.build().ok()
}

/// By which the queue tells partners apart: one that is slow, with much waiting, does not go before the others (SQS's
/// fair queues). Of bounded length and plain characters, whatever the client is called.
fn group(notice: &LogoutNotice) -> String {
    let partner = format!("{}\n{}", notice.tenant.as_str(), notice.client.as_str());
    URL_SAFE_NO_PAD.encode(Digest::of(partner.as_bytes()).as_bytes())
}

#[cfg(test)]
mod tests {
    use symbolon::types::{ClientId, SessionId, TenantId, Timestamp};

    use super::*;

    fn notice(tenant: &str, client: &str, session: u8) -> LogoutNotice {
        LogoutNotice {
            tenant: TenantId::new(tenant),
            authority: "auth.urban.example".to_owned(),
            client: ClientId::new(client),
            session: SessionId::from_bytes([session; 16]),
            at: Timestamp(1_800_000_000),
        }
    }

    #[test]
    fn a_notice_comes_out_as_it_went_in() {
        let notice = notice("urban", "shop", 1);
        let entry = entry((3, &notice)).unwrap();
        assert_eq!(entry.id(), "3");
        assert_eq!(read(entry.message_body()), Some(notice));
        for odd in ["", "{}", "null"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_group_is_a_partner() {
        let one = group(&notice("urban", "shop", 1));
        assert_eq!(group(&notice("urban", "shop", 2)), one);
        assert_ne!(group(&notice("north", "shop", 1)), one);
        assert_ne!(group(&notice("urban", "shop2", 1)), one);
        assert_eq!(group(&notice("urban", &"ä ".repeat(200), 1)).len(), 43);
    }
}
