//! Admission: which tenant a request is for, and whether it is of a size worth reading.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{cross_origin, page_fault::PageFault, screen::SUSPENDED};
use crate::{
    model::Tenant,
    pages::ErrorCause,
    ports::{Random, Registry},
    types::Locale,
    wire::{
        ClientAddress, Request, Response, cookies,
        error::{ErrorCode, Fault},
        params::{Params, ParamsError},
        respond,
    },
};

/// Longest body that is read, in bytes. Servers may stop reading there.
pub const MAX_BODY: usize = 64 * 1024;
/// Longest path and query that are read.
pub(super) const MAX_TARGET: usize = 8 * 1024;
const MAX_HEADERS: usize = 16 * 1024;

/// What the names of transaction cookies begin with; the id follows.
pub(super) const TRANSACTION_COOKIE: &str = "__Host-tx-";

/// Remembers the language she chose on a page.
pub(super) const LANGUAGE_COOKIE: &str = "__Host-lang";

/// The tenant whose issuer a program called, or the answer that ends it. A suspended tenant refuses here, and so
/// everything it ever gave out (assertion 66).
pub(super) async fn admit(
    registry: &dyn Registry,
    request: &Request,
    methods: &[Method],
) -> Result<Arc<Tenant>, Response> {
    let tenant = admit_even_suspended(registry, request, methods).await?;
    // A preflight tells nothing, and lets a script read the refusal.
    if tenant.suspended && request.method() != Method::OPTIONS {
        tracing::info!(tenant = tenant.id.as_str(), reason = IS_SUSPENDED, "refused");
        let fault = Fault::new(
            ErrorCode::TemporarilyUnavailable,
            "this issuer is suspended for now",
        );
        let mut response = respond::json_error(&fault);
        respond::put(&mut response, header::RETRY_AFTER, SUSPENDED);
        return Err(cross_origin::for_client(request, &tenant, None, response));
    }
    Ok(tenant)
}

/// The same where people come: refused with a page.
pub(super) async fn admit_person(
    registry: &dyn Registry,
    random: &dyn Random,
    request: &Request,
    methods: &[Method],
) -> Result<Arc<Tenant>, Response> {
    let tenant = admit_even_suspended(registry, request, methods).await?;
    if tenant.suspended {
        let fault = PageFault::new(ErrorCause::Suspended, IS_SUSPENDED);
        return Err(fault.page(&tenant, request, random));
    }
    Ok(tenant)
}

const IS_SUSPENDED: &str = "the brand is suspended";

/// The same for what is public: who holds a token may verify it whatever became of the brand.
///
/// Only the `Host` itself counts: `Forwarded`, `X-Forwarded-Host` and their like are the client's word.
pub(super) async fn admit_even_suspended(
    registry: &dyn Registry,
    request: &Request,
    methods: &[Method],
) -> Result<Arc<Tenant>, Response> {
    within_limits(request)?;
    let misdirected = || {
        respond::text(
            StatusCode::MISDIRECTED_REQUEST,
            "no issuer is served under this host\n",
        )
    };
    let authority = authority(request).ok_or_else(misdirected)?;
    let found = registry.tenant_by_authority(&authority).await.map_err(|cause| {
        tracing::error!(reason = cause.0, "configuration is out of reach");
        respond::out_of_reach()
    })?;
    let tenant = found.ok_or_else(misdirected)?;
    only(methods, request)?;
    Ok(tenant)
}

fn within_limits(request: &Request) -> Result<(), Response> {
    let headers: usize = request
        .headers()
        .iter()
        .map(|(n, v)| n.as_str().len() + v.len())
        .sum();
    let target = request.uri().path().len() + request.uri().query().map_or(0, str::len);
    if request.body().len() > MAX_BODY {
        Err(respond::text(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is longer than 64 KiB\n",
        ))
    } else if target > MAX_TARGET {
        Err(respond::text(
            StatusCode::URI_TOO_LONG,
            "the address is longer than 8 KiB\n",
        ))
    } else if headers > MAX_HEADERS {
        Err(too_many_headers(request))
    } else {
        Ok(())
    }
}

