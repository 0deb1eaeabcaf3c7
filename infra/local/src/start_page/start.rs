use maud::{Markup, html};

use super::{Brand, Shown, frame::frame};

/// The page at `/`.
pub(crate) fn start(shown: &Shown) -> Markup {
    let main = html! {
        h1 { "Symbolon is running" }
        p class="lead" {
            "A member signs in once, at her brand, with her mobile number and a code. Every partner app she allows then
             knows her. Everything below runs in this one process; no message leaves this machine."
        }
        @if !shown.apps.is_empty() { (tour(shown)) }
        div class="grid" {
            @for brand in &shown.brands { (card(brand)) }
        }
        section aria-labelledby="phones" {
            h2 id="phones" { "Text messages" }
            p {
                a class="button" href="/inbox" { "Open the phone inbox" } " "
                span class="soft" { "It shows every code that was sent, newest first." }
            }
            small class="soft" { "For programs: " code { "GET " (shown.home) "/dev/inbox?to=%2B44…" } }
        }
    };
    frame("Symbolon on this machine", "/", &main)
}

fn tour(shown: &Shown) -> Markup {
    html! {
        div class="grid" {
            section aria-labelledby="apps" {
                h2 id="apps" { "Partner apps" }
                ul {
                    @for app in &shown.apps {
                        li { a href=(app.home) { (app.name) } small class="soft" { (app.what) } }
                    }
                }
            }
            section aria-labelledby="tour" {
                h2 id="tour" { "Two minutes" }
                ol class="steps" {
                    li { "Open FashionBoard and sign in with Alice's number." }
                    li { "Take the code from the " a href="/inbox" { "phone inbox" } ", and allow what is asked." }
                    li { "Open ShopEase: no number, no code, only its own question." }
                    li { "Take it back under Connected apps." }
                }
            }
        }
    }
}

fn card(brand: &Brand) -> Markup {
    let title = format!("brand-{}", brand.id);
    html! {
        section aria-labelledby=(title) data-tenant=(brand.id) {
            h2 id=(title) { (brand.name) }
            p {
                a href={ (brand.issuer) "/account" } { "Connected apps" } " · "
                a href={ (brand.issuer) "/.well-known/openid-configuration" } { "Discovery" }
                small class="soft" { "Issuer " code { (brand.issuer) } }
            }
            ul {
                @for person in &brand.members {
                    li {
                        span class="number" { (person.number) } " " (person.name)
                        @if let Some(note) = &person.note { small class="soft" { (note) } }
                    }
                }
            }
        }
    }
}
