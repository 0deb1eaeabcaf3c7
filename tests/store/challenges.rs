use std::sync::Arc;

use symbolon::{
    model::Challenge,
    ports::{Attempt, Challenges, Consumed, Opened, Resent, SendLimits},
    types::ChallengeId,
};

use super::backend::{Bench, NOW, RACERS, digest, member, on_every_backend, race};

on_every_backend![
    tries_are_counted_before_they_are_judged,
    racing_tries_are_each_counted,
    a_challenge_is_gone_when_it_expires,
    a_challenge_is_consumed_once,
    of_racing_consumers_one_wins,
    resends_follow_the_ladder,
    a_slot_that_opens_after_the_end_is_none,
    of_racing_resends_one_owns_the_slot,
    one_challenge_does_not_kill_another,
    a_repeated_open_starts_no_new_tries,
    tenants_numbers_and_challenges_are_apart,
];

pub(super) const LIMITS: SendLimits = SendLimits {
    challenges: 100,
    messages: 200,
    wrong_codes: 300,
    window: 86_400,
};
const WAITS: &[u64] = &[30, 60];
const A: [u8; 16] = [1; 16];
const B: [u8; 16] = [2; 16];

pub(super) fn id(n: u8) -> ChallengeId {
    ChallengeId::from_bytes([n; 16])
}

pub(super) fn challenge(n: u8) -> Challenge {
    Challenge {
        id: id(n),
        member: Some(member("alice")),
        sent_at: NOW,
        expires_at: NOW + 300,
    }
}

fn challenges(b: &Bench) -> &dyn Challenges {
    &*b.store
}

/// Opens challenge `n` of the number most tests use.
async fn open(b: &Bench, n: u8) {
    let opened = challenges(b)
        .open(&b.tenant, &digest("+44"), &challenge(n), &LIMITS, NOW)
        .await;
    assert_eq!(opened, Ok(Opened::Now));
}

async fn attempt(b: &Bench, n: u8, after: u64) -> Attempt {
    challenges(b)
        .count_attempt(&b.tenant, &digest("+44"), &id(n), 5, &LIMITS, NOW + after)
        .await
        .unwrap()
}

async fn resend(b: &Bench, n: u8, after: u64) -> Resent {
    challenges(b)
        .resend(&b.tenant, &digest("+44"), &id(n), WAITS, &LIMITS, NOW + after)
        .await
        .unwrap()
}

async fn consume(b: &Bench, n: u8, nonce: &[u8; 16], after: u64) -> Consumed {
    challenges(b)
        .consume(&b.tenant, &digest("+44"), &id(n), nonce, NOW + after)
        .await
        .unwrap()
}

async fn tries_are_counted_before_they_are_judged(b: Bench) {
    open(&b, 1).await;
    for left in (0..5).rev() {
        assert_eq!(
            attempt(&b, 1, 0).await,
            Attempt::Counted {
                challenge: challenge(1),
                left
            }
        );
    }
    for _ in 0..2 {
        assert_eq!(attempt(&b, 1, 0).await, Attempt::Exhausted);
    }
}

async fn racing_tries_are_each_counted(b: Bench) {
    open(&b, 1).await;
    let attempts = race(|_| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move {
            store
                .count_attempt(&tenant, &digest("+44"), &id(1), 5, &LIMITS, NOW)
                .await
                .unwrap()
        }
    })
    .await;
    let mut left: Vec<u32> = attempts
        .iter()
        .filter_map(|a| {
            if let Attempt::Counted { left, .. } = a {
                Some(*left)
            } else {
                None
            }
        })
        .collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
}

async fn a_challenge_is_gone_when_it_expires(b: Bench) {
    open(&b, 1).await;
    assert!(matches!(attempt(&b, 1, 299).await, Attempt::Counted { .. }));
    assert_eq!(attempt(&b, 1, 300).await, Attempt::Gone);
    open(&b, 2).await;
    assert_eq!(resend(&b, 2, 300).await, Resent::Gone);
    open(&b, 3).await;
    assert_eq!(consume(&b, 3, &A, 300).await, Consumed::Gone);
}

async fn a_challenge_is_consumed_once(b: Bench) {
    open(&b, 1).await;
    assert_eq!(consume(&b, 1, &A, 0).await, Consumed::Now);
    // The answer was lost and the same request asks again; another request is somebody else.
    assert_eq!(consume(&b, 1, &A, 0).await, Consumed::Now);
    assert_eq!(consume(&b, 1, &B, 0).await, Consumed::Gone);
    assert_eq!(attempt(&b, 1, 0).await, Attempt::Gone);
    assert_eq!(resend(&b, 1, 30).await, Resent::Gone);
}

