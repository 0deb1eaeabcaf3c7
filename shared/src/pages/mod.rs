//! What a member sees: server-rendered pages that work without JavaScript.
//!
//! Each page is a struct of what it shows and a pure function that renders it. This module knows no ports, no
//! HTTP, no clock and no randomness; headers (the CSP whose nonce is [`Shell::nonce`]) are the endpoints' business.
//!
//! What holds for every page, and is tested for every page in every language:
//! - every value is escaped, and every name or number is isolated by `<bdi>`, whichever way it is written;
//! - an address of a brand or partner becomes a link only if it is `https://` or `http://`;
//! - no `style` attribute, no event handler attribute, nothing fetched from anywhere.

mod account;
mod code;
mod consent;
mod date;
mod device;
mod error;
mod fill;
mod form_post;
mod frame;
mod logout;
mod phone;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod theme;
mod transfer;
mod words;

use maud::{Markup, html};

use crate::{model::Brand, types::Locale};

pub use account::{AccountNotice, AccountPage, ConnectedApp, RevokePage, SessionLine, account, revoke};
pub use code::{CodePage, CodeProblem, code};
pub use consent::{ConsentPage, LeadsTo, consent};
pub use device::{DeviceDonePage, DevicePage, DeviceProblem, device, device_done};
pub use error::{ErrorCause, ErrorPage, error};
pub use form_post::{FormPostPage, form_post};
pub use logout::{LogoutPage, SignedOutPage, confirm_logout, signed_out};
pub use phone::{PhonePage, PhoneProblem, phone};
pub use theme::DARK_BACKGROUND;
pub use transfer::{TransferDeclinedPage, TransferPage, transfer, transfer_declined};

/// What every page needs.
#[derive(Debug, Clone, Copy)]
pub struct Shell<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// The language it is in.
    pub locale: Locale,
    /// CSP nonce of the page's one style sheet and, on the code page, its one script.
    pub nonce: &'a str,
    /// The same page in other languages: an address for each. Empty: no switcher.
    pub languages: &'a [(Locale, String)],
}

/// What ties a form to its transaction and to the browser it was shown in.
#[derive(Clone, Copy)]
pub struct FormKey<'a> {
    /// Sent back as `tx`.
    pub transaction: &'a str,
    /// Sent back as `csrf`.
    pub csrf: &'a str,
}

impl FormKey<'_> {
    fn hidden(&self) -> Markup {
        html! {
            input type="hidden" name="tx" value=(self.transaction);
            (csrf_field(self.csrf))
        }
    }
}

impl std::fmt::Debug for FormKey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FormKey")
            .field("transaction", &self.transaction)
            .finish_non_exhaustive()
    }
}

/// Which step a form takes. A field and not the button's value, so that a form posted without its button says it too.
fn action(step: &str) -> Markup {
    html! { input type="hidden" name="action" value=(step); }
}

fn csrf_field(csrf: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(csrf); }
}
