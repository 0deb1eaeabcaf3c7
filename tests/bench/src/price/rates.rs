//! Unit prices: list prices of us-east-1 in US dollars, late 2026, without any free tier. For a million of each,
//! unless the name says otherwise.

/// HTTP API, first 300 million a month.
pub(super) const API: f64 = 1.00;
pub(super) const LAMBDA_REQUEST: f64 = 0.20;
/// arm64.
pub(super) const LAMBDA_GB_SECOND: f64 = 13.333_4;
/// On demand.
pub(super) const WRITE_UNIT: f64 = 0.625;
pub(super) const READ_UNIT: f64 = 0.125;
/// `Sign` with an RSA key of 2048 bits.
pub(super) const KMS_RS256: f64 = 3.00;
/// Standard queue.
pub(super) const SQS_REQUEST: f64 = 0.40;
/// For one gigabyte.
pub(super) const LOGS_GB: f64 = 0.50;
pub(super) const EGRESS_GB: f64 = 0.09;

/// What is not counted, but taken from the price model.
pub(crate) mod assumptions {
    /// Billed time of one invocation: 8 ms, most of it waiting for DynamoDB.
    pub(crate) const SECONDS: f64 = 0.008;
    pub(crate) const GIGABYTES: f64 = 0.25;
    /// The one log line of a request.
    pub(crate) const LOG_BYTES: f64 = 600.0;
    /// To put a message on the queue, to receive it, to delete it.
    pub(crate) const SQS_REQUESTS: f64 = 3.0;
}

/// One row of the price model that was made before anything was built.
pub(crate) struct Assumption {
    pub(crate) path: &'static str,
    pub(crate) design: &'static str,
    /// Signing keys wrapped, and two RS256 signatures by KMS.
    pub(crate) wrapped: f64,
    pub(crate) kms: f64,
}

/// The alternatives the price model prices: the same sign-in by a naive and by a lean serverless design.
pub(crate) const PLANNED: [Assumption; 4] = [
    planned(
        "first sign-in",
        "naive: 9 requests, 16 write and 20 read units",
        33.74,
        39.74,
    ),
    planned(
        "first sign-in",
        "lean: 6 requests, 7 write and 5 read units",
        15.78,
        21.78,
    ),
    planned(
        "silent return",
        "2 requests, 3 write and 3 read units",
        5.48,
        11.48,
    ),
    planned("refresh", "1 request, 1 write and 1 read unit", 2.46, 8.46),
];

const fn planned(path: &'static str, design: &'static str, wrapped: f64, kms: f64) -> Assumption {
    Assumption {
        path,
        design,
        wrapped,
        kms,
    }
}
