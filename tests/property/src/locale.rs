//! `Accept-Language` (RFC 9110 s12.5.4) and `ui_locales` (OpenID Connect Core s3.1.2.1).

use symbolon::types::Locale;

/// One header value or parameter.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    assert_eq!(Locale::from_accept_language(text), preferred(text), "{text:?}");
    is_the_first_known(text);
    if let Some(locale) = Locale::lookup(text) {
        let tag = text.get(..locale.tag().len()).unwrap();
        assert!(tag.eq_ignore_ascii_case(locale.tag()));
        assert_eq!(Locale::lookup(locale.tag()), Some(locale));
    }
}

/// The clause once more, in whole numbers: of equal weights the first, and a weight that is none is no wish.
fn preferred(header: &str) -> Option<Locale> {
    let wishes = header.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let locale = Locale::lookup(parts.next()?)?;
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some((locale, weight.map_or(Some(1000), thousandths)?))
    });
    let wishes: Vec<(Locale, u32)> = wishes.filter(|(_, weight)| *weight > 0).collect();
    let most = wishes.iter().map(|(_, weight)| *weight).max()?;
    wishes
        .into_iter()
        .find(|(_, weight)| *weight == most)
        .map(|(locale, _)| locale)
}

/// `qvalue`: 0 to 1, no more than three digits after the point.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|b| b.is_ascii_digit());
    let after: u32 = format!("{rest:0<3}").parse().ok()?;
    match whole {
        "0" if digits => Some(after),
        "1" if digits && after == 0 => Some(1000),
        _ => None,
    }
}

fn is_the_first_known(value: &str) {
    let found = Locale::from_ui_locales(value);
    assert_eq!(Locale::from_ui_locales(&format!("xx {value}")), found);
    match found {
        None => assert!(value.split(' ').all(|tag| Locale::lookup(tag).is_none())),
        Some(locale) => assert_eq!(
            Locale::from_ui_locales(&format!("{value} ar hi en")),
            Some(locale)
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::quick(1024))]

        #[test]
        fn rfc9110_12_5_4_the_heaviest_known_language_wins(
            text in "(en|hi|ar|fr|\\*)(-[A-Z]{2})?( ?; ?[qQ]=([01](\\.[0-9]{0,4})?|inf|NaN|1e3|-1|))?(, ?(en|HI|ar|e)(;q=[01]\\.[05]{1,3})?){0,3}",
        ) {
            holds(text.as_bytes());
        }

        #[test]
        fn a032_the_first_known_ui_locale_wins(text in "((en|hi|AR|xx|e)([-_][A-Za-z]{0,2})? ?){0,4}") {
            holds(text.as_bytes());
        }

        #[test]
        fn any_text_is_a_language_or_none(text in "\\PC{0,16}") {
            holds(text.as_bytes());
        }
    }
}
