//! The document around every page: head, brand band, card, footer.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    Shell,
    fill::{self, bdi},
    theme,
    words::{Words, words},
};
use crate::{model::Brand, types::Direction};

const STYLE: &str = include_str!("style.css");

/// What differs between pages.
pub(super) struct Frame {
    /// Title, without the brand's name.
    pub(super) title: String,
    /// Whether the page reports a mistake of the person who fills it in.
    pub(super) problem: bool,
    /// The `main` element.
    pub(super) main: Markup,
    /// The page's one script.
    pub(super) script: Option<&'static str>,
}

impl Frame {
    /// A page without script that reports no mistake.
    pub(super) fn plain(title: String, main: Markup) -> Self {
        Self {
            title,
            problem: false,
            main,
            script: None,
        }
    }
}

impl Shell<'_> {
    /// The words of the page's language.
    pub(super) fn words(&self) -> &'static Words {
        words(self.locale)
    }

    /// A sentence about the brand.
    pub(super) fn say(&self, sentence: &str) -> Markup {
        fill::html(sentence, &[("brand", &self.brand.name)])
    }

    /// A sentence about the brand and an app.
    pub(super) fn say_app(&self, sentence: &str, app: &str) -> Markup {
        fill::html(sentence, &[("brand", &self.brand.name), ("app", app)])
    }

    /// The same as plain text, for the title.
    pub(super) fn title(&self, sentence: &str, app: &str) -> String {
        fill::text(sentence, &[("brand", &self.brand.name), ("app", app)])
    }

    /// The whole document.
    pub(super) fn document(&self, frame: &Frame) -> Markup {
        let words = self.words();
        let dir = match self.locale.direction() {
            Direction::Ltr => "ltr",
            Direction::Rtl => "rtl",
        };
        html! {
            (DOCTYPE)
            html lang=(self.locale.tag()) dir=(dir) {
                head {
                    meta charset="utf-8";
                    title {
                        @if frame.problem { (words.frame.error_title) }
                        (frame.title)
                        @if !frame.title.contains(&self.brand.name) { " · " (self.brand.name) }
                    }
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    meta name="referrer" content="no-referrer";
                    meta name="color-scheme" content="light dark";
                    meta name="theme-color" content=(self.brand.theme.accent.css());
                    link rel="icon" href="data:,";
                    // Both are ours: fixed text, and properties made of parsed colours and numbers.
                    style nonce=(self.nonce) {
                        (PreEscaped(theme::custom_properties(&self.brand.theme))) (PreEscaped(STYLE))
                    }
                }
                body {
                    header { (brand_mark(self.brand)) }
                    (frame.main)
                    footer { (self.languages()) (self.brand_links()) }
                    @if let Some(script) = frame.script {
                        script nonce=(self.nonce) { (PreEscaped(script)) }
                    }
                }
            }
        }
    }

    fn languages(&self) -> Markup {
        html! {
            @if !self.languages.is_empty() {
                nav aria-label=(self.words().frame.languages) {
                    ul {
                        @for (locale, href) in self.languages {
                            @let current = (*locale == self.locale).then_some("true");
                            li {
                                a href=(href) lang=(locale.tag()) hreflang=(locale.tag()) aria-current=[current] {
                                    bdi { (locale.own_name()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn brand_links(&self) -> Markup {
        let words = &self.words().frame;
        let links = [
            (words.privacy, &self.brand.privacy_uri),
            (words.terms, &self.brand.terms_uri),
            (words.help, &self.brand.support_uri),
        ];
        let links = links.map(|(text, uri)| (text, uri.as_deref().and_then(web)));
        html! {
            @if links.iter().any(|(_, uri)| uri.is_some()) {
                ul {
                    @for (text, uri) in links {
                        @if let Some(uri) = uri { li { a href=(uri) { (text) } } }
                    }
                }
            }
        }
    }
}

fn brand_mark(brand: &Brand) -> Markup {
    let logo = brand
        .logo
        .as_deref()
        .filter(|logo| logo.starts_with("data:image/"));
    html! {
        p.brand {
            @if let Some(logo) = logo {
                img src=(logo) alt="" height="40";
            } @else {
                span.mark aria-hidden="true" { (bdi(&brand.monogram)) }
            }
            (bdi(&brand.name))
        }
    }
}

/// The address, if it is one of the web: anything else (`javascript:`, `data:`, a relative path) is no link.
pub(super) fn web(uri: &str) -> Option<&str> {
    let rest = uri
        .strip_prefix("https://")
        .or_else(|| uri.strip_prefix("http://"))?;
    let plain = uri
        .chars()
        .all(|c| !c.is_control() && !c.is_whitespace() && c != '\\');
    (!rest.is_empty() && plain).then_some(uri)
}

/// A link to the web, or the words alone.
pub(super) fn web_link(uri: Option<&str>, text: &Markup) -> Markup {
    html! {
        @if let Some(uri) = uri.and_then(web) { a href=(uri) { (text) } } @else { (text) }
    }
}

/// What is wrong, read out at once by a screen reader; a link to the field if it is about one.
pub(super) fn alert(text: &Markup, field: Option<&str>) -> Markup {
    html! {
        div.alert role="alert" {
            @if let Some(field) = field { a href={ "#" (field) } { (text) } } @else { p { (text) } }
        }
    }
}

/// What has just been done, read out when the reader is free.
pub(super) fn status(text: &Markup) -> Markup {
    html! { p.status role="status" { (text) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        for good in ["https://a.tld/x?y#z", "http://a.localhost:4444/"] {
            assert_eq!(web(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "JAVASCRIPT:x",
            "data:text/html,x",
            "//a.tld",
            "/x",
            "https://",
            " https://a.tld",
            "https://a\n.tld",
            "https:\\\\a",
        ] {
            assert_eq!(web(bad), None, "{bad}");
        }
    }
}
