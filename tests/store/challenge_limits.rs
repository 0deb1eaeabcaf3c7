//! How often one number may be texted and guessed at, and one address may ask.

use std::sync::Arc;

use symbolon::{
    model::Challenge,
    ports::{Attempt, Challenges, Consumed, Opened, Resent, SendLimits},
};

use super::{
    backend::{Bench, NOW, RACERS, digest, on_every_backend, race},
    challenges::{LIMITS, challenge, id},
};

on_every_backend![
    challenges_are_limited_until_the_window_ends,
    racing_opens_stay_within_the_limit,
    messages_are_limited_across_opens_and_resends,
    wrong_codes_are_limited_across_challenges,
    a_right_code_clears_the_counters,
    refused_calls_are_not_counted,
    numbers_and_tenants_are_counted_apart,
    addresses_are_counted_within_their_window,
    racing_addresses_are_each_counted,
];

const WINDOW: u64 = 1_000;

fn limits(challenges: u32, messages: u32, wrong_codes: u32) -> SendLimits {
    SendLimits {
        challenges,
        messages,
        wrong_codes,
        window: WINDOW,
    }
}

fn at(n: u8, after: u64) -> Challenge {
    Challenge {
        sent_at: NOW + after,
        expires_at: NOW + after + 300,
        ..challenge(n)
    }
}

async fn open(b: &Bench, n: u8, limits: &SendLimits, after: u64) -> Opened {
    let store: &dyn Challenges = &*b.store;
    store
        .open(&b.tenant, &digest("+44"), &at(n, after), limits, NOW + after)
        .await
        .unwrap()
}

async fn attempt(b: &Bench, n: u8, limits: &SendLimits, after: u64) -> Attempt {
    b.store
        .count_attempt(&b.tenant, &digest("+44"), &id(n), 5, limits, NOW + after)
        .await
        .unwrap()
}

async fn resend(b: &Bench, n: u8, limits: &SendLimits, after: u64) -> Resent {
    b.store
        .resend(&b.tenant, &digest("+44"), &id(n), &[30, 60], limits, NOW + after)
        .await
        .unwrap()
}

async fn challenges_are_limited_until_the_window_ends(b: Bench) {
    let limits = limits(2, 99, 99);
    assert_eq!(open(&b, 1, &limits, 0).await, Opened::Now);
    // The first one has expired by now, and still counts.
    assert_eq!(open(&b, 2, &limits, 400).await, Opened::Now);
    assert_eq!(open(&b, 3, &limits, 999).await, Opened::Limited(NOW + WINDOW));
    assert_eq!(attempt(&b, 3, &limits, 999).await, Attempt::Gone);
    assert_eq!(open(&b, 3, &limits, 1_000).await, Opened::Now);
}

