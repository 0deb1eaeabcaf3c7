//! Errors a person sees. Before a redirect URI is proven, this is the only kind of error there is.

use http::{Method, StatusCode};

use super::{
    screen::Screen,
    visit::{self, is_form},
};
use crate::{
    model::{Client, Tenant},
    pages::ErrorCause,
    ports::{Random, Unavailable},
    types::TransactionId,
    wire::{Request, Response, metadata::path, params::Params},
};

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

    /// A `request_uri` that nothing can begin with. Why is nobody's business but the log's.
    pub(super) fn stale(client: &Client) -> Self {
        Self {
            cause: ErrorCause::InvalidRequestUri,
            ..Self::finished(
                Some(client),
                "request_uri is unknown, expired, used or another client's",
            )
        }
    }

    /// The page of this error.
    pub(super) fn page(&self, tenant: &Tenant, request: &Request, random: &dyn Random) -> Response {
        let locale = visit::locale(tenant, request.headers(), None);
        let begins_here =
            self.cause == ErrorCause::TransactionNotFound && request.uri().path() == path::DEVICE;
        let retry = match self.cause {
            ErrorCause::TemporarilyUnavailable => retry(request),
            // No app has sent her, so there is none to go back to.
            _ => begins_here.then(|| path::DEVICE.to_owned()),
        };
        Screen::new(tenant, locale, random).error(self, retry.as_deref())
    }

    pub(super) fn status(&self) -> StatusCode {
        match self.cause {
            ErrorCause::CrossSite => StatusCode::FORBIDDEN,
            ErrorCause::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCause::NotFound => StatusCode::NOT_FOUND,
            ErrorCause::TemporarilyUnavailable | ErrorCause::Suspended => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCause::InvalidRequest
            | ErrorCause::InvalidClient
            | ErrorCause::InvalidRedirectUri
            | ErrorCause::InvalidRequestUri
            | ErrorCause::TransactionNotFound
            | ErrorCause::TransactionFinished
            | ErrorCause::TransferUnknown
            | ErrorCause::TransferExpired
            | ErrorCause::TransferUsed
            | ErrorCause::TransferRefused => StatusCode::BAD_REQUEST,
        }
    }
}

/// Where the same thing can be tried again: the transaction it belongs to, or the very page that was asked for.
fn retry(request: &Request) -> Option<String> {
    let query = visit::query(request).ok()?;
    let form = is_form(request)
        .then(|| Params::parse(request.body()).ok())
        .flatten();
    let transaction = form
        .as_ref()
        .and_then(|f| f.get("tx"))
        .or_else(|| query.get("tx"));
    match transaction.and_then(TransactionId::parse) {
        Some(id) => Some(format!("{}?tx={id}", path::AUTHORIZE)),
        None if request.method() == Method::GET => Some(request.uri().path_and_query()?.to_string()),
        None => None,
    }
}

impl From<Unavailable> for PageFault {
    fn from(cause: Unavailable) -> Self {
        Self::new(ErrorCause::TemporarilyUnavailable, cause.0)
    }
}