async fn of_racing_consumers_one_wins(b: Bench) {
    open(&b, 1).await;
    let consumed = race(|i| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move {
            Challenges::consume(&*store, &tenant, &digest("+44"), &id(1), &[i; 16], NOW)
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(consumed.iter().filter(|c| **c == Consumed::Now).count(), 1);
    assert_eq!(consumed.len(), usize::from(RACERS));
}

async fn resends_follow_the_ladder(b: Bench) {
    open(&b, 1).await;
    assert_eq!(resend(&b, 1, 29).await, Resent::Wait(NOW + 30));
    assert_eq!(
        resend(&b, 1, 40).await,
        Resent::Now {
            next: Some(NOW + 100)
        }
    );
    assert_eq!(resend(&b, 1, 99).await, Resent::Wait(NOW + 100));
    assert_eq!(resend(&b, 1, 100).await, Resent::Now { next: None });
    assert_eq!(resend(&b, 1, 299).await, Resent::Exhausted);
    // Resending moves neither the end nor the tries.
    assert_eq!(
        attempt(&b, 1, 299).await,
        Attempt::Counted {
            challenge: challenge(1),
            left: 4
        }
    );
    assert_eq!(attempt(&b, 1, 300).await, Attempt::Gone);
}

async fn a_slot_that_opens_after_the_end_is_none(b: Bench) {
    open(&b, 1).await;
    assert_eq!(resend(&b, 1, 240).await, Resent::Now { next: None });
    assert_eq!(resend(&b, 1, 299).await, Resent::Exhausted);
}

async fn of_racing_resends_one_owns_the_slot(b: Bench) {
    open(&b, 1).await;
    let resent = race(|_| {
        let (store, tenant) = (Arc::clone(&b.store), b.tenant.clone());
        async move {
            store
                .resend(&tenant, &digest("+44"), &id(1), WAITS, &LIMITS, NOW + 30)
                .await
                .unwrap()
        }
    })
    .await;
    let count = |wanted| resent.iter().filter(|r| **r == wanted).count();
    assert_eq!(count(Resent::Now { next: Some(NOW + 90) }), 1);
    assert_eq!(count(Resent::Wait(NOW + 90)), usize::from(RACERS) - 1);
}

async fn one_challenge_does_not_kill_another(b: Bench) {
    open(&b, 1).await;
    open(&b, 2).await;
    for _ in 0..6 {
        attempt(&b, 1, 0).await;
    }
    assert_eq!(
        attempt(&b, 2, 0).await,
        Attempt::Counted {
            challenge: challenge(2),
            left: 4
        }
    );
    assert_eq!(consume(&b, 1, &A, 0).await, Consumed::Now);
    assert_eq!(
        attempt(&b, 2, 0).await,
        Attempt::Counted {
            challenge: challenge(2),
            left: 3
        }
    );
    assert_eq!(consume(&b, 2, &B, 0).await, Consumed::Now);
}

async fn a_repeated_open_starts_no_new_tries(b: Bench) {
    open(&b, 1).await;
    attempt(&b, 1, 0).await;
    let again = challenges(&b)
        .open(&b.tenant, &digest("+44"), &challenge(1), &LIMITS, NOW)
        .await;
    assert_eq!(again, Ok(Opened::Already));
    assert_eq!(
        attempt(&b, 1, 0).await,
        Attempt::Counted {
            challenge: challenge(1),
            left: 3
        }
    );
}

async fn tenants_numbers_and_challenges_are_apart(b: Bench) {
    open(&b, 1).await;
    for (tenant, number, which) in [(&b.other, "+44", 1), (&b.tenant, "+45", 1), (&b.tenant, "+44", 2)] {
        let (number, which) = (digest(number), id(which));
        let c = challenges(&b);
        assert_eq!(
            c.count_attempt(tenant, &number, &which, 5, &LIMITS, NOW).await,
            Ok(Attempt::Gone)
        );
        assert_eq!(
            c.resend(tenant, &number, &which, WAITS, &LIMITS, NOW + 30).await,
            Ok(Resent::Gone)
        );
        assert_eq!(
            c.consume(tenant, &number, &which, &A, NOW).await,
            Ok(Consumed::Gone)
        );
    }
    assert_eq!(
        attempt(&b, 1, 0).await,
        Attempt::Counted {
            challenge: challenge(1),
            left: 4
        }
    );
}
