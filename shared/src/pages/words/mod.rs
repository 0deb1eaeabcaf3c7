//! Every word of the pages, one file per language.
//!
//! A language is a value of [`Words`]: leave a field out and it does not compile. `{app}`, `{brand}`, `{number}`
//! and the like are filled in by [`fill`](super::fill). What a scope is called comes from the brand's catalogue.

mod ar;
mod en;
mod hi;

use super::ErrorCause;
use crate::types::Locale;

/// A sentence with a number in it, in the right plural form.
pub(super) type Counted = fn(u64) -> String;

/// One language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) frame: Frame,
    pub(super) phone: Phone,
    pub(super) code: Code,
    pub(super) consent: Consent,
    pub(super) account: Account,
    pub(super) device: Device,
    pub(super) transfer: Transfer,
    pub(super) logout: Logout,
    pub(super) error: Error,
    /// Name of a country by its ISO 3166-1 code.
    pub(super) country: fn(&str) -> Option<&'static str>,
}

/// Around every page.
#[derive(Debug)]
pub(super) struct Frame {
    /// Before the title of a page that reports a mistake.
    pub(super) error_title: &'static str,
    pub(super) languages: &'static str,
    pub(super) privacy: &'static str,
    pub(super) terms: &'static str,
    pub(super) help: &'static str,
    /// `{app}`.
    pub(super) back_to: &'static str,
    pub(super) cancel: &'static str,
    /// `{number}`.
    pub(super) signed_in_as: &'static str,
}

/// Asking for the number. `{brand}` and `{app}`.
#[derive(Debug)]
pub(super) struct Phone {
    pub(super) heading: &'static str,
    pub(super) for_app: &'static str,
    pub(super) session_note: &'static str,
    pub(super) continue_as: &'static str,
    pub(super) country: &'static str,
    pub(super) label: &'static str,
    pub(super) sms: &'static str,
    pub(super) privacy: &'static str,
    pub(super) submit: &'static str,
    pub(super) empty: &'static str,
    pub(super) malformed: &'static str,
    pub(super) country_not_supported: &'static str,
    pub(super) try_later_minutes: Counted,
}

/// Asking for the code. `{number}` and `{brand}`.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) heading: &'static str,
    pub(super) sent: &'static str,
    pub(super) change: &'static str,
    pub(super) label: &'static str,
    pub(super) lifetime_minutes: Counted,
    pub(super) submit: &'static str,
    pub(super) resend_heading: &'static str,
    pub(super) resend_help: &'static str,
    pub(super) resend: &'static str,
    pub(super) another: &'static str,
    pub(super) resend_seconds: Counted,
    pub(super) no_more: &'static str,
    pub(super) resent: &'static str,
    pub(super) format: &'static str,
    pub(super) wrong_left: Counted,
    pub(super) expired: &'static str,
    pub(super) too_many: &'static str,
    pub(super) too_early_seconds: Counted,
}

/// Asking for consent. `{app}`, `{brand}`, `{publisher}`, `{host}`, `{code}`, `{purpose}`.
#[derive(Debug)]
pub(super) struct Consent {
    pub(super) heading: &'static str,
    pub(super) publisher: &'static str,
    pub(super) returns_to: &'static str,
    /// The headline, where a device asks.
    pub(super) device_heading: &'static str,
    pub(super) on_device: &'static str,
    pub(super) device_yours: &'static str,
    pub(super) not_you: &'static str,
    pub(super) asked: &'static str,
    pub(super) optional: &'static str,
    pub(super) already: &'static str,
    pub(super) purpose: &'static str,
    pub(super) allow: &'static str,
    pub(super) deny: &'static str,
    pub(super) stop_any_time: &'static str,
    pub(super) connected_apps: &'static str,
    pub(super) app_privacy: &'static str,
    pub(super) app_terms: &'static str,
}

