use maud::{Markup, html};

use super::{
    FormKey, Shell, action, fill,
    frame::{Frame, alert, status},
};

/// `WebOTP`, sending what autofill filled in whole, and the countdown. Everything works without it.
const SCRIPT: &str = include_str!("code.js");

/// Asks for the code. Two forms go to `/login`: one with `action=code`, one with `action=resend`.
#[derive(Debug)]
pub struct CodePage<'a> {
    /// The app she signs in for; empty when she came for her account page.
    pub app: &'a str,
    /// Ties the forms to their transaction.
    pub form: FormKey<'a>,
    /// Where the code was sent, masked.
    pub masked_number: &'a str,
    /// Leads back to the phone page.
    pub change_number_href: &'a str,
    /// For how many more minutes the code works; 0 for less than one.
    pub minutes_left: u64,
    /// Seconds until it may be sent again; `Some(0)`: now; `None`: no more.
    pub resend_wait: Option<u64>,
    /// What was wrong with the last try.
    pub problem: Option<CodeProblem>,
    /// Whether the code was sent again just now.
    pub resent: bool,
}

/// Why she is still on this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeProblem {
    /// Not six digits; no try was counted.
    Format,
    /// Not the code. The words are the same for a number that has no account.
    Wrong {
        /// Tries left.
        left: u32,
    },
    /// The code's time is over.
    Expired,
    /// No try is left for this code.
    TooManyTries,
    /// Asked for a resend too early.
    ResendWait {
        /// For how much longer.
        seconds: u64,
    },
    /// Asked for a resend after the last.
    NoMoreResends,
}

impl CodeProblem {
    /// Whether the typed code is what is wrong.
    const fn is_about_the_field(self) -> bool {
        !matches!(self, Self::ResendWait { .. } | Self::NoMoreResends)
    }

    /// Whether this code can never be right any more.
    const fn is_final(self) -> bool {
        matches!(self, Self::Expired | Self::TooManyTries)
    }

    fn text(self, shell: &Shell<'_>) -> Markup {
        let words = &shell.words().code;
        match self {
            Self::Format => html! { (words.format) },
            Self::Wrong { left } => html! { ((words.wrong_left)(left.into())) },
            Self::Expired => html! { (words.expired) },
            Self::TooManyTries => html! { (words.too_many) },
            Self::ResendWait { seconds } => html! { ((words.too_early_seconds)(seconds)) },
            Self::NoMoreResends => html! { (words.no_more) },
        }
    }
}

/// Renders [`CodePage`].
pub fn code(shell: &Shell<'_>, page: &CodePage<'_>) -> Markup {
    let words = &shell.words().code;
    let main = html! {
        main {
            @if let Some(problem) = page.problem {
                (alert(&problem.text(shell), problem.is_about_the_field().then_some("code")))
            }
            @if page.resent { (status(&html! { (words.resent) })) }
            h1 { (words.heading) }
            @if !page.app.is_empty() { p.lead { (shell.say_app(shell.words().phone.for_app, page.app)) } }
            p {
                (fill::html(words.sent, &[("number", page.masked_number)])) " "
                a #change-number href=(page.change_number_href) { (words.change) }
            }
            form #code-form method="post" action="/login" novalidate {
                (page.form.hidden())
                (code_field(shell, page))
                (action("code"))
                button #verify type="submit" { (words.submit) }
            }
            (resend(shell, page))
        }
    };
    let title = shell.title(words.heading, page.app);
    shell.document(&Frame {
        title,
        problem: page.problem.is_some(),
        main,
        script: Some(SCRIPT),
    })
}

fn code_field(shell: &Shell<'_>, page: &CodePage<'_>) -> Markup {
    let words = &shell.words().code;
    let wrong = page.problem.filter(|p| p.is_about_the_field());
    let alive = !page.problem.is_some_and(CodeProblem::is_final);
    let described = match (wrong.is_some(), alive) {
        (true, true) => Some("code-error code-hint"),
        (true, false) => Some("code-error"),
        (false, _) => Some("code-hint"),
    };
    html! {
        div.field {
            label for="code" { (words.label) }
            @if let Some(problem) = wrong { p.wrong #code-error { (problem.text(shell)) } }
            input #code type="text" name="code" inputmode="numeric" autocomplete="one-time-code"
                pattern="[0-9 \\-]*" maxlength="10" dir="ltr" required autofocus
                aria-describedby=[described] aria-invalid=[wrong.map(|_| "true")];
            @if alive { p.hint #code-hint { ((words.lifetime_minutes)(page.minutes_left)) } }
        }
    }
}

/// A form of its own: without script the button always works, and the server says how long to wait.
fn resend(shell: &Shell<'_>, page: &CodePage<'_>) -> Markup {
    let words = &shell.words().code;
    let fresh = page.problem.is_some_and(CodeProblem::is_final);
    html! {
        section.resend {
            h2 { (words.resend_heading) }
            p.small { (shell.say(words.resend_help)) }
            @if let Some(wait) = page.resend_wait {
                form method="post" action="/login" {
                    (page.form.hidden())
                    (action("resend"))
                    button.quiet #resend type="submit" {
                        (if fresh { words.another } else { words.resend })
                        @if wait > 0 { bdi #resend-wait dir="ltr" data-seconds=(wait) {} }
                    }
                    @if wait > 0 { p.small #resend-note { ((words.resend_seconds)(wait)) } }
                }
            } @else if page.problem != Some(CodeProblem::NoMoreResends) {
                p.small { (words.no_more) }
            }
        }
    }
}
