use super::{
    path_name,
    svg::{Chart, Row},
    table::{number, table},
};
use crate::grants::{Grants, PathCost};

const HEAD: [&str; 10] = [
    "path",
    "grants/s",
    "wait p50",
    "p90",
    "CPU of one",
    "of it signatures",
    "reads",
    "writes",
    "requests",
    "kB out",
];

/// What a grant costs the local server.
pub(super) fn section(grants: &Grants) -> String {
    let rows: Vec<Vec<String>> = grants.paths.iter().map(|path| row(grants, path)).collect();
    format!(
        "### Grants on the local server\n\n![CPU of one grant](benchmarks/grants.svg)\n\nProfile `{}`, {} browsers at \
         once on the same machine; milliseconds. One RS256 signature alone: {} ms of CPU.\n\n{}",
        grants.profile,
        grants.parallel,
        number(grants.signature.p50),
        table(&HEAD, &rows)
    )
}

fn row(grants: &Grants, path: &PathCost) -> Vec<String> {
    vec![
        path_name(&path.path).to_owned(),
        number(path.per_second()),
        number(path.latency.p50),
        number(path.latency.p90),
        number(path.cpu),
        format!("{:.0} %", grants.signatures_share(path) * 100.0),
        number(path.reads),
        number(path.writes),
        number(path.requests),
        number(path.bytes_out / 1_000.0),
    ]
}

/// Bars of CPU time, the signatures apart.
pub(super) fn picture(grants: &Grants) -> String {
    let rows = grants.paths.iter().map(|path| {
        let signing = (path.signatures * grants.signature.p50).min(path.cpu);
        Row {
            label: path_name(&path.path).to_owned(),
            parts: vec![signing, path.cpu - signing],
            note: format!("{} ms, {} a second", number(path.cpu), number(path.per_second())),
        }
    });
    Chart {
        title: "CPU of one grant on the local server",
        legend: &["its RS256 signatures alone", "everything else"],
        rows: rows.collect(),
    }
    .svg()
}
