//! The phones of development: messages are read at `/dev/inbox` instead of arriving anywhere.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde::Serialize;
use symbolon::{
    ports::{Clock, OtpSender, PortResult},
    types::{PhoneNumber, Secret, TenantId, Timestamp},
};

/// Most messages kept; the oldest goes first.
const CAPACITY: usize = 1_000;

/// One message as it would have arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The number, in E.164.
    pub to: String,
    /// The whole text.
    pub text: String,
    /// The digits after `#` in the last line (the domain-bound form), if there are any.
    pub code: Option<String>,
    /// When it was handed over.
    pub sent_at: Timestamp,
    /// Which brand sent it.
    pub tenant: TenantId,
}

/// Every phone in one list. Nothing is delivered behind an answer: a message is there when `send` has answered, so
/// a test that reads the inbox next never waits for it.
pub struct Inbox {
    clock: Arc<dyn Clock>,
    /// Newest first.
    messages: Mutex<VecDeque<Message>>,
}

impl Inbox {
    /// An empty inbox.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            messages: Mutex::default(),
        }
    }

    /// The messages, newest first; of one number if `to` is given. `to` is compared by its digits, because a `+`
    /// in a query is a space.
    pub fn messages(&self, to: Option<&str>) -> Vec<Message> {
        let to = to.map(digits);
        let wanted = |message: &&Message| to.as_ref().is_none_or(|to| digits(&message.to) == *to);
        self.lock().iter().filter(wanted).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Message>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl OtpSender for Inbox {
    async fn send(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        text: Option<&Secret<String>>,
    ) -> PortResult<()> {
        let decoy = text.is_none();
        let text = text.map_or_else(String::new, |text| text.expose().clone());
        let message = Message {
            to: to.as_str().to_owned(),
            code: code(&text),
            text,
            sent_at: self.clock.now(),
            tenant: tenant.clone(),
        };
        let mut messages = self.lock();
        if decoy {
            return Ok(());
        }
        messages.truncate(CAPACITY - 1);
        messages.push_front(message);
        Ok(())
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn code(text: &str) -> Option<String> {
    let (_, after) = text.lines().last()?.rsplit_once('#')?;
    let code: String = after.chars().take_while(char::is_ascii_digit).collect();
    (!code.is_empty()).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_read_from_the_domain_bound_line_only() {
        assert_eq!(
            code("Your code is 111111.\n\n@auth.brand.tld #123456").as_deref(),
            Some("123456")
        );
        assert_eq!(code("Your code is #111111.\n@auth.brand.tld"), None);
        assert_eq!(code(""), None);
    }

    #[tokio::test]
    async fn it_is_bounded_newest_first_and_read_by_number() {
        struct Noon;
        impl Clock for Noon {
            fn now(&self) -> Timestamp {
                Timestamp(12)
            }
        }
        let inbox = Inbox::new(Arc::new(Noon));
        let tenant = TenantId::new("t");
        let number = |text: &str| PhoneNumber::try_from(text.to_owned()).unwrap();
        inbox
            .send(
                &tenant,
                &number("+447700900102"),
                Some(&Secret::new("first".to_owned())),
            )
            .await
            .unwrap();
        for i in 0..CAPACITY {
            inbox
                .send(
                    &tenant,
                    &number("+447700900101"),
                    Some(&Secret::new(format!("@h #{i}"))),
                )
                .await
                .unwrap();
        }
        let all = inbox.messages(None);
        assert_eq!((all.len(), all[0].code.as_deref()), (CAPACITY, Some("999")));
        assert_eq!(inbox.messages(Some(" 447700900101")).len(), CAPACITY);
        assert_eq!(inbox.messages(Some("+447700900102")), []);
        // A decoy leaves nothing and pushes nothing out.
        inbox.send(&tenant, &number("+447700900102"), None).await.unwrap();
        assert_eq!(inbox.messages(None), all);
    }
}
