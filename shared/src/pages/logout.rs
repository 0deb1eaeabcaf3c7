use maud::{Markup, html};

use super::{
    Shell, csrf_field, fill,
    frame::{Frame, web},
};

/// Asks whether to sign out. The form goes to `/oauth2/sessions/logout`.
#[derive(Debug)]
pub struct LogoutPage<'a> {
    /// Ties the form to this browser.
    pub csrf: &'a str,
    /// The app that asks, if one does.
    pub app: Option<&'a str>,
    /// Who is signed in, masked.
    pub masked_number: Option<&'a str>,
}

/// Renders [`LogoutPage`].
pub fn confirm_logout(shell: &Shell<'_>, page: &LogoutPage<'_>) -> Markup {
    let words = &shell.words().logout;
    let main = html! {
        main {
            h1 { (shell.say(words.heading)) }
            @if let Some(app) = page.app { p.lead { (shell.say_app(words.asked_by, app)) } }
            @if let Some(number) = page.masked_number {
                p { (fill::html(shell.words().frame.signed_in_as, &[("number", number)])) }
            }
            p { (words.help) }
            form #logout-form method="post" action="/oauth2/sessions/logout" {
                (csrf_field(page.csrf))
                div.actions {
                    button #confirm-logout type="submit" { (words.confirm) }
                    a.button.quiet href="/account" { (shell.words().frame.cancel) }
                }
            }
        }
    };
    shell.document(&Frame::plain(shell.title(words.heading, ""), main))
}

/// Says that she is signed out.
#[derive(Debug)]
pub struct SignedOutPage<'a> {
    /// Name and home page of the app she came from.
    pub back: Option<(&'a str, &'a str)>,
}

/// Renders [`SignedOutPage`].
pub fn signed_out(shell: &Shell<'_>, page: &SignedOutPage<'_>) -> Markup {
    let words = &shell.words().logout;
    let back = page.back.and_then(|(app, uri)| Some((app, web(uri)?)));
    let main = html! {
        main #signed-out {
            h1 { (words.done_heading) }
            p { (shell.say(words.done_help)) }
            @if let Some((app, uri)) = back {
                div.actions {
                    a.button #back-to-app href=(uri) { (shell.say_app(shell.words().frame.back_to, app)) }
                }
            }
        }
    };
    shell.document(&Frame::plain(words.done_heading.to_owned(), main))
}
