//! Devices' requests and pushed requests: what a step costs, what an outage or a lost answer does to it.

use symbolon::{
    model::{DeviceApproval, DeviceRequest},
    ports::{DeviceRequests, Polled, PortResult, PushedRequests, Unavailable},
    types::Digest,
};

use super::wired::{MINE, OTHER, Wired};
use crate::store::{
    backend::{NOW, client, digest},
    device_requests::{approval, asked},
    pushed_requests::{origin, request},
};

/// A table that is throttled more often than the SDK tries.
const OUTAGE: &str = "ThrottlingException";
const TRIES: usize = 3;
/// One second after the interval.
const AGAIN: u64 = 6;

impl Wired {
    async fn begin(&self, user_code: &Digest, request: &DeviceRequest) -> PortResult<bool> {
        DeviceRequests::create(&self.store, &self.t, user_code, request, NOW).await
    }

    async fn pending(&self) -> PortResult<Option<DeviceRequest>> {
        self.store.pending(&self.t, &digest("u"), NOW).await
    }

    async fn decide(&self, said: Option<&DeviceApproval>) -> PortResult<bool> {
        self.store.decide(&self.t, &digest("u"), said, NOW).await
    }

    async fn poll(&self, nonce: &[u8; 16], after: u64) -> PortResult<Polled> {
        let (user, device) = (digest("u"), digest("raw-device-code"));
        self.store
            .poll(&self.t, &user, &client("tv"), &device, nonce, NOW + after)
            .await
    }

    async fn take_back(&self, nonce: &[u8; 16]) -> PortResult<()> {
        DeviceRequests::release(&self.store, &self.t, &digest("u"), nonce).await
    }

    async fn push(&self) -> PortResult<()> {
        PushedRequests::put(&self.store, &self.t, &digest("r"), &request()).await
    }

    async fn end(&self, nonce: &[u8; 16]) -> PortResult<bool> {
        PushedRequests::consume(&self.store, &self.t, &origin("r"), nonce, NOW).await
    }

    fn costs(&self, calls: &[&str]) {
        let calls: Vec<String> = calls
            .iter()
            .map(|call| format!("{call} ephemeral DEVICE"))
            .collect();
        assert_eq!(self.sent(), calls);
    }

    /// The next step meets an outage.
    fn out_of_order(&self) {
        self.account.wire.refuse(TRIES, OUTAGE);
    }
}

fn unavailable<T>(step: &str) -> PortResult<T> {
    Err(Unavailable(format!("store: {step}: {OUTAGE}")))
}

#[tokio::test]
async fn a_step_at_a_devices_request_is_one_call() {
    let w = Wired::new().await;
    let other = DeviceRequest {
        device_code: digest("another"),
        ..asked()
    };
    for (request, taken) in [(asked(), true), (asked(), true), (other, false)] {
        assert_eq!(w.begin(&digest("u"), &request).await, Ok(taken));
        w.costs(&["PutItem"]);
    }
    assert_eq!(w.pending().await, Ok(Some(asked())));
    w.costs(&["GetItem"]);
    assert_eq!(w.poll(&MINE, 0).await, Ok(Polled::Pending));
    w.costs(&["UpdateItem"]);
    // Rarer: a device that is too quick, and one that is let in.
    assert_eq!(w.poll(&MINE, 1).await, Ok(Polled::TooSoon));
    w.costs(&["UpdateItem", "UpdateItem"]);
    for (said, stands) in [
        (Some(&approval(1)), true),
        (Some(&approval(1)), true),
        (None, false),
    ] {
        assert_eq!(w.decide(said).await, Ok(stands));
        w.costs(&["UpdateItem"]);
    }
    assert_eq!(w.poll(&MINE, AGAIN).await, Ok(Polled::Now(approval(1))));
    w.costs(&["UpdateItem", "UpdateItem"]);
    for (nonce, polled) in [
        (&MINE, Polled::Now(approval(1))),
        (&OTHER, Polled::Already(approval(1))),
    ] {
        assert_eq!(w.poll(nonce, AGAIN).await, Ok(polled));
        w.costs(&["UpdateItem"]);
    }
    assert_eq!(w.take_back(&MINE).await, Ok(()));
    w.costs(&["UpdateItem"]);
}

#[tokio::test]
async fn a_lost_answer_draws_no_second_code_and_decides_nothing_twice() {
    let w = Wired::new().await;
    w.lose_after(0);
    assert_eq!(w.begin(&digest("u"), &asked()).await, Ok(true));
    w.lose_after(0);
    assert_eq!(w.pending().await, Ok(Some(asked())));
    w.lose_after(0);
    assert_eq!(w.decide(Some(&approval(1))).await, Ok(true));
    assert_eq!(w.decide(None).await, Ok(false));
    // The write that lets it in is the second call.
    w.lose_after(1);
    assert_eq!(w.poll(&MINE, 0).await, Ok(Polled::Now(approval(1))));
    w.lose_after(0);
    assert_eq!(w.poll(&OTHER, 0).await, Ok(Polled::Already(approval(1))));
    w.lose_after(0);
    assert_eq!(w.take_back(&MINE).await, Ok(()));
    assert_eq!(w.poll(&OTHER, 0).await, Ok(Polled::Now(approval(1))));
}

