use std::fmt;

use serde::{Deserialize, Serialize};

use super::is_separator;

/// What a member types for a device (RFC 8628 s6.1): eight consonants, shown as `WDJB-MJHT`. No vowel, so no word.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserCode([u8; UserCode::LETTERS]);

const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

impl UserCode {
    const LETTERS: usize = 8;

    /// A code of random bytes drawn by the caller. 128 bits leave no bias to speak of: 20^8 are 34.5.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let mut rest = u128::from_be_bytes(bytes);
        Self(std::array::from_fn(|_| {
            let at = usize::try_from(rest % 20).unwrap_or_default();
            rest /= 20;
            ALPHABET.get(at).copied().unwrap_or(b'B')
        }))
    }

    /// Reads what was typed: in either case, with or without dashes and spaces.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut letters = typed.chars().filter(|c| !is_separator(*c) && *c != '_');
        let mut code = [0; Self::LETTERS];
        for to in &mut code {
            let letter = u8::try_from(letters.next()?.to_ascii_uppercase()).ok()?;
            *to = Some(letter).filter(|letter| ALPHABET.contains(letter))?;
        }
        letters.next().is_none().then_some(Self(code))
    }
}

impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in self.0.iter().enumerate() {
            if at == Self::LETTERS / 2 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

/// Redacted: who reads it in a log could type it first.
impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(…)")
    }
}

impl From<UserCode> for String {
    fn from(code: UserCode) -> Self {
        code.to_string()
    }
}

impl TryFrom<String> for UserCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a user code")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a093_a_code_is_eight_of_twenty_letters_and_uses_them_all() {
        let mut seen = BTreeSet::new();
        for n in 0..400_u128 {
            let bytes = (n * 0x1_0000_0000_0000_0003_1415_9265_3589).to_be_bytes();
            let code = UserCode::from_bytes(bytes).to_string();
            assert_eq!((code.len(), code.as_bytes()[4]), (9, b'-'), "{code}");
            assert_eq!(UserCode::parse(&code), Some(UserCode::from_bytes(bytes)));
            seen.extend(code.bytes().filter(|b| *b != b'-'));
        }
        assert!(seen.iter().eq(ALPHABET.iter()), "{seen:?}");
    }

    #[test]
    fn a093_a_code_is_read_however_it_is_typed() {
        let code = UserCode::parse("WDJB-MJHT");
        assert!(code.is_some());
        for typed in [
            "wdjbmjht",
            " wdjb mjht ",
            "WdJb\u{2013}mJhT",
            "W-D-J-B-M-J-H-T",
            "wdjb_mjht",
        ] {
            assert_eq!(UserCode::parse(typed), code, "{typed}");
        }
        for other in [
            "",
            "WDJB-MJH",
            "WDJB-MJHTT",
            "ADJB-MJHT",
            "WDJB-MJH1",
            "ＷDJB-MJHT",
        ] {
            assert_eq!(UserCode::parse(other), None, "{other}");
        }
    }
}
