//! Showing a page: language, nonce, headers.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{StatusCode, header};
use maud::Markup;

use super::page_fault::PageFault;
use crate::{
    model::Tenant,
    pages::{self, ErrorCause, ErrorPage, Shell},
    ports::Random,
    types::Locale,
    wire::{Response, respond},
};

/// Seconds after which to ask a suspended brand again.
pub(super) const SUSPENDED: &str = "300";

/// Where pages of one answer are drawn.
pub(super) struct Screen<'a> {
    tenant: &'a Tenant,
    locale: Locale,
    nonce: String,
    random: &'a dyn Random,
    /// Path and query of this page up to `lang=`, for the language switcher; `None` leaves the switcher out.
    here: Option<String>,
}

impl<'a> Screen<'a> {
    pub(super) fn new(tenant: &'a Tenant, locale: Locale, random: &'a dyn Random) -> Self {
        Self {
            tenant,
            locale,
            nonce: URL_SAFE_NO_PAD.encode(random.bytes::<16>()),
            random,
            here: None,
        }
    }

    /// With a language switcher that comes back to `here`, a path with a query.
    pub(super) fn at(mut self, here: String) -> Self {
        self.here = Some(here);
        self
    }

    /// Draws a page. `form_action` is where its forms may lead besides this issuer.
    pub(super) fn show(
        &self,
        status: StatusCode,
        form_action: &str,
        page: impl FnOnce(&Shell<'_>) -> Markup,
    ) -> Response {
        let link = |here: &String, l: Locale| (l, format!("{here}&lang={}", l.tag()));
        let languages: Vec<_> = self
            .here
            .iter()
            .flat_map(|here| Locale::ALL.map(|locale| link(here, locale)))
            .collect();
        let shell = Shell {
            brand: &self.tenant.brand,
            locale: self.locale,
            nonce: &self.nonce,
            languages: &languages,
        };
        respond::html(status, page(&shell).into_string(), &self.nonce, form_action)
    }

    /// Draws the error page and writes the log line that carries the same id.
    pub(super) fn error(&self, fault: &PageFault, retry: Option<&str>) -> Response {
        let id = incident(self.random);
        let (status, tenant, cause) = (fault.status(), self.tenant.id.as_str(), fault.cause.code());
        if status.is_server_error() && fault.cause != ErrorCause::Suspended {
            tracing::error!(id, tenant, cause, reason = fault.reason, "error page");
        } else {
            tracing::info!(id, tenant, cause, reason = fault.reason, "error page");
        }
        let back = fault
            .back
            .as_ref()
            .map(|(name, uri)| (name.as_str(), uri.as_str()));
        let page = ErrorPage {
            cause: fault.cause,
            id: &id,
            back,
            retry_href: retry,
        };
        let mut response = self.show(status, "", |shell| pages::error(shell, &page));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let wait = if fault.cause == ErrorCause::Suspended {
                SUSPENDED
            } else {
                "2"
            };
            respond::put(&mut response, header::RETRY_AFTER, wait);
        }
        response
    }
}

/// A fresh id to quote: short enough to read out over a telephone.
pub(super) fn incident(random: &dyn Random) -> String {
    let [a, b, c, d] = random.bytes();
    format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
}
