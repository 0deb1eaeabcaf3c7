//! A message on its way through the queue: `{"tenant": …, "sealed": …}`. Who reads the queue learns the tenant.

use serde::{Deserialize, Serialize};
use symbolon::{
    keyring::{Keyring, Purpose},
    types::{PhoneNumber, Secret, TenantId, Timestamp},
};

/// What is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// Its name, drawn for it: the queue may hand one message out twice.
    pub(super) id: String,
    pub(super) to: PhoneNumber,
    /// A decoy has none.
    pub(super) text: Option<Secret<String>>,
    pub(super) sent_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outside {
    tenant: TenantId,
    sealed: String,
}

#[derive(Serialize, Deserialize)]
struct Inside {
    id: String,
    to: PhoneNumber,
    text: Option<String>,
    sent_at: Timestamp,
}

/// The body of a queued message; `None` if it cannot be written.
pub(super) fn seal(keyring: &Keyring, tenant: &TenantId, message: &Message) -> Option<String> {
    let inside = Inside {
        id: message.id.clone(),
        to: message.to.clone(),
        text: message.text.as_ref().map(|text| text.expose().clone()),
        sent_at: message.sent_at,
    };
    let outside = Outside {
        tenant: tenant.clone(),
        sealed: keyring.seal(tenant, Purpose::Message, &inside)?,
    };
    serde_json::to_string(&outside).ok()
}

/// What is inside; `None` for anything this provider did not put there.
pub(super) fn open(keyring: &Keyring, body: &str) -> Option<(TenantId, Message)> {
    let Outside { tenant, sealed } = serde_json::from_str(body).ok()?;
    let inside: Inside = keyring.open(&tenant, Purpose::Message, &sealed)?;
    let message = Message {
        id: inside.id,
        to: inside.to,
        text: inside.text.map(Secret::new),
        sent_at: inside.sent_at,
    };
    Some((tenant, message))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use symbolon::ports::Random;

    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Random for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn keyring() -> Keyring {
        let random = Arc::new(Counting(0.into()));
        Keyring::new(Secret::new([1; 32]), Vec::new(), Secret::new([2; 32]), random)
    }

    fn message() -> Message {
        Message {
            id: "one".to_owned(),
            to: PhoneNumber::try_from("+447700900101".to_owned()).unwrap(),
            text: Some(Secret::new("Your code is 123456".to_owned())),
            sent_at: Timestamp(1_800_000_000),
        }
    }

    #[test]
    fn a_message_comes_out_as_it_went_in_and_shows_its_tenant_only() {
        let (ring, tenant) = (keyring(), TenantId::new("urban"));
        let decoy = Message {
            text: None,
            ..message()
        };
        for message in [message(), decoy] {
            let body = seal(&ring, &tenant, &message).unwrap();
            assert!(body.contains("urban") && !body.contains("900101") && !body.contains("123456"));
            assert_eq!(open(&ring, &body), Some((tenant.clone(), message)));
        }
    }

    #[test]
    fn what_was_not_sealed_here_for_this_tenant_is_nothing() {
        let (ring, tenant) = (keyring(), TenantId::new("urban"));
        let body = seal(&ring, &tenant, &message()).unwrap();
        let cookie = ring.seal(&tenant, Purpose::Session, &"x").unwrap();
        for odd in [
            String::new(),
            "{}".to_owned(),
            body.replace("urban", "north"),
            body.replace("\"tenant\"", "\"more\":1,\"tenant\""),
            format!(r#"{{"tenant":"urban","sealed":"{cookie}"}}"#),
        ] {
            assert_eq!(open(&ring, &odd), None, "{odd}");
        }
    }
}
