use super::{
    path_name,
    table::{number, table},
};
use crate::wire::{BUDGETS, Wire};

const HEAD: [&str; 9] = [
    "path",
    "reads",
    "budget",
    "writes",
    "budget",
    "RRU",
    "WRU",
    "KMS signatures",
    "messages",
];

/// What each path costs at the wire, beside what it may.
pub(super) fn section(wire: &Wire) -> String {
    let rows = BUDGETS.iter().filter_map(|budget| {
        let units = wire.of(budget.path)?;
        Some(vec![
            path_name(&units.path).to_owned(),
            units.reads.to_string(),
            budget.reads.to_string(),
            units.writes.to_string(),
            budget.writes.to_string(),
            number(units.rru),
            number(units.wru),
            units.signatures.to_string(),
            units.messages.to_string(),
        ])
    });
    let rows: Vec<Vec<String>> = rows.collect();
    format!(
        "### At the wire\n\nCounted from the emulator's log, functions warm.\n\n{}",
        table(&HEAD, &rows)
    )
}
