use maud::{Markup, html};

use super::{
    FormKey, Shell, action, fill,
    frame::{Frame, alert, web},
};
use crate::types::Country;

/// Asks for the mobile number. The form goes to `/login` with `action=phone`.
#[derive(Debug)]
pub struct PhonePage<'a> {
    /// The app she signs in for; empty when she came for her account page.
    pub app: &'a str,
    /// Ties the form to its transaction.
    pub form: FormKey<'a>,
    /// The number, as she typed it or as the app hinted it.
    pub value: &'a str,
    /// The countries texted to. The first is the one assumed, and a select shows it chosen; after a mistake, it is the
    /// one she had chosen. Never empty.
    pub countries: &'a [&'static Country],
    /// What was wrong with the last try.
    pub problem: Option<PhoneProblem>,
    /// Whether somebody is signed in on this browser already.
    pub has_session_note: bool,
    /// Her masked number, where she may simply go on as whoever is signed in (`prompt=select_account`).
    pub continue_as: Option<&'a str>,
}

/// Why the number was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneProblem {
    /// Nothing was typed.
    Empty,
    /// Not a mobile number.
    Malformed,
    /// The brand does not text to that country.
    CountryNotSupported,
    /// A sending limit is reached.
    TryLater {
        /// For how long.
        minutes: u64,
    },
}

impl PhoneProblem {
    /// Whether the typed number is what is wrong.
    const fn is_about_the_field(self) -> bool {
        matches!(self, Self::Empty | Self::Malformed | Self::CountryNotSupported)
    }

    fn text(self, shell: &Shell<'_>) -> Markup {
        let words = &shell.words().phone;
        match self {
            Self::Empty => shell.say(words.empty),
            Self::Malformed => shell.say(words.malformed),
            Self::CountryNotSupported => shell.say(words.country_not_supported),
            Self::TryLater { minutes } => html! { ((words.try_later_minutes)(minutes)) },
        }
    }
}

/// Renders [`PhonePage`].
pub fn phone(shell: &Shell<'_>, page: &PhonePage<'_>) -> Markup {
    let words = &shell.words().phone;
    let main = html! {
        main {
            @if let Some(problem) = page.problem {
                (alert(&problem.text(shell), problem.is_about_the_field().then_some("phone")))
            }
            h1 { (shell.say(words.heading)) }
            @if !page.app.is_empty() { p.lead { (shell.say_app(words.for_app, page.app)) } }
            @if page.has_session_note { p.note { (words.session_note) } }
            @if let Some(number) = page.continue_as { (continue_form(shell, page, number)) }
            form #phone-form method="post" action="/login" novalidate {
                (page.form.hidden())
                (country_select(shell, page))
                (number_field(shell, page))
                (action("phone"))
                button #continue type="submit" { (words.submit) }
            }
            @if let Some(uri) = shell.brand.privacy_uri.as_deref().and_then(web) {
                p.small { a href=(uri) { (shell.say(words.privacy)) } }
            }
        }
    };
    let title = shell.title(words.heading, page.app);
    shell.document(&Frame {
        title,
        problem: page.problem.is_some(),
        main,
        script: None,
    })
}

fn continue_form(shell: &Shell<'_>, page: &PhonePage<'_>, number: &str) -> Markup {
    html! {
        form #continue-form method="post" action="/login" {
            (page.form.hidden())
            (action("continue"))
            button #continue-as type="submit" {
                (fill::html(shell.words().phone.continue_as, &[("number", number)]))
            }
        }
    }
}

fn number_field(shell: &Shell<'_>, page: &PhonePage<'_>) -> Markup {
    let words = &shell.words().phone;
    let wrong = page.problem.filter(|p| p.is_about_the_field());
    let described = if wrong.is_some() {
        "phone-error phone-hint"
    } else {
        "phone-hint"
    };
    html! {
        div.field {
            label for="phone" { (words.label) }
            @if let Some(problem) = wrong { p.wrong #phone-error { (problem.text(shell)) } }
            div.prefixed dir="ltr" {
                @if let [only] = page.countries { span.prefix aria-hidden="true" { "+" (only.calling_code) } }
                input #phone type="tel" name="phone" value=(page.value) autocomplete="tel" dir="ltr" maxlength="40"
                    required aria-describedby=(described) aria-invalid=[wrong.map(|_| "true")]
                    autofocus[wrong.is_some()];
            }
            p.hint #phone-hint { (words.sms) }
        }
    }
}

/// A choice of country where there is one. A written country code wins over it.
fn country_select(shell: &Shell<'_>, page: &PhonePage<'_>) -> Markup {
    let name = |c: &'static Country| (shell.words().country)(c.iso).unwrap_or(c.iso);
    let mut countries = page.countries.to_vec();
    countries.sort_by_key(|c| name(c));
    html! {
        @if let [chosen, _, ..] = page.countries {
            div.field {
                label for="country" { (shell.words().phone.country) }
                select #country name="country" autocomplete="tel-country-code" {
                    @for country in countries {
                        option value=(country.iso) selected[country == *chosen] {
                            // An option takes no markup, so the calling code is isolated by characters.
                            (name(country)) " (\u{2066}+" (country.calling_code) "\u{2069})"
                        }
                    }
                }
            }
        }
    }
}
