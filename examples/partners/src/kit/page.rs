//! Pages: one frame, each app's own look. Pure; everything dynamic is escaped by maud.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};

/// An app's name and face.
pub(crate) struct Look {
    pub(crate) app: &'static str,
    pub(crate) tagline: &'static str,
    /// The brand whose account signs a member in.
    pub(crate) brand: &'static str,
    pub(crate) css: &'static str,
}

/// Whether the header offers to sign in or out.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Visitor {
    Anonymous,
    SignedIn,
}

const CSP: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
                   frame-ancestors 'none'";

/// A whole page. `main` brings its own `main` element, because its id and data attributes are part of its meaning.
pub(crate) fn page(
    look: &Look,
    status: StatusCode,
    title: &str,
    visitor: Visitor,
    main: &Markup,
) -> Response {
    let body = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (look.app) }
                // Without this browsers ask for /favicon.ico.
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/style.css";
            }
            body {
                header {
                    a class="app" href="/" { (look.app) }
                    @if visitor == Visitor::SignedIn {
                        nav aria-label="Account" { a id="sign-out" href="/sign-out" { "Sign out" } }
                    }
                }
                (main)
                footer { p { (look.tagline) } }
            }
        }
    };
    let mut response = (status, body.into_string()).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: that would turn the Origin of our own forms into `null`.
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

pub(crate) fn sign_in_button(look: &Look) -> Markup {
    html! { p { a id="sign-in" class="button" href="/sign-in" { "Sign in with " (look.brand) } } }
}

/// A page that says what went wrong and offers the way on. `cause` is for tests and support.
pub(crate) fn error(look: &Look, status: StatusCode, cause: &str, title: &str, text: &str) -> Response {
    let main = html! {
        main id="error" data-error=(cause) {
            h1 { (title) }
            p { (text) }
            (sign_in_button(look))
            p { a href="/" { "Back to " (look.app) } }
        }
    };
    page(look, status, title, Visitor::Anonymous, &main)
}

pub(crate) fn style(look: &Look) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=300"),
    ];
    (headers, look.css).into_response()
}

/// `1,240`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (85, "85"), (1240, "1,240"), (1_000_000, "1,000,000")] {
            assert_eq!(grouped(number), text);
        }
    }
}
