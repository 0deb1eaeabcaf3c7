//! Mobile numbers as people type them.

use std::sync::LazyLock;

use symbolon::types::{Country, PhoneError, PhoneNumber};

/// Every country whose numbers are understood.
static ALL: LazyLock<Vec<&'static Country>> = LazyLock::new(|| {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
    codes.filter_map(|iso| Country::by_iso(&iso)).collect()
});

/// The countries a brand sends to, the first its own (all, if it names none), and below them what is typed.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let [named, typed] = crate::lines(text);
    let home = named.split(' ').find_map(Country::by_iso);
    let named: Vec<_> = ALL
        .iter()
        .copied()
        .filter(|country| named.split(' ').any(|iso| iso == country.iso))
        .collect();
    let allowed = if named.is_empty() { &*ALL } else { &named };
    let home = home.unwrap_or(allowed[0]);
    let read = PhoneNumber::parse(typed, home, allowed);
    match &read {
        Ok(number) => {
            assert!(typed.len() <= 64);
            assert!(allowed.contains(&number.country()));
            is_e164(number);
            is_what_was_typed(number, typed);
            is_read_again(number, allowed);
            is_masked(number);
        }
        Err(PhoneError::Empty) => {
            assert!(
                !typed.is_ascii() || matches!(&*digits(typed), "" | "00"),
                "{typed:?}"
            );
        }
        Err(PhoneError::CountryNotSupported) => assert!(allowed.len() < ALL.len() || begins_abroad(typed)),
        Err(PhoneError::Malformed) => {}
    }
    let spaced: String = typed.chars().flat_map(|c| [c, ' ']).collect();
    if spaced.len() <= 64 {
        assert_eq!(PhoneNumber::parse(&spaced, home, allowed), read, "{typed:?}");
    }
    if let Ok(number) = PhoneNumber::try_from(typed.to_owned()) {
        assert_eq!(number.as_str(), typed, "a stored number has one form");
        is_e164(&number);
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Says a country that nobody here reads.
fn begins_abroad(typed: &str) -> bool {
    let digits = digits(typed);
    let said = match digits.strip_prefix("00") {
        Some(rest) if !typed.contains('+') => rest,
        _ => &digits,
    };
    !typed.is_ascii() || !ALL.iter().any(|country| said.starts_with(country.calling_code))
}

fn is_e164(number: &PhoneNumber) {
    let digits = number.as_str().strip_prefix('+').unwrap();
    assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
    assert!(digits.starts_with(number.country().calling_code));
}

/// No digit of the number is one that nobody typed, apart from a country that nobody had to type.
fn is_what_was_typed(number: &PhoneNumber, typed: &str) {
    if typed.is_ascii() {
        let country = number.country().calling_code;
        let national = &number.as_str()[1 + country.len()..];
        let typed = digits(typed);
        let before = typed.strip_suffix(national).unwrap();
        let (trunk, international) = (["", "0"], ["", "00"]);
        let without = |trunk: &str| before.strip_suffix(trunk).map(str::to_owned);
        let known = |rest: &str| {
            rest.is_empty()
                || international
                    .iter()
                    .any(|sign| rest.strip_prefix(sign) == Some(country))
        };
        assert!(
            trunk.iter().filter_map(|t| without(t)).any(|rest| known(&rest)),
            "{before:?}"
        );
    }
}

fn is_read_again(number: &PhoneNumber, allowed: &[&'static Country]) {
    for default in allowed {
        assert_eq!(
            PhoneNumber::parse(number.as_str(), default, allowed).as_ref(),
            Ok(number)
        );
    }
    assert_eq!(
        PhoneNumber::try_from(number.as_str().to_owned()).as_ref(),
        Ok(number)
    );
    let abroad: Vec<_> = ALL.iter().copied().filter(|c| *c != number.country()).collect();
    let refused = PhoneNumber::parse(number.as_str(), abroad[0], &abroad);
    assert_eq!(refused, Err(PhoneError::CountryNotSupported));
}

fn is_masked(number: &PhoneNumber) {
    let country = number.country().calling_code;
    let shown = digits(&number.masked());
    assert_eq!(shown.len(), country.len() + 4);
    assert!(shown.starts_with(country) && number.as_str().ends_with(&shown[country.len()..]));
    assert_eq!(format!("{number:?}"), number.masked());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn country() -> impl Strategy<Value = &'static Country> {
        prop::sample::select(ALL.clone())
    }

    proptest! {
        #![proptest_config(crate::quick(512))]

        #[test]
        fn ot5_a_number_is_the_digits_that_were_typed(
            home in country(), other in country(),
            sign in "\\+|00|\\+ ?|", abroad in any::<bool>(), trunk in "0?|\\(0\\)", rest in "[0-9][0-9 .()/-]{5,14}",
        ) {
            let code = if abroad { other.calling_code } else { home.calling_code };
            let code = if sign.is_empty() { "" } else { code };
            holds(format!("{} {}\n{sign}{code}{trunk}{rest}", home.iso, other.iso).as_bytes());
        }

        #[test]
        fn ot5_a_mobile_number_of_each_country(home in country(), rest in "[15-9][0-9]{7,11}") {
            holds(format!("{}\n0{rest}", home.iso).as_bytes());
            holds(format!("\n+{}{rest}", home.calling_code).as_bytes());
        }

        #[test]
        fn ot5_any_text_is_a_number_or_none(text in "[+0-9٠-٩०-९ \u{200e}a%-]{0,20}|\\PC{0,70}") {
            holds(format!("GB IN\n{text}").as_bytes());
        }
    }
}
