//! What both pages share.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

pub(super) fn frame(title: &str, here: &str, main: &Markup) -> Markup {
    let link = |href: &str, text: &str| {
        html! { a href=(href) aria-current=[(href == here).then_some("page")] { (text) } }
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p class="name" { "Symbolon" span { " on this machine" } }
                    nav aria-label="Pages" { (link("/", "Start")) (link("/inbox", "Phone inbox")) }
                }
                main { (main) }
            }
        }
    }
}
