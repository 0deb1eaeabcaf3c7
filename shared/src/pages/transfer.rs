use maud::{Markup, html};

use super::{
    FormKey, Shell, fill,
    frame::{Frame, web},
};

/// Asks whether she goes on as who she is in the brand's own app. The form goes to `/session/transfer`.
///
/// It asks because a link may be anybody's: whoever follows one must see as whom she would go on (login CSRF).
#[derive(Debug)]
pub struct TransferPage<'a> {
    /// Ties the form to its transaction.
    pub form: FormKey<'a>,
    /// The app she came from.
    pub app: &'a str,
    /// Who she is there, masked.
    pub masked_number: &'a str,
    /// The partner she is on her way to; without one, her account page.
    pub partner: Option<&'a str>,
    /// Who else is signed in in this browser, masked.
    pub replaces: Option<&'a str>,
}

/// Renders [`TransferPage`].
pub fn transfer(shell: &Shell<'_>, page: &TransferPage<'_>) -> Markup {
    let words = &shell.words().transfer;
    let number = |sentence, number| fill::html(sentence, &[("number", number)]);
    let main = html! {
        main {
            h1 { (number(words.heading, page.masked_number)) }
            p.lead #partner {
                @match page.partner {
                    Some(partner) => (shell.say_app(words.for_app, partner)),
                    None => (shell.say(words.for_account)),
                }
            }
            p { (shell.say_app(words.yours, page.app)) }
            @if let Some(other) = page.replaces { p.note #replaces { (number(words.replaces, other)) } }
            form #transfer-form method="post" action="/session/transfer" {
                (page.form.hidden())
                div.actions {
                    button #continue type="submit" name="decision" value="continue" { (words.submit) }
                    button.quiet #not-me type="submit" name="decision" value="no" { (words.decline) }
                }
            }
        }
    };
    let title = fill::text(words.heading, &[("number", page.masked_number)]);
    shell.document(&Frame::plain(title, main))
}

/// Says that nothing was changed.
#[derive(Debug)]
pub struct TransferDeclinedPage<'a> {
    /// Name and home page of the partner she was on her way to.
    pub back: Option<(&'a str, &'a str)>,
}

/// Renders [`TransferDeclinedPage`].
pub fn transfer_declined(shell: &Shell<'_>, page: &TransferDeclinedPage<'_>) -> Markup {
    let words = &shell.words().transfer;
    let back = page.back.and_then(|(app, uri)| Some((app, web(uri)?)));
    let main = html! {
        main #transfer-declined {
            h1 { (words.declined_heading) }
            p { (shell.say(words.declined_help)) }
            @if let Some((app, uri)) = back {
                div.actions {
                    a.button #back-to-app href=(uri) { (shell.say_app(shell.words().frame.back_to, app)) }
                }
            }
        }
    };
    shell.document(&Frame::plain(words.declined_heading.to_owned(), main))
}