/// Connected apps and sessions. `{app}` and `{brand}`.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) heading: &'static str,
    pub(super) apps: &'static str,
    pub(super) apps_help: &'static str,
    pub(super) no_apps: &'static str,
    pub(super) since: &'static str,
    pub(super) remove: &'static str,
    pub(super) removed: &'static str,
    pub(super) sessions: &'static str,
    pub(super) sessions_help: &'static str,
    pub(super) this_browser: &'static str,
    pub(super) started: &'static str,
    pub(super) last_seen: &'static str,
    /// `{device}`.
    pub(super) end_session: &'static str,
    pub(super) session_ended: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) revoke_heading: &'static str,
    pub(super) revoke_help: &'static str,
    pub(super) revoke_confirm: &'static str,
}

/// Connecting a device. `{app}` and `{brand}`.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) heading: &'static str,
    pub(super) help: &'static str,
    pub(super) compare: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) submit: &'static str,
    pub(super) empty: &'static str,
    pub(super) wrong: &'static str,
    pub(super) try_later_minutes: Counted,
    pub(super) allowed_heading: &'static str,
    pub(super) allowed_help: &'static str,
    pub(super) denied_heading: &'static str,
    pub(super) denied_help: &'static str,
    pub(super) late_heading: &'static str,
    pub(super) late_help: &'static str,
}

/// Coming from the brand's own app. `{number}`, `{app}` and `{brand}`.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) heading: &'static str,
    pub(super) for_app: &'static str,
    pub(super) for_account: &'static str,
    pub(super) yours: &'static str,
    pub(super) replaces: &'static str,
    pub(super) submit: &'static str,
    pub(super) decline: &'static str,
    pub(super) declined_heading: &'static str,
    pub(super) declined_help: &'static str,
}

/// Signing out. `{app}` and `{brand}`.
#[derive(Debug)]
pub(super) struct Logout {
    pub(super) heading: &'static str,
    pub(super) help: &'static str,
    pub(super) asked_by: &'static str,
    pub(super) confirm: &'static str,
    pub(super) done_heading: &'static str,
    pub(super) done_help: &'static str,
}

/// What went wrong, and what to do now. `{brand}`.
#[derive(Debug)]
pub(super) struct Error {
    /// Heading and explanation of a cause.
    pub(super) of: fn(ErrorCause) -> (&'static str, &'static str),
    pub(super) retry: &'static str,
    pub(super) quote: &'static str,
}

/// The words of a language.
pub(super) const fn words(locale: Locale) -> &'static Words {
    match locale {
        Locale::En => &en::WORDS,
        Locale::Hi => &hi::WORDS,
        Locale::Ar => &ar::WORDS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Country;

    #[test]
    fn every_country_has_a_name_in_every_language() {
        let letters = || 'A'..='Z';
        let isos = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
        let known: Vec<String> = isos.filter(|iso| Country::by_iso(iso).is_some()).collect();
        assert!(known.len() >= 20);
        for locale in Locale::ALL {
            for iso in &known {
                assert!((words(locale).country)(iso).is_some(), "{iso} in {locale:?}");
            }
        }
    }

    #[test]
    fn plurals_follow_each_language() {
        let left = |locale, n| (words(locale).code.wrong_left)(n);
        assert_eq!(left(Locale::En, 1), "That code isn't right. 1 try left.");
        assert_eq!(left(Locale::En, 3), "That code isn't right. 3 tries left.");
        assert!(left(Locale::Hi, 1).ends_with("1 कोशिश बाकी है।"));
        assert!(left(Locale::Hi, 3).ends_with("3 कोशिशें बाकी हैं।"));
        for (n, end) in [
            (1, "بقيت محاولة واحدة."),
            (2, "بقيت محاولتان."),
            (3, "بقيت 3 محاولات."),
            (11, "بقيت 11 محاولة."),
            (100, "بقيت 100 محاولة."),
            (103, "بقيت 103 محاولات."),
        ] {
            assert!(left(Locale::Ar, n).ends_with(end), "{n}");
        }
    }
}
