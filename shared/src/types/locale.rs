//! The languages pages are written in, and how one is chosen.

use serde::{Deserialize, Serialize};

/// A language the pages speak (BCP 47).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    En,
    /// Hindi.
    Hi,
    /// Arabic, written right to left.
    Ar,
}

/// Which way a language is written: the `dir` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Locale {
    /// Every language, in the order of the language switcher.
    pub const ALL: [Self; 3] = [Self::En, Self::Hi, Self::Ar];

    /// The BCP 47 tag: the `lang` attribute.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Hi => "hi",
            Self::Ar => "ar",
        }
    }

    /// The language's own name for itself, for the switcher.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Hi => "हिन्दी",
            Self::Ar => "العربية",
        }
    }

    /// Which way it is written.
    pub const fn direction(self) -> Direction {
        match self {
            Self::En | Self::Hi => Direction::Ltr,
            Self::Ar => Direction::Rtl,
        }
    }

    /// BCP 47 lookup (RFC 4647 s3.4): `ar-EG` finds `ar`; an unknown tag finds nothing.
    pub fn lookup(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|l| l.tag().eq_ignore_ascii_case(primary))
    }

    /// The first language of `ui_locales` (space-separated, Core s3.1.2.1) that the pages speak.
    pub fn from_ui_locales(value: &str) -> Option<Self> {
        value.split(' ').find_map(Self::lookup)
    }

    /// The best language of an `Accept-Language` header (RFC 9110 s12.5.4), weights respected.
    pub fn from_accept_language(value: &str) -> Option<Self> {
        let mut best: Option<(Self, u16)> = None;
        for range in value.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let Some(locale) = parts.next().and_then(Self::lookup) else {
                continue;
            };
            let weight = parts
                .find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")))
                .map_or(1000, |q| thousandths(q).unwrap_or(0));
            if weight > 0 && best.is_none_or(|(_, w)| weight > w) {
                best = Some((locale, weight));
            }
        }
        best.map(|(locale, _)| locale)
    }
}

/// A weight (`qvalue`, RFC 9110 s12.4.2): from 0 to 1, three digits after the point at most.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, after) = text.split_once('.').unwrap_or((text, ""));
    if after.len() > 3 || !after.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let after: u16 = format!("{after:0<3}").parse().ok()?;
    match (whole, after) {
        ("0", after) => Some(after),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a032_the_first_supported_ui_locale_wins_and_unknown_ones_are_no_error() {
        assert_eq!(Locale::from_ui_locales("xx-YY ar-EG hi"), Some(Locale::Ar));
        assert_eq!(Locale::from_ui_locales("zz"), None);
        assert_eq!(Locale::from_ui_locales(""), None);
    }

    #[test]
    fn accept_language_weights_are_respected() {
        assert_eq!(
            Locale::from_accept_language("fr, en;q=0.5, hi;q=0.8"),
            Some(Locale::Hi)
        );
        assert_eq!(Locale::from_accept_language("en;q=0"), None);
    }

    /// Found by the properties of `tests/property/src/locale.rs`.
    #[test]
    fn rfc9110_12_4_2_a_weight_is_from_0_to_1() {
        for weight in ["1.001", "2", "inf", "1e3", "0.0001", "+1", "0x1", "NaN", ""] {
            let header = format!("hi;q={weight}, en;q=0.1");
            assert_eq!(
                Locale::from_accept_language(&header),
                Some(Locale::En),
                "{weight}"
            );
        }
        assert_eq!(
            Locale::from_accept_language("hi;Q=0.2, en;q=0.1"),
            Some(Locale::Hi)
        );
        assert_eq!(Locale::from_accept_language("hi;Q=0.2, en"), Some(Locale::En));
    }
}
