use maud::{Markup, html};

use super::{
    Shell, csrf_field,
    date::day,
    fill::{self, bdi},
    frame::{Frame, status, web_link},
};
use crate::{model::CatalogueScope, types::Timestamp};

/// Connected apps and sessions of the member who is signed in.
#[derive(Debug)]
pub struct AccountPage<'a> {
    /// Ties the forms to this browser.
    pub csrf: &'a str,
    /// Who is signed in, masked; empty leaves the line out.
    pub masked_number: &'a str,
    /// The apps she allows something.
    pub apps: Vec<ConnectedApp<'a>>,
    /// Where she is signed in.
    pub sessions: Vec<SessionLine<'a>>,
    /// What she has just done.
    pub notice: Option<AccountNotice<'a>>,
}

/// One app she allows something.
#[derive(Debug)]
pub struct ConnectedApp<'a> {
    /// `client_id`.
    pub client: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its home page.
    pub uri: Option<&'a str>,
    /// What it may do.
    pub scopes: Vec<&'a CatalogueScope>,
    /// When it was first allowed.
    pub since: Timestamp,
}

/// One browser she is signed in on.
#[derive(Debug)]
pub struct SessionLine<'a> {
    /// The session's public name.
    pub id: &'a str,
    /// A few words on the browser.
    pub device: &'a str,
    /// When she signed in.
    pub started: Timestamp,
    /// Her last visit.
    pub last_seen: Timestamp,
    /// Whether it is the one she looks from.
    pub current: bool,
}

/// What she has just done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountNotice<'a> {
    /// Removed an app.
    Removed {
        /// Its name.
        app: &'a str,
    },
    /// Ended a session elsewhere.
    SessionEnded,
}

/// Renders [`AccountPage`].
pub fn account(shell: &Shell<'_>, page: &AccountPage<'_>) -> Markup {
    let words = &shell.words().account;
    let main = html! {
        main #account.wide {
            @match page.notice {
                Some(AccountNotice::Removed { app }) => (status(&shell.say_app(words.removed, app))),
                Some(AccountNotice::SessionEnded) => (status(&html! { (words.session_ended) })),
                None => {}
            }
            h1 { (shell.say(words.heading)) }
            @if !page.masked_number.is_empty() {
                p.lead { (fill::html(shell.words().frame.signed_in_as, &[("number", page.masked_number)])) }
            }
            section {
                h2 { (words.apps) }
                p.small { (shell.say(if page.apps.is_empty() { words.no_apps } else { words.apps_help })) }
                @if !page.apps.is_empty() {
                    ul.rows { @for app in &page.apps { (connected_app(shell, app)) } }
                }
            }
            section {
                h2 { (words.sessions) }
                p.small { (words.sessions_help) }
                ul.rows { @for line in &page.sessions { (session(shell, page.csrf, line)) } }
            }
        }
    };
    shell.document(&Frame::plain(shell.title(words.heading, ""), main))
}

fn connected_app(shell: &Shell<'_>, app: &ConnectedApp<'_>) -> Markup {
    let words = &shell.words().account;
    let names = [("app", app.name), ("brand", shell.brand.name.as_str())];
    html! {
        li {
            div {
                h3 { (web_link(app.uri, &bdi(app.name))) }
                ul {
                    @for scope in &app.scopes { li { bdi { (fill::html(scope.label.get(shell.locale), &names)) } } }
                }
                p.small { (words.since) " " (day(app.since)) }
            }
            form.revoke data-client=(app.client) method="get" action="/account/revoke" {
                input type="hidden" name="client" value=(app.client);
                button.quiet type="submit" { (shell.say_app(words.remove, app.name)) }
            }
        }
    }
}

fn session(shell: &Shell<'_>, csrf: &str, line: &SessionLine<'_>) -> Markup {
    let words = &shell.words().account;
    html! {
        li data-session=(line.id) {
            div {
                h3 { (bdi(line.device)) @if line.current { " " span.badge { (words.this_browser) } } }
                p.small {
                    (words.started) " " (day(line.started)) " · " (words.last_seen) " " (day(line.last_seen))
                }
            }
            @if line.current {
                a.button.quiet #sign-out href="/oauth2/sessions/logout" { (words.sign_out) }
            } @else {
                form method="post" action="/account/end-session" {
                    (csrf_field(csrf))
                    input type="hidden" name="session" value=(line.id);
                    button.quiet type="submit" { (fill::html(words.end_session, &[("device", line.device)])) }
                }
            }
        }
    }
}

/// Asks whether to take an app's permissions back. The form goes to `/account/revoke`.
#[derive(Debug)]
pub struct RevokePage<'a> {
    /// Ties the form to this browser.
    pub csrf: &'a str,
    /// `client_id`.
    pub client: &'a str,
    /// The app's name.
    pub name: &'a str,
}

/// Renders [`RevokePage`].
pub fn revoke(shell: &Shell<'_>, page: &RevokePage<'_>) -> Markup {
    let words = &shell.words().account;
    let main = html! {
        main {
            h1 { (shell.say_app(words.revoke_heading, page.name)) }
            p { (shell.say_app(words.revoke_help, page.name)) }
            form #revoke-form method="post" action="/account/revoke" {
                (csrf_field(page.csrf))
                input type="hidden" name="client" value=(page.client);
                div.actions {
                    button #confirm-revoke type="submit" { (words.revoke_confirm) }
                    a.button.quiet href="/account" { (shell.words().frame.cancel) }
                }
            }
        }
    };
    shell.document(&Frame::plain(shell.title(words.revoke_heading, page.name), main))
}
