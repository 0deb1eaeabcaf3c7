//! What to do when a port does not answer: the step may have been taken all the same.

use std::future::Future;

use crate::ports::PortResult;

/// Takes a step, and once more if there was no answer. Only for steps whose repeat is the same step: those that
/// carry a nonce, name what they write, or answer a repeat as they answered the first time.
pub(super) async fn once_more<T, F>(step: impl Fn() -> F) -> PortResult<T>
where
    F: Future<Output = PortResult<T>>,
{
    match step().await {
        Ok(answer) => Ok(answer),
        Err(_) => step().await,
    }
}
