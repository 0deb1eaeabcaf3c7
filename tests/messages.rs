//! A message from the port through the queue to who carries it.

use std::sync::Arc;

use serde_json::{Value, json};
use symbolon::{
    config::Declaration,
    keyring::Keyring,
    ports::{Clock, OtpSender, Unavailable},
    types::{PhoneNumber, Secret, TenantId},
};
use symbolon_aws::{
    Delivered, Delivery, EndUserMessaging, Queue, RegistryWriter, Senders, Sns, TableRegistry, Webhook,
};
use symbolon_local::random::OsRandom;
use symbolon_outbound::Outbound;

use crate::harness::{
    ALICE,
    aws::{Account, Moved},
};

const CACHE: u64 = 60;
const TEXT: &str = "Your code is 123456";

struct Bench {
    account: Account,
    queue: String,
    keyring: Arc<Keyring>,
    clock: Arc<Moved>,
}

impl Bench {
    async fn new() -> Self {
        let account = Account::new().await;
        let made = account
            .direct()
            .sqs()
            .create_queue()
            .queue_name("messages")
            .send()
            .await;
        let (sealing, identity) = (Secret::new([1; 32]), Secret::new([2; 32]));
        Self {
            queue: made.unwrap().queue_url.unwrap(),
            account,
            keyring: Arc::new(Keyring::new(sealing, Vec::new(), identity, Arc::new(OsRandom))),
            clock: Moved::new(),
        }
    }

    fn port(&self) -> Queue {
        let sqs = self.account.aws().sqs();
        let (keyring, clock) = (self.keyring.clone(), self.clock.clone());
        Queue::new(sqs, self.queue.clone(), keyring, clock, Arc::new(OsRandom))
    }

    fn delivery(&self) -> Delivery {
        let aws = self.account.direct();
        let clock: Arc<dyn Clock> = self.clock.clone();
        let table = self.account.tables.config.clone();
        let registry = TableRegistry::new(aws.dynamodb(), table, Some(self.keyring.clone()), &clock, CACHE);
        let senders = Senders {
            sns: Sns::new(aws.sns()),
            end_user_messaging: EndUserMessaging::new(aws.end_user_messaging()),
            webhook: Webhook::new(Arc::new(Outbound::public()), clock.clone()),
        };
        let store = Arc::new(self.account.store());
        Delivery::new(self.keyring.clone(), Arc::new(registry), store, clock, senders)
    }

    /// Writes a brand with these settings for messages.
    async fn seed(&self, messages: Value) {
        self.seed_with(messages, json!({})).await;
    }

    async fn seed_with(&self, messages: Value, policy: Value) {
        let brand = json!({ "tenants": { "urban": {
            "issuer": "https://auth.urban.tld",
            "countries": ["GB"],
            "brand": { "name": "Urban", "monogram": "U", "theme": { "primary": "#7a1f5c", "primary_dark": "#f0a6d6" } },
            "messages": messages,
            "policy": policy,
        } } });
        let writer = RegistryWriter::new(
            self.account.direct().dynamodb(),
            self.account.tables.config.clone(),
        );
        for stored in Declaration::read(brand).unwrap().store(&self.keyring).unwrap() {
            let seen = writer.contents().await.unwrap();
            writer.write(&stored, &seen).await.unwrap();
        }
    }

    async fn send(&self, text: Option<&str>) {
        let text = text.map(|text| Secret::new(text.to_owned()));
        self.port()
            .send(&tenant(), &alice(), text.as_ref())
            .await
            .unwrap();
    }

    /// The bodies in the queue, in no order.
    async fn queued(&self) -> Vec<String> {
        let call = self
            .account
            .direct()
            .sqs()
            .receive_message()
            .queue_url(&self.queue);
        let received = call.max_number_of_messages(10).send().await.unwrap();
        let messages = received.messages.unwrap_or_default();
        messages.into_iter().filter_map(|message| message.body).collect()
    }

    /// Texts to Alice that hold this.
    async fn texts_with(&self, part: &str) -> Vec<Value> {
        let url = format!("{}/_ministack/sns/sms-messages", crate::harness::aws::emulator());
        let answer = partners::http_client(None)
            .unwrap()
            .get(url)
            .send()
            .await
            .unwrap();
        let all: Value = answer.json().await.unwrap();
        let texts = all["sms_messages"][ALICE].as_array().cloned().unwrap_or_default();
        texts
            .into_iter()
            .filter(|text| text.to_string().contains(part))
            .collect()
    }
}

fn tenant() -> TenantId {
    TenantId::new("urban")
}

fn alice() -> PhoneNumber {
    PhoneNumber::try_from(ALICE.to_owned()).unwrap()
}