async fn racing_opens_stay_within_the_limit(b: Bench) {
    let opened = race(|i| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move {
            store
                .open(&tenant, &digest("+44"), &challenge(i), &limits(3, 99, 99), NOW)
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(opened.iter().filter(|o| **o == Opened::Now).count(), 3);
    assert_eq!(opened.len(), usize::from(RACERS));
}

async fn messages_are_limited_across_opens_and_resends(b: Bench) {
    let limits = limits(99, 3, 99);
    assert_eq!(open(&b, 1, &limits, 0).await, Opened::Now);
    assert!(matches!(resend(&b, 1, &limits, 30).await, Resent::Now { .. }));
    assert_eq!(open(&b, 2, &limits, 60).await, Opened::Now);
    assert_eq!(resend(&b, 1, &limits, 200).await, Resent::Wait(NOW + WINDOW));
    assert_eq!(open(&b, 3, &limits, 200).await, Opened::Limited(NOW + WINDOW));
    // What was sent can still be typed.
    assert!(matches!(
        attempt(&b, 2, &limits, 200).await,
        Attempt::Counted { .. }
    ));
}

async fn wrong_codes_are_limited_across_challenges(b: Bench) {
    let limits = limits(99, 99, 3);
    open(&b, 1, &limits, 0).await;
    open(&b, 2, &limits, 0).await;
    for n in [1, 2, 1] {
        assert!(matches!(
            attempt(&b, n, &limits, 0).await,
            Attempt::Counted { .. }
        ));
    }
    for n in [1, 2] {
        assert_eq!(attempt(&b, n, &limits, 0).await, Attempt::Exhausted);
    }
    // A new code, or the same one again, could not be typed either: no message is wasted on it.
    assert_eq!(open(&b, 3, &limits, 0).await, Opened::Limited(NOW + WINDOW));
    assert_eq!(resend(&b, 1, &limits, 30).await, Resent::Wait(NOW + WINDOW));
    assert_eq!(open(&b, 3, &limits, WINDOW).await, Opened::Now);
    assert!(matches!(
        attempt(&b, 3, &limits, WINDOW).await,
        Attempt::Counted { .. }
    ));
}

async fn a_right_code_clears_the_counters(b: Bench) {
    let limits = limits(2, 2, 2);
    for round in 0..3 {
        let (one, two) = (2 * round, 2 * round + 1);
        assert_eq!(open(&b, one, &limits, 0).await, Opened::Now);
        assert_eq!(open(&b, two, &limits, 0).await, Opened::Now);
        attempt(&b, one, &limits, 0).await;
        attempt(&b, two, &limits, 0).await;
        assert_eq!(open(&b, 99, &limits, 0).await, Opened::Limited(NOW + WINDOW));
        let (number, which) = (digest("+44"), id(two));
        let consumed = Challenges::consume(&*b.store, &b.tenant, &number, &which, &[round; 16], NOW).await;
        assert_eq!(consumed, Ok(Consumed::Now));
    }
    // A second consumer of the same challenge clears nothing.
    assert_eq!(open(&b, 50, &limits, 0).await, Opened::Now);
    assert_eq!(open(&b, 51, &limits, 0).await, Opened::Now);
    Challenges::consume(&*b.store, &b.tenant, &digest("+44"), &id(5), &[9; 16], NOW)
        .await
        .unwrap();
    assert_eq!(open(&b, 52, &limits, 0).await, Opened::Limited(NOW + WINDOW));
}

async fn refused_calls_are_not_counted(b: Bench) {
    let limits = limits(99, 3, 99);
    open(&b, 1, &limits, 0).await;
    // Repeating the same open, or asking for a resend too early, sends nothing.
    for _ in 0..5 {
        assert_eq!(open(&b, 1, &limits, 0).await, Opened::Already);
        assert_eq!(resend(&b, 1, &limits, 29).await, Resent::Wait(NOW + 30));
    }
    assert!(matches!(resend(&b, 1, &limits, 30).await, Resent::Now { .. }));
    assert!(matches!(resend(&b, 1, &limits, 90).await, Resent::Now { .. }));
}

async fn numbers_and_tenants_are_counted_apart(b: Bench) {
    let limits = limits(1, 1, 1);
    open(&b, 1, &limits, 0).await;
    for (tenant, number) in [(&b.other, "+44"), (&b.tenant, "+45")] {
        let opened = b
            .store
            .open(tenant, &digest(number), &challenge(1), &limits, NOW)
            .await;
        assert_eq!(opened, Ok(Opened::Now));
    }
    assert_eq!(open(&b, 2, &limits, 0).await, Opened::Limited(NOW + WINDOW));
}

async fn addresses_are_counted_within_their_window(b: Bench) {
    let count = async |tenant, address: &str, after| {
        b.store
            .count_address(tenant, &digest(address), 600, NOW + after)
            .await
            .unwrap()
    };
    assert_eq!(count(&b.tenant, "192.0.2.1", 0).await, 1);
    assert_eq!(count(&b.tenant, "192.0.2.1", 300).await, 2);
    assert_eq!(count(&b.tenant, "192.0.2.2", 300).await, 1);
    assert_eq!(count(&b.other, "192.0.2.1", 300).await, 1);
    // Asking does not make the window longer.
    assert_eq!(count(&b.tenant, "192.0.2.1", 599).await, 3);
    assert_eq!(count(&b.tenant, "192.0.2.1", 600).await, 1);
    assert_eq!(count(&b.tenant, "192.0.2.1", 1_199).await, 2);
}

async fn racing_addresses_are_each_counted(b: Bench) {
    let mut counts = race(|_| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move {
            store
                .count_address(&tenant, &digest("192.0.2.1"), LIMITS.window, NOW)
                .await
                .unwrap()
        }
    })
    .await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=u32::from(RACERS)).collect::<Vec<_>>());
}
