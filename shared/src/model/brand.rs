use std::collections::BTreeMap;

use crate::types::Locale;

/// A text in the languages a brand has written it in; English is always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    english: String,
    others: BTreeMap<Locale, String>,
}

impl Text {
    /// `None` without an English text, which every other language falls back to.
    pub fn new(mut by_locale: BTreeMap<Locale, String>) -> Option<Self> {
        let english = by_locale.remove(&Locale::En)?;
        Some(Self {
            english,
            others: by_locale,
        })
    }

    /// The text in a language, or in English.
    pub fn get(&self, locale: Locale) -> &str {
        self.others.get(&locale).unwrap_or(&self.english)
    }
}

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    rgb: [u8; 3],
}

impl Colour {
    /// White.
    pub const WHITE: Self = Self { rgb: [255; 3] };
    /// Near black, softer on the eye than black.
    pub const INK: Self = Self { rgb: [22, 22, 26] };

    /// Reads `#rrggbb` and nothing else, so that a colour cannot carry CSS.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text
            .strip_prefix('#')
            .filter(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let value = u32::from_str_radix(hex, 16).ok()?;
        let [_, r, g, b] = value.to_be_bytes();
        Some(Self { rgb: [r, g, b] })
    }

    /// `#rrggbb`.
    pub fn css(self) -> String {
        let [r, g, b] = self.rgb;
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Contrast ratio by WCAG 2.2, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Black or white, whichever reads better on this colour.
    #[must_use]
    pub fn on(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::INK) {
            Self::WHITE
        } else {
            Self::INK
        }
    }

    fn luminance(self) -> f64 {
        let linear = self.rgb.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.040_45 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        let [r, g, b] = linear;
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

/// A font family from a fixed list; no page ever loads a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FontStack {
    /// The system's interface font.
    System,
    /// A humanist sans serif.
    Humanist,
    /// A geometric sans serif.
    Geometric,
    /// A serif.
    Serif,
}

/// How a brand's pages look: validated tokens only, never CSS, HTML or script of the brand's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Buttons and links on light pages. At least 4.5:1 against white.
    pub primary: Colour,
    /// The same on dark pages. At least 4.5:1 against the dark background.
    pub primary_dark: Colour,
    /// The band at the top.
    pub accent: Colour,
    /// Corner radius in CSS pixels, 0 to 24.
    pub radius: u8,
    /// Font family.
    pub font: FontStack,
}

/// The brand as its customers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// Its name, as in "Sign in to Urban Trend".
    pub name: String,
    /// One to three letters drawn where there is no logo.
    pub monogram: String,
    /// `data:image/…;base64,…` of at most 10 kB; nothing is fetched.
    pub logo: Option<String>,
    /// Colours, corners, font.
    pub theme: Theme,
    /// Privacy notice, https.
    pub privacy_uri: Option<String>,
    /// Terms, https.
    pub terms_uri: Option<String>,
    /// Where a customer finds help, https.
    pub support_uri: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_hex_digits_are_a_colour() {
        for bad in ["red", "#fff", "#12345g", "#123456;}", "123456", "#+12345"] {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
        assert_eq!(Colour::parse("#1A2b3c").unwrap().css(), "#1a2b3c");
    }

    #[test]
    fn contrast_is_wcags() {
        let black = Colour::parse("#000000").unwrap();
        assert!((black.contrast(Colour::WHITE) - 21.0).abs() < 0.01);
        let grey = Colour::parse("#767676").unwrap();
        assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
        assert_eq!(Colour::parse("#ffe000").unwrap().on(), Colour::INK);
    }
}
