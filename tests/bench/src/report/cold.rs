use super::{
    svg::{Chart, Row},
    table::{megabytes, number, table},
};
use crate::cold::{Cold, EMPTY, Figures, NODE};

const HEAD: [&str; 11] = [
    "",
    "to `/next`, p50",
    "p90",
    "x empty",
    "then to answer",
    "of it waited",
    "to answer, p50",
    "p90",
    "CPU",
    "peak RSS MB",
    "zip MB",
];

/// The table of cold starts, in milliseconds.
pub(super) fn section(cold: &Cold) -> String {
    let empty = cold.of(EMPTY);
    let rows: Vec<Vec<String>> = cold
        .contenders
        .iter()
        .map(|figures| row(figures, empty))
        .collect();
    let runs = cold.contenders.first().map_or(0, |figures| figures.total.runs);
    format!(
        "### Cold start\n\n![Time to the first answer](benchmarks/cold-start.svg)\n\nProfile `{}`, {runs} starts of \
         each, interleaved; milliseconds.\n\n{}",
        cold.profile,
        table(&HEAD, &rows)
    )
}

fn row(figures: &Figures, empty: Option<&Figures>) -> Vec<String> {
    let times = empty.map(|empty| own_next(figures) / own_next(empty));
    vec![
        name(&figures.name).to_owned(),
        number(figures.next.p50),
        number(figures.next.p90),
        times.map_or_else(String::new, number),
        number(figures.answer.p50),
        number(figures.next_waited.p50 + figures.answer_waited.p50),
        number(figures.total.p50),
        number(figures.total.p90),
        number(figures.cpu.p50),
        number(figures.peak_rss_kib.p50 * 1024.0 / 1e6),
        megabytes(figures.zip_bytes),
    ]
}

/// To the first `/next`, without waiting for AWS.
pub(super) fn own_next(figures: &Figures) -> f64 {
    figures.next.p50 - figures.next_waited.p50
}

/// From there to the first answer, without waiting for AWS.
pub(super) fn own_answer(figures: &Figures) -> f64 {
    figures.answer.p50 - figures.answer_waited.p50
}

fn name(name: &str) -> &str {
    match name {
        EMPTY => "*empty `lambda_http`*",
        NODE => "*Node, `oidc-provider`*",
        function => function,
    }
}

/// Bars from the start to the first answer.
pub(super) fn picture(cold: &Cold) -> String {
    let rows = cold.contenders.iter().map(|figures| Row {
        label: match figures.name.as_str() {
            EMPTY => "empty function".to_owned(),
            NODE => "oidc-provider".to_owned(),
            function => function.to_owned(),
        },
        parts: vec![figures.next.p50, figures.total.p50 - figures.next.p50],
        note: format!(
            "{} ms, {} MB, zip {} MB",
            number(figures.total.p50),
            number(figures.peak_rss_kib.p50 * 1024.0 / 1e6),
            megabytes(figures.zip_bytes)
        ),
    });
    Chart {
        title: "Cold start to the first answer (median; peak memory; deployed size)",
        legend: &["until it asks for work", "until it has answered"],
        rows: rows.collect(),
    }
    .svg()
}
