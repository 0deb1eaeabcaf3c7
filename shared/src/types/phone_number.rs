//! Mobile numbers: what people type, turned into one E.164 form.
//!
//! This module knows which digits a country writes; whether a brand serves that country is the tenant's policy.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A country whose numbers are understood: ISO 3166 code, calling code, trunk prefix, digits of a mobile number.
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub iso: &'static str,
    /// ITU calling code, digits only.
    pub calling_code: &'static str,
    /// What people dial before a national number inside the country.
    trunk_prefix: &'static str,
    /// Shortest and longest national number, without the trunk prefix.
    national: (usize, usize),
    /// What a mobile number may begin with, without the trunk prefix; empty means anything.
    mobile_starts: &'static [&'static str],
}

/// The countries this release reads. A brand allows some of them.
///
/// The United States are not among them: `+1` is one calling code for twenty-five countries, and some of its Caribbean
/// numbers cost what a premium number costs. A brand that allowed the one would text to all of them.
static COUNTRIES: &[Country] = &[
    country("AE", "971", "0", (9, 9), &["5"]),
    country("AU", "61", "0", (9, 9), &["4"]),
    country("BD", "880", "0", (10, 10), &["1"]),
    country("DE", "49", "0", (10, 11), &["15", "16", "17"]),
    country("EG", "20", "0", (10, 10), &["1"]),
    country("ES", "34", "", (9, 9), &["6", "7"]),
    country("FR", "33", "0", (9, 9), &["6", "7"]),
    // 070 are personal numbers and 076 pagers: their owner earns with every message.
    country(
        "GB",
        "44",
        "0",
        (10, 10),
        &["71", "72", "73", "74", "75", "77", "78", "79"],
    ),
    country("ID", "62", "0", (9, 12), &["8"]),
    country("IE", "353", "0", (9, 9), &["8"]),
    country("IN", "91", "0", (10, 10), &["6", "7", "8", "9"]),
    country("LK", "94", "0", (9, 9), &["7"]),
    country("MY", "60", "0", (9, 10), &["1"]),
    country("NP", "977", "0", (10, 10), &["9"]),
    country("PH", "63", "0", (10, 10), &["9"]),
    country("PK", "92", "0", (10, 10), &["3"]),
    country("SA", "966", "0", (9, 9), &["5"]),
    country("SG", "65", "", (8, 8), &["8", "9"]),
    country("TH", "66", "0", (9, 9), &["6", "8", "9"]),
    country("VN", "84", "0", (9, 9), &["3", "5", "7", "8", "9"]),
];

const fn country(
    iso: &'static str,
    calling_code: &'static str,
    trunk_prefix: &'static str,
    national: (usize, usize),
    mobile_starts: &'static [&'static str],
) -> Country {
    Country {
        iso,
        calling_code,
        trunk_prefix,
        national,
        mobile_starts,
    }
}

impl Country {
    /// The country of an ISO code, if its numbers are understood.
    pub fn by_iso(iso: &str) -> Option<&'static Self> {
        COUNTRIES.iter().find(|c| c.iso == iso)
    }

    fn accepts(&self, national: &str) -> bool {
        let (shortest, longest) = self.national;
        (shortest..=longest).contains(&national.len())
            && (self.mobile_starts.is_empty() || self.mobile_starts.iter().any(|s| national.starts_with(s)))
    }
}

/// A mobile number in E.164: `+` and digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Why a text is not a number this brand can text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneError {
    /// Nothing was typed.
    Empty,
    /// Not a mobile number of the country it seems to be of.
    Malformed,
    /// A number of a country the brand does not send to.
    CountryNotSupported,
}

