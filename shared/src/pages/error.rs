use maud::{Markup, html};

use super::{
    Shell,
    frame::{Frame, web},
};

/// Says that it does not go on here, why, and what to do now. Shows nothing of the request.
#[derive(Debug)]
pub struct ErrorPage<'a> {
    /// What went wrong.
    pub cause: ErrorCause,
    /// What the log knows this error by.
    pub id: &'a str,
    /// Name and home page of the app she came from, where it is known beyond doubt.
    pub back: Option<(&'a str, &'a str)>,
    /// Where the step can be tried again.
    pub retry_href: Option<&'a str>,
}

/// What went wrong, as far as a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCause {
    /// The app's request cannot be read.
    InvalidRequest,
    /// No such client.
    InvalidClient,
    /// Not one of the client's redirect URIs.
    InvalidRedirectUri,
    /// Not one that we gave to this client, expired, or used before.
    InvalidRequestUri,
    /// Unknown, too old, or begun in another browser.
    TransactionNotFound,
    /// The back button, after the end.
    TransactionFinished,
    /// Nothing that an app was given to take a session to a browser.
    TransferUnknown,
    /// It was, and its time is over.
    TransferExpired,
    /// It was, and has been used.
    TransferUsed,
    /// It is, and what it rests on no longer stands.
    TransferRefused,
    /// The form did not come from our page.
    CrossSite,
    /// Not a form.
    UnsupportedMediaType,
    /// Nothing at this address.
    NotFound,
    /// Our fault, and likely over soon.
    TemporarilyUnavailable,
    /// The brand serves nobody for now.
    Suspended,
}

impl ErrorCause {
    /// Every cause.
    pub const ALL: [Self; 15] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidRedirectUri,
        Self::InvalidRequestUri,
        Self::TransactionNotFound,
        Self::TransactionFinished,
        Self::TransferUnknown,
        Self::TransferExpired,
        Self::TransferUsed,
        Self::TransferRefused,
        Self::CrossSite,
        Self::UnsupportedMediaType,
        Self::NotFound,
        Self::TemporarilyUnavailable,
        Self::Suspended,
    ];

    /// `data-error` of the page.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::TransactionNotFound => "transaction_not_found",
            Self::TransactionFinished => "transaction_finished",
            Self::TransferUnknown => "transfer_unknown",
            Self::TransferExpired => "transfer_expired",
            Self::TransferUsed => "transfer_used",
            Self::TransferRefused => "transfer_refused",
            Self::CrossSite => "cross_site_request",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::NotFound => "not_found",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::Suspended => "suspended",
        }
    }
}

/// Renders [`ErrorPage`].
pub fn error(shell: &Shell<'_>, page: &ErrorPage<'_>) -> Markup {
    let words = shell.words();
    let (heading, help) = (words.error.of)(page.cause);
    let back = page.back.and_then(|(app, uri)| Some((app, web(uri)?)));
    let main = html! {
        main #error data-error=(page.cause.code()) {
            h1 { (heading) }
            p { (shell.say(help)) }
            @if page.retry_href.is_some() || back.is_some() {
                div.actions {
                    @if let Some(href) = page.retry_href { a.button #retry href=(href) { (words.error.retry) } }
                    @if let Some((app, uri)) = back {
                        a.button.quiet[page.retry_href.is_some()] #back-to-app href=(uri) {
                            (shell.say_app(words.frame.back_to, app))
                        }
                    }
                }
            }
            p.small.quote { (words.error.quote) " " code #error-id dir="ltr" { (page.id) } }
        }
    };
    shell.document(&Frame::plain(heading.to_owned(), main))
}
