use maud::{Markup, html};

use super::{
    Shell,
    frame::{Frame, web},
};

/// Sends itself on to the partner. Without script it is one button.
const SCRIPT: &str = "document.forms[0].submit()";

/// The answer to a partner that wants it in a form (Form Post Response Mode s2).
pub struct FormPostPage<'a> {
    /// The proven redirect URI.
    pub action: &'a str,
    /// Its host, to tell her where she goes.
    pub host: &'a str,
    /// The answer's parameters.
    pub fields: &'a [(&'a str, &'a str)],
}

/// Renders [`FormPostPage`].
pub fn form_post(shell: &Shell<'_>, page: &FormPostPage<'_>) -> Markup {
    let back = shell.words().frame.back_to;
    let main = html! {
        main {
            form #form-post method="post" action=[web(page.action)] {
                @for (name, value) in page.fields {
                    input type="hidden" name=(name) value=(value);
                }
                div.actions {
                    button type="submit" { (shell.say_app(back, page.host)) }
                }
            }
        }
    };
    let frame = Frame {
        script: Some(SCRIPT),
        ..Frame::plain(shell.title(back, page.host), main)
    };
    shell.document(&frame)
}
