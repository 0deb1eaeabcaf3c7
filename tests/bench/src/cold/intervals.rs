use std::time::Instant;

use crate::clock::millis;

/// A stretch of time.
pub(super) type Interval = (Instant, Instant);

/// How many milliseconds between two moments are covered by at least one interval: calls made at the same time are
/// waited for once.
pub(super) fn covered(intervals: &[Interval], from: Instant, to: Instant) -> f64 {
    let mut sorted = intervals.to_vec();
    sorted.sort();
    let mut reached = from;
    let mut sum = 0.0;
    for (began, ended) in sorted {
        let (began, ended) = (began.max(reached), ended.min(to));
        if began < ended {
            sum += millis(began, ended);
            reached = ended;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock;

    #[test]
    fn overlaps_count_once_and_what_lies_outside_does_not_count() {
        let zero = clock::now();
        let at = |ms| zero + Duration::from_millis(ms);
        let all = [
            (at(30), at(40)),
            (at(0), at(15)),
            (at(10), at(20)),
            (at(12), at(14)),
            (at(90), at(95)),
        ];
        let sum = |from, to| covered(&all, at(from), at(to)).round();
        assert_eq!(sum(0, 100), 35.0);
        assert_eq!(sum(5, 35), 20.0);
        assert_eq!(sum(41, 80), 0.0);
    }
}
