//! What was promised, beside what was measured. A goal that is missed is said, not asserted: times are a machine's.

use super::{
    cold::{own_answer, own_next},
    path_name,
    table::{number, table},
};
use crate::{
    cold::{Cold, EMPTY, Figures, NODE},
    results::Results,
    wire::BUDGETS,
};

/// First `/next`, as a multiple of the empty function's.
const NEXT_TIMES: f64 = 3.0;
/// First answer after it, in milliseconds.
const ANSWER_MS: f64 = 2.0;
const RSS_MB: f64 = 16.0;
const ZIP_MB: f64 = 3.0;
/// How many times sooner than Node the first answer is.
const NODE_TIMES: f64 = 30.0;

/// One promise.
struct Goal {
    what: String,
    promised: String,
    measured: String,
    /// Nothing if it was not measured.
    kept: Option<bool>,
}

/// The goals as a table.
pub(super) fn section(results: &Results) -> String {
    let rows = goals(results).into_iter().map(|goal| {
        let verdict = verdict(goal.kept).to_owned();
        vec![goal.what, goal.promised, goal.measured, verdict]
    });
    format!(
        "### Goals\n\n{}",
        table(&["goal", "promised", "measured", ""], &rows.collect::<Vec<_>>())
    )
}

/// The goals as lines for a terminal.
pub(crate) fn lines(results: &Results) -> String {
    let lines = goals(results).into_iter().map(|goal| {
        let verdict = verdict(goal.kept);
        format!(
            "{verdict:12}  {}: {} (promised: {})",
            goal.what, goal.measured, goal.promised
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

const fn verdict(kept: Option<bool>) -> &'static str {
    match kept {
        Some(true) => "PASS",
        Some(false) => "FAIL",
        None => "not measured",
    }
}

fn goals(results: &Results) -> Vec<Goal> {
    let mut goals = results.cold.as_ref().map_or_else(Vec::new, cold);
    for budget in &BUDGETS {
        let units = results.wire.as_ref().and_then(|wire| wire.of(budget.path));
        goals.push(Goal {
            what: format!(
                "{}: reads, writes, KMS signatures at the wire",
                path_name(budget.path)
            ),
            promised: format!(
                "at most {}, {}, {}",
                budget.reads, budget.writes, budget.signatures
            ),
            measured: units.map_or_else(
                || "-".to_owned(),
                |units| format!("{}, {}, {}", units.reads, units.writes, units.signatures),
            ),
            kept: units.map(|units| units.within(budget)),
        });
    }
    goals
}

fn cold(cold: &Cold) -> Vec<Goal> {
    let empty = cold.of(EMPTY).map_or(f64::NAN, own_next);
    // Whole numbers of bytes below 2^52.
    #[expect(clippy::cast_precision_loss, reason = "a file's size")]
    let zip = |figures: &Figures| figures.zip_bytes as f64 / 1e6;
    let mut goals = vec![
        at_most(
            cold,
            "first `/next` over the empty function's",
            NEXT_TIMES,
            "x",
            |f| own_next(f) / empty,
        ),
        at_most(
            cold,
            "first answer after it, without network",
            ANSWER_MS,
            " ms",
            own_answer,
        ),
        at_most(cold, "peak RSS", RSS_MB, " MB", |f| {
            f.peak_rss_kib.p50 * 1024.0 / 1e6
        }),
        at_most(cold, "zip", ZIP_MB, " MB", zip),
    ];
    goals.push(sooner_than_node(cold));
    goals
}

fn at_most(cold: &Cold, what: &str, limit: f64, unit: &str, of: impl Fn(&Figures) -> f64) -> Goal {
    let worst = cold.functions().max_by(|a, b| of(a).total_cmp(&of(b)));
    Goal {
        what: what.to_owned(),
        promised: format!("at most {limit:.0}{unit}"),
        measured: worst.map_or_else(
            || "-".to_owned(),
            |f| format!("{}{unit} (`{}`)", number(of(f)), f.name),
        ),
        kept: worst.map(|figures| of(figures) <= limit),
    }
}

/// The peer needs nothing of AWS for its answer, so ours is compared without what it waited for AWS.
fn sooner_than_node(cold: &Cold) -> Goal {
    let worst = cold
        .functions()
        .max_by(|a, b| a.total_own.p50.total_cmp(&b.total_own.p50));
    let times = cold
        .of(NODE)
        .zip(worst)
        .map(|(node, worst)| (node.total_own.p50 / worst.total_own.p50, worst));
    Goal {
        what: "first answer sooner than Node's".to_owned(),
        promised: format!("at least {NODE_TIMES:.0}x"),
        measured: times.map_or_else(
            || "-".to_owned(),
            |(x, f)| format!("{}x (`{}`)", number(x), f.name),
        ),
        kept: times.map(|(times, _)| times >= NODE_TIMES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Spread;

    fn figures(name: &str, next: f64, answer: f64, rss_kib: f64, zip_bytes: u64) -> Figures {
        let spread = |value| Spread::of(&[value]);
        Figures {
            name: name.to_owned(),
            next: spread(next),
            next_waited: spread(0.5),
            answer: spread(answer),
            answer_waited: spread(0.25),
            total: spread(next + answer),
            total_own: spread(next + answer - 0.75),
            cpu: spread(1.0),
            calls: 2,
            peak_rss_kib: spread(rss_kib),
            program_bytes: zip_bytes * 2,
            zip_bytes,
            samples: Vec::new(),
        }
    }

    fn measured(functions: &[Figures]) -> Vec<(Option<bool>, String)> {
        let mut contenders = vec![figures(EMPTY, 1.5, 0.5, 3_000.0, 800_000)];
        contenders.extend(functions.to_vec());
        contenders.push(figures(NODE, 140.75, 20.0, 90_000.0, 400_000));
        let cold = Cold {
            profile: "release".to_owned(),
            contenders,
        };
        super::cold(&cold)
            .into_iter()
            .map(|goal| (goal.kept, goal.measured))
            .collect()
    }

    #[test]
    fn the_worst_function_decides_and_waiting_for_aws_is_not_its_own() {
        let good = figures("jwks", 2.0, 1.0, 9_000.0, 2_000_000);
        let all = measured(&[good.clone(), figures("token", 3.5, 2.25, 15_625.0, 3_000_000)]);
        let kept: Vec<_> = all.iter().map(|(kept, _)| *kept).collect();
        // 3 ms over 1 ms, 2 ms, 16 MB, 3 MB, and 160 ms over 5 ms.
        assert_eq!(kept, [Some(true); 5], "{all:?}");
        let all = measured(&[good, figures("token", 3.6, 2.35, 15_700.0, 3_000_001)]);
        let kept: Vec<_> = all.iter().map(|(kept, _)| *kept).collect();
        assert_eq!(
            kept,
            [Some(false), Some(false), Some(false), Some(false), Some(true)],
            "{all:?}"
        );
        assert_eq!(all[4].1, "30.8x (`token`)");
    }

    #[test]
    fn what_was_not_measured_is_neither_kept_nor_missed() {
        let all = goals(&Results::default());
        assert!(!all.is_empty() && all.iter().all(|goal| goal.kept.is_none()));
        assert!(lines(&Results::default()).contains("not measured"));
    }
}
