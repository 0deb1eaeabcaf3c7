use maud::{Markup, html};

use super::{
    FormKey, Shell,
    frame::{Frame, alert},
};
use crate::model::DeviceOutcome;

/// Asks for the code that a device shows. The form goes to `/device`. One field and one button, for a remote control
/// as for a thumb.
#[derive(Debug)]
pub struct DevicePage<'a> {
    /// Ties the form to its transaction.
    pub form: FormKey<'a>,
    /// The code, as she typed it or as it came with the link.
    pub value: &'a str,
    /// Whether it came with the link: then she compares it before she goes on (RFC 8628 s3.3.1, s5.4).
    pub came_with_link: bool,
    /// What was wrong with the last try.
    pub problem: Option<DeviceProblem>,
}

/// Why the code was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceProblem {
    /// Nothing was typed.
    Empty,
    /// No device waits under it, or no longer.
    Wrong,
    /// A limit is reached.
    TryLater {
        /// For how long.
        minutes: u64,
    },
}

impl DeviceProblem {
    fn text(self, shell: &Shell<'_>) -> Markup {
        let words = &shell.words().device;
        match self {
            Self::Empty => html! { (words.empty) },
            Self::Wrong => html! { (words.wrong) },
            Self::TryLater { minutes } => html! { ((words.try_later_minutes)(minutes)) },
        }
    }
}

/// Renders [`DevicePage`].
pub fn device(shell: &Shell<'_>, page: &DevicePage<'_>) -> Markup {
    let words = &shell.words().device;
    let wrong = page
        .problem
        .filter(|p| matches!(p, DeviceProblem::Empty | DeviceProblem::Wrong));
    let described = if wrong.is_some() {
        "user-code-error user-code-hint"
    } else {
        "user-code-hint"
    };
    let main = html! {
        main {
            @if let Some(problem) = page.problem {
                (alert(&problem.text(shell), wrong.map(|_| "user_code")))
            }
            h1 { (words.heading) }
            p.lead { (shell.say(words.help)) }
            @if page.came_with_link { p.note #compare { (words.compare) } }
            form #device-form method="post" action="/device" novalidate {
                (page.form.hidden())
                div.field {
                    label for="user_code" { (words.label) }
                    @if let Some(problem) = wrong { p.wrong #user-code-error { (problem.text(shell)) } }
                    input #user_code type="text" name="user_code" value=(page.value) dir="ltr" maxlength="40"
                        autocomplete="off" autocapitalize="characters" spellcheck="false" enterkeyhint="go" required
                        aria-describedby=(described) aria-invalid=[wrong.map(|_| "true")]
                        autofocus[!page.came_with_link];
                    p.hint #user-code-hint { (words.hint) }
                }
                button #connect type="submit" { (words.submit) }
            }
        }
    };
    shell.document(&Frame {
        title: words.heading.to_owned(),
        problem: page.problem.is_some(),
        main,
        script: None,
    })
}

/// Says what became of the device.
#[derive(Debug)]
pub struct DeviceDonePage<'a> {
    /// The app on it.
    pub app: &'a str,
    /// What became of it.
    pub outcome: DeviceOutcome,
}

/// Renders [`DeviceDonePage`].
pub fn device_done(shell: &Shell<'_>, page: &DeviceDonePage<'_>) -> Markup {
    let words = &shell.words().device;
    let (name, heading, help) = match page.outcome {
        DeviceOutcome::Allowed => ("allowed", words.allowed_heading, words.allowed_help),
        DeviceOutcome::Denied => ("denied", words.denied_heading, words.denied_help),
        DeviceOutcome::TooLate => ("too-late", words.late_heading, words.late_help),
    };
    let main = html! {
        main #device-done data-outcome=(name) {
            h1 { (heading) }
            p { (shell.say_app(help, page.app)) }
            @if page.outcome == DeviceOutcome::Allowed {
                p.small { (shell.words().consent.stop_any_time) " " a href="/account" { (shell.words().consent.connected_apps) } }
            }
            @if page.outcome == DeviceOutcome::TooLate {
                div.actions { a.button #again href="/device" { (shell.words().error.retry) } }
            }
        }
    };
    shell.document(&Frame::plain(heading.to_owned(), main))
}
