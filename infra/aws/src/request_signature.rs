//! How a brand's server knows that a request is ours: an HMAC over when and what (docs/member-connector.md).

use ring::hmac;
use symbolon::types::{Secret, Timestamp};

/// When the request was made, in seconds since 1970.
const TIMESTAMP: &str = "symbolon-timestamp";
/// `v1=` and the HMAC in hexadecimal. A later scheme would have another prefix and stand beside it.
const SIGNATURE: &str = "symbolon-signature";

/// The headers that sign a body: HMAC-SHA-256 under the secret's bytes, over `<timestamp>.<body>`.
pub(crate) fn headers(secret: &Secret<String>, now: Timestamp, body: &[u8]) -> [(&'static str, String); 2] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let mut mac = hmac::Context::with_key(&key);
    // Digits end at the dot, so no other time and body give the same bytes.
    mac.update(format!("{}.", now.0).as_bytes());
    mac.update(body);
    let signature = format!("v1={}", hex(mac.sign().as_ref()));
    [(TIMESTAMP, now.0.to_string()), (SIGNATURE, signature)]
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|nibble| DIGITS.get(usize::from(nibble)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../../docs/member-connector.md");

    /// The value of a line `name: value` of the worked example.
    fn example(name: &str) -> &'static str {
        let line = DOCUMENT
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("the example lacks {name}"))
    }

    #[test]
    fn the_example_in_the_document_is_true() {
        let secret = Secret::new(example("secret").to_owned());
        let now = Timestamp(example("Symbolon-Timestamp").parse().unwrap());
        let body = example("body");
        let [timestamp, signature] = headers(&secret, now, body.as_bytes());
        assert_eq!(timestamp.1, example("Symbolon-Timestamp"));
        assert_eq!(signature.1, example("Symbolon-Signature"));
    }

    #[test]
    fn every_part_counts() {
        let sign = |secret: &str, now, body: &str| {
            headers(&Secret::new(secret.to_owned()), Timestamp(now), body.as_bytes())[1]
                .1
                .clone()
        };
        let one = sign("k", 1, "b");
        for other in [
            sign("l", 1, "b"),
            sign("k", 2, "b"),
            sign("k", 1, "c"),
            sign("k", 11, "b"),
            sign("k", 1, ""),
        ] {
            assert_ne!(one, other);
        }
    }
}
