//! The code that a member types for a device (RFC 8628 s6.1).

use symbolon::types::UserCode;

/// What was typed.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let letters: Vec<char> = text.chars().filter(char::is_ascii_alphabetic).collect();
    let Some(code) = UserCode::parse(text) else {
        let mut plain = text.chars();
        let could_be = letters.len() == 8 && plain.all(|c| "BCDFGHJKLMNPQRSTVWXZ- ".contains(c));
        assert!(!could_be, "{text:?} is a code");
        return;
    };
    let shown = code.to_string();
    let bare: String = letters.iter().map(char::to_ascii_uppercase).collect();
    assert_eq!(shown.replace('-', ""), bare, "other letters than were typed");
    for written in [
        &shown,
        &bare,
        &shown.to_ascii_lowercase(),
        &format!(" {} {} ", &bare[..4], &bare[4..]),
    ] {
        assert_eq!(
            UserCode::parse(written).map(|c| c.to_string()),
            Some(shown.clone())
        );
    }
    for more in ["B", "A", "1", "\u{e9}"] {
        assert!(
            UserCode::parse(&format!("{text}{more}")).is_none(),
            "a ninth letter"
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::quick(1024))]

        #[test]
        fn a093_a_user_code_has_its_letters_however_it_is_typed(
            text in "[BCDFGHJKLMNPQRSTVWXZbcdfghjklmnpqrstvwxz]{3,5}[-_ \u{2013}\u{a0}]{0,2}[BCDFGHJKLMNPQRSTVWXZA1\u{e9}]{3,5}",
        ) {
            holds(text.as_bytes());
        }

        #[test]
        fn any_text_is_a_user_code_or_none(text in "\\PC{0,12}") {
            holds(text.as_bytes());
        }
    }
}
