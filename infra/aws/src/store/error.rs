//! Why there is no answer, in words for the log: the step and the table's code for it, never what was read or written.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use symbolon::ports::Unavailable;

use crate::log::{Counter, count_trouble};

/// Codes of a table that is asked too much.
const THROTTLED: [&str; 3] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
];

/// The table did not answer, or refused for a reason that is no outcome of the step.
pub(super) fn unavailable<E: ProvideErrorMetadata, R>(
    step: &'static str,
    error: &SdkError<E, R>,
) -> Unavailable {
    let code = code(error);
    if THROTTLED.contains(&code) {
        count_trouble(Counter::StoreThrottled, step);
    }
    Unavailable(format!("store: {step}: {code}"))
}

/// Others wrote each time in between.
pub(super) fn contended(step: &'static str) -> Unavailable {
    Unavailable(format!("store: {step}: contended"))
}

fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> &str {
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
    use aws_sdk_dynamodb::{error::ErrorMetadata, operation::get_item::GetItemError};

    use super::*;
    use crate::log::heard::heard;

    #[test]
    fn the_step_and_the_code_are_named_and_the_message_is_not() {
        let meta = ErrorMetadata::builder()
            .code("ValidationException")
            .message("pk was GRANT#urban#alice");
        let error = SdkError::service_error(GetItemError::generic(meta.build()), ());
        let line = unavailable("grants.get", &error);
        assert_eq!(line.0, "store: grants.get: ValidationException");
    }

    #[test]
    fn a_table_that_is_asked_too_much_counts() {
        let meta = ErrorMetadata::builder().code("ThrottlingException");
        let error = SdkError::service_error(GetItemError::generic(meta.build()), ());
        let line = heard(|| drop(unavailable("grants.get", &error)));
        assert_eq!(
            (&line["StoreThrottled"], &line["level"]),
            (&1.into(), &"warn".into())
        );
        assert_eq!(line["notes"][0]["step"], "grants.get");
    }
}