impl PhoneNumber {
    /// Reads what a person typed or pasted: spaces, dashes, brackets, `0…`, `00…`, `+…`, native digits.
    ///
    /// A number without a country is one of `default`; a written country code always wins over it.
    pub fn parse(
        text: &str,
        default: &'static Country,
        allowed: &[&'static Country],
    ) -> Result<Self, PhoneError> {
        let (international, digits) = digits_of(text)?;
        if digits.is_empty() {
            return Err(PhoneError::Empty);
        }
        let read = if international {
            Self::international(&digits)?
        } else {
            Self::national(&digits, default, allowed)?
        };
        allowed
            .contains(&read.country())
            .then_some(read)
            .ok_or(PhoneError::CountryNotSupported)
    }

    fn international(digits: &str) -> Result<Self, PhoneError> {
        // No calling code is the beginning of another, so at most one country matches.
        let Some(country) = COUNTRIES.iter().find(|c| digits.starts_with(c.calling_code)) else {
            let plausible = (8..=15).contains(&digits.len());
            return Err(if plausible {
                PhoneError::CountryNotSupported
            } else {
                PhoneError::Malformed
            });
        };
        let rest = digits.get(country.calling_code.len()..).unwrap_or_default();
        // "+44 (0)7700…" is how many people write it.
        let trimmed = match rest.strip_prefix(country.trunk_prefix) {
            Some(without) if !country.trunk_prefix.is_empty() && country.accepts(without) => without,
            _ => rest,
        };
        Self::of(country, trimmed)
    }

    fn national(
        digits: &str,
        default: &'static Country,
        allowed: &[&'static Country],
    ) -> Result<Self, PhoneError> {
        let trimmed = match digits.strip_prefix(default.trunk_prefix) {
            Some(without) if !default.trunk_prefix.is_empty() => without,
            _ => digits,
        };
        if let Ok(number) = Self::of(default, trimmed) {
            return Ok(number);
        }
        // "447700900101" pasted without its plus sign.
        Self::international(digits)
            .ok()
            .filter(|n| allowed.contains(&n.country()))
            .ok_or(PhoneError::Malformed)
    }

    fn of(country: &Country, national: &str) -> Result<Self, PhoneError> {
        let number = || Self(format!("+{}{national}", country.calling_code));
        country
            .accepts(national)
            .then(number)
            .ok_or(PhoneError::Malformed)
    }

    /// The E.164 form, such as `+447700900101`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country the number belongs to.
    pub fn country(&self) -> &'static Country {
        let digits = self.0.get(1..).unwrap_or_default();
        COUNTRIES
            .iter()
            .find(|c| digits.starts_with(c.calling_code))
            .unwrap_or(&UNKNOWN)
    }

    /// The number with all but the calling code and the last four digits hidden: `+44 •••• ••0101`.
    pub fn masked(&self) -> String {
        let last = self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default();
        format!("+{} •••• ••{last}", self.country().calling_code)
    }
}

/// Stands in for the country of a stored number that this release no longer reads.
static UNKNOWN: Country = country("ZZ", "", "", (0, 0), &[]);

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = &'static str;

    /// Takes the exact E.164 form only: stored values and configuration.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text
            .strip_prefix('+')
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
            .ok_or("a phone number is written +<digits>")?;
        let parsed = Self::international(digits).map_err(|_| "not a mobile number of a known country")?;
        if parsed.0 == text {
            Ok(parsed)
        } else {
            Err("a phone number is written +<digits>")
        }
    }
}

/// Digits of the text, and whether it began with `+` or `00`.
fn digits_of(text: &str) -> Result<(bool, String), PhoneError> {
    // Longer than any number with separators: not worth reading.
    if text.len() > 64 {
        return Err(PhoneError::Malformed);
    }
    let mut international = false;
    let mut digits = String::new();
    for c in text.trim().chars() {
        match c {
            '+' | '＋' if digits.is_empty() && !international => international = true,
            '(' | ')' | '.' | '/' => {}
            c if is_separator(c) => {}
            _ => digits.push(ascii_digit(c).ok_or(PhoneError::Malformed)?),
        }
    }
    if !international && let Some(rest) = digits.strip_prefix("00") {
        return Ok((true, rest.to_owned()));
    }
    Ok((international, digits))
}

/// What people and programs put between the digits of a number or a code: spaces of any width, dashes, and the bidi
/// marks that come along from a right-to-left page.
pub(crate) fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '\u{2010}'..='\u{2013}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

