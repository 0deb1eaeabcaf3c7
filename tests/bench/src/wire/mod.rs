//! What each path costs at AWS, counted from the emulator's log of every call, not by the product itself.
//!
//! The log is one `<path>.jsonl` a path, one [`Call`] a line, of one walk with warm functions. [`walk`] makes it; the
//! rest of this only adds up.

mod call;
mod capacity;
mod walk;

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, Serialize};

use self::call::Call;
pub(crate) use self::walk::walk;
use crate::{
    cli::Options,
    failure::{Result, While},
    grants::{FIRST, REFRESH, RETURN, USERINFO},
    say,
};

/// What every path costs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wire {
    pub(crate) paths: Vec<PathUnits>,
}

/// What one path costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PathUnits {
    pub(crate) path: String,
    /// Calls of DynamoDB that read, and that write.
    pub(crate) reads: u32,
    pub(crate) writes: u32,
    /// Request units those are billed as.
    pub(crate) rru: f64,
    pub(crate) wru: f64,
    /// `kms:Sign`, and every other call of KMS.
    pub(crate) signatures: u32,
    pub(crate) other_kms: u32,
    /// Messages put on the queue.
    pub(crate) messages: u32,
    /// How often each operation was called on each kind of item: `UpdateItem CODE`.
    pub(crate) calls: BTreeMap<String, u32>,
}

/// What a path may cost at most (design, section 4): reads, writes, signatures.
pub(crate) struct Budget {
    pub(crate) path: &'static str,
    pub(crate) reads: u32,
    pub(crate) writes: u32,
    pub(crate) signatures: u32,
    /// Messages it sends.
    pub(crate) messages: u32,
}

/// Every path with all three tokens asked for, by a client that has a secret.
pub(crate) const BUDGETS: [Budget; 4] = [
    budget(FIRST, 5, 9, 2, 1),
    budget(RETURN, 4, 3, 2, 0),
    budget(REFRESH, 2, 1, 2, 0),
    budget(USERINFO, 2, 0, 0, 0),
];

const fn budget(path: &'static str, reads: u32, writes: u32, signatures: u32, messages: u32) -> Budget {
    Budget {
        path,
        reads,
        writes,
        signatures,
        messages,
    }
}

impl Wire {
    pub(crate) fn of(&self, path: &str) -> Option<&PathUnits> {
        self.paths.iter().find(|units| units.path == path)
    }
}

impl PathUnits {
    /// Whether it stays within what it may cost.
    pub(crate) fn within(&self, budget: &Budget) -> bool {
        self.reads <= budget.reads && self.writes <= budget.writes && self.signatures <= budget.signatures
    }
}

/// Adds every log up; nothing if no path was walked.
pub(crate) fn run(options: &Options) -> Result<Option<Wire>> {
    let mut paths = Vec::new();
    for budget in &BUDGETS {
        let log = options.wire.join(format!("{}.jsonl", budget.path));
        if log.exists() {
            let units = reduce(budget.path, &read(&log)?).while_(log.display())?;
            paths.push(units);
        }
    }
    if paths.is_empty() {
        say(&format!(
            "no log in {}: what was counted before stays",
            options.wire.display()
        ))?;
        return Ok(None);
    }
    Ok(Some(Wire { paths }))
}

fn read(log: &Path) -> Result<Vec<Call>> {
    let text = fs::read_to_string(log).while_(log.display())?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| serde_json::from_str(line).while_(format!("{}:{}", log.display(), at + 1)))
        .collect()
}

fn reduce(path: &str, calls: &[Call]) -> Result<PathUnits> {
    let mut units = PathUnits {
        path: path.to_owned(),
        ..PathUnits::default()
    };
    for call in calls {
        units.reads += u32::from(call.reads());
        units.writes += u32::from(call.writes());
        units.rru += call.rru()?;
        units.wru += call.wru()?;
        units.signatures += u32::from(call.signs());
        units.other_kms += u32::from(call.service == "kms" && !call.signs());
        units.messages += u32::from(call.sends());
        *units.calls.entry(call.kind()).or_default() += 1;
    }
    Ok(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(path: &str, lines: &[&str]) -> PathUnits {
        let calls: Vec<Call> = lines
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        reduce(path, &calls).unwrap()
    }

    #[test]
    fn a_refresh_adds_up() {
        let units = reduced(
            REFRESH,
            &[
                r#"{"service":"dynamodb","operation":"GetItem","table":"identity","keys":["GRANT"],"read":1.0,"status":200}"#,
                r#"{"service":"dynamodb","operation":"GetItem","table":"identity","keys":["MEMBER"],"bytes":5000}"#,
                r#"{"service":"dynamodb","operation":"UpdateItem","table":"ephemeral","keys":["FAMILY"],"write":2}"#,
                r#"{"service":"kms","operation":"Sign"}"#,
                r#"{"service":"kms","operation":"Sign"}"#,
                r#"{"service":"kms","operation":"Decrypt"}"#,
            ],
        );
        assert_eq!(
            (units.reads, units.writes, units.signatures, units.other_kms),
            (2, 1, 2, 1)
        );
        // One unit as counted, and two halves for 5,000 bytes.
        assert_eq!((units.rru, units.wru), (2.0, 2.0));
        assert_eq!((units.calls["UpdateItem FAMILY"], units.calls["Sign"]), (1, 2));
        assert!(units.within(&budget(REFRESH, 2, 1, 2, 0)));
        assert!(!units.within(&budget(REFRESH, 2, 1, 1, 0)));
    }

    #[test]
    fn a_message_on_the_queue_is_counted_and_health_checks_are_neither_read_nor_write() {
        let units = reduced(
            FIRST,
            &[
                r#"{"service":"sqs","operation":"SendMessage"}"#,
                r#"{"service":"dynamodb","operation":"DescribeTable","table":"identity"}"#,
            ],
        );
        assert_eq!((units.messages, units.reads, units.writes), (1, 0, 0));
        assert_eq!((units.rru, units.wru), (0.0, 0.0));
    }
}