#[tokio::test]
async fn en2_a_decoy_goes_the_same_way_and_says_as_little() {
    let bench = Bench::new().await;
    for text in [Some(TEXT), None] {
        bench.send(text).await;
        let sent = bench.account.wire.take();
        assert_eq!((sent.len(), &*sent[0].operation), (1, "SendMessage"));
        let body = sent[0].body["MessageBody"].as_str().unwrap();
        let fields: Value = serde_json::from_str(body).unwrap();
        assert_eq!(fields["tenant"], "urban");
        assert_eq!(fields.as_object().unwrap().len(), 2);
        assert!(!body.contains("123456") && !body.contains("7700900101"));
    }
    assert_eq!(bench.queued().await.len(), 2);
}

#[tokio::test]
async fn a_message_arrives_and_a_decoy_does_not() {
    let bench = Bench::new().await;
    bench.seed(json!({ "sender": "sns", "sender_id": "URBAN" })).await;
    let text = format!("{TEXT} for {}", bench.queue);
    bench.send(Some(&text)).await;
    bench.send(None).await;
    let delivery = bench.delivery();
    let mut ends = Vec::new();
    for body in bench.queued().await {
        ends.push(delivery.deliver(&body).await.unwrap());
    }
    ends.sort_by_key(|end| *end == Delivered::Decoy);
    assert_eq!(ends, [Delivered::Sent, Delivered::Decoy]);
    let texts = bench.texts_with(&text).await;
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].to_string().contains("URBAN") && texts[0].to_string().contains("Transactional"));
}

#[tokio::test]
async fn a096_beyond_the_limit_of_the_brand_a_message_ends_here() {
    let bench = Bench::new().await;
    let brand = json!({ "otp": { "brand": { "messages": 1, "window": 60 } } });
    bench.seed_with(json!({}), brand).await;
    let delivery = bench.delivery();
    let text = format!("limited {}", bench.queue);
    let mut bodies = Vec::new();
    for text in [
        None,
        Some(text.as_str()),
        Some(text.as_str()),
        Some(text.as_str()),
    ] {
        bench.send(text).await;
        bodies.extend(bench.queued().await);
    }
    let mut ends = Vec::new();
    for body in &bodies[..3] {
        ends.push(delivery.deliver(body).await.unwrap());
    }
    // Of a decoy nothing is counted.
    assert_eq!(ends, [Delivered::Decoy, Delivered::Sent, Delivered::Limited]);
    bench.clock.pass(61);
    assert_eq!(delivery.deliver(&bodies[3]).await, Ok(Delivered::Sent));
    assert_eq!(bench.texts_with(&bench.queue).await.len(), 2);
}

#[tokio::test]
async fn a_message_that_is_too_late_or_not_ours_ends_here() {
    let bench = Bench::new().await;
    bench.seed(json!({})).await;
    let text = format!("late {}", bench.queue);
    bench.send(Some(&text)).await;
    let body = bench.queued().await.remove(0);
    let delivery = bench.delivery();
    bench.clock.pass(300);
    assert_eq!(delivery.deliver(&body).await, Ok(Delivered::Late));
    for odd in [
        "",
        "{}",
        r#"{"tenant":"urban","sealed":"AAAA"}"#,
        &body.replace("urban", "north"),
    ] {
        assert_eq!(delivery.deliver(odd).await, Ok(Delivered::Unknown), "{odd}");
    }
    assert_eq!(bench.texts_with(&text).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_message_of_a_brand_that_is_gone_ends_here() {
    let bench = Bench::new().await;
    bench.send(Some(TEXT)).await;
    let body = bench.queued().await.remove(0);
    assert_eq!(bench.delivery().deliver(&body).await, Ok(Delivered::Unknown));
}

#[tokio::test]
async fn a_sender_that_does_not_accept_it_is_an_error_so_that_the_queue_keeps_it() {
    let bench = Bench::new().await;
    // The host stands for nothing: no name under `.invalid` ever does (RFC 6761 s6.4).
    bench
        .seed(json!({ "sender": "webhook", "url": "https://gateway.invalid/in", "secret": "s".repeat(32) }))
        .await;
    bench.send(Some(TEXT)).await;
    let body = bench.queued().await.remove(0);
    let Err(Unavailable(why)) = bench.delivery().deliver(&body).await else {
        panic!("nobody took it");
    };
    assert!(why.starts_with("sender: webhook "), "{why}");
    assert!(!why.contains("123456") && !why.contains("900101"), "{why}");
}

#[tokio::test]
async fn st5_a_queue_that_does_not_answer_is_unavailable_and_works_again() {
    let bench = Bench::new().await;
    let (port, text) = (bench.port(), Secret::new(TEXT.to_owned()));
    bench.account.wire.refuse(1, "QueueDoesNotExist");
    let Err(Unavailable(why)) = port.send(&tenant(), &alice(), Some(&text)).await else {
        panic!("there was no queue");
    };
    assert_eq!(why, "sender: queue: QueueDoesNotExist");
    assert_eq!(port.send(&tenant(), &alice(), Some(&text)).await, Ok(()));
}
