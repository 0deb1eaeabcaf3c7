//! Errors a person sees. Before a redirect URI is proven, this is the only kind of error there is.

use http::StatusCode;

use crate::{model::Client, pages::ErrorCause, ports::Unavailable};

/// An error page to be.
#[derive(Debug)]
pub(super) struct PageFault {
    pub(super) cause: ErrorCause,
    /// For the log only.
    pub(super) reason: String,
    /// The partner to go back to: its name and home page.
    pub(super) back: Option<(String, String)>,
}

impl PageFault {
    pub(super) fn new(cause: ErrorCause, reason: impl Into<String>) -> Self {
        Self {
            cause,
            reason: reason.into(),
            back: None,
        }
    }

    /// The answer was given before: all that is left to do is to go back to the app.
    pub(super) fn finished(client: Option<&Client>, reason: &str) -> Self {
        Self {
            back: client.and_then(|c| Some((c.name.clone(), c.uri.clone()?))),
            ..Self::new(ErrorCause::TransactionFinished, reason)
        }
    }

    pub(super) fn status(&self) -> StatusCode {
        match self.cause {
            ErrorCause::CrossSite => StatusCode::FORBIDDEN,
            ErrorCause::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCause::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCause::NotFound => StatusCode::NOT_FOUND,
            ErrorCause::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ErrorCause::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            ErrorCause::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCause::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCause::InvalidRequest
            | ErrorCause::InvalidClient
            | ErrorCause::InvalidRedirectUri
            | ErrorCause::TransactionNotFound
            | ErrorCause::TransactionFinished => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<Unavailable> for PageFault {
    fn from(cause: Unavailable) -> Self {
        Self::new(ErrorCause::TemporarilyUnavailable, cause.0)
    }
}
