use maud::{Markup, html};

use super::{
    FormKey, Shell,
    fill::{self, bdi},
    frame::{Frame, web},
    words::{Consent, words},
};
use crate::{
    model::{Brand, CatalogueScope},
    types::Locale,
};

/// Asks for consent. The form goes to `/consent` with `decision=allow` or `deny`, and a `scope` per ticked box.
#[derive(Debug)]
pub struct ConsentPage<'a> {
    /// The app's name.
    pub app: &'a str,
    /// Who publishes it.
    pub publisher: Option<&'a str>,
    /// Where the app is that asks.
    pub leads_to: LeadsTo<'a>,
    /// Why it asks, in its own words.
    pub purpose: Option<&'a str>,
    /// Its privacy notice.
    pub policy_uri: Option<&'a str>,
    /// Its terms.
    pub tos_uri: Option<&'a str>,
    /// Who is signed in, masked; empty leaves the line out.
    pub masked_number: &'a str,
    /// Ties the form to its transaction.
    pub form: FormKey<'a>,
    /// Signs in as somebody else.
    pub switch_href: &'a str,
    /// What is asked now.
    pub asked: Vec<&'a CatalogueScope>,
    /// What was allowed before and is not asked again.
    pub already_allowed: Vec<&'a CatalogueScope>,
}

/// Where the app is that asks for consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadsTo<'a> {
    /// At this host: the browser goes there next, either way.
    Host(&'a str),
    /// On the device that shows this code. Nobody else can say that it is hers, so she is told to look.
    Device(&'a str),
}

impl ConsentPage<'_> {
    /// The words she decides on, one per line: headline, the app's reason, then name and detail of each
    /// thing asked.
    ///
    /// The page shows exactly these words. A consent receipt keeps their hash.
    pub fn notice(&self, locale: Locale, brand: &Brand) -> String {
        let mut lines = vec![self.headline(locale)];
        lines.extend(
            self.is_for_a_device()
                .then_some(words(locale).consent.device_yours),
        );
        lines.extend(self.purpose.map(|_| words(locale).consent.purpose));
        for scope in &self.asked {
            lines.push(scope.label.get(locale));
            lines.extend(scope.detail.as_ref().map(|detail| detail.get(locale)));
        }
        let names = self.names(brand);
        lines
            .iter()
            .map(|line| fill::text(line, &names))
            .collect::<Vec<_>>()
            .join("\n")
    }

    const fn is_for_a_device(&self) -> bool {
        matches!(self.leads_to, LeadsTo::Device(_))
    }

    /// The one question of what is asked, if it has exactly one; else the general one.
    fn headline(&self, locale: Locale) -> &str {
        if self.is_for_a_device() {
            return words(locale).consent.device_heading;
        }
        let mut questions = self.asked.iter().filter_map(|scope| scope.question.as_ref());
        match (questions.next(), questions.next()) {
            (Some(only), None) => only.get(locale),
            _ => words(locale).consent.heading,
        }
    }

    fn names<'a>(&'a self, brand: &'a Brand) -> [(&'static str, &'a str); 6] {
        let (host, code) = match self.leads_to {
            LeadsTo::Host(host) => (host, ""),
            LeadsTo::Device(code) => ("", code),
        };
        [
            ("app", self.app),
            ("brand", &brand.name),
            ("publisher", self.publisher.unwrap_or_default()),
            ("host", host),
            ("code", code),
            ("purpose", self.purpose.unwrap_or_default()),
        ]
    }
}

/// Renders [`ConsentPage`].
pub fn consent(shell: &Shell<'_>, page: &ConsentPage<'_>) -> Markup {
    let words = &shell.words().consent;
    let names = page.names(shell.brand);
    let say = |sentence: &str| fill::html(sentence, &names);
    let headline = page.headline(shell.locale);
    let main = html! {
        main {
            (who_asks(page, &say, words))
            h1 { (own(headline, &say)) }
            @if !page.masked_number.is_empty() {
                p.small {
                    (fill::html(shell.words().frame.signed_in_as, &[("number", page.masked_number)]))
                    " · " a #not-you href=(page.switch_href) { (words.not_you) }
                }
            }
            @if page.is_for_a_device() { p.note #device-note { (say(words.device_yours)) } }
            @if page.purpose.is_some() { p.note { (say(words.purpose)) } }
            form #consent-form method="post" action="/consent" {
                (page.form.hidden())
                @if !page.asked.is_empty() {
                    h2 { (say(words.asked)) }
                    ul.scopes {
                        @for scope in &page.asked { li { (asked_scope(shell, scope, &say)) } }
                    }
                }
                (already_allowed(shell, page, &say))
                // "Don't allow" comes first, so that the Enter key in a checkbox never allows.
                div.decide {
                    button.even #deny type="submit" name="decision" value="deny" { (words.deny) }
                    button.even #allow type="submit" name="decision" value="allow" { (words.allow) }
                }
            }
            p.small { (words.stop_any_time) " " a href="/account" { (words.connected_apps) } }
            (app_links(page, &say, words.app_privacy, words.app_terms))
        }
    };
    let title = fill::text(headline, &names);
    shell.document(&Frame::plain(title, main))
}

fn who_asks(page: &ConsentPage<'_>, say: &dyn Fn(&str) -> Markup, words: &Consent) -> Markup {
    let place = if page.is_for_a_device() {
        words.on_device
    } else {
        words.returns_to
    };
    let initial: String = page.app.chars().take(1).flat_map(char::to_uppercase).collect();
    let by_another = page.publisher.is_some_and(|publisher| publisher != page.app);
    html! {
        div.app {
            span.initial aria-hidden="true" { (initial) }
            div {
                p {
                    strong { (bdi(page.app)) }
                    @if by_another { " " span.small { (say(words.publisher)) } }
                }
                p.small #place { (say(place)) }
            }
        }
    }
}

/// A text of the brand's catalogue: in a direction of its own, for it may not be in the page's language.
fn own(text: &str, say: &dyn Fn(&str) -> Markup) -> Markup {
    html! { bdi { (say(text)) } }
}

fn asked_scope(shell: &Shell<'_>, scope: &CatalogueScope, say: &dyn Fn(&str) -> Markup) -> Markup {
    let text = html! {
        span.label { (own(scope.label.get(shell.locale), say)) }
        @if let Some(detail) = &scope.detail { span.hint { (own(detail.get(shell.locale), say)) } }
    };
    let name = scope.scope.as_str();
    html! {
        @if scope.optional {
            label.scope data-scope=(name) {
                input type="checkbox" name="scope" value=(name);
                span { (text) span.hint { (shell.words().consent.optional) } }
            }
        } @else {
            div.scope data-scope=(name) { span { (text) } }
        }
    }
}

fn already_allowed(shell: &Shell<'_>, page: &ConsentPage<'_>, say: &dyn Fn(&str) -> Markup) -> Markup {
    html! {
        @if !page.already_allowed.is_empty() {
            details {
                summary { (shell.words().consent.already) }
                ul {
                    @for scope in &page.already_allowed {
                        li data-allowed=(scope.scope.as_str()) { (own(scope.label.get(shell.locale), say)) }
                    }
                }
            }
        }
    }
}

fn app_links(page: &ConsentPage<'_>, say: &dyn Fn(&str) -> Markup, privacy: &str, terms: &str) -> Markup {
    let links = [(page.policy_uri, privacy), (page.tos_uri, terms)];
    html! {
        ul.links {
            @for (uri, text) in links {
                @if let Some(uri) = uri.and_then(web) { li { a href=(uri) { (say(text)) } } }
            }
        }
    }
}
