use async_trait::async_trait;

use crate::wire::{Request, Response};

/// One endpoint of an issuer, whatever mounts it: a Lambda function, the local server, a test.
#[async_trait]
pub trait Endpoint: Send + Sync {
    /// Answers a request. Errors are rendered inside; nothing escapes.
    async fn handle(&self, request: Request) -> Response;
}
