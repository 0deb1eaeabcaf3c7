use super::{
    path_name,
    svg::{Chart, Row},
    table::{number, table},
};
use crate::price::{PLANNED, Prices};

/// Prices line by line, then beside the model's.
pub(super) fn section(prices: &Prices) -> String {
    let source = if prices.counted {
        "capacity units counted at the wire"
    } else {
        "capacity units NOT counted yet: the budgets stand in, at one unit a call"
    };
    format!(
        "### Price of a million\n\n![Price of a million](benchmarks/price.svg)\n\nUS dollars, without text messages and \
         without any free tier; {source}.\n\n{}\n\nThe same by the price model that was made before anything was \
         built:\n\n{}",
        lines(prices),
        planned()
    )
}

fn lines(prices: &Prices) -> String {
    let names: Vec<&str> = prices.paths.iter().map(|path| path_name(&path.path)).collect();
    let head: Vec<&str> = std::iter::once("").chain(names).collect();
    let row = |name: &str, of: &dyn Fn(usize) -> f64| {
        let cells = (0..prices.paths.len()).map(|at| format!("{:.2}", of(at)));
        std::iter::once(name.to_owned()).chain(cells).collect::<Vec<_>>()
    };
    let path = |at: usize| prices.paths.get(at);
    let count = path(0).map_or(0, |first| first.lines.len());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in 0..count {
        let name = path(0)
            .and_then(|first| first.lines.get(line))
            .map_or("", |(name, _)| name.as_str());
        let price = |at| {
            path(at)
                .and_then(|path| path.lines.get(line))
                .map_or(0.0, |(_, price)| *price)
        };
        rows.push(row(name, &price));
    }
    rows.push(row("**signing keys wrapped**", &|at| {
        path(at).map_or(0.0, |path| path.wrapped)
    }));
    rows.push(row("**signed by KMS, RS256**", &|at| {
        path(at).map_or(0.0, |path| path.kms)
    }));
    table(&head, &rows)
}

fn planned() -> String {
    let rows: Vec<Vec<String>> = PLANNED
        .iter()
        .map(|planned| {
            vec![
                format!("{}, {}", planned.path, planned.design),
                number(planned.wrapped),
                number(planned.kms),
            ]
        })
        .collect();
    table(&["design", "wrapped", "KMS, 2 signatures"], &rows)
}

/// Bars by what is paid for.
pub(super) fn picture(prices: &Prices) -> String {
    let legend: Vec<&str> = prices.paths.first().map_or_else(Vec::new, |path| {
        path.lines.iter().map(|(name, _)| name.as_str()).collect()
    });
    let rows = prices.paths.iter().map(|path| Row {
        label: path_name(&path.path).to_owned(),
        parts: path.lines.iter().map(|(_, price)| *price).collect(),
        note: format!("${:.2}; signed by KMS ${:.2}", path.wrapped, path.kms),
    });
    Chart {
        title: "Price of a million, signing keys wrapped (US dollars, no text messages)",
        legend: &legend,
        rows: rows.collect(),
    }
    .svg()
}
