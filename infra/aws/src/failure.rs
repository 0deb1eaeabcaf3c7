//! Why a service gave no answer, in words for the log: the step and the service's code for it, never what was sent.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use symbolon::ports::Unavailable;

use crate::log::{Counter, count_trouble};

/// Codes of a service that is asked too much.
const THROTTLED: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "Throttling",
    "ThrottlingException",
];

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
            Throttled::Store => count_trouble(Counter::StoreThrottled, step),
            Throttled::Key => count_trouble(Counter::KeyThrottled, step),
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
    use crate::log::heard::heard;

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

    #[test]
    fn being_asked_too_much_counts() {
        let meta = ErrorMetadata::builder().code("ThrottlingException");
        let answer = HttpResponse::new(400.try_into().unwrap(), SdkBody::empty());
        let error = SdkError::service_error(SignError::generic(meta.build()), answer);
        for (throttled, metric) in [
            (Throttled::Key, "KeyThrottled"),
            (Throttled::Store, "StoreThrottled"),
        ] {
            let line = heard(|| drop(unavailable("signer: sign", throttled, &error)));
            assert_eq!((&line[metric], &line["level"]), (&1.into(), &"warn".into()));
            assert_eq!(line["notes"][0]["step"], "signer: sign");
        }
    }
}
