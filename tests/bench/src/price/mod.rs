//! What a million of each path cost on AWS, computed from what was counted.

mod rates;

use serde::{Deserialize, Serialize};

use self::rates::{
    API, EGRESS_GB, KMS_RS256, LAMBDA_GB_SECOND, LAMBDA_REQUEST, LOGS_GB, READ_UNIT, SQS_REQUEST, WRITE_UNIT,
};
use crate::{
    results::Results,
    wire::{BUDGETS, Budget, PathUnits},
};

pub(crate) use self::rates::{PLANNED, assumptions};

/// Prices of every path, in US dollars for a million.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Prices {
    /// Whether capacity units were counted at the wire; otherwise the budgets stand in for them.
    pub(crate) counted: bool,
    pub(crate) paths: Vec<PathPrice>,
}

/// One path's price, line by line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PathPrice {
    pub(crate) path: String,
    pub(crate) lines: Vec<(String, f64)>,
    /// With signing keys wrapped by KMS: nothing is paid for a signature.
    pub(crate) wrapped: f64,
    /// With every signature made by KMS with an RSA key.
    pub(crate) kms: f64,
}

/// What of one path is paid for.
#[derive(Debug, Clone, Copy)]
struct Usage {
    requests: f64,
    bytes_out: f64,
    rru: f64,
    wru: f64,
    messages: f64,
    signatures: f64,
}

/// Prices of the paths whose requests were counted; nothing if none was.
pub(crate) fn of(results: &Results) -> Option<Prices> {
    let grants = results.grants.as_ref()?;
    let wire = results.wire.as_ref();
    let paths = BUDGETS.iter().filter_map(|budget| {
        let cost = grants.of(budget.path)?;
        let usage = usage(budget, wire.and_then(|wire| wire.of(budget.path)));
        let usage = Usage {
            requests: cost.requests,
            bytes_out: cost.bytes_out,
            ..usage
        };
        Some(price(budget.path, &usage))
    });
    Some(Prices {
        counted: wire.is_some(),
        paths: paths.collect(),
    })
}

/// Units as counted, or one unit for each call of the budget. Signatures are the budget's: at the wire they are seen
/// only where KMS makes them.
fn usage(budget: &Budget, counted: Option<&PathUnits>) -> Usage {
    Usage {
        requests: 0.0,
        bytes_out: 0.0,
        rru: counted.map_or(f64::from(budget.reads), |units| units.rru),
        wru: counted.map_or(f64::from(budget.writes), |units| units.wru),
        messages: counted.map_or(budget.messages, |units| units.messages).into(),
        signatures: budget.signatures.into(),
    }
}

fn price(path: &str, usage: &Usage) -> PathPrice {
    // Each message has an invocation of its own that sends it.
    let invocations = usage.requests + usage.messages;
    let gigabyte_seconds = invocations * assumptions::SECONDS * assumptions::GIGABYTES;
    let lines = [
        ("API Gateway", usage.requests * API),
        ("Lambda requests", invocations * LAMBDA_REQUEST),
        ("Lambda time", gigabyte_seconds * LAMBDA_GB_SECOND),
        ("DynamoDB writes", usage.wru * WRITE_UNIT),
        ("DynamoDB reads", usage.rru * READ_UNIT),
        ("SQS", usage.messages * assumptions::SQS_REQUESTS * SQS_REQUEST),
        // A byte each, a million times, is a megabyte.
        ("Logs", invocations * assumptions::LOG_BYTES / 1_000.0 * LOGS_GB),
        ("Egress", usage.bytes_out / 1_000.0 * EGRESS_GB),
    ];
    let wrapped = lines.iter().map(|(_, price)| price).sum();
    PathPrice {
        path: path.to_owned(),
        lines: lines.map(|(name, price)| (name.to_owned(), price)).into(),
        wrapped,
        kms: wrapped + usage.signatures * KMS_RS256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 0.006
    }

    /// The lean column of the price model this follows: 6 requests, 7 writes, 5 reads, 18 kB out, 2 signatures.
    #[test]
    fn the_price_models_own_example() {
        let usage = Usage {
            requests: 6.0,
            bytes_out: 18_000.0,
            rru: 5.0,
            wru: 7.0,
            messages: 0.0,
            signatures: 2.0,
        };
        let price = price("x", &usage);
        let line = |name: &str| price.lines.iter().find(|(n, _)| n == name).unwrap().1;
        assert!(close(line("API Gateway"), 6.0) && close(line("Lambda requests"), 1.2));
        assert!(close(line("Lambda time"), 0.16), "{}", line("Lambda time"));
        assert!(close(line("DynamoDB writes"), 4.375) && close(line("DynamoDB reads"), 0.625));
        assert!(close(line("Logs"), 1.8) && close(line("Egress"), 1.62));
        assert!(close(price.wrapped, 15.78), "{}", price.wrapped);
        assert!(close(price.kms, 21.78), "{}", price.kms);
    }

    #[test]
    fn a_message_is_three_requests_of_the_queue_and_one_more_invocation() {
        let nothing = Usage {
            requests: 0.0,
            bytes_out: 0.0,
            rru: 0.0,
            wru: 0.0,
            messages: 1.0,
            signatures: 0.0,
        };
        let price = price("x", &nothing);
        assert!(
            close(price.wrapped, 0.2 + 0.0267 + 1.2 + 0.3),
            "{}",
            price.wrapped
        );
    }

    #[test]
    fn without_a_log_the_budgets_stand_in() {
        let first = &BUDGETS[0];
        let budgeted = usage(first, None);
        assert_eq!((budgeted.wru, budgeted.rru, budgeted.messages), (9.0, 5.0, 1.0));
        let counted = PathUnits {
            rru: 2.5,
            wru: 11.0,
            ..PathUnits::default()
        };
        let counted = usage(first, Some(&counted));
        assert_eq!(
            (counted.wru, counted.rru, counted.messages, counted.signatures),
            (11.0, 2.5, 0.0, 2.0)
        );
    }
}