/// Headers grow by cookies. Transactions are what may be forgotten, so the answer takes them away and the next
/// request gets through.
fn too_many_headers(request: &Request) -> Response {
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    let transactions =
        cookies::read(request.headers()).filter(|(name, _)| name.starts_with(TRANSACTION_COOKIE));
    let forgotten: Vec<_> = transactions
        .filter_map(|(name, _)| cookies::clear(name))
        .collect();
    respond::with_cookies(
        respond::text(status, "the headers are longer than 16 KiB\n"),
        forgotten,
    )
}

fn authority(request: &Request) -> Option<String> {
    let mut hosts = request.headers().get_all(header::HOST).into_iter();
    let host = hosts
        .next()
        .map(|h| h.to_str().unwrap_or_default().to_ascii_lowercase());
    let target = request.uri().authority().map(|a| a.as_str().to_ascii_lowercase());
    match (host, hosts.next(), target) {
        (Some(host), None, None) | (None, None, Some(host)) => Some(host),
        (Some(host), None, Some(target)) if host == target => Some(host),
        _ => None,
    }
}

/// Methods of a page without a form.
pub(super) const READ: &[Method] = &[Method::GET, Method::HEAD];
/// Methods of a page with one.
pub(super) const READ_AND_POST: &[Method] = &[Method::GET, Method::HEAD, Method::POST];

fn only(methods: &[Method], request: &Request) -> Result<(), Response> {
    if methods.contains(request.method()) {
        return Ok(());
    }
    let allow = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    let mut response = respond::text(
        StatusCode::METHOD_NOT_ALLOWED,
        "this method is not allowed here\n",
    );
    respond::put(&mut response, header::ALLOW, &allow);
    Err(response)
}

/// The parameters of the query string.
pub(super) fn query(request: &Request) -> Result<Params, ParamsError> {
    Params::parse(request.uri().query().unwrap_or_default().as_bytes())
}

/// Whether the body is a form: it says so, or there is none.
pub(super) fn is_form(request: &Request) -> bool {
    let essence = |v: &HeaderValue| {
        v.to_str()
            .ok()
            .and_then(|t| t.split(';').next().map(|e| e.trim().to_owned()))
    };
    match request.headers().get(header::CONTENT_TYPE) {
        Some(value) => {
            essence(value).is_some_and(|e| e.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
        }
        None => request.body().is_empty(),
    }
}

/// The network address a request comes from; a server that does not say is one address.
pub(super) fn address(request: &Request) -> IpAddr {
    let said = request.extensions().get::<ClientAddress>();
    said.map_or(Ipv4Addr::UNSPECIFIED.into(), |address| address.0)
}

/// The language of a page: what the request names, what she chose before, what her browser prefers, the brand's own.
pub(super) fn locale(tenant: &Tenant, headers: &HeaderMap, named: Option<Locale>) -> Locale {
    named
        .or_else(|| cookies::get(headers, LANGUAGE_COOKIE).and_then(Locale::lookup))
        .or_else(|| {
            headers
                .get(header::ACCEPT_LANGUAGE)?
                .to_str()
                .ok()
                .and_then(Locale::from_accept_language)
        })
        .unwrap_or(tenant.default_locale)
}

/// `Set-Cookie` for a language chosen on a page. A year.
pub(super) fn remember_language(locale: Locale) -> Option<HeaderValue> {
    cookies::set(LANGUAGE_COOKIE, locale.tag(), Some(31_536_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str, hosts: &[&str]) -> Request {
        let mut builder = http::Request::get(target);
        for host in hosts {
            builder = builder.header(header::HOST, *host);
        }
        builder.body(bytes::Bytes::new()).unwrap()
    }

    #[test]
    fn te5_only_one_host_counts() {
        assert_eq!(authority(&request("/", &["A.tld"])).as_deref(), Some("a.tld"));
        assert_eq!(authority(&request("/", &["a.tld", "b.tld"])), None);
        assert_eq!(authority(&request("/", &["a.tld", "a.tld"])), None);
        assert_eq!(authority(&request("/", &[])), None);
        assert_eq!(authority(&request("http://a.tld/", &["b.tld"])), None);
        assert_eq!(
            authority(&request("http://a.tld/", &["a.tld"])).as_deref(),
            Some("a.tld")
        );
    }
}