/// The ASCII digit that a digit of any script used by the pages' readers stands for.
pub(crate) fn ascii_digit(c: char) -> Option<char> {
    // First code point ("zero") of each decimal digit block.
    const ZEROS: [char; 14] = [
        '0', '٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '０',
    ];
    let value = ZEROS
        .iter()
        .find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|v| *v < 10))?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gb() -> &'static Country {
        Country::by_iso("GB").unwrap()
    }

    fn read(text: &str) -> Result<String, PhoneError> {
        let allowed = [gb(), Country::by_iso("IN").unwrap()];
        PhoneNumber::parse(text, gb(), &allowed).map(String::from)
    }

    #[test]
    fn ot5_every_spelling_of_one_number_is_one_number() {
        for text in [
            "+447700900101",
            "07700 900101",
            "7700900101",
            "0044 7700 900101",
            "+44 (0)7700-900-101",
            "447700900101",
            "\u{202a}+44 7700 900101\u{202c}",
            "٠٧٧٠٠٩٠٠١٠١",
            "०७७००९००१०१",
            "  +44.7700.900101 ",
            "+44\u{202f}7700\u{2009}900\u{a0}101",
            "\u{2066}+44\u{2069}\t7700\u{2011}900\u{2013}101\u{200f}",
            "(07700)/900101",
            "೦೭೭೦೦೯೦೦೧೦೧",
            "൦൭൭൦൦൯൦൦൧൦൧",
            "୦୭୭୦୦୯୦୦୧୦୧",
        ] {
            assert_eq!(read(text).as_deref(), Ok("+447700900101"), "{text}");
        }
    }

    #[test]
    fn a_written_country_code_wins_over_the_default() {
        assert_eq!(read("+91 98765 43210").as_deref(), Ok("+919876543210"));
    }

    #[test]
    fn sm1_countries_outside_the_list_are_named_as_such() {
        assert_eq!(read("+971 50 123 4567"), Err(PhoneError::CountryNotSupported));
        assert_eq!(read("+1 202 555 0123"), Err(PhoneError::CountryNotSupported));
        assert_eq!(read("+999 1234 5678"), Err(PhoneError::CountryNotSupported));
    }

    #[test]
    fn sm1_numbers_that_earn_with_every_message_are_no_mobile_numbers() {
        for text in [
            "+447000900101",
            "07000 900101",
            "+447600900101",
            "07624 900101",
            "+442079460000",
        ] {
            assert_eq!(read(text), Err(PhoneError::Malformed), "{text}");
        }
        for start in ["71", "72", "73", "74", "75", "77", "78", "79"] {
            assert!(read(&format!("+44{start}00900101")).is_ok(), "{start}");
        }
    }

    #[test]
    fn sm1_one_calling_code_for_many_countries_is_no_country() {
        assert_eq!(Country::by_iso("US"), None);
        for text in ["+1 202 555 0123", "+1 876 555 0123", "001 202 555 0123"] {
            assert_eq!(read(text), Err(PhoneError::CountryNotSupported), "{text}");
        }
    }

    #[test]
    fn ot5_odd_forms_are_refused() {
        for text in [
            "",
            "abc",
            "+44",
            "077009001010000",
            "07700%00900101",
            "077\u{0}00900101",
            "+44+7700900101",
            "07700_900101",
            "07700\u{200b}900101",
            "1",
        ] {
            assert!(
                matches!(read(text), Err(PhoneError::Malformed | PhoneError::Empty)),
                "{text}"
            );
        }
    }

    /// Found by the properties of `tests/property/src/phone_number.rs`.
    #[test]
    fn ot5_a_stored_number_is_digits_and_nothing_else() {
        for text in "+44770090010x|+44 770090010|+628 (00--0(|+4477009001é|447700900101|+".split('|') {
            assert!(PhoneNumber::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn no_calling_code_begins_another() {
        for a in COUNTRIES {
            for b in COUNTRIES {
                assert!(
                    a == b || !a.calling_code.starts_with(b.calling_code),
                    "{} {}",
                    a.iso,
                    b.iso
                );
            }
        }
    }

    #[test]
    fn a_number_prints_masked() {
        let number = PhoneNumber::try_from("+447700900101".to_owned()).unwrap();
        assert_eq!(format!("{number:?}"), "+44 •••• ••0101");
    }
}
