//! Whether two kinds of answers can be told apart by how long they take.

use std::time::{Duration, Instant};

/// Far beyond chance (one run in millions), and near enough that a difference of most pairs is seen: with 60
/// samples a class, |z| is at most 9.4, and 5 is reached when three of four pairs come in the same order.
pub const LENIENT: f64 = 5.0;

/// The Mann-Whitney U of two samples, as a standard score. Ties count a half.
#[expect(clippy::cast_precision_loss, reason = "some thousands of pairs")]
pub fn rank_test(some: &[Duration], others: &[Duration]) -> f64 {
    let order = |one: &Duration, other: &Duration| match one.cmp(other) {
        std::cmp::Ordering::Less => 0.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 1.0,
    };
    let wins = some
        .iter()
        .flat_map(|one| others.iter().map(move |other| order(one, other)));
    let pairs = (some.len() * others.len()) as f64;
    let all = (some.len() + others.len()) as f64;
    (wins.sum::<f64>() - pairs / 2.0) / (pairs * (all + 1.0) / 12.0).sqrt()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this test is about how long an answer takes"
)]
pub fn stopwatch() -> Instant {
    Instant::now()
}

#[test]
fn the_rank_test_sees_a_shift_and_overlooks_outliers() {
    let base: Vec<Duration> = (0..60).map(|i| Duration::from_micros(1_000 + i * 10)).collect();
    let shifted: Vec<Duration> = base.iter().map(|d| *d + Duration::from_micros(400)).collect();
    let mut noisy = base.clone();
    noisy[7] = Duration::from_secs(3);
    assert!(rank_test(&base, &shifted).abs() > LENIENT);
    assert!(rank_test(&base, &noisy).abs() < 1.0);
}
