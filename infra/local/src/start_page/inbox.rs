use maud::{Markup, html};
use symbolon::types::{PhoneNumber, Timestamp};

use super::{Shown, frame::frame, spaced};
use crate::inbox::Message;

/// The page at `/inbox`. `live` says whether the browser asks for it again by itself.
pub(crate) fn inbox(shown: &Shown, messages: &[Message], to: Option<&str>, live: bool) -> Markup {
    let toggle = if live {
        ("/inbox?live=0", "Stop updating")
    } else {
        ("/inbox", "Update by itself")
    };
    let main = html! {
        h1 { "Phone inbox" }
        div class="bar" {
            p class="soft" { @match to { Some(to) => { "Messages to " (to) }, None => "All phones, newest first" } }
            p { a href=(toggle.0) { (toggle.1) } }
        }
        div class="phone" {
            @if messages.is_empty() {
                p class="soft" { "No messages yet. Ask for a code on a sign-in page, and it appears here." }
            }
            ul {
                @for message in messages {
                    @let number = PhoneNumber::try_from(message.to.clone()).map_or_else(|_| message.to.clone(), |n| spaced(&n));
                    @let name = shown.name(message.tenant.as_str(), &number);
                    li data-to=(message.to) {
                        p class="meta" {
                            "To " @if let Some(name) = name { (name) ", " } span class="number" { (number) }
                        }
                        div class="bubble" {
                            @if let Some(code) = &message.code { span class="code" data-code=(code) { (code) } }
                            p { bdi { (message.text) } }
                        }
                        p class="meta" { "From " (shown.brand_name(message.tenant.as_str())) ", " (clock(message.sent_at)) }
                    }
                }
            }
        }
    };
    frame("Phone inbox", "/inbox", &main)
}

/// Time of day by the provider's clock.
fn clock(at: Timestamp) -> String {
    let (hours, minutes, seconds) = (at.0 / 3_600 % 24, at.0 / 60 % 60, at.0 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_is_utc() {
        assert_eq!(clock(Timestamp(1_735_689_600 + 3_661)), "01:01:01 UTC");
    }
}
