//! Is it the identity provider that asks, and does it ask now?

use axum::http::HeaderMap;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{Clock, SettingsError};

/// Seconds a request may be away from our clock, either way.
const WINDOW: u64 = 300;
/// Shortest secret worth having.
const SHORTEST: usize = 32;

pub(super) struct Signatures {
    secrets: Vec<Hmac<Sha256>>,
    clock: Clock,
}

impl Signatures {
    pub(super) fn new(secrets: Vec<String>, clock: Clock) -> Result<Self, SettingsError> {
        let refused = |reason: &str| SettingsError::new("secrets", reason);
        if secrets.is_empty() {
            return Err(refused("there is none"));
        }
        let keys = secrets.into_iter().map(|secret| {
            if secret.len() < SHORTEST {
                return Err(refused("one is shorter than 32 characters"));
            }
            Hmac::new_from_slice(secret.as_bytes()).map_err(|_| refused("one is no key"))
        });
        Ok(Self {
            secrets: keys.collect::<Result<_, _>>()?,
            clock,
        })
    }

    /// Whether the body was signed with one of our secrets, within the window.
    pub(super) fn hold(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let (Some(timestamp), Some(signature)) = (header("symbolon-timestamp"), header("symbolon-signature"))
        else {
            return false;
        };
        let Some(signature) = signature.strip_prefix("v1=").and_then(bytes) else {
            return false;
        };
        let Ok(sent_at) = timestamp.parse::<u64>() else {
            return false;
        };
        if (self.clock)().abs_diff(sent_at) > WINDOW {
            return false;
        }
        self.secrets.iter().any(|key| {
            let mac = key
                .clone()
                .chain_update(timestamp)
                .chain_update(".")
                .chain_update(body);
            // Takes the same time wherever the first difference is.
            mac.verify_slice(&signature).is_ok()
        })
    }
}

/// Lower-case hexadecimal.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// The worked example of the contract.
    const SECRET: &str = "symbolon-example-secret-do-not-use-0001";
    const BODY: &[u8] = br#"{"number":"+447700900101"}"#;
    const SENT_AT: u64 = 1_800_000_000;
    const SIGNATURE: &str = "v1=ce8b0eefc51c8a003b9d74351c8152c98e213c5619cf2c137c9fab755bf7bc63";

    fn at(now: u64) -> Signatures {
        Signatures::new(vec!["x".repeat(32), SECRET.to_owned()], Arc::new(move || now)).unwrap()
    }

    fn headers(timestamp: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("symbolon-timestamp", timestamp.parse().unwrap());
        headers.insert("symbolon-signature", signature.parse().unwrap());
        headers
    }

    #[test]
    fn the_example_of_the_contract_holds_for_five_minutes_either_way() {
        let headers = headers(&SENT_AT.to_string(), SIGNATURE);
        for (now, holds) in [
            (SENT_AT, true),
            (SENT_AT + 300, true),
            (SENT_AT + 301, false),
            (SENT_AT - 300, true),
            (SENT_AT - 301, false),
        ] {
            assert_eq!(at(now).hold(&headers, BODY), holds, "{now}");
        }
    }

    #[test]
    fn nothing_else_holds() {
        let now = SENT_AT.to_string();
        let cut = &SIGNATURE[..SIGNATURE.len() - 2];
        let upper = SIGNATURE.to_uppercase();
        for (timestamp, signature) in [
            ("", SIGNATURE),
            ("1800000001", SIGNATURE),
            ("01800000000", SIGNATURE),
            ("+1800000000", SIGNATURE),
            (&now, ""),
            (&now, "v1="),
            (&now, cut),
            (&now, &cut[..cut.len() - 1]),
            (&now, &upper),
            (&now, &SIGNATURE.replace("v1=", "v2=")),
            (&now, &SIGNATURE.replace("v1=", "")),
            (&now, &SIGNATURE.replace("v1=ce", "v1=cf")),
        ] {
            assert!(
                !at(SENT_AT).hold(&headers(timestamp, signature), BODY),
                "{timestamp} {signature}"
            );
        }
        let headers = headers(&now, SIGNATURE);
        assert!(!at(SENT_AT).hold(&headers, br#"{"number":"+447700900102"}"#));
        assert!(!at(SENT_AT).hold(&HeaderMap::new(), BODY));
        let other = Signatures::new(vec!["x".repeat(32)], Arc::new(|| SENT_AT)).unwrap();
        assert!(!other.hold(&headers, BODY));
    }

    #[test]
    fn a_directory_without_a_good_secret_does_not_start() {
        for secrets in [
            vec![],
            vec!["short".to_owned()],
            vec![SECRET.to_owned(), String::new()],
        ] {
            let error = Signatures::new(secrets, Arc::new(|| 0)).err().unwrap();
            assert!(error.to_string().starts_with("secrets: "), "{error}");
        }
    }
}
