//! Notices to partners, from the port into the queue.

use symbolon::{
    model::LogoutNotice,
    ports::LogoutNotices,
    types::{ClientId, SessionId, TenantId, Timestamp},
};
use symbolon_aws::NoticeQueue;

use crate::harness::aws::Account;

fn notice(at: u8) -> LogoutNotice {
    LogoutNotice {
        tenant: TenantId::new("urban"),
        authority: "auth.urban.tld".to_owned(),
        client: ClientId::new(format!("partner-{at}")),
        session: SessionId::from_bytes([at; 16]),
        at: Timestamp(1_800_000_000),
    }
}

#[tokio::test]
async fn however_many_partners_each_has_a_message_and_one_that_is_put_off_stays_away() {
    let account = Account::new().await;
    let sqs = account.direct().sqs();
    let made = sqs.create_queue().queue_name("notices").send().await.unwrap();
    let url = made.queue_url.unwrap();
    let port = NoticeQueue::new(account.aws().sqs(), url.clone());
    // More than the queue takes in one call.
    let notices: Vec<_> = (0..23).map(notice).collect();
    port.put(&notices).await.unwrap();
    let mut clients = Vec::new();
    loop {
        let call = sqs.receive_message().queue_url(&url).max_number_of_messages(10);
        let messages = call.send().await.unwrap().messages.unwrap_or_default();
        if messages.is_empty() {
            break;
        }
        for message in messages {
            let read: LogoutNotice = serde_json::from_str(&message.body.unwrap()).unwrap();
            assert!(notices.contains(&read), "{read:?}");
            clients.push(read.client);
            port.postpone(&message.receipt_handle.unwrap(), 600)
                .await
                .unwrap();
        }
    }
    clients.sort();
    clients.dedup();
    assert_eq!(clients.len(), notices.len());
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_said_so() {
    let account = Account::new().await;
    let port = NoticeQueue::new(
        account.aws().sqs(),
        "http://127.0.0.1:1/000000000000/none".to_owned(),
    );
    let refused = port.put(&[notice(1)]).await.unwrap_err();
    assert!(refused.0.starts_with("notices: queue: "), "{refused:?}");
}