#[tokio::test]
async fn a_lost_refusal_of_a_device_is_a_refusal() {
    let w = Wired::new().await;
    w.begin(&digest("u"), &asked()).await.unwrap();
    w.lose_after(0);
    assert_eq!(w.decide(None).await, Ok(true));
    assert_eq!(w.decide(Some(&approval(1))).await, Ok(false));
    w.lose_after(0);
    assert_eq!(w.poll(&MINE, 0).await, Ok(Polled::Denied));
}

/// Nobody can tell its repeat from haste, so it is told to slow down; and that is all.
#[tokio::test]
async fn a_device_whose_answer_was_lost_waits_a_little_longer() {
    let w = Wired::new().await;
    w.begin(&digest("u"), &asked()).await.unwrap();
    w.lose_after(0);
    assert_eq!(w.poll(&MINE, 0).await, Ok(Polled::TooSoon));
    assert_eq!(w.pending().await.unwrap().unwrap().interval, 10);
    w.lose_after(1);
    assert_eq!(w.poll(&MINE, 1).await, Ok(Polled::TooSoon));
    let waits = w.pending().await.unwrap().unwrap();
    assert!((15..=20).contains(&waits.interval), "{}", waits.interval);
    assert_eq!(w.poll(&MINE, 60).await, Ok(Polled::Pending));
}

#[tokio::test]
async fn a_lost_answer_pushes_and_ends_a_request_once() {
    let w = Wired::new().await;
    w.lose_after(0);
    assert_eq!(w.push().await, Ok(()));
    w.lose_after(0);
    let found = PushedRequests::get(&w.store, &w.t, &digest("r"), NOW).await;
    assert_eq!(found, Ok(Some(request())));
    w.lose_after(0);
    assert_eq!(w.end(&MINE).await, Ok(true));
    assert_eq!((w.end(&OTHER).await, w.end(&MINE).await), (Ok(false), Ok(true)));
    // A push that comes once more, because nobody heard of the first, revives nothing.
    w.lose_after(0);
    assert_eq!(w.push().await, Ok(()));
    assert_eq!(w.end(&OTHER).await, Ok(false));
}

#[tokio::test]
async fn an_outage_is_named_and_the_next_try_is_the_first() {
    let w = Wired::new().await;
    w.out_of_order();
    assert_eq!(
        w.begin(&digest("u"), &asked()).await,
        unavailable("device_requests.create")
    );
    assert_eq!(w.begin(&digest("u"), &asked()).await, Ok(true));
    w.out_of_order();
    assert_eq!(w.pending().await, unavailable("device_requests.pending"));
    assert_eq!(w.pending().await, Ok(Some(asked())));
    w.out_of_order();
    assert_eq!(w.poll(&MINE, 0).await, unavailable("device_requests.poll"));
    assert_eq!(w.poll(&MINE, 0).await, Ok(Polled::Pending));
    w.out_of_order();
    assert_eq!(w.decide(None).await, unavailable("device_requests.decide"));
    assert_eq!(w.decide(Some(&approval(1))).await, Ok(true));
    w.out_of_order();
    assert_eq!(w.poll(&MINE, 0).await, unavailable("device_requests.poll"));
    assert_eq!(w.poll(&MINE, 0).await, Ok(Polled::Now(approval(1))));
    w.out_of_order();
    assert_eq!(w.take_back(&MINE).await, unavailable("device_requests.release"));
    assert_eq!(w.poll(&OTHER, 0).await, Ok(Polled::Already(approval(1))));
    assert_eq!(w.take_back(&MINE).await, Ok(()));
    assert_eq!(w.poll(&OTHER, 0).await, Ok(Polled::Now(approval(1))));

    w.out_of_order();
    assert_eq!(w.push().await, unavailable("pushed_requests.put"));
    let nothing = PushedRequests::get(&w.store, &w.t, &digest("r"), NOW).await;
    assert_eq!(nothing, Ok(None));
    assert_eq!(w.push().await, Ok(()));
    w.out_of_order();
    let found = PushedRequests::get(&w.store, &w.t, &digest("r"), NOW).await;
    assert_eq!(found, unavailable("pushed_requests.get"));
    w.out_of_order();
    assert_eq!(w.end(&MINE).await, unavailable("pushed_requests.consume"));
    assert_eq!(w.end(&OTHER).await, Ok(true));
}

/// Fewer refusals than the SDK tries are nobody's to see.
#[tokio::test]
async fn a_table_that_is_throttled_for_a_moment_lets_a_device_in_once() {
    let w = Wired::new().await;
    let stumbling = || w.account.wire.refuse(TRIES - 1, OUTAGE);
    stumbling();
    assert_eq!(w.begin(&digest("u"), &asked()).await, Ok(true));
    stumbling();
    assert_eq!(w.poll(&MINE, 0).await, Ok(Polled::Pending));
    stumbling();
    assert_eq!(w.decide(Some(&approval(1))).await, Ok(true));
    stumbling();
    assert_eq!(w.poll(&MINE, 0).await, Ok(Polled::Now(approval(1))));
    stumbling();
    assert_eq!(w.poll(&OTHER, 0).await, Ok(Polled::Already(approval(1))));
    stumbling();
    assert_eq!(w.push().await, Ok(()));
    stumbling();
    assert_eq!((w.end(&MINE).await, w.end(&OTHER).await), (Ok(true), Ok(false)));
}
