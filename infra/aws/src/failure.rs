//! Why a service gave no answer, in words for the log: the step and the service's code for it, never what was sent.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use symbolon::ports::Unavailable;

/// Codes of a service that is asked too much.
const THROTTLED: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "Throttling",
    "ThrottlingException",
];

/// The log target whose lines count as metrics.
pub(crate) const METRIC: &str = "symbolon::metric";

/// The metric that counts being asked too much.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Throttled {
    /// A table.
    Store,
    /// KMS.
    Key,
    /// Nothing counts it.
    Uncounted,
}

/// The service did not answer, or refused for a reason that is no outcome of the step. `step` names it, from the port
/// to the call.
pub(crate) fn unavailable<E: ProvideErrorMetadata>(
    step: &str,
    throttled: Throttled,
    error: &SdkError<E, HttpResponse>,
) -> Unavailable {
    let code = code(error);
    if THROTTLED.contains(&code) {
        match throttled {
            Throttled::Store => tracing::warn!(target: METRIC, metric = "StoreThrottled", step),
            Throttled::Key => tracing::warn!(target: METRIC, metric = "KeyThrottled", step),
            Throttled::Uncounted => {}
        }
    }
    Unavailable(format!("{step}: {code}"))
}

/// The service's own word, or what kept it from saying one.
pub(crate) fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> &str {
    match error {
        SdkError::ServiceError(refused) => refused.err().code().unwrap_or("no code"),
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(failure) if failure.is_timeout() => "timeout",
        SdkError::DispatchFailure(_) => "not sent",
        SdkError::ResponseError(_) => "unreadable answer",
        _ => "not built",
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_kms::{error::ErrorMetadata, operation::sign::SignError};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    #[test]
    fn the_step_and_the_code_are_named_and_the_message_is_not() {
        let meta = ErrorMetadata::builder()
            .code("AccessDeniedException")
            .message("arn:aws:kms:eu-central-1:111122223333:key/x");
        let answer = HttpResponse::new(400.try_into().unwrap(), SdkBody::empty());
        let error = SdkError::service_error(SignError::generic(meta.build()), answer);
        let line = unavailable("signer: sign", Throttled::Key, &error);
        assert_eq!(line.0, "signer: sign: AccessDeniedException");
    }
}
