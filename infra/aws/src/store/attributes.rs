//! From attributes to values and back. An item that cannot be read is never quoted.

use std::{collections::HashMap, str::FromStr};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use serde::{Serialize, de::DeserializeOwned};
use symbolon::{
    ports::{PortResult, Unavailable},
    types::Timestamp,
};

/// 16 random bytes that tell one request, or one call, from all others.
pub(super) type Nonce = [u8; 16];

/// Attributes by name: an item, or a map inside one.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// Reads attributes; each answers by name which one is not what this release writes.
pub(super) trait Read {
    /// A text.
    fn text(&self, name: &'static str) -> PortResult<&str>;
    /// A text that may be missing.
    fn text_if_any(&self, name: &'static str) -> PortResult<Option<&str>>;
    /// A number.
    fn number<T: FromStr>(&self, name: &'static str) -> PortResult<T>;
    /// A number that may be missing.
    fn number_if_any<T: FromStr>(&self, name: &'static str) -> PortResult<Option<T>>;
    /// A nonce that may be missing.
    fn nonce_if_any(&self, name: &'static str) -> PortResult<Option<Nonce>>;
    /// Attributes inside a map.
    fn map(&self, name: &'static str) -> PortResult<&Attributes>;
    /// A value kept as JSON.
    fn json<T: DeserializeOwned>(&self, name: &'static str) -> PortResult<T>;
    /// A moment.
    fn time(&self, name: &'static str) -> PortResult<Timestamp> {
        self.number(name).map(Timestamp)
    }
    /// Whether this nonce stands there.
    fn is_marked(&self, name: &'static str, nonce: &Nonce) -> PortResult<bool> {
        Ok(self.nonce_if_any(name)?.as_ref() == Some(nonce))
    }
}

impl Read for Attributes {
    fn text(&self, name: &'static str) -> PortResult<&str> {
        self.text_if_any(name)?.ok_or_else(|| unreadable(name))
    }

    fn text_if_any(&self, name: &'static str) -> PortResult<Option<&str>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value.as_s().ok().map(String::as_str);
        text.map(Some).ok_or_else(|| unreadable(name))
    }

    fn number<T: FromStr>(&self, name: &'static str) -> PortResult<T> {
        self.number_if_any(name)?.ok_or_else(|| unreadable(name))
    }

    fn number_if_any<T: FromStr>(&self, name: &'static str) -> PortResult<Option<T>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value.as_n().ok().and_then(|digits| digits.parse().ok());
        number.map(Some).ok_or_else(|| unreadable(name))
    }

    fn nonce_if_any(&self, name: &'static str) -> PortResult<Option<Nonce>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let bytes = value.as_b().ok().and_then(|blob| blob.as_ref().try_into().ok());
        bytes.map(Some).ok_or_else(|| unreadable(name))
    }

    fn map(&self, name: &'static str) -> PortResult<&Attributes> {
        let map = self.get(name).and_then(|value| value.as_m().ok());
        map.ok_or_else(|| unreadable(name))
    }

    fn json<T: DeserializeOwned>(&self, name: &'static str) -> PortResult<T> {
        // The error's own text may quote the item.
        serde_json::from_str(self.text(name)?).map_err(|_| unreadable(name))
    }
}

/// This release did not write that.
pub(super) fn unreadable(name: &str) -> Unavailable {
    Unavailable(format!("store: unreadable item (attribute {name})"))
}

/// A text as it is stored.
pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number as it is stored.
pub(super) fn count(value: impl Into<u64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// A moment as it is stored.
pub(super) fn time(at: Timestamp) -> AttributeValue {
    count(at.0)
}

/// Bytes as they are stored.
pub(super) fn bytes(bytes: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

/// A value as JSON, for what no condition looks into.
pub(super) fn json(value: &impl Serialize) -> PortResult<AttributeValue> {
    let written =
        serde_json::to_string(value).map_err(|_| Unavailable("store: unwritable item".to_owned()))?;
    Ok(text(written))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Attributes {
        Attributes::from([
            ("s".to_owned(), text("a secret member")),
            ("n".to_owned(), count(7_u32)),
            ("b".to_owned(), bytes([1; 16])),
            ("short".to_owned(), bytes([1; 15])),
            ("d".to_owned(), text("{\"a secret\":")),
        ])
    }

    #[test]
    fn what_is_there_is_read() {
        let item = item();
        assert_eq!(item.text("s"), Ok("a secret member"));
        assert_eq!(item.number::<u32>("n"), Ok(7));
        assert_eq!(item.time("n"), Ok(Timestamp(7)));
        assert_eq!(item.is_marked("b", &[1; 16]), Ok(true));
        assert_eq!(item.is_marked("b", &[2; 16]), Ok(false));
    }

    #[test]
    fn what_is_missing_is_missing_and_not_nothing() {
        let item = item();
        assert_eq!(item.text_if_any("x"), Ok(None));
        assert_eq!(item.number_if_any::<u32>("x"), Ok(None));
        assert_eq!(item.nonce_if_any("x"), Ok(None));
        assert!(item.text("x").is_err() && item.number::<u32>("x").is_err() && item.map("x").is_err());
    }

    #[test]
    fn another_type_is_refused_by_name_and_never_quoted() {
        let item = item();
        let refused = [
            item.number::<u32>("s").err(),
            item.number_if_any::<u32>("b").err(),
            item.text("n").err(),
            item.nonce_if_any("short").err(),
            item.nonce_if_any("s").err(),
            item.map("s").err(),
            item.json::<Vec<u8>>("d").err(),
        ];
        for error in refused {
            let Unavailable(line) = error.unwrap();
            assert!(line.starts_with("store: unreadable item (attribute "), "{line}");
            assert!(!line.contains("secret"), "{line}");
        }
    }
}
