use std::time::Duration;

use serde::Deserialize;
use serde_json::Number;

/// A time as others write it (RFC 7519 s2): seconds since 1970, perhaps with a fraction. Ours have none, so that is
/// dropped; every comparison allows for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Number")]
pub struct NumericDate(pub u64);

impl TryFrom<Number> for NumericDate {
    type Error = &'static str;

    fn try_from(number: Number) -> Result<Self, &'static str> {
        let whole = number.as_u64();
        let cut = || Duration::try_from_secs_f64(number.as_f64()?).ok();
        whole
            .or_else(|| cut().map(|since| since.as_secs()))
            .map(Self)
            .ok_or("not a time since 1970")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a054_a_time_may_have_a_fraction_and_is_a_number_since_1970() {
        let read = |text: &str| {
            serde_json::from_str(text)
                .ok()
                .map(|NumericDate(seconds)| seconds)
        };
        for (text, seconds) in [
            ("0", Some(0)),
            ("1700000000", Some(1_700_000_000)),
            ("1700000000.0", Some(1_700_000_000)),
            ("1700000000.987654", Some(1_700_000_000)),
            ("1.7e9", Some(1_700_000_000)),
            ("18446744073709551615", Some(u64::MAX)),
            ("1e300", None),
            ("-1", None),
            ("-0.5", None),
            ("\"1700000000\"", None),
            ("null", None),
            ("[1]", None),
        ] {
            assert_eq!(read(text), seconds, "{text}");
        }
    }
}
