use serde::{Deserialize, Serialize};

/// Where the samples of one measurement lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) min: f64,
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) runs: usize,
}

impl Spread {
    /// All zero if there is no sample.
    pub(crate) fn of(samples: &[f64]) -> Self {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self {
            min: sorted.first().copied().unwrap_or_default(),
            p50: percentile(&sorted, 50),
            p90: percentile(&sorted, 90),
            runs: sorted.len(),
        }
    }
}

/// The smallest sample that at least `percent` of a hundred samples do not exceed (nearest rank): always one that
/// was measured, never a mean of two.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rank() {
        let samples = [15.0, 20.0, 35.0, 40.0, 50.0];
        let ranks = [5, 30, 40, 50, 100].map(|percent| percentile(&samples, percent));
        assert_eq!(ranks, [15.0, 20.0, 20.0, 35.0, 50.0]);
    }

    #[test]
    fn a_spread_sorts_and_counts() {
        let ten: Vec<f64> = (1..=10).rev().map(f64::from).collect();
        let spread = Spread::of(&ten);
        assert_eq!(
            (spread.min, spread.p50, spread.p90, spread.runs),
            (1.0, 5.0, 9.0, 10)
        );
    }

    #[test]
    fn one_sample_is_every_percentile_and_none_is_zero() {
        let one = Spread::of(&[7.5]);
        assert_eq!((one.min, one.p50, one.p90), (7.5, 7.5, 7.5));
        assert_eq!(Spread::of(&[]).p90, 0.0);
    }
}
